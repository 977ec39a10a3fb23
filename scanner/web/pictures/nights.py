"""Thirty nights of a source, as a strip of cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from scanner.model import SourceState

NIGHTS: Final = 30


class Reading(StrEnum):
    """What became of a source in a night, best first."""

    FULL = "full"
    PARTLY = "partly"
    BLOCKED = "blocked"
    FAILED = "failed"
    PAUSED = "paused"
    NONE = "none"
    """Nobody looked."""


_READING: Final = {
    SourceState.OK: Reading.FULL,
    SourceState.PARTIAL: Reading.PARTLY,
    SourceState.SUSPICIOUS: Reading.PARTLY,
    SourceState.BLOCKED: Reading.BLOCKED,
    SourceState.FAILED: Reading.FAILED,
    SourceState.BLIND: Reading.FAILED,
    SourceState.PAUSED: Reading.PAUSED,
}
_BEST_FIRST: Final = tuple(Reading)


@dataclass(frozen=True, slots=True)
class Nights:
    """Nights in a row that went alike, the last of them included."""

    first: date
    last: date
    reading: Reading

    @property
    def count(self) -> int:
        """How many nights these are."""
        return (self.last - self.first).days + 1


def nights(looks: Iterable[tuple[datetime, SourceState]], *, zone: str, now: datetime) -> list[Nights]:
    """Return each of the last thirty nights of a source, oldest first, the present day included.

    ``looks`` are when scans began that came to their end, and how the source answered. A night is a day of
    the zone. Of several looks in one the best counts: what was read in full once was read.
    """
    here = ZoneInfo(zone)
    best: dict[date, Reading] = {}
    for at, state in looks:
        day, reading = at.astimezone(here).date(), _READING[state]
        best[day] = min(best.get(day, Reading.NONE), reading, key=_BEST_FIRST.index)
    today = now.astimezone(here).date()
    days = [today - timedelta(days=back) for back in reversed(range(NIGHTS))]
    return [Nights(day, day, best.get(day, Reading.NONE)) for day in days]


def in_a_row(found: Sequence[Nights]) -> list[Nights]:
    """Join nights that went alike, newest first, as a table tells them."""
    joined: list[Nights] = []
    for night in found:
        if joined and joined[-1].reading is night.reading:
            joined[-1] = replace(joined[-1], last=night.last)
        else:
            joined.append(night)
    return joined[::-1]


def tally(found: Iterable[Nights]) -> dict[Reading, int]:
    """Count the nights of each kind, best first; kinds without any are left out."""
    counts = dict.fromkeys(Reading, 0)
    for night in found:
        counts[night.reading] += night.count
    return {reading: count for reading, count in counts.items() if count}
