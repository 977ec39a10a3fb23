"""Say in words how a meeting repeats."""

from __future__ import annotations

import re

_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{6}Z?)?")


def repeats_in_words(repeats: str) -> str:
    """Return a recurrence rule (RFC 5545, RRULE) in words, such as "every 2 weeks on Tuesday".

    A rule that cannot be said so shortly is returned as it stands.
    """
    rule, _, exceptions = repeats.partition("\n")
    parts = dict(part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";"))
    unit, count = _UNITS.get(parts.pop("FREQ", "")), parts.pop("INTERVAL", "1")
    on, until, times = parts.pop("BYDAY", ""), parts.pop("UNTIL", ""), parts.pop("COUNT", "")
    date = parts.pop("BYMONTHDAY", "")
    parts.pop("WKST", None)
    days = [_DAY.fullmatch(day) for day in on.split(",")] if on else []
    end = _DATE.fullmatch(until) if until else None
    if parts or unit is None or not all(days) or (until and end is None) or (date and not date.isdigit()):
        return rule
    words = [f"every {unit}" if count == "1" else f"every {count} {unit}s"]
    if days:
        named = [" ".join(filter(None, (_place(day[1]), _DAYS[day[2]]))) for day in days if day]
        together = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
        words.append(f"on the {together}" if unit == "month" else f"on {together}")
    if date:
        words.append(f"on day {date}")
    if times:
        words.append(f"{times} times")
    if end:
        words.append(f"until {end[1]}-{end[2]}-{end[3]}")
    if exceptions:
        words.append("with exceptions")
    return " ".join(words)


def _place(number: str | None) -> str:
    return _PLACES.get((number or "").lstrip("+"), "")
