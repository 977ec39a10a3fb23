"""Look at sources now, and try whether they can be read at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from time import sleep

from scanner.actions.alerts import tend
from scanner.actions.routes import routes_of
from scanner.actions.workspace import Workspace
from scanner.alerts.monitor import Ping, ping
from scanner.errors import InputError
from scanner.model import Coverage, Ended, SourceState, Unit
from scanner.scans.blindness import tell_blindness
from scanner.scans.canary import new_canary
from scanner.scans.coverage import UNREAD, Tally
from scanner.scans.page import CrawlLine
from scanner.scans.plan import sharing_a_host
from scanner.scans.postman import Round, deliver_due
from scanner.scans.queue import CrawlStopped, LocalQueue
from scanner.scans.retention import forget_old
from scanner.scans.run import Progress, ScanReport, scan
from storage.scans import Scan

_CHECK_TIME = timedelta(minutes=2)
_LOOK_AGAIN = timedelta(seconds=2)
_HOLD = timedelta(minutes=1)


def units_named(workspace: Workspace, names: Sequence[str]) -> tuple[Unit, ...]:
    """Return the Units of the named sources (none named: of all), or say that there are none."""
    units = workspace.settings.units(names or None)
    if not units:
        raise InputError(
            f"{workspace.environment.schedules} names no sources yet: there is nothing to look at."
        )
    return units


@contextmanager
def turn_by_hand(
    workspace: Workspace,
    units: Sequence[Unit],
    *,
    clock: Callable[[], datetime],
    waiting: Callable[[Collection[str]], None],
) -> Iterator[Callable[[Ended], None]]:
    """Hold these sources while somebody looks at them, once nobody else reads their hosts.

    ``waiting`` hears every few seconds which sources are in the way. What comes out of the context takes the
    end of each Unit, and sets its source free. The lease is short and renewed, so that one who was killed
    keeps nobody waiting for long.
    """
    settings, store = workspace.settings, workspace.store
    names = [unit.source for unit in units]
    held: dict[str, int] = {}
    while not held:
        with store.begin() as work:
            busy = work.units.busy(sharing_a_host(settings, names), clock())
            if not busy:
                held = {name: work.units.take_by_hand(name, clock(), _HOLD) for name in names}
        if busy:
            waiting(busy)
            sleep(_LOOK_AGAIN.total_seconds())
    over = Event()

    def hold_on() -> None:
        while not over.wait(_HOLD.total_seconds() / 4):
            with store.begin() as work:
                work.units.renew(held.values(), clock(), _HOLD)

    def set_free(ended: Ended) -> None:
        now = clock()
        with store.begin() as work:
            work.units.finish(held[ended.source], now)
            if ended.closed_for:
                for source in sharing_a_host(settings, [ended.source]):
                    work.units.pause(source, now + ended.closed_for, now)

    holding = Thread(target=hold_on, daemon=True)
    holding.start()
    try:
        yield set_free
    finally:
        over.set()
        holding.join()
        with store.begin() as work:
            for unit in held.values():
                work.units.finish(unit, clock())


def scan_now(
    workspace: Workspace,
    units: Sequence[Unit],
    *,
    trigger: str,
    clock: Callable[[], datetime],
    queue: LocalQueue,
    within: timedelta | None = None,
    full: bool = False,
    progress: Progress = lambda tallies: None,
    unit_ended: Callable[[Ended], None] = lambda unit: None,
    notes: Mapping[str, str] | None = None,
) -> ScanReport:
    """Scan these Units with the settings of the installation. Alerts are queued, not yet sent.

    The outside monitor hears of the beginning and the end, except of fast Units, which cannot wait for it.
    """
    settings = workspace.settings
    monitor = None if all(unit.fast for unit in units) else settings.monitor
    ping(monitor, Ping.START, allow=settings.allow)
    report = scan(
        units,
        store=workspace.store,
        routes=routes_of(workspace),
        channels=tuple(settings.channels),
        trigger=trigger,
        clock=clock,
        queue=queue,
        within=within,
        full=full,
        progress=progress,
        canaries=[source.name for source in settings.sources.values() if source.canary],
        unit_ended=unit_ended,
        notes=notes,
    )
    pages = sum(entry.read + entry.unchanged for entry in report.coverage)
    unread = sum(entry.state in UNREAD for entry in report.coverage)
    paused = sum(entry.state is SourceState.PAUSED for entry in report.coverage)
    says = f"{len(report.coverage)} sources, {unread} of them not read, {paused} paused; {pages} pages read"
    ping(monitor, Ping.FAIL if unread else Ping.SUCCESS, says=says, allow=settings.allow)
    return report


def canary_for(workspace: Workspace, name: str) -> str:
    """Return the link to plant on a source, always the same, so that its scans can prove that they read it.

    Raises InputError where the settings have no such source.
    """
    workspace.settings.units([name])
    with workspace.store.begin() as work:
        return work.canaries.link(name) or work.canaries.put(name, new_canary())


def send_due(workspace: Workspace, *, clock: Callable[[], datetime]) -> Round:
    """Queue what has become news by time alone, and send the alerts that are due."""
    tend(workspace, clock=clock)
    settings = workspace.settings
    return deliver_due(
        workspace.store,
        settings.channels,
        clock=clock,
        routes=routes_of(workspace),
        desk=settings.public_address,
    )


def tell_what_is_dark(workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
    """Queue an alert for each source that nobody could read for long, if people have not heard of it yet."""
    settings = workspace.settings
    with workspace.store.begin() as work:
        tell_blindness(work, settings.sources, channels=tuple(settings.channels), now=clock())


def last_scan(workspace: Workspace) -> Scan | None:
    """Return the last scan, whether or not it came to its end, or None if there was none."""
    with workspace.store.reading() as work:
        return next(iter(work.scans.recent(1)), None)


def forget_what_is_old(workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
    """Delete what the settings do not want kept any longer."""
    settings = workspace.settings
    forget_old(workspace.store, kept=settings.sightings_kept, sources=settings.sources, now=clock())


def check_sources(units: Sequence[Unit], *, progress: Progress = lambda tallies: None) -> list[Coverage]:
    """Read only the first page of each source and say how it answered. Nothing is stored."""
    tallies = {unit.source: Tally(unit.source) for unit in units}

    def take(line: CrawlLine) -> None:
        tallies[line.source].count(line)
        progress(tallies)

    first_pages = [
        replace(unit, limits=replace(unit.limits, pages=1, depth=0, time=min(unit.limits.time, _CHECK_TIME)))
        for unit in units
    ]
    try:
        LocalQueue().run(first_pages, take)
    except CrawlStopped as stopped:
        for tally in tallies.values():
            tally.stopped(str(stopped))
    return [tally.coverage() for tally in tallies.values()]
