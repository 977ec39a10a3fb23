"""When a meeting takes place next: recurrence in wall-clock time, within a bounded amount of work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from scanner.errors import InputError
from scanner.invitations.recurrence import Recurrence, read_recurrence
from scanner.model import Meeting

DEFAULT_DURATION = timedelta(minutes=60)
"""How long a meeting is taken to last when nobody said."""

_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_LONGEST_RULE = 1000
_LONGEST_LIST = 62
_MOST_STARTS_A_DAY = 24
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_SUB_DAILY = ("SECONDLY", "MINUTELY", "HOURLY")
_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?", re.ASCII)
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_LIST_RANGES = {
    "BYSECOND": (0, 59),
    "BYMINUTE": (0, 59),
    "BYHOUR": (0, 23),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYMONTH": (1, 12),
    "BYSETPOS": (-366, 366),
}
_ONLY_WITH = {
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
}
_GREGORIAN_CYCLE = 400
"""Years after which dates and weekdays repeat exactly."""


def check_repeats(text: str) -> str:
    """Return a series as ``scanner.invitations.recurrence`` describes it with its rule checked."""
    recurrence = read_recurrence(text)
    rule = check_rule(recurrence.rule) if recurrence.rule else ""
    return str(Recurrence(rule, recurrence.left_out, recurrence.added))


def check_rule(rule: str) -> str:
    """Return a recurrence rule in its plain form (RFC 5545, section 3.3.10), or raise InputError.

    A leading ``RRULE:`` and blanks are dropped, letters are made large, lists lose duplicates. Refused is
    what no community meeting needs and what could keep a computer busy: steps shorter than a day, more
    than 24 starts a day, endless lists.
    """
    if len(rule) > _LONGEST_RULE:
        raise InputError(f"The recurrence rule is longer than {_LONGEST_RULE} characters.")
    plain = "".join(rule.split()).upper().removeprefix("RRULE:").strip(";")
    parts: dict[str, str] = {}
    for part in plain.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise InputError(
                "The recurrence rule is not written as NAME=VALUE parts, like FREQ=WEEKLY;BYDAY=TH."
            )
        if name in parts:
            raise InputError(f"The recurrence rule says {name[:20]} twice.")
        parts[name] = value
    frequency = _check_frequency(parts)
    checked = {"FREQ": frequency}
    for name, value in parts.items():
        if name != "FREQ":
            checked[name] = _check_part(name, value, frequency=frequency)
    if "COUNT" in checked and "UNTIL" in checked:
        raise InputError("The recurrence rule has both COUNT and UNTIL; keep one of them.")
    if "BYSETPOS" in checked and not any(n.startswith("BY") and n != "BYSETPOS" for n in checked):
        raise InputError("BYSETPOS in the recurrence rule needs another BY part to pick from.")
    times = prod(checked.get(name, "").count(",") + 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if times > _MOST_STARTS_A_DAY:
        raise InputError(
            f"The recurrence rule starts the meeting more than {_MOST_STARTS_A_DAY} times a day."
        )
    return ";".join(f"{name}={value}" for name, value in checked.items())


def next_start(meeting: Meeting, now: datetime) -> datetime | None:
    """Return the start, in UTC, of the occurrence that runs or comes next; None when the series is over.

    The series keeps its wall-clock time in ``meeting.timezone``. A start that falls into the hour skipped
    in spring moves past it, and one in the hour repeated in autumn means its first pass (RFC 5545, section
    3.3.5). ``meeting.starts`` is an occurrence even where the rule would leave it out; only an exception
    takes it away.
    """
    zone = ZoneInfo(meeting.timezone)
    lasts = meeting.ends - meeting.starts if meeting.ends else DEFAULT_DURATION
    recurrence = read_recurrence(meeting.repeats)
    first = meeting.starts.astimezone(zone).replace(tzinfo=None)
    starts = [] if first in recurrence.left_out else [meeting.starts.astimezone(UTC)]
    starts += [_instant(wall, zone) for wall in recurrence.added]
    coming = [start for start in starts if start + lasts > now]
    if recurrence.rule and (meeting.starts + lasts <= now or first in recurrence.left_out):
        coming += _following(recurrence, first, zone=zone, lasts=lasts, now=now)
    return min(coming, default=None)


def _following(
    recurrence: Recurrence, first: datetime, *, zone: ZoneInfo, lasts: timedelta, now: datetime
) -> list[datetime]:
    """Return the next start that the rule itself makes, none if it is at its end."""
    # An hour's slack on the wall clock covers the hour that autumn repeats.
    since = (now - lasts).astimezone(zone).replace(tzinfo=None) - timedelta(hours=1)
    # dateutil looks for a rule that never matches until the year 9999. The calendar repeats exactly, so
    # the search is moved to its last cycle, where that end is near.
    shift = (9999 - max(first.year, since.year)) // _GREGORIAN_CYCLE * _GREGORIAN_CYCLE
    rule, until = _without_until(check_rule(recurrence.rule), zone)
    occurrences = rrulestr(rule, dtstart=first.replace(year=first.year + shift))
    coming: Iterator[datetime] = occurrences.xafter(since.replace(year=since.year + shift))
    for moved in coming:
        wall = moved.replace(year=moved.year - shift)
        if until is not None and wall > until:
            return []
        start = _instant(wall, zone)
        if start + lasts > now and wall not in recurrence.left_out:
            return [start]
    return []


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)


def is_running(meeting: Meeting, now: datetime) -> bool:
    """Say whether an occurrence has started and not yet ended; one without an end lasts 60 minutes."""
    start = next_start(meeting, now)
    return start is not None and start <= now


def _check_frequency(parts: dict[str, str]) -> str:
    frequency = parts.get("FREQ", "")
    if frequency in _SUB_DAILY:
        raise InputError(
            "The meeting would repeat more often than daily; choose DAILY, WEEKLY, MONTHLY or YEARLY."
        )
    if frequency not in _FREQUENCIES:
        raise InputError("The recurrence rule needs FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
    return frequency


def _check_part(name: str, value: str, *, frequency: str) -> str:
    if frequency not in _ONLY_WITH.get(name, _FREQUENCIES):
        raise InputError(f"{name} does not go with FREQ={frequency} in a recurrence rule.")
    if name in ("INTERVAL", "COUNT"):
        return str(_number(name, value, 1, 10**9))
    if name == "UNTIL":
        return _check_until(value)
    if name == "WKST" and value in ("MO", "TU", "WE", "TH", "FR", "SA", "SU"):
        return value
    if name == "BYDAY":
        items = [_check_weekday(item, frequency=frequency) for item in value.split(",")]
    elif name in _LIST_RANGES:
        low, high = _LIST_RANGES[name]
        items = [str(_number(name, item, low, high)) for item in value.split(",")]
        if low < 0 and "0" in items:
            raise InputError(f"{name} in the recurrence rule cannot be 0.")
    else:
        raise InputError(f"The recurrence rule has a part that is not understood: {name[:20]}.")
    distinct = list(dict.fromkeys(items))
    if len(distinct) > _LONGEST_LIST:
        raise InputError(f"{name} in the recurrence rule lists more than {_LONGEST_LIST} values.")
    return ",".join(distinct)


def _check_until(value: str) -> str:
    if _UNTIL.fullmatch(value):
        try:
            if datetime.fromisoformat(value).year >= _FIRST_YEAR:
                return value
        except ValueError:
            pass
    raise InputError(
        "UNTIL in the recurrence rule is not a date like 20261231 or a time like 20261231T190000Z."
    )


def _check_weekday(item: str, *, frequency: str) -> str:
    found = _WEEKDAY.fullmatch(item)
    if not found:
        raise InputError("BYDAY in the recurrence rule lists something else than MO, TU, WE, TH, FR, SA, SU.")
    if found[1]:
        if frequency not in ("MONTHLY", "YEARLY"):
            raise InputError(f"A numbered weekday like {item} goes with MONTHLY or YEARLY only.")
        _number("BYDAY", found[1], -53, 53)
        if int(found[1]) == 0:
            raise InputError("A weekday in the recurrence rule cannot be number 0.")
    return item


def _number(name: str, text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,10}", text, re.ASCII) or not low <= int(text) <= high:
        raise InputError(f"{name} in the recurrence rule is not a number from {low} to {high}.")
    return int(text)


def _without_until(rule: str, zone: ZoneInfo) -> tuple[str, datetime | None]:
    """Take UNTIL out of a checked rule; return it as the last wall-clock time that still counts."""
    rest, _, tail = rule.partition(";UNTIL=")
    if not tail:
        return rule, None
    value, separator, others = tail.partition(";")
    moment = datetime.fromisoformat(value)
    if moment.year > _LAST_YEAR:
        return rest + separator + others, None
    if len(value) == len("20261231"):
        last = datetime.combine(date(moment.year, moment.month, moment.day), time.max)
    elif value.endswith("Z"):
        last = moment.astimezone(zone).replace(tzinfo=None)
    else:
        last = moment
    return rest + separator + others, last
