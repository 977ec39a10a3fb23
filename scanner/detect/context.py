"""Which platform a stretch of text is about: the links in it, and the names."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property

from scanner.detect.mention import Mention
from scanner.detect.vocabulary import Vocabulary
from scanner.platforms import Platform

BLOCK = 1500
"""Characters before and after a number within which a link is part of the same invitation."""

NAMED = 400
"""Characters before a number within which a platform's name says what the invitation is about."""

_CONFERENCE = re.compile(
    r"(?:\b(?:telefon)?konferen[sz]\w{0,12}|\bconference|電話会議|电话会议|電話會議|전화[ ]?회의)[ \-]?"
    r"(?:call[ ]|phone[ ])?id\b[ \t:.]{0,8}\n?[ ]?(?P<number>[0-9](?:[ ]?[0-9]){5,11})(?![0-9])"
    r"|\b(?:id\.?|identifi\w{2,8})[ ](?:d\w{1,4}[ ])?(?:la[ ])?(?:conf[eé]ren|konferen)\w{1,6}"
    r"(?:[ ]\w{3,14}){0,2}[ \t:]{0,8}\n?[ ]?(?P<other>[0-9](?:[ ]?[0-9]){5,11})[ ]?\#",
    re.IGNORECASE,
)
"""The number that a telephone conference asks callers for. It is no room's."""


class Context:
    """Answers for one flow: which platforms are linked or named near a position."""

    def __init__(self, text: str, links: Sequence[Mention], words: Vocabulary) -> None:
        self._text = text
        self._links = sorted(links, key=_position)
        self._words = words
        self._by_key: dict[str, list[Mention]] = {}
        for link in self._links:
            self._by_key.setdefault(link.hit.key, []).append(link)

    def linked(self, at: int) -> list[Platform]:
        """Return the platforms linked in the block around a position, nearest first, earlier before later."""
        near = sorted(
            _within(self._links, at), key=lambda link: abs(link.at - at) + (BLOCK if link.at > at else 0)
        )
        slugs = dict.fromkeys(link.hit.platform for link in near)
        return [self._words.table.platforms[slug] for slug in slugs]

    def linked_as(self, at: int, key: str) -> Platform | None:
        """Return the platform whose link within the block carries this very key."""
        found = _within(self._by_key.get(key, ()), at)
        return self._words.table.platforms[found[0].hit.platform] if found else None

    def named_before(self, at: int) -> list[Platform]:
        """Return the platforms named before a position, the nearest first."""
        return self._platforms(reversed(self._named(self._names, at - NAMED, at)))

    def named_around(self, at: int) -> list[Platform]:
        """Return the platforms named before a position, then those after it, host names included."""
        names = self._names_in_hosts
        return self._platforms(
            [*reversed(self._named(names, at - NAMED, at)), *self._named(names, at, at + NAMED)]
        )

    def _named(self, names: Sequence[tuple[int, str]], start: int, end: int) -> Sequence[tuple[int, str]]:
        return names[bisect_left(names, (start, "")) : bisect_left(names, (end, ""))]

    def _platforms(self, named: Iterable[tuple[int, str]]) -> list[Platform]:
        return [self._words.table.platforms[slug] for slug in dict.fromkeys(slug for _, slug in named)]

    @cached_property
    def conferences(self) -> frozenset[str]:
        """The numbers that the text says are for telephone conferences."""
        found = _CONFERENCE.finditer(self._text)
        return frozenset((number["number"] or number["other"]).replace(" ", "") for number in found)

    @cached_property
    def _names(self) -> list[tuple[int, str]]:
        return [
            (found.start(), self._words.slug(found["name"]))
            for found in self._words.names.finditer(self._text)
        ]

    @cached_property
    def _names_in_hosts(self) -> list[tuple[int, str]]:
        found = self._words.names_in_hosts.finditer(self._text)
        return [(name.start(), self._words.slug(name["name"])) for name in found]

    def named_in(self, text: str) -> Platform | None:
        """Return the platform that a few words name, the last one if there are several."""
        found = [match["name"] for match in self._words.names.finditer(text)]
        return self._words.table.platforms[self._words.slug(found[-1])] if found else None


def _position(link: Mention) -> int:
    return link.at


def _within(links: Sequence[Mention], at: int) -> Sequence[Mention]:
    """Return the links of the block around a position; ``links`` are in order."""
    low = bisect_left(links, at - BLOCK, key=_position)
    return links[low : bisect_right(links, at + BLOCK, key=_position)]
