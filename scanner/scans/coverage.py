"""What was and was not read: counted while a crawl runs, judged when it ends."""

from __future__ import annotations

from collections import Counter

from scanner.model import Coverage, Failed, Skipped, SourceState, Unchanged
from scanner.scans.page import CrawlLine, PageRead, ReportRead

INCOMPLETE = frozenset(
    {
        "page limit reached",
        "time limit reached",
        "the server asked to come back later",
        "more addresses than one crawl can count",
    }
)
"""Reasons to skip that leave an arbitrary rest unread. Others (scope, depth, robots.txt) are a choice."""

UNREAD_FOR_NOW = INCOMPLETE | {"deeper than the depth limit", "robots.txt forbids it"}
"""Reasons to skip that another night, or other settings, may do away with."""

_MOST_REASONS = 20
"""A server names the kind of its files, so it could make a report as long as it likes."""


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

    def count(self, line: CrawlLine) -> None:
        """Count what became of one address. A page that is gone was looked at, after all."""
        match line:
            case PageRead() if line.unsearched:
                known = line.unsearched in self.skipped or len(self.skipped) < _MOST_REASONS
                self.skipped[line.unsearched if known else "cannot read further kinds of files"] += 1
            case PageRead():
                self.read += 1
                self.cut += line.cut
                self._notes.update(line.notes)
                self._rooms.update(link.room.platform for link in line.links)
            case ReportRead():
                self.read += 1
                self.cut += line.cut
                self._notes.update(line.notes)
                self._rooms.update(link.room.platform for link in line.links)
            case Unchanged():
                self.unchanged += 1
            case Skipped():
                self.skipped[line.why] += 1
            case Failed():
                self.failed[line.why] += 1
                self._blocked += line.blocked
                self._lost += not line.gone or line.start

    def stopped(self, why: str) -> None:
        """Record that the crawl itself ended, and that an unknown rest was not read."""
        self.failed[why] += 1
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
            notes=tuple(
                f"{note} ({count} times)" if count > 1 else note for note, count in self._notes.items()
            ),
            rooms_seen=dict(self._rooms),
        )

    def _state(self) -> SourceState:
        if self.read + self.unchanged == 0:
            return SourceState.BLOCKED if self._blocked else SourceState.FAILED
        if self._lost or self.cut or INCOMPLETE & self.skipped.keys():
            return SourceState.PARTIAL
        return SourceState.OK
