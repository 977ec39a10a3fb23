"""Crawl Units: the only code that starts an event loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any

from pydantic import ValidationError
from scrapy.crawler import Crawler

from scanner import guard
from scanner.detect import KNOWN, Detector
from scanner.errors import LychgateError
from scanner.guard import GuardsMissing, check_pairs
from scanner.model import CrawlEvent, Failed, Unit
from spiders import Kind, kind, kinds
from spiders.engine import UnitCrawler
from spiders.fetch import Errand, GuardedHandler
from spiders.options import Options
from spiders.resolver import Lookup, look_up
from spiders.settings import SETTINGS, quiet_loggers
from spiders.telling import INTERNAL, Sink
from spiders.turns import Turns

_AT_ONCE = 32
"""Units read at the same time. Their time limits begin when they do."""

_GRACE = 30.0
"""Seconds that a Unit may go on beyond its time limit before it is ended from outside."""

_YOUNG = 10_000
"""Objects that are made before the garbage collector looks through them: at 700, its default, it takes a
twelfth of a fetch."""

UNENDED = "the crawl of this source did not end in time"


@dataclass(frozen=True, slots=True)
class _Job:
    unit: Unit
    kind: Kind
    options: Options


def crawl(units: Sequence[Unit], sink: Sink, *, lookup: Lookup = look_up, detector: Detector = KNOWN) -> None:
    """Read all Units, and hand each event to ``sink`` as it happens; return when all have ended.

    Units do not disturb each other: one that cannot start, hangs or breaks ends in a Failed event of its
    own. ``sink`` may take its time but not fail: an OSError from it (a reader that has gone) ends the whole
    crawl and is raised; any other exception costs the address it was told of. ``lookup`` returns all IP
    addresses of a name. ``detector`` knows the rooms that make a refused answer a page.

    Guards this process for good (``guard.install``), and keeps the garbage collector away from all that is
    loaded by now, so call it in a process made for crawling.
    """
    jobs = []
    for unit in units:
        try:
            jobs.append(_prepare(unit))
        except LychgateError as fault:
            sink(_unstarted(unit, str(fault)))
    quiet_loggers()
    guard.install(pair for job in jobs for pair in job.unit.allow)
    try:
        guard.prove()
    except GuardsMissing as fault:
        for job in jobs:
            sink(_unstarted(job.unit, str(fault)))
        return
    # Not uvloop, though a little faster: it connects without an audit event, unseen by the connect guard.
    gc.freeze()
    gc.set_threshold(_YOUNG)
    asyncio.run(_crawl_all(jobs, sink, lookup, detector))


class _Outlet:
    """Pass events on until the other end has gone; then remember that, to stop everything.

    What the other end takes for an event is taken from nobody's time to answer.
    """

    def __init__(self, sink: Sink, turns: Turns) -> None:
        self._sink = sink
        self._turns = turns
        self.gone: asyncio.Future[OSError] = asyncio.get_running_loop().create_future()

    def __call__(self, event: CrawlEvent) -> None:
        began = monotonic()
        try:
            self._sink(event)
        except OSError as fault:
            if not self.gone.done():
                self.gone.set_result(fault)
            raise
        finally:
            self._turns.give_back(monotonic() - began)


async def _crawl_all(jobs: Sequence[_Job], sink: Sink, lookup: Lookup, detector: Detector) -> None:
    loop = asyncio.get_running_loop()
    # One thread for each look-up that can be under way: one that hangs must not keep the others waiting.
    loop.set_default_executor(ThreadPoolExecutor(_AT_ONCE))
    turns = Turns()
    outlet = _Outlet(sink, turns)
    gone = outlet.gone
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def run(job: _Job) -> None:
        async with at_once:
            await _crawl_one(job, outlet, turns=turns, lookup=lookup, detector=detector)

    everything = asyncio.gather(*(run(job) for job in jobs), return_exceptions=True)
    ends: list[asyncio.Future[Any]] = [everything, gone]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    if gone.done():
        everything.cancel()
        raise gone.result()
    for job, fault in zip(jobs, everything.result(), strict=True):
        if isinstance(fault, TimeoutError):
            outlet(_unstarted(job.unit, UNENDED))
        elif isinstance(fault, LychgateError):
            outlet(_unstarted(job.unit, str(fault)))
        elif fault is not None:
            outlet(_unstarted(job.unit, f"{INTERNAL} ({type(fault).__name__})"))


async def _crawl_one(job: _Job, outlet: _Outlet, *, turns: Turns, lookup: Lookup, detector: Detector) -> None:
    limit = job.unit.limits.time.total_seconds()
    crawler = UnitCrawler(job.kind.spider, SETTINGS)
    prove_handlers(crawler)
    errand = Errand(job.unit, asyncio.get_running_loop().time() + limit, turns, lookup, detector)
    async with turns.within(asyncio.get_running_loop().time() + limit + _GRACE):
        await crawler.crawl_async(errand=errand, options=job.options, sink=outlet)


def prove_handlers(crawler: Crawler) -> None:
    """Refuse a spider whose own settings would fetch by another way than the guarded one."""
    handlers = crawler.settings.getwithbase("DOWNLOAD_HANDLERS")
    open_ways = {scheme: handler for scheme, handler in handlers.items() if handler is not None}
    if open_ways != {"http": GuardedHandler, "https": GuardedHandler}:
        raise GuardsMissing("this kind of source would go round the network guards, so nothing was read")


def _prepare(unit: Unit) -> _Job:
    """Check a Unit. Raises LychgateError with what is wrong in it."""
    found = kind(unit.kind)
    if found is None:
        known = ", ".join(kinds())
        raise LychgateError(f"there is no kind of source called {unit.kind!r} (there are: {known})")
    check_pairs(unit.allow)
    try:
        return _Job(unit, found, found.options.model_validate(dict(unit.options)))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LychgateError(f"the options of this source are wrong: {where}: {first['msg']}") from fault


def _unstarted(unit: Unit, why: str) -> Failed:
    return Failed(source=unit.source, address=_first_start(unit.options), why=why, start=True)


def _first_start(options: Mapping[str, object]) -> str:
    match options.get("start"):
        case [str(first), *_]:
            return first
        case _:
            return ""
