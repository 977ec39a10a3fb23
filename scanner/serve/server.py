"""Planner, workers and postman in one process, until somebody asks it to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Lock, Thread

from scanner.actions.calendars import refresh_due
from scanner.actions.drills import hold_asked_drills
from scanner.actions.scans import forget_what_is_old, send_due, tell_what_is_dark
from scanner.actions.workspace import Workspace
from scanner.durations import in_words
from scanner.errors import LychgateError
from scanner.model import Lane
from scanner.scans.blindness import tell_gap
from scanner.scans.plan import Agenda
from scanner.scans.queue import LocalQueue
from scanner.serve.agenda import due_runs, read_agenda, runs_between
from scanner.serve.live import Live
from scanner.serve.ticker import Ticker
from scanner.serve.worker import Worker

log = logging.getLogger("lychgate")

_PAUSE = timedelta(seconds=2)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_FRESH = timedelta(seconds=30)
"""How old what is known of meetings and leaks may be."""
_GAP = timedelta(minutes=10)
"""How long nobody may serve before people hear of it."""
_LONGEST_GAP = timedelta(days=7)
"""How far back missed looks are counted."""


class Server:
    """The ``serve`` process of one installation."""

    def __init__(self, workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
        self._live = Live(workspace)
        self._clock = clock
        self._stop = Event()
        self._workers = [Worker(lane, clock=clock, stop=self._stop) for lane in Lane]
        self._drills = LocalQueue()
        self._started = clock()
        self._agenda: Agenda | None = None
        self._planned: datetime | None = None
        self._beaten: datetime | None = None
        self._planning = Lock()
        self._ticker = Ticker(partial(self._safely, self.plan))

    @property
    def workspace(self) -> Workspace:
        """The installation with the settings that are in force now."""
        return self._live.workspace

    def stop(self) -> None:
        """Ask for the end: a running crawl is broken off, and done again by the next ``serve``."""
        self._stop.set()
        for worker in self._workers:
            worker.cancel()
        self._drills.cancel()

    def run(self) -> None:
        """Serve until ``stop`` is called."""
        turns: list[tuple[str, Callable[[], None], timedelta]] = [
            ("plan", self.plan, _PAUSE),
            ("post", self.post, _PAUSE),
            ("follow", self.follow, _MINUTE),
            ("drill", self.drill, _PAUSE),
            ("watch", self.watch, 5 * _MINUTE),
            ("forget", self.forget, _DAY),
        ]
        turns += [(worker.lane.value, partial(self.work, worker.lane), _PAUSE) for worker in self._workers]
        threads = [
            Thread(target=self._repeat, args=(turn, pause), name=name, daemon=True)
            for name, turn, pause in turns
        ]
        self._follow_settings()
        self._ticker.start()
        for thread in threads:
            thread.start()
        while not self._stop.wait(_PAUSE.total_seconds()):
            pass  # A signal that reached another thread is heard here, but only by a thread that is awake.
        self._ticker.stop()
        for thread in threads:
            thread.join(timeout=30)

    def plan(self) -> None:
        """Queue what has become due, once, also what was missed while nothing ran; report such a gap.

        The ticker calls it when a schedule is due. It is called every two seconds too, for countdowns and
        for times that the ticker did not see: they pass while the machine sleeps, and come again where a
        clock is put back. So it asks what was due since the last row.
        """
        with self._planning:
            self._plan(self._clock())

    def _plan(self, now: datetime) -> None:
        is_new = self._live.look(now)
        if is_new:
            self._follow_settings()
        self._beat(now)
        if is_new or self._agenda is None or not self._is_fresh(now):
            self._agenda = read_agenda(self._live.workspace, begin=now - _DAY, end=now)
            self._planned = now
        store = self._live.workspace.store
        with store.reading() as work:
            last_due, listening = work.units.last_due(now), work.units.waiting(Lane.STREAM, now)
            paused = work.paused_sources.names()
        runs = [
            run
            for run in due_runs(self._agenda, last_due, listening=listening, started=self._started, now=now)
            # Whole readings stay due, for their report says that it is paused.
            if run.lane is Lane.BROAD or run.source not in paused
        ]
        if not runs:
            return
        with store.begin() as work:
            queued = [
                run
                for run in runs
                if work.units.queue(
                    run.schedule,
                    run.source,
                    run.at,
                    now,
                    lane=run.lane,
                    reason=run.reason,
                    nearest=run.nearest.starts if run.nearest else None,
                )
            ]
        for schedule, at in sorted({(run.schedule, run.at) for run in queued if now - run.at > _GAP}):
            log.warning("%s was due at %s and is done only now", schedule, f"{at:%d %b %H:%M} UTC")

    def work(self, lane: Lane) -> None:
        """Take the units of a lane that are due, scan them, and mark them done."""
        for worker in self._workers:
            if worker.lane is lane:
                worker.work(self._live.workspace)

    def post(self) -> None:
        """Send what is due in the outbox."""
        for sentence in send_due(self._live.workspace, clock=self._clock).errors:
            log.error("an alert could not be sent. %s", sentence)

    def watch(self) -> None:
        """Tell of sources that have been dark for long, though no scan says it anew."""
        tell_what_is_dark(self._live.workspace, clock=self._clock)

    def forget(self) -> None:
        """Delete what the settings do not want kept any longer."""
        forget_what_is_old(self._live.workspace, clock=self._clock)

    def follow(self) -> None:
        """Read the calendars that are due, and bring the register up to date with them."""
        for reading in refresh_due(self._live.workspace, clock=self._clock):
            name, standing = reading.calendar.name, reading.calendar
            if reading.fault:
                since = f"{standing.failing_since or self._clock():%d %b %H:%M} UTC"
                log.warning("calendar %s cannot be read since %s. %s", name, since, reading.fault)
            elif not reading.unchanged:
                counts = len(reading.registered), len(reading.changed), len(reading.ended)
                log.info("calendar %s: %d meetings new, %d changed, %d ended", name, *counts)

    def drill(self) -> None:
        """Hold the drills that somebody asked for."""
        held = hold_asked_drills(
            self._live.workspace,
            clock=self._clock,
            queue=self._drills,
            wait=lambda length: self._stop.wait(length.total_seconds()),
        )
        for drill in held:
            log.info("a drill %s: %s", drill.state, " ".join(step.says for step in drill.steps))

    def _follow_settings(self) -> None:
        workspace = self._live.workspace
        self._ticker.follow(workspace.settings.schedules.values(), timezone=workspace.organisation.timezone)

    def _is_fresh(self, now: datetime) -> bool:
        return self._planned is not None and self._planned <= now < self._planned + _FRESH

    def _beat(self, now: datetime) -> None:
        """Write down every minute that somebody serves, and tell people if nobody did for a while."""
        if self._beaten is not None and self._beaten <= now < self._beaten + _MINUTE:
            return
        workspace = self._live.workspace
        with workspace.store.begin() as work:
            before = work.units.beat(now)
        self._beaten = now
        if before is None or now - before <= _GAP:
            if before is not None and before > now + _GAP:
                log.warning("the clock was put back by %s", in_words(before - now))
            return
        begin = max(before, now - _LONGEST_GAP)
        missed = len(runs_between(read_agenda(workspace, begin=begin, end=now), begin, now))
        log.warning(
            "nobody served for %s, since %s UTC: %d looks were missed",
            in_words(now - before),
            f"{before:%d %b %H:%M}",
            missed,
        )
        if missed:
            with workspace.store.begin() as work:
                channels = tuple(workspace.settings.channels)
                tell_gap(work, before, now, missed=missed, channels=channels, now=now)

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
