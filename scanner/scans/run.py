"""One Scan: crawl the Units, compare with the Register, write what was found and what was not read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scanner.alerts.routing import Route
from scanner.match.allowances import Allowed
from scanner.match.register import Register
from scanner.model import OPEN_STATES, Coverage, Ended, SourceState, Unit
from scanner.scans.blindness import tell_blindness
from scanner.scans.canary import canary_of
from scanner.scans.coverage import Tally, after_fast_run, coverage_of_paused
from scanner.scans.ledger import Ledger
from scanner.scans.page import CrawlLine
from scanner.scans.queue import CrawlStopped, LocalQueue
from scanner.scans.rules import rules_of
from storage.store import Store, Work

Progress = Callable[[Mapping[str, Tally]], None]

_COMPARED = 6
"""Earlier scans that a scan is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """What one Scan read and what came of it. ``new``, ``known`` and ``gone`` count exposures."""

    coverage: tuple[Coverage, ...]
    new: int
    known: int
    gone: int
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether every source was read in full."""
        return all(entry.state is SourceState.OK for entry in self.coverage)


def scan(
    units: Sequence[Unit],
    *,
    store: Store,
    routes: Sequence[Route],
    channels: Sequence[str],
    trigger: str,
    clock: Callable[[], datetime],
    queue: LocalQueue,
    within: timedelta | None = None,
    full: bool = False,
    progress: Progress = lambda tallies: None,
    canaries: Collection[str] = (),
    notes: Mapping[str, str] | None = None,
    unit_ended: Callable[[Ended], None] = lambda unit: None,
) -> ScanReport:
    """Run one Scan and return its report; alerts for what it found are in the outbox by then.

    Sources that people have paused are left out, and the report says so. ``full`` reads every page again,
    changed or not. ``progress`` is called with the counts so far after
    every address, ``unit_ended`` when a Unit is at its end. ``canaries`` names the sources that have one,
    ``notes`` what the report has to say of a source besides.
    """
    started = clock()
    fast = any(unit.fast for unit in units)
    with store.begin() as work:
        # Good for the Register that is read here, also when the key is replaced while the scan goes on.
        keys = work.keys
        scan_id = work.scans.start(trigger, [unit.source for unit in units], started, fast=fast)
        changed = work.meetings.changed()
        ledger = Ledger(
            store=store,
            keys=keys,
            register=Register(work.meetings.register(started)),
            allowed=Allowed(work.allowances.everywhere()),
            routes=routes,
            channels=channels,
            rules=rules_of(units),
            clock=clock,
        )
        to_read = []
        paused = work.paused_sources.all()
        for unit in units:
            if unit.source in paused:
                continue
            remembered = work.addresses.known(unit.source)
            if unit.source in canaries:
                ledger.expect_canary(unit.source, canary_of(work, unit.source))
            pages = ledger.expect(unit.source, remembered, changed=changed, full=full, fast=unit.fast)
            to_read.append(replace(unit, known=pages))
            if notes and unit.source in notes:
                ledger.tallies[unit.source].note(notes[unit.source])

    def take(line: CrawlLine) -> None:
        ledger.take(line)
        progress(ledger.tallies)

    try:
        if to_read:
            queue.run(to_read, take, within=within, unit_ended=unit_ended)
    except CrawlStopped as stopped:
        ledger.stopped(str(stopped))
    finally:  # also when somebody pressed Ctrl-C: what was found is kept
        ledger.close()
    with store.begin() as work:
        over = clock()
        left_out = [paused[unit.source] for unit in units if unit.source in paused]
        coverage = (
            *(_judge(work, tally, fast=fast) for tally in ledger.tallies.values()),
            *map(coverage_of_paused, left_out),
        )
        known = _still_seen(work, since=started) - ledger.new
        if not queue.cancelled:  # a scan that was asked to stop says nothing about its sources
            for entry in coverage:
                work.scans.cover(scan_id, entry)
            work.scans.finish(scan_id, over)
            tell_blindness(work, ledger.tallies, channels=channels, now=over)
    return ScanReport(
        coverage=coverage,
        new=len(ledger.new),
        known=len(known),
        gone=len(ledger.gone),
        seconds=round((over - started).total_seconds(), 1),
    )


def _judge(work: Work, tally: Tally, *, fast: bool) -> Coverage:
    """Return the coverage of a source in the light of its earlier scans."""
    if not fast:
        return tally.coverage(before=work.scans.whole_readings(tally.source, _COMPARED))
    standing = work.scans.standing(tally.source)
    coverage = tally.coverage()
    return replace(coverage, state=after_fast_run(coverage.state, standing.state if standing else None))


def _still_seen(work: Work, *, since: datetime) -> set[int]:
    """Return the open exposures that stood somewhere when this scan looked."""
    return {
        exposure.id
        for organisation in work.organisations.all()
        for exposure in work.exposures.all(organisation.id, OPEN_STATES)
        if any(sighting.last_seen >= since for sighting in exposure.sightings)
    }
