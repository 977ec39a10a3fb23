"""One lane of work: take what is due, scan it, mark it done. The lanes run side by side."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event

from scanner.actions.scans import scan_now
from scanner.actions.workspace import Workspace
from scanner.durations import in_words
from scanner.model import Coverage, Ended, Lane, SourceState
from scanner.scans.plan import fast_unit, longest_limit, sharing_a_host
from scanner.scans.queue import LocalQueue
from storage.units import DueUnit

log = logging.getLogger("lychgate")

_LEASE_MARGIN = timedelta(minutes=10)
_AT_ONCE = 1000
_WAITED = timedelta(minutes=1)
"""From when on it is worth a word that a run had to wait for its turn."""


class Worker:
    """Works off the units of one lane, of one schedule at a time."""

    def __init__(self, lane: Lane, *, clock: Callable[[], datetime], stop: Event) -> None:
        self.lane = lane
        self._clock = clock
        self._stop = stop
        self._queue = LocalQueue()

    def cancel(self) -> None:
        """Break off the running crawl, from another thread; its units are free for the next ``serve``."""
        self._queue.cancel()

    def work(self, workspace: Workspace) -> None:
        """Take the units that are due and whose hosts nobody is reading, scan them, and mark them done."""
        due = self._claim(workspace)
        if not due:
            return
        try:
            self._scan(workspace, due)
        finally:
            # Also after a fault: what cannot be scanned must not be tried without a pause.
            with workspace.store.begin() as work:
                for unit in due:
                    if self._stop.is_set():
                        work.units.release(unit.id)
                    else:
                        work.units.finish(unit.id, self._clock())

    def _claim(self, workspace: Workspace) -> list[DueUnit]:
        """Take the units of one schedule, those of the nearest meeting first.

        One host is read by one run at a time, and where a fast one waits for it, that one comes first.
        """
        settings, now = workspace.settings, self._clock()
        lease = longest_limit(settings) + _LEASE_MARGIN
        with workspace.store.begin() as work:
            taken = work.units.running(now)
            if self.lane is Lane.BROAD:
                taken |= work.units.waiting(Lane.FAST, now)
            due = work.units.claim(
                now, lease, _AT_ONCE, lane=self.lane, without=sharing_a_host(settings, taken)
            )
            for unit in due:
                if unit.schedule != due[0].schedule:
                    work.units.release(unit.id)
        return [unit for unit in due if unit.schedule == due[0].schedule]

    def _scan(self, workspace: Workspace, due: Sequence[DueUnit]) -> None:
        settings, now = workspace.settings, self._clock()
        waited = _waited(due, now)
        with workspace.store.reading() as work:
            paused = work.paused_sources.names() if self.lane is not Lane.BROAD else frozenset()
        units = settings.units([name for name in waited if name in settings.sources and name not in paused])
        if not units:
            return
        if self.lane is Lane.FAST:
            units = tuple(fast_unit(unit) for unit in units)
        schedule = due[0].schedule
        planned = settings.schedules.get(schedule) or settings.countdowns.get(schedule)
        log.info("%s: looking at %s: %s", schedule, ", ".join(unit.source for unit in units), due[0].reason)
        notes = _late(waited)
        for source, note in notes.items():
            log.warning("%s: %s", source, note)
        report = scan_now(
            workspace,
            units,
            trigger=schedule,
            clock=self._clock,
            queue=self._queue,
            within=planned.timeout if planned else None,
            unit_ended=lambda unit: self._unit_ended(workspace, due, unit),
            notes=notes,
        )
        for entry in report.coverage:
            _say(entry)
        log.info("exposures: %d new, %d known, %d gone", report.new, report.known, report.gone)

    def _unit_ended(self, workspace: Workspace, due: Sequence[DueUnit], ended: Ended) -> None:
        """Set a source free for other runs, or keep them away for as long as its server asked."""
        if self._stop.is_set():
            return
        now = self._clock()
        with workspace.store.begin() as work:
            for unit in due:
                if unit.source == ended.source:
                    work.units.finish(unit.id, now)
            if ended.closed_for:
                until = now + ended.closed_for
                for source in sharing_a_host(workspace.settings, [ended.source]):
                    work.units.pause(source, until, now)
                at = f"{until:%H:%M:%S} UTC"
                log.warning("%s: its server asks to be left alone until %s, so runs wait", ended.source, at)


def _waited(due: Sequence[DueUnit], now: datetime) -> dict[str, timedelta]:
    """Return the sources of some units, and how long the oldest one of each waited for its turn."""
    waited: dict[str, timedelta] = {}
    for unit in due:
        waited[unit.source] = max(now - unit.queued, waited.get(unit.source, timedelta()))
    return waited


def _late(waited: Mapping[str, timedelta]) -> dict[str, str]:
    """Say of which sources politeness was more important than the cadence."""
    late = {source: in_words(length) for source, length in waited.items() if length >= _WAITED}
    return {
        source: f"its turn came {length} late: it was still being read, or its server had asked for a pause"
        for source, length in late.items()
    }


def _say(entry: Coverage) -> None:
    not_read = {**entry.failed, **entry.skipped}
    log.log(
        logging.INFO if entry.state is SourceState.OK else logging.WARNING,
        "%s: %s, %d pages read, not read: %s",
        entry.source,
        entry.state,
        entry.read + entry.unchanged,
        not_read or "nothing",
    )
