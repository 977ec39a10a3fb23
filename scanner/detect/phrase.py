"""Look for a long list of words in a text by their first letters, which few places have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from sys import maxsize

from scanner.detect.needles import beginnings

_LETTERS = 3
"""First letters that are looked for. With more, hardly fewer places are left."""

_STARTS_WORD = "(?<![a-z].)"
_BEYOND_LATIN = "\u0250"
"""The first letter of scripts in which words may follow each other without a blank."""


class Phrase:
    """A pattern that begins with one of many words, a Latin one wherever no Latin letter stands before it.

    ``words`` are expressions for all that it can begin with. It finds what the pattern alone would find,
    without trying hundreds of words at every place of a text.
    """

    def __init__(self, pattern: str, words: Iterable[str]) -> None:
        self.pattern = pattern
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._openings = _either({start for word in words for start in beginnings(word, _LETTERS)})

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text, or None."""
        return next(self.finditer(text), None)

    def finditer(self, text: str, start: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        """Yield every match between two positions of a text, in order, without overlaps."""
        end = min(end, len(text))
        done = start
        for opening in self._openings.finditer(_lowered(text[start:end])):
            at = start + opening.start()
            if at >= done and (found := self._pattern.match(text, at, end)):
                done = found.end()
                yield found


def _lowered(text: str) -> str:
    """Return a text in lower case, each letter where it was: both letters i of Turkish match ``i``."""
    return text.replace("İ", "i").replace("ı", "i").lower()


def _either(openings: Iterable[str]) -> re.Pattern[str]:
    """Join beginnings by their first letters: a pattern of plain letters is skipped through quickly."""
    rests: dict[str, set[str]] = {}
    for opening in openings:
        rests.setdefault(opening[0], set()).add(opening[1:])
    return re.compile(
        "|".join(
            rf"{re.escape(first)}{_STARTS_WORD if first < _BEYOND_LATIN else ''}"
            rf"(?:{'|'.join(map(re.escape, sorted(more)))})"
            for first, more in sorted(rests.items())
        )
    )
