"""Find the places of a page that the screen shows something of, as short as told: only they are read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scanner.detect.database import Looks
from scanner.detect.screen import Screen
from scanner.detect.sieve import TOLD_TO
from scanner.detect.sight import Sight, kind_of
from scanner.detect.unwrap import SHORTENERS

_LONG, _MIDDLE, _SHORT = (16_384, 12_288), (4_096, 2_048), (1_024, 512)
"""Characters of the stretches looked at one by one, and from the start of one to that of the next."""
_TRIED, _DENSE = 4, 0.75
"""Of how many of the longest stretches in a row what share must show something, so that none of those behind
them is looked at more closely: reading them costs less."""
_FAR = frozenset({"numbered", "heading", "foreign"})
"""What need not stand as a whole in one of the longest stretches."""
_PLAIN = frozenset({"address", "passing", "scheme", "short"})
_SHORT_LINK = re.compile(rf"//({'|'.join(map(re.escape, sorted(SHORTENERS)))})(?![a-z0-9.\-])", re.IGNORECASE)


class Place(NamedTuple):
    """A stretch of a page, and what it shows."""

    start: int
    end: int
    shown: frozenset[str]

    @property
    def is_short_link(self) -> bool:
        """Tell a place that shows nothing but links which cannot be seen through."""
        return self.shown == {"short"}

    @property
    def is_plain(self) -> bool:
        """Tell a place that shows whole addresses and nothing that needs other words to be a room."""
        return all(kind_of(mark) in _PLAIN for mark in self.shown)


def places(screen: Screen, text: str, sight: Sight, looks: Looks) -> list[Place]:
    """Return the stretches of a page in which what it shows stands, in order, as short as told.

    ``sight`` is what the screen saw in the whole page, ``looks`` what it has left to look at.
    """
    if not sight.shown:
        return []
    near = None if sight.origins is None else _in_characters(text, sight.origins)
    page = Place(0, len(text), sight.shown)
    return list(_joined(set(_Search(screen, text, near, looks).in_page(page))))


@dataclass(frozen=True, slots=True)
class _Search:
    """The search in one page. ``near`` is where something was seen, in characters."""

    screen: Screen
    text: str
    near: list[int] | None
    looks: Looks

    def in_page(self, page: Place) -> Iterator[Place]:
        """Yield the places of a page: what is joint stands in one stretch, save tables and longer words.

        What one end of a page hides is not hidden at the other, but within a stretch what belongs together
        may be cut.
        """
        if page.is_short_link:
            yield page
            return
        parts: list[Place] = []
        found: list[Place] = []
        shares: deque[float] = deque(maxlen=_TRIED)
        for start, end in self._stretches(page, *_LONG):
            if len(shares) == _TRIED and min(shares) > _DENSE and self._is_dense(start, page.end):
                rest = Place(start, page.end, page.shown)
                parts, found = [*parts, rest], [*found, rest]
                break
            part = Place(start, end, self._shown(start, end, page))
            within = list(self._within(part)) if part.shown else []
            shares.append(_covered(within) / (end - start))
            parts.append(part)
            found += within
        far = any(kind_of(mark) in _FAR for mark in _lost(page, parts))
        yield from (page,) if far else found

    def _is_dense(self, start: int, end: int) -> bool:
        """Tell whether something was seen nearly everywhere in a stretch, as far as it is known where."""
        if self.near is None:
            return True
        seen = bisect_left(self.near, end) - bisect_left(self.near, start)
        return seen * TOLD_TO > _DENSE * (end - start)

    def _within(self, place: Place) -> Iterator[Place]:
        """Yield the shortest stretches that together show all that a longer one does."""
        # Of a table with a heading all is read, so it need not be found more exactly.
        if place.is_short_link or place.shown == {"heading"}:
            yield place
            return
        for length, step in (_SHORT, _MIDDLE):
            if length < place.end - place.start and not _lost(
                place, parts := self._parts(place, length, step)
            ):
                for part in parts:
                    yield from (part,) if length == _SHORT[0] else self._within(part)
                return
        yield place

    def _parts(self, place: Place, length: int, step: int) -> list[Place]:
        stretches = self._stretches(place, length, step)
        parts = (Place(start, end, self._shown(start, end, place)) for start, end in stretches)
        return [part for part in parts if part.shown]

    def _shown(self, start: int, end: int, place: Place) -> frozenset[str]:
        """Return what a stretch of a place shows of what the place does."""
        return self.screen.sight(self.text[start:end], self.looks, place.shown).shown

    def _stretches(self, place: Place, length: int, step: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches of a place in which something was seen."""
        for start in range(place.start, max(place.start + 1, place.end - length + step), step):
            end = min(start + length, place.end)
            if self.near is None or bisect_left(self.near, start - TOLD_TO) < bisect_right(self.near, end):
                yield start, end


def short_links(text: str) -> frozenset[str]:
    """Return the hosts of the short links in a source, of which nobody knows where they lead."""
    return frozenset(found[1].lower() for found in _SHORT_LINK.finditer(text))


def _lost(place: Place, parts: Iterable[Place]) -> frozenset[str]:
    return place.shown.difference(*(part.shown for part in parts))


def _covered(places: Iterable[Place]) -> int:
    """Return how many characters stand in the places that must be read."""
    covered = end = 0
    for place in sorted(places, key=_span):
        if not place.is_short_link:
            covered += max(0, place.end - max(place.start, end))
            end = max(end, place.end)
    return covered


def _span(place: Place) -> tuple[int, int]:
    return place.start, place.end


def _joined(places: Iterable[Place]) -> Iterator[Place]:
    """Join places that overlap and show the same."""
    before: Place | None = None
    for place in sorted(places, key=_span):
        if before and place.shown == before.shown and place.start <= before.end:
            before = Place(before.start, max(before.end, place.end), before.shown)
            continue
        if before:
            yield before
        before = place
    if before:
        yield before


def _in_characters(text: str, origins: Iterable[int]) -> list[int]:
    """Return where in a text places of its bytes in UTF-8 are."""
    if text.isascii():
        return sorted(origins)
    body = text.encode("utf-8", "replace")
    found: list[int] = []
    at = characters = 0
    for origin in sorted(origins):
        characters += len(body[at:origin].decode("utf-8", "ignore"))
        at = origin
        found.append(characters)
    return found
