"""When a schedule is due. APScheduler knows cron and clock changes; the due rows are our own.

APScheduler is the ticker only: it skips a job that comes late unless told otherwise, forgets what was due
while the machine slept, and runs a job twice where two processes serve. So each tick asks "what was due
since the last row?", and the row's uniqueness decides who queues it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from scanner.settings import Schedule

_LOOK_BACK = timedelta(days=32)
_MOST_MISSED = 50_000


class Cron(CronTrigger):  # type: ignore[misc]  # APScheduler has no types
    """APScheduler's cron, asked and answering in UTC.

    In the hour that a clock change repeats, CronTrigger of 3.11 compares times in a way that PEP 495 makes
    fail, and answers with the same time for ever: its scheduler then collects run times until the memory is
    full.
    """

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return the next time after ``previous``, in UTC; every due minute once, also in such an hour."""
        begin = None if previous is None else previous.astimezone(UTC)
        now = now.astimezone(UTC)
        if begin is not None:
            now = max(now, begin + timedelta(microseconds=1))
        following: datetime | None = super().get_next_fire_time(begin, now)
        return None if following is None else following.astimezone(UTC)


def trigger(schedule: Schedule, *, timezone: str) -> Cron:
    """Return APScheduler's trigger for a schedule, in its own zone or else the organisation's."""
    cron = schedule.cron
    return Cron(
        minute=cron.minute,
        hour=cron.hour,
        day=cron.day,
        month=cron.month,
        day_of_week=cron.weekday,
        timezone=ZoneInfo(schedule.timezone or timezone),
    )


def all_due(schedule: Schedule, *, timezone: str, after: datetime, now: datetime) -> Iterator[datetime]:
    """Yield the times the schedule is due in ``after < due <= now``, 50,000 of the last month at most."""
    fires = trigger(schedule, timezone=timezone)
    due = max(after, now - _LOOK_BACK)
    for _ in range(_MOST_MISSED):
        following = fires.get_next_fire_time(due, due)
        if following is None or following > now:
            return
        due = following
        yield due


def latest_due(schedule: Schedule, *, timezone: str, after: datetime, now: datetime) -> datetime | None:
    """Return the last time the schedule was due in ``after < due <= now``, or None if it was not.

    Of several missed times only the last counts: one look catches up for all of them.
    """
    missed = all_due(schedule, timezone=timezone, after=after, now=now)
    return next(iter(deque(missed, maxlen=1)), None)


class Ticker:
    """Calls ``tick`` at each time that a schedule is due: on the minute, not at the next look.

    Its jobs hold nothing that could be lost: what a tick finds due is asked of the rows. However late a job
    comes it still runs, once for all that was missed, and never twice at a time.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._scheduler = BackgroundScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        """Tick from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; a tick that is running ends by itself."""
        self._scheduler.shutdown(wait=False)

    def follow(self, schedules: Iterable[Schedule], *, timezone: str) -> None:
        """Build the jobs anew from the settings."""
        self._scheduler.remove_all_jobs()
        for schedule in schedules:
            self._scheduler.add_job(self._tick, trigger(schedule, timezone=timezone), id=schedule.name)

    def due_next(self) -> dict[str, datetime]:
        """Return the next due time of each schedule, in UTC."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs()}
