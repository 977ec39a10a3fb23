"""Which platform a stretch of text is about: the links in it, and the names."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.detect.mention import Mention
from scanner.detect.vocabulary import Vocabulary
from scanner.platforms import Platform

BLOCK = 1500
"""Characters before and after a number within which a link is part of the same invitation."""

NAMED = 400
"""Characters before a number within which a platform's name says what the invitation is about."""


class Context:
    """Answers for one flow: which platforms are linked or named near a position."""

    def __init__(self, text: str, links: Sequence[Mention], words: Vocabulary) -> None:
        self._text = text
        self._links = links
        self._words = words

    def linked(self, at: int) -> list[Platform]:
        """Return the platforms linked within the block around a position, nearest first, earlier before later."""
        near = sorted(
            (link for link in self._links if -BLOCK <= link.at - at <= BLOCK),
            key=lambda link: abs(link.at - at) + (BLOCK if link.at > at else 0),
        )
        slugs = dict.fromkeys(link.hit.platform for link in near)
        return [self._words.table.platforms[slug] for slug in slugs]

    def linked_as(self, at: int, key: str) -> Platform | None:
        """Return the platform whose link within the block carries this very key."""
        for link in self._links:
            if link.hit.key == key and -BLOCK <= link.at - at <= BLOCK:
                return self._words.table.platforms[link.hit.platform]
        return None

    def named_before(self, at: int) -> list[Platform]:
        """Return the platforms named before a position, the nearest first."""
        found = [match["name"] for match in self._words.names.finditer(self._text, max(0, at - NAMED), at)]
        slugs = dict.fromkeys(self._words.slug(name) for name in reversed(found))
        return [self._words.table.platforms[slug] for slug in slugs]

    def named_around(self, at: int) -> list[Platform]:
        """Return the platforms named before a position, then those after it, host names included."""
        found = [match["name"] for match in self._words.names_in_hosts.finditer(self._text, at, at + NAMED)]
        before = self._words.names_in_hosts.finditer(self._text, max(0, at - NAMED), at)
        found = [*(match["name"] for match in reversed(list(before))), *found]
        return [self._words.table.platforms[slug] for slug in dict.fromkeys(map(self._words.slug, found))]

    def named_in(self, text: str) -> Platform | None:
        """Return the platform that a few words name, the last one if there are several."""
        found = [match["name"] for match in self._words.names.finditer(text)]
        return self._words.table.platforms[self._words.slug(found[-1])] if found else None
