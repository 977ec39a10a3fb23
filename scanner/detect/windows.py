"""Cut out of a page's source what surrounds a place, so that it reads as it does in the whole page.

A cut never goes through a tag, a comment or a script. Where the place stands in a script that holds JSON, or
in a table with headings, all of it belongs to the window.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

AROUND = 2_300
"""Characters of text round a place that can say something of a room in it: the reach of passcodes and names,
and what one word more of it needs."""

NAMES_AROUND = 600
"""Characters of text round a number in which a label or a name makes it a room's."""

_ELEMENT = re.compile(r"<!--|<(script|style|textarea)\b")
"""What holds text of its own kind, in lower case."""
_TABLE = re.compile(r"<(/?)(?:table|pre)\b")
"""A table, or text in which signs may draw one."""
_LONGEST_TAG = 65_536
_LONGEST_TABLE = 262_144
_NOT_TEXT = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>|\s+", re.DOTALL)
_EDGE = re.compile(r"[\s<]")
_LONGEST_WORD = 4_096
"""Characters of the longest address."""
MARGIN = 400
"""Characters beside a place that an address can go on in which has blanks between its letters."""
_STEP = 4_096


class Source:
    """A page's source, to be cut into windows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lowered = text.lower()
        if len(self._lowered) != len(text):
            self._lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
        self._elements = _elements(self._lowered)
        self._tables = _tables(self._lowered)

    def windows(self, places: Iterable[tuple[int, int]], *, around: int) -> list[tuple[int, int]]:
        """Return the windows of all places, in order and apart from each other.

        ``around`` is how many characters of text before and after a place belong to it.
        """
        windows: list[tuple[int, int]] = []
        for place in sorted(places):
            start, end = self._window(*place, around)
            while windows and start <= windows[-1][1]:
                low, high = windows.pop()
                start, end = min(start, low), max(end, high)
            windows.append((start, end))
        return windows

    def cut(self, window: tuple[int, int], places: Sequence[tuple[int, int]]) -> str:
        """Return a window's source, without scripts, styles and comments in which no place lies.

        ``places`` are in order and apart from each other.
        """
        parts: list[str] = []
        at, end = window
        for low, high in self._elements[bisect_left(self._elements, window) :]:
            if low >= end:
                break
            place = bisect_right(places, (low, high)) - 1
            touched = any(first < high and last > low for first, last in places[max(0, place) : place + 2])
            if not touched and low >= at:
                parts.append(self.text[at:low])
                at = min(high, end)
        return "".join([*parts, self.text[at:end]])

    def _window(self, start: int, end: int, around: int) -> tuple[int, int]:
        start, end = self._whole(self._edge_before(start - MARGIN), self._edge_behind(end + MARGIN))
        return self._whole(self._before(start, around), self._behind(end, around)) if around else (start, end)

    def _whole(self, start: int, end: int) -> tuple[int, int]:
        """Widen a stretch until no element, table or tag is cut by it."""
        for spans in (self._tables, self._elements):
            start = (_around(spans, start) or (start, end))[0]
            end = (_around(spans, end) or (start, end))[1]
        opened = self.text.rfind("<", max(0, start - _LONGEST_TAG), start)
        if opened >= 0 and self.text.find(">", opened, start) < 0:
            start = opened
        opened = self.text.rfind("<", max(start, end - _LONGEST_TAG), end)
        if opened >= 0 and self.text.find(">", opened, end) < 0:
            closed = self.text.find(">", end, end + _LONGEST_TAG)
            end = closed + 1 if closed >= 0 else end
        return start, end

    def _edge_before(self, at: int) -> int:
        """Return where the word begins that a position cuts."""
        low = max(0, at - _LONGEST_WORD)
        return max((self.text.rfind(sign, low, max(low, at)) + 1 for sign in " \n\t>"), default=0) or low

    def _edge_behind(self, at: int) -> int:
        edge = _EDGE.search(self.text, at, at + _LONGEST_WORD)
        return edge.start() if edge else min(len(self.text), at + _LONGEST_WORD)

    def _before(self, start: int, around: int) -> int:
        """Return where the last so many characters of text before a position begin."""
        length = _STEP
        while start > length and _letters(self.text[start - length : start]) < around:
            length *= 2
        return max(0, start - length)

    def _behind(self, end: int, around: int) -> int:
        length = _STEP
        while end + length < len(self.text) and _letters(self.text[end : end + length]) < around:
            length *= 2
        return min(len(self.text), end + length)


def _letters(source: str) -> int:
    """Return how many characters of text a source has, blanks left out."""
    return len(_NOT_TEXT.sub("", source))


def _around(spans: Sequence[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """Return the span that a position cuts; spans are in order and apart from each other."""
    before = bisect_right(spans, (at, at)) - 1
    return spans[before] if before >= 0 and spans[before][0] < at < spans[before][1] else None


def _elements(lowered: str) -> list[tuple[int, int]]:
    """Return where scripts, styles, comments and text fields stand. Each end is looked for once only."""
    found: list[tuple[int, int]] = []
    endless: set[str] = set()
    at = 0
    for opening in _ELEMENT.finditer(lowered):
        closing = f"</{opening[1]}" if opening[1] else "--"
        if opening.start() < at or closing in endless:
            continue
        closed = lowered.find(closing, opening.end())
        closed = lowered.find(">", closed) if closed >= 0 else -1
        if closed < 0:
            endless.add(closing)
            continue
        at = closed + 1
        found.append((opening.start(), at))
    return found


def _tables(lowered: str) -> list[tuple[int, int]]:
    """Return where tables stand that are in no other and not too long to be read as one."""
    found: list[tuple[int, int]] = []
    start = depth = 0
    for tag in _TABLE.finditer(lowered):
        if not tag[1]:
            start = start if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth and tag.end() - start <= _LONGEST_TABLE:
                found.append((start, lowered.find(">", tag.end()) + 1 or len(lowered)))
    return found
