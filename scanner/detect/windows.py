"""Cut out of a page's source what surrounds a place, so that it reads as it does in the whole page.

A cut never goes through a tag, a comment or a script. Where the place stands in a script that holds JSON, or
in a table with headings, all of it belongs to the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

AROUND = 2_300
"""Characters of text round a place that can say something of a room in it: the reach of passcodes and names,
and what one word more of it needs."""

_ELEMENTS = (("<!--", "-->"), ("<script", "</script"), ("<style", "</style"), ("<textarea", "</textarea"))
"""What holds text of its own kind: begun and ended by these, in lower case."""
_TABLES = (("<table", "</table"),)
_LONGEST_TAG = 65_536
_LONGEST_TABLE = 262_144
_NOT_TEXT = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>|\s+", re.DOTALL)
_ASIDE = re.compile(
    r"<(script|style|svg)\b[^<]*+(?:<(?!/\1)[^<]*+)*+</\1[^<>]*>|<!--.*?-->", re.DOTALL | re.IGNORECASE
)
"""What is read apart from the text around it, or holds none."""
_EDGE = re.compile(r"[\s<]")
_LONGEST_WORD = 4_096
"""Characters of the longest address."""
_MARGIN = 400
"""Characters beside a place that an address can go on in which has blanks between its letters."""
_STEP = 4_096


class Source:
    """A page's source, to be cut into windows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lowered = text.lower()
        if len(self._lowered) != len(text):
            self._lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)

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

    def cut(self, window: tuple[int, int], places: Iterable[tuple[int, int]]) -> str:
        """Return a window's source, without scripts, styles and comments in which no place lies."""
        kept = [(low, high) for low, high in places if low < window[1] and high > window[0]]

        parts: list[str] = []
        at = window[0]
        for aside in _ASIDE.finditer(self.text, *window):
            if not any(low < aside.end() and high > aside.start() for low, high in kept):
                parts.append(self.text[at : aside.start()])
                at = aside.end()
        return "".join([*parts, self.text[at : window[1]]])

    def _window(self, start: int, end: int, around: int) -> tuple[int, int]:
        start, end = self._whole(self._edge_before(start - _MARGIN), self._edge_behind(end + _MARGIN))
        return self._whole(self._before(start, around), self._behind(end, around)) if around else (start, end)

    def _whole(self, start: int, end: int) -> tuple[int, int]:
        """Widen a stretch until no element, table or tag is cut by it."""
        for opening, closing in _TABLES:
            start, end = self._uncut(start, end, opening, closing, _LONGEST_TABLE)
        for opening, closing in _ELEMENTS:
            start, end = self._uncut(start, end, opening, closing, len(self.text))
        return self._uncut(start, end, "<", ">", _LONGEST_TAG)

    def _uncut(self, start: int, end: int, opening: str, closing: str, longest: int) -> tuple[int, int]:
        opened = self._lowered.rfind(opening, max(0, start - longest), start)
        if opened >= 0 and self._lowered.find(closing, opened, start) < 0:
            start = opened
        opened = self._lowered.rfind(opening, max(start, end - longest), end)
        if opened >= 0 and self._lowered.find(closing, opened, end) < 0:
            closed = self._lowered.find(closing, end, end + longest)
            if closed >= 0:
                end = closed + len(closing)
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
