"""Scheduler, worker and postman in one process, until somebody asks it to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler

from scanner.actions.calendars import refresh_due
from scanner.actions.scans import forget_what_is_old, scan_now, send_due
from scanner.actions.workspace import Workspace
from scanner.errors import LychgateError
from scanner.model import SourceState
from scanner.scans.queue import LocalQueue
from scanner.serve.ticker import latest_due, trigger
from scanner.settings import Schedule
from storage.units import DueUnit

log = logging.getLogger("lychgate")

_PAUSE = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LATE = timedelta(minutes=10)
"""From when on a run that was missed is worth a word."""

_LEASE_MARGIN = timedelta(minutes=10)


class Server:
    """The ``serve`` process of one installation."""

    def __init__(self, workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
        self._workspace = workspace
        self._clock = clock
        self._queue = LocalQueue()
        self._stop = Event()
        self._started = clock()

    def stop(self) -> None:
        """Ask for the end: a running crawl is broken off, and done again by the next ``serve``."""
        self._stop.set()
        self._queue.cancel()

    def run(self) -> None:
        """Serve until ``stop`` is called."""
        settings, zone = self._workspace.settings, self._workspace.organisation.timezone
        scheduler = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for schedule in settings.schedules.values():
            scheduler.add_job(
                self.queue_due, trigger(schedule, timezone=zone), args=[schedule], id=schedule.name
            )
        turns = (
            (self.catch_up, _MINUTE),
            (self.work, _PAUSE),
            (self.post, _PAUSE),
            (self.follow, _MINUTE),
            (self.forget, _DAY),
        )
        threads = [
            Thread(target=self._repeat, args=(turn, pause), name=turn.__name__, daemon=True)
            for turn, pause in turns
        ]
        scheduler.start()
        for thread in threads:
            thread.start()
        for job in scheduler.get_jobs():
            due = job.next_run_time.astimezone(ZoneInfo(zone))
            log.info("schedule %s is next due at %s", job.id, f"{due:%a %d %b %H:%M %Z}")
        self._stop.wait()
        scheduler.shutdown(wait=False)
        for thread in threads:
            thread.join(timeout=30)

    def catch_up(self) -> None:
        """Queue what the scheduler did not: it sleeps with the machine and while a clock is put back."""
        for schedule in self._workspace.settings.schedules.values():
            self.queue_due(schedule)

    def queue_due(self, schedule: Schedule) -> None:
        """Queue what the schedule has become due for, once, also what was missed while nothing ran."""
        now = self._clock()
        workspace = self._workspace
        zone = workspace.organisation.timezone
        with workspace.store.begin() as work:
            # The clock may have been put back since the start.
            after = work.units.last_due(schedule.name, now) or min(self._started, now - _MINUTE)
            due = latest_due(schedule, timezone=zone, after=after, now=now)
            if due is None:
                return
            sources = workspace.settings.sources if schedule.sources is None else schedule.sources
            queued = [source for source in sources if work.units.queue(schedule.name, source, due, now)]
        if queued and now - due > _LATE:
            log.warning("schedule %s was due at %s and nobody served: it runs now", schedule.name, due)

    def work(self) -> None:
        """Take the units that are due, scan them, and mark them done."""
        settings, store = self._workspace.settings, self._workspace.store
        longest = max((source.limits.time for source in settings.sources.values()), default=timedelta())
        with store.begin() as work:
            due = work.units.claim(self._clock(), longest + _LEASE_MARGIN, limit=1000)
        by_schedule: dict[str, list[DueUnit]] = {}
        for unit in due:
            by_schedule.setdefault(unit.schedule, []).append(unit)
        for schedule, units in by_schedule.items():
            self._safely(partial(self._scan, schedule, units))

    def post(self) -> None:
        """Send what is due in the outbox."""
        for sentence in send_due(self._workspace, clock=self._clock).errors:
            log.error("an alert could not be sent. %s", sentence)

    def forget(self) -> None:
        """Delete what the settings do not want kept any longer."""
        forget_what_is_old(self._workspace, clock=self._clock)

    def follow(self) -> None:
        """Read the calendars that are due, and bring the register up to date with them."""
        for reading in refresh_due(self._workspace, clock=self._clock):
            name, standing = reading.calendar.name, reading.calendar
            if reading.fault:
                since = f"{standing.failing_since or self._clock():%d %b %H:%M} UTC"
                log.warning("calendar %s cannot be read since %s. %s", name, since, reading.fault)
            elif not reading.unchanged:
                counts = len(reading.registered), len(reading.changed), len(reading.ended)
                log.info("calendar %s: %d meetings new, %d changed, %d ended", name, *counts)

    def _scan(self, schedule: str, due: Sequence[DueUnit]) -> None:
        settings = self._workspace.settings
        names = [unit.source for unit in due if unit.source in settings.sources]
        planned = settings.schedules.get(schedule)
        if names:
            log.info("schedule %s: looking at %s", schedule, ", ".join(names))
            report = scan_now(
                self._workspace,
                settings.units(names),
                trigger=schedule,
                clock=self._clock,
                queue=self._queue,
                within=planned.timeout if planned else None,
            )
            for entry in report.coverage:
                level = logging.INFO if entry.state is SourceState.OK else logging.WARNING
                not_read = {**entry.failed, **entry.skipped}
                log.log(
                    level,
                    "%s: %s, %d pages read, not read: %s",
                    entry.source,
                    entry.state,
                    entry.read + entry.unchanged,
                    not_read or "nothing",
                )
            log.info("exposures: %d new, %d known, %d gone", report.new, report.known, report.gone)
        with self._workspace.store.begin() as work:
            for unit in due:
                if self._stop.is_set():
                    work.units.release(unit.id)
                else:
                    work.units.finish(unit.id, self._clock())

    def _repeat(self, turn: Callable[[], None], pause: timedelta) -> None:
        while not self._stop.is_set():
            self._safely(turn)
            self._stop.wait(pause.total_seconds())

    def _safely(self, turn: Callable[[], None]) -> None:
        """Let no fault of one turn end the others, or the next one."""
        try:
            turn()
        except LychgateError as error:
            log.error("%s", error)
        except Exception:
            log.exception("a fault in Lychgate; it goes on")
