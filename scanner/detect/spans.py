"""Mentions of rooms by where they stand in a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence

from scanner.detect.mention import Mention


class Spans:
    """Mentions in order of their start, asked for those that touch a span."""

    def __init__(self, mentions: Iterable[Mention]) -> None:
        self.mentions = sorted(mentions, key=_start)
        self._longest = max((mention.end - mention.at for mention in self.mentions), default=0)

    def touching(self, start: int, end: int) -> list[Mention]:
        """Return the mentions of which a part stands between two positions, or beside them."""
        low = bisect_left(self.mentions, start - self._longest, key=_start)
        high = bisect_right(self.mentions, end, key=_start)
        return [mention for mention in self.mentions[low:high] if mention.end >= start]

    def add(self, mention: Mention) -> None:
        """Put a mention in its place."""
        insort(self.mentions, mention, key=_start)
        self._longest = max(self._longest, mention.end - mention.at)

    def drop(self, mentions: Sequence[Mention]) -> None:
        """Take mentions out that another has replaced."""
        for mention in mentions:
            self.mentions.remove(mention)


def _start(mention: Mention) -> int:
    return mention.at
