"""A page's source without blanks, quotes and brackets, and of that what stands between the tags.

One plain expression sees there through most of what people put between the letters of a link. Every place
in it has its place in the source.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from scanner.detect.loosened import SIEVED_OUT
from scanner.detect.views import PLAINLY, SIGN_LEADS

_LETTERS = bytes(range(256)).lower().translate(PLAINLY)
FILLING = b"\xff"
"""What no source in UTF-8 has, to fill up with what is made shorter; it is taken out."""
_TAKEN_OUT = bytes(map(ord, sorted(SIEVED_OUT))) + bytes(range(0x80, 0xC0)) + SIGN_LEADS + FILLING
_BETWEEN_TAGS = re.compile(rb">([^<]+)")
_ANGLES = ((b"/u003c", b"/u003e"), (b"&amp;lt;", b"&amp;gt;"), (b"&lt;", b"&gt;"))
TOLD_TO = 1_024
"""Bytes of the source to which a place is told."""


class Sieve:
    """A source in UTF-8, sieved: ``text`` with its tags, ``running`` without."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self.text = source.translate(_LETTERS, _TAKEN_OUT)
        self.running = between_tags(self.text)

    def origins(self, ends: Sequence[int]) -> Iterator[int]:
        """Yield where in the source stands what ends there in ``text``, or up to 1,024 bytes before."""
        return _told(ends, self._lengths)

    def running_origins(self, ends: Sequence[int]) -> Iterator[int]:
        """Yield where in the source stands what ends there in ``running``, or up to 1,024 bytes before."""
        return _told(ends, self._running_lengths)

    @cached_property
    def _lengths(self) -> list[int]:
        """What is left of the source up to each of its thousands."""
        steps = range(0, len(self._source), TOLD_TO)
        pieces = (self._source[start : start + TOLD_TO].translate(None, _TAKEN_OUT) for start in steps)
        return list(accumulate(map(len, pieces), initial=0))

    @cached_property
    def _running_lengths(self) -> list[int]:
        """What is left of the text between tags up to each thousand of the source."""
        # The expression's first sign stands before the text.
        pieces = [
            (found.start(1) - 1, found.end(1) - 1) for found in _BETWEEN_TAGS.finditer(b">" + self.text)
        ]
        starts = [start for start, _ in pieces]
        before = list(accumulate((end - start for start, end in pieces), initial=0))
        lengths = []
        for length in self._lengths:
            piece = bisect_right(starts, length) - 1
            inside = min(length, pieces[piece][1]) - starts[piece] if piece >= 0 else 0
            lengths.append(before[max(0, piece)] + inside)
        return lengths


def _told(ends: Sequence[int], lengths: Sequence[int]) -> Iterator[int]:
    """Yield the thousands of a source in which something ends, by what is left of it up to each."""
    at = 0
    ends = sorted(ends)
    while at < len(ends):
        thousand = min(max(1, bisect_left(lengths, ends[at])), len(lengths) - 1)
        yield TOLD_TO * (thousand - 1)
        at = bisect_right(ends, lengths[thousand], at + 1)


def between_tags(sieved: bytes) -> bytes:
    """Return what stands between the tags of a sieved source."""
    return b"".join(_BETWEEN_TAGS.findall(b">" + sieved))


def with_tags(sieved: bytes) -> bytes:
    """Turn escaped tags into tags."""
    for less, greater in _ANGLES:
        if less in sieved:
            sieved = sieved.replace(less, b"<").replace(greater, b">")
    return sieved
