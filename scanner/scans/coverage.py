"""What was and was not read: counted while a crawl runs, judged when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile

from scanner.extract.pictures import is_picture
from scanner.model import Coverage, Failed, Skipped, SourceState, Unchanged
from scanner.scans.page import PICTURE, CrawlLine, PageRead, ReportRead
from storage.paused_sources import PausedSource

INCOMPLETE = frozenset(
    {
        "page limit reached",
        "time limit reached",
        "the server asked to come back later",
        "more addresses than one crawl can count",
    }
)
"""Reasons to skip that leave an arbitrary rest unread. Others (scope, depth, robots.txt) are a choice."""

UNREAD_FOR_NOW = INCOMPLETE | {
    "deeper than the depth limit",
    "more pictures than pages may be read",
    "robots.txt forbids it",
}
"""Reasons to skip that another night, or other settings, may do away with."""

UNREAD = frozenset({SourceState.FAILED, SourceState.BLOCKED, SourceState.BLIND, SourceState.SUSPICIOUS})
"""States in which "nothing was found" says nothing."""

CANARY_MISSING = "its canary was not found"
FAR_FEWER = "far fewer pages than in the scans before"
ALL_ALIKE = "every page says the same, as a log-in form does"

_COMPARED = 3
"""Scans that must agree on how many pages there are; after as many others, that is the habit."""
_MANY_PAGES = 10
_SHRUNK = 4
_ALIKE = 5
"""Pages from which on it is odd that all of them say the same."""

_MOST_REASONS = 20
"""A server names the kind of its files, so it could make a report as long as it likes."""


class Tally:
    """Counts of one Source in one Scan. Adding is cheap; ``coverage()`` may be asked at any time.

    Where a canary is expected, ``canary_found`` has to be set when it is met. ``starts`` holds the addresses
    where earlier scans began: that one of them is unchanged says that it was reached again.
    """

    def __init__(
        self, source: str, *, expects_canary: bool = False, starts: Collection[str] = frozenset()
    ) -> None:
        self.source = source
        self._starts = starts
        self.canary_found = not expects_canary
        self.read = 0
        self.unchanged = 0
        self.cut = 0
        self.skipped: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._rooms: Counter[str] = Counter()
        self._notes: Counter[str] = Counter()
        self._blocked = 0
        self._shut = False
        self._missed = False
        self._begun: set[str] = set()
        self._lost = 0
        self._alike: Counter[str] = Counter()
        self._pictures = 0

    def count(self, line: CrawlLine) -> None:
        """Count what became of one address. A page that is gone was looked at, after all."""
        match line:
            case PageRead() if line.unsearched:
                known = line.unsearched in self.skipped or len(self.skipped) < _MOST_REASONS
                self.skipped[line.unsearched if known else "cannot read further kinds of files"] += 1
            case PageRead():
                self.read += 1
                if line.depth == 0:
                    self._begun.add(line.address)
                self.cut += line.cut
                if line.likeness == PICTURE:
                    self._pictures += 1
                else:
                    self._alike[line.likeness] += 1
                self._notes.update(line.notes)
                self._rooms.update(link.room.platform for link in line.links)
            case ReportRead():
                self.read += 1
                self.cut += line.cut
                self._notes.update(line.notes)
                self._rooms.update(link.room.platform for link in line.links)
            case Unchanged():
                self.unchanged += 1
                if line.address in self._starts:
                    self._begun.add(line.address)
                self._pictures += is_picture(line.address)
            case Skipped():
                self.skipped[line.why] += 1
            case Failed():
                self.failed[line.why] += 1
                self._blocked += line.blocked
                self._shut |= line.blocked and line.start
                if line.start:  # also one that was read, and was not what such a source begins with
                    self._missed = True
                    self._begun.discard(line.address)
                self._lost += not line.gone or line.start

    def note(self, sentence: str) -> None:
        """Have the report say something besides."""
        self._notes[sentence] += 1

    def stopped(self, why: str) -> None:
        """Record that the crawl itself ended, and that an unknown rest was not read."""
        self.failed[why] += 1
        self._lost += 1

    def coverage(self, *, before: Sequence[Coverage] = ()) -> Coverage:
        """Return the record as it stands, with the state it amounts to.

        ``before`` is what earlier scans of the same kind read of this source, newest first.
        """
        state, why = self._state(before)
        return Coverage(
            source=self.source,
            state=state,
            read=self.read,
            unchanged=self.unchanged,
            cut=self.cut,
            skipped=dict(self.skipped),
            failed=dict(self.failed) | ({why: 1} if why else {}),
            notes=tuple(
                f"{note} ({count} times)" if count > 1 else note for note, count in self._notes.items()
            ),
            rooms_seen=dict(self._rooms),
        )

    def _state(self, before: Sequence[Coverage]) -> tuple[SourceState, str]:
        """Return the state and, where the counts do not show it, the reason."""
        # The pictures of a site still stand there when its pages are behind a door.
        pages = self.read + self.unchanged - self._pictures
        if pages == 0 and (self._lost or not self._pictures):
            return (SourceState.BLOCKED if self._blocked else SourceState.FAILED), ""
        if self._missed and not self._begun and pages < _MANY_PAGES:
            # What was read are the notices that hang outside at the door.
            return (SourceState.BLOCKED if self._shut else SourceState.FAILED), ""
        if not self.canary_found:
            return SourceState.BLIND, CANARY_MISSING
        if why := self._suspicion(pages, before):
            return SourceState.SUSPICIOUS, why
        if self._lost or self.cut or INCOMPLETE & self.skipped.keys():
            return SourceState.PARTIAL, ""
        return SourceState.OK, ""

    def _suspicion(self, pages: int, before: Sequence[Coverage]) -> str:
        shrunk = list(takewhile(lambda entry: FAR_FEWER in entry.failed, before))
        habit = before[len(shrunk) : len(shrunk) + _COMPARED] if len(shrunk) < _COMPARED else ()
        least = min((entry.read + entry.unchanged for entry in habit), default=0) - self._pictures
        if len(habit) == _COMPARED and least >= _MANY_PAGES and pages * _SHRUNK < least:
            return FAR_FEWER
        likeness, alike = self._alike.most_common(1)[0] if self._alike else ("", 0)
        now_alike = bool(likeness) and alike == self._alike.total()
        if now_alike and alike >= _ALIKE and alike == pages and not self._rooms:
            return ALL_ALIKE
        were_alike = bool(before) and ALL_ALIKE in before[0].failed
        return ALL_ALIKE if were_alike and (now_alike or not self._alike) and not self._rooms else ""


def coverage_of_paused(paused: PausedSource) -> Coverage:
    """Return the record of a source that nobody looked at because somebody had paused it."""
    return Coverage(
        source=paused.source,
        state=SourceState.PAUSED,
        skipped={"nobody looked: it is paused": 1},
        notes=(f"paused because: {paused.reason}",),
    )


def after_fast_run(state: SourceState, before: SourceState | None) -> SourceState:
    """Return how a source stands after a fast run came to a state.

    Such a run reads only what is new. So it makes nothing better than the last whole reading left it, but
    that it could read something at all; and it sees what is worse.
    """
    if state in UNREAD:
        return state
    if before is SourceState.SUSPICIOUS:
        return before
    return state if before is SourceState.OK else SourceState.PARTIAL
