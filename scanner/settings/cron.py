"""Read a cron line the way the scheduler will, and refuse what it or people would take differently."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = ("minute", "hour", "day", "month", "weekday")
_LOWEST = {"minute": 0, "hour": 0, "day": 1, "month": 1, "weekday": 0}
_HIGHEST = {"minute": 59, "hour": 23, "day": 31, "month": 12, "weekday": 6}
_NAMES = {
    "month": {name: number for number, name in enumerate(_MONTHS, start=1)},
    "weekday": {name: number for number, name in enumerate(_WEEKDAYS)},
}
_PART = re.compile(r"(?:(\*)|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:/([0-9]{1,2}))?")
_LEAP_YEAR = 2028


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Five cron fields in lower case, as APScheduler's CronTrigger takes them.

    ``weekday`` is what it calls ``day_of_week``; the others have the same names.
    """

    minute: str
    hour: str
    day: str
    month: str
    weekday: str


def read_cron(text: str) -> Cron:
    """Return the fields of a line such as ``10 3 * * mon-sun``, or raise ValueError with a sentence.

    Refused besides mistakes: weekdays as digits, because cron counts them from Sunday and APScheduler 3
    from Monday; days of the month together with weekdays, because cron takes either and APScheduler both;
    dates that never come.
    """
    fields = text.lower().split()
    if len(text) > 200 or len(fields) != len(_FIELDS):
        raise ValueError(
            "this needs five fields: minute, hour, day of month, month, weekday, like '10 3 * * mon-sun'"
        )
    cron = Cron(**dict(zip(_FIELDS, fields, strict=True)))
    values = {name: _values(name, field) for name, field in zip(_FIELDS, fields, strict=True)}
    if cron.day != "*" and cron.weekday not in ("*", "mon-sun"):
        raise ValueError(
            "give days of the month or weekdays, not both: programs differ in what the two together mean"
        )
    if not any(min(values["day"]) <= monthrange(_LEAP_YEAR, month)[1] for month in values["month"]):
        raise ValueError("this date never comes: none of these months has such a day")
    return cron


def _values(name: str, field: str) -> set[int]:
    """Return all numbers a field stands for."""
    values: set[int] = set()
    for part in field.split(","):
        match = _PART.fullmatch(part)
        if not match:
            raise ValueError(f"the {name} field cannot be read; it takes *, 5, 1-5, */2 and lists of these")
        star, first, last, step = match.groups()
        if not star and (step or last) and not _alike(first, last or first, step):
            raise ValueError(
                f"the {name} range must join two numbers or two names, and only numbers take a step"
            )
        low = _LOWEST[name] if star else _number(name, first)
        high = _HIGHEST[name] if star or (step and not last) else _number(name, last or first)
        if low > high:
            raise ValueError(f"the {name} range ends before it begins; write it as two, like sat-sun,mon-fri")
        if step and not 1 <= int(step) <= high - low:
            raise ValueError(f"the {name} step must be at least 1 and no longer than its range")
        values.update(range(low, high + 1, int(step or 1)))
    return values


def _alike(first: str, last: str, step: str | None) -> bool:
    return first.isdigit() and last.isdigit() if step else first.isdigit() == last.isdigit()


def _number(name: str, word: str) -> int:
    names = _NAMES.get(name, {})
    if word in names:
        return names[word]
    if name == "weekday" and word.isdigit():
        raise ValueError(
            "write weekdays by name (mon, tue, …, sun): "
            "cron counts their digits from Sunday, the scheduler from Monday"
        )
    if not word.isdigit() or not _LOWEST[name] <= int(word) <= _HIGHEST[name]:
        raise ValueError(f"the {name} must be between {_LOWEST[name]} and {_HIGHEST[name]}")
    return int(word)
