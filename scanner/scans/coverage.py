"""What was and was not read: counted while a crawl runs, judged when it ends."""

from __future__ import annotations

from collections import Counter

from scanner.model import Coverage, Failed, Room, Skipped, SourceState

CRAWL_STOPPED = "the crawl stopped before this source was done"

INCOMPLETE = frozenset({"page limit reached", "time limit reached", CRAWL_STOPPED})
"""Reasons to skip that leave an arbitrary rest unread. Others (scope, depth, robots.txt) are a choice."""


class Tally:
    """Counts of one Source in one Scan. Adding is cheap; ``coverage()`` may be asked at any time."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.read = 0
        self.unchanged = 0
        self.cut = 0
        self.skipped: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._rooms: Counter[str] = Counter()
        self._notes: Counter[str] = Counter()
        self._blocked = 0
        self._lost = 0
        self._start_failed = False

    def page(self, *, cut: bool, notes: tuple[str, ...], rooms: tuple[Room, ...]) -> None:
        """Count one address that was read."""
        self.read += 1
        self.cut += cut
        self._notes.update(notes)
        self._rooms.update(room.platform for room in rooms)

    def skip(self, skipped: Skipped) -> None:
        """Count one address left out on purpose."""
        self.skipped[skipped.why] += 1

    def fail(self, failed: Failed) -> None:
        """Count one address that could not be read. A page that is gone was looked at, after all."""
        self.failed[failed.why] += 1
        self._blocked += failed.blocked
        self._lost += not failed.gone
        self._start_failed |= failed.start

    def stopped(self) -> None:
        """Record that the crawl itself ended before this source was done."""
        self.failed[CRAWL_STOPPED] += 1
        self._lost += 1

    def coverage(self) -> Coverage:
        """Return the record as it stands, with the state it amounts to."""
        return Coverage(
            source=self.source,
            state=self._state(),
            read=self.read,
            unchanged=self.unchanged,
            cut=self.cut,
            skipped=dict(self.skipped),
            failed=dict(self.failed),
            notes=tuple(f"{note} ({count} times)" if count > 1 else note for note, count in self._notes.items()),
            rooms_seen=dict(self._rooms),
        )

    def _state(self) -> SourceState:
        if self.read + self.unchanged == 0:
            return SourceState.BLOCKED if self._blocked else SourceState.FAILED
        if self._lost or self.cut or self._start_failed or INCOMPLETE & self.skipped.keys():
            return SourceState.PARTIAL
        return SourceState.OK
