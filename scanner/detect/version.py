"""A text with a disguise undone, and the way back to where each part of it stood."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """A text with something undone, and the way back to positions in the text it was made from.

    ``strict`` says that what was undone is common in innocent text, so only keys that cannot be words count.
    ``joined`` says that lines were put together: what the first of them alone says is a stump.
    """

    text: str
    strict: bool
    _here: tuple[int, ...] = (0,)
    _there: tuple[int, ...] = (0,)
    parent: Version | None = None
    backwards: bool = False
    joined: bool = False

    def at(self, position: int) -> int:
        """Return the position in the original text that ``position`` of this one came from."""
        index = bisect_right(self._here, position) - 1
        before = self._there[index] + position - self._here[index]
        if self.backwards:
            before = len(self.text) - position
        return self.parent.at(before) if self.parent else before


def replaced(pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str], version: Version) -> Version:
    """Return a version with every match replaced, or ``version`` itself where there is none."""
    parts, here, there = [], [0], [0]
    at, length = 0, 0
    for found in pattern.finditer(version.text):
        new = replace(found)
        if new == found.group():
            continue
        kept = version.text[at : found.start()]
        parts += [kept, new]
        length += len(kept) + len(new)
        at = found.end()
        here.append(length)
        there.append(at)
    if not parts:
        return version
    parts.append(version.text[at:])
    return Version("".join(parts), version.strict, tuple(here), tuple(there), version)
