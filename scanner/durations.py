"""Lengths of time in words: one wording for schedules, severities, messages and pages.

Parts of minutes are left out, so what is said of a time to come is never too long.
"""

from __future__ import annotations

from datetime import timedelta

_UNITS = (
    (timedelta(days=1), "day", "days"),
    (timedelta(hours=1), "hour", "hours"),
    (timedelta(minutes=1), "minute", "minutes"),
)
_MOMENT = "less than a minute"


def in_words(length: timedelta) -> str:
    """Say a length of time in its largest unit and the next: ``3 hours 10 minutes``, ``2 days``."""
    for at, (size, *_) in enumerate(_UNITS):
        if length >= size:
            return " ".join(_counted(length, _UNITS[at : at + 2]))
    return _MOMENT


def roughly(length: timedelta) -> str:
    """Say a length of time in the largest unit it holds twice: ``90 minutes``, ``47 hours``, ``3 days``."""
    for unit in _UNITS:
        if length >= 2 * unit[0]:
            return _counted(length, (unit,))[0]
    return _counted(length, _UNITS[-1:])[0] if length >= _UNITS[-1][0] else _MOMENT


def _counted(length: timedelta, units: tuple[tuple[timedelta, str, str], ...]) -> list[str]:
    parts = []
    for size, one, several in units:
        count, length = divmod(length, size)
        if count:
            parts.append(f"{count} {one if count == 1 else several}")
    return parts
