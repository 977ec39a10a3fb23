"""Fetch one address that an administrator gave us: the guarded way out, without a spider around it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response

from scanner import guard
from scanner.model import Limits, Unit
from spiders.addresses import resolve
from spiders.answers import as_text, etag, judge, last_modified, leads_to_log_in
from spiders.fetch import WHY_CUT, Errand, GuardedHandler, NotRead
from spiders.resolver import Lookup, look_up
from spiders.settings import quiet_loggers
from spiders.turns import Turns

MOST_REDIRECTS = 5
_LIMITS = Limits(time=timedelta(seconds=90), delay=timedelta(0))
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An address to fetch, and what is remembered of its last answer.

    ``allow`` holds ``host:port`` pairs that pass the guards; ``contact`` is named in the user agent.
    """

    address: str
    accept: str = "*/*"
    etag: str = ""
    last_modified: str = ""
    allow: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieved:
    """A whole answer; ``unchanged`` is the server's word that it is the one remembered, without a body."""

    body: bytes = b""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False


def retrieve(wanted: Wanted, *, lookup: Lookup = look_up) -> Retrieved:
    """Return what stands at an address. Raises NotRead with the reason if it cannot be read whole.

    Unlike a spider it asks no robots.txt: the address is not found on a page, a person told us to read it.
    Guards this process for good (``guard.install``), so call it in a process made for fetching.
    """
    quiet_loggers()
    guard.check_pairs(wanted.allow)
    guard.install(wanted.allow)
    guard.prove()
    return asyncio.run(_retrieve(wanted, lookup))


async def _retrieve(wanted: Wanted, lookup: Lookup) -> Retrieved:
    unit = Unit(source="", kind="", options={}, limits=_LIMITS, allow=wanted.allow, contact=wanted.contact)
    until = asyncio.get_running_loop().time() + _LIMITS.time.total_seconds()
    handler = GuardedHandler(Errand(unit, until, Turns(), lookup))
    try:
        return await _follow(handler, wanted)
    finally:
        await handler.close()


async def _follow(handler: GuardedHandler, wanted: Wanted) -> Retrieved:
    address = wanted.address
    for _ in range(MOST_REDIRECTS + 1):
        refusal = guard.check_address(address, wanted.allow)
        if refusal is not None:  # before Scrapy reads it with a parser of its own, which may not get over it
            raise NotRead(refusal, skipped=True)
        request = Request(address, headers=_headers(wanted), meta={"verbatim_url": True})
        response = await handler.download_request(request)
        if response.status not in _REDIRECTS:
            return _whole(response, why_cut=request.meta[WHY_CUT])
        target = resolve(address, as_text(response.headers.get(b"Location") or b""))
        if leads_to_log_in(address, target):
            raise NotRead("it asks for a log-in", blocked=True)
        address = target
    raise NotRead(f"it redirects more than {MOST_REDIRECTS} times")


def _headers(wanted: Wanted) -> dict[str, str]:
    headers = {
        "Accept": wanted.accept,
        "If-None-Match": wanted.etag,
        "If-Modified-Since": wanted.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


def _whole(response: Response, *, why_cut: str) -> Retrieved:
    if response.status == 304:
        return Retrieved(unchanged=True)
    refusal = judge(response)
    if refusal is not None:
        raise NotRead(refusal.why, blocked=refusal.blocked)
    if why_cut:
        raise NotRead(f"it did not arrive whole ({why_cut})")
    return Retrieved(
        body=response.body,
        etag=etag(response),
        last_modified=last_modified(response, datetime.now(UTC)),
    )
