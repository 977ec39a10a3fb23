"""When a schedule is due. APScheduler knows cron and clock changes; the due rows are our own.

APScheduler is the ticker only: it skips a job that comes late unless told otherwise, forgets what was due
while the machine slept, and runs a job twice where two processes serve. So each tick asks "what was due
since the last row?", and the row's uniqueness decides who queues it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from scanner.settings import Schedule

_LOOK_BACK = timedelta(days=32)
_MOST_MISSED = 50_000


def trigger(schedule: Schedule, *, timezone: str) -> CronTrigger:
    """Return APScheduler's trigger for a schedule, in its own zone or else the organisation's."""
    cron = schedule.cron
    return CronTrigger(
        minute=cron.minute,
        hour=cron.hour,
        day=cron.day,
        month=cron.month,
        day_of_week=cron.weekday,
        timezone=ZoneInfo(schedule.timezone or timezone),
    )


def latest_due(schedule: Schedule, *, timezone: str, after: datetime, now: datetime) -> datetime | None:
    """Return the last time the schedule was due in ``after < due <= now``, or None if it was not.

    Of several missed times only the last counts: one look catches up for all of them.
    """
    fires = trigger(schedule, timezone=timezone)
    begin = max(after, now - _LOOK_BACK)
    due, latest = begin, None
    for _ in islice(range(_MOST_MISSED), _MOST_MISSED):
        following = fires.get_next_fire_time(due, due + timedelta(microseconds=1))
        if following is None or following > now:
            return latest
        due = latest = following
    return latest
