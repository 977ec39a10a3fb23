"""A series with its exceptions in one text: the rule, then the starts it leaves out and those it adds.

RFC 5545 calls this a recurrence set (section 3.8.5) and writes it on lines of their own. Here the first line
is the value of RRULE, empty for a series that is a mere list of dates; ``EXDATE:`` and ``RDATE:`` lines may
follow. Their times are wall-clock times of the meeting's zone, so an exception stays with its occurrence
over clock changes. One occurrence that was moved is a start left out and another added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scanner.errors import InputError

MOST_EXCEPTIONS = 1000
_LEFT_OUT, _ADDED = "EXDATE", "RDATE"
_WALL = re.compile(r"\d{8}T\d{6}", re.ASCII)
_FORMAT = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a series takes place besides its first start. Dates are naive: the wall clock of its zone."""

    rule: str = ""
    left_out: frozenset[datetime] = frozenset()
    added: frozenset[datetime] = frozenset()

    def __str__(self) -> str:
        return self.rule + _line(_LEFT_OUT, self.left_out) + _line(_ADDED, self.added)


def read_recurrence(text: str) -> Recurrence:
    """Take a series apart into its rule, which stays as it is written, and its exceptions.

    Raises InputError for a line that is none of them and for more than 1000 exceptions.
    """
    rule, *lines = text.strip(" ").split("\n")
    starts: dict[str, frozenset[datetime]] = {}
    for line in filter(None, map(str.strip, lines)):
        name, colon, values = line.upper().partition(":")
        if not colon or name not in (_LEFT_OUT, _ADDED) or name in starts:
            raise InputError("After the recurrence rule only one EXDATE: and one RDATE: line can follow.")
        starts[name] = frozenset(_starts(name, values.split(",")))
    return Recurrence(rule.strip(), starts.get(_LEFT_OUT, frozenset()), starts.get(_ADDED, frozenset()))


def _starts(name: str, values: list[str]) -> Iterable[datetime]:
    if len(values) > MOST_EXCEPTIONS:
        raise InputError(f"{name} lists more than {MOST_EXCEPTIONS} dates.")
    for value in values:
        if not _WALL.fullmatch(value.strip()):
            raise InputError(f"{name} lists something that is not a time like 20261231T190000.")
        try:
            yield datetime.strptime(value.strip(), _FORMAT)  # noqa: DTZ007 - the wall clock has no zone
        except ValueError:
            raise InputError(f"{name} lists a date that does not exist.") from None


def _line(name: str, starts: frozenset[datetime]) -> str:
    return f"\n{name}:{','.join(start.strftime(_FORMAT) for start in sorted(starts))}" if starts else ""
