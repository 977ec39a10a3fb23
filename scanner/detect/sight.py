"""What a stretch of a page shows of a room, and where in it."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.detect.database import Database
from scanner.detect.sieve import Sieve

Marks = dict[str, list[int]]
"""Names of what stands in a text, and where it ends."""

ALONE = frozenset({"hiding", "split", "scheme", "passing", "numbered", "short", "address"})
"""Kinds of marks that alone are enough to look closer."""
TELLING = ALONE | {"label", "code", "lone id", "piped", "hiding foreign", "hiding number", "foreign words"}
"""What is told each time that it stands in a page."""
ESCAPED = frozenset({"escaped", "in words"})
"""Letters in escapes, and escapes in words."""


class Sight(NamedTuple):
    """What a stretch of a page shows of a room.

    ``origins`` is where, in bytes of UTF-8 or up to 1,024 before; None if that cannot be told.
    """

    shown: frozenset[str]
    origins: frozenset[int] | None = None
    has_documents: bool = False

    def joined(self, other: Sight) -> Sight:
        """Return what either of two looks at the same stretch shows."""
        known = self.origins is not None and other.origins is not None
        origins = (self.origins or frozenset()) | (other.origins or frozenset()) if known else None
        return Sight(self.shown | other.shown, origins, self.has_documents or other.has_documents)


@dataclass(slots=True)
class View:
    """A stretch seen in all ways, with what stands in it.

    ``source`` is told of it as it lies there, ``undone`` of ``bare``, in which hidden letters are brought to
    ASCII, ``sieved`` and ``running`` of that sieved, with tags and without, ``unescaped`` of what stands
    between tags that are written as escapes. Words are looked for in all of ``texts``.
    """

    source: Marks
    bare: bytes
    sieve: Sieve
    texts: tuple[bytes, ...]
    undone: Marks = field(default_factory=dict)
    sieved: Marks = field(default_factory=dict)
    running: Marks = field(default_factory=dict)
    unescaped: Marks = field(default_factory=dict)

    @property
    def marks(self) -> Set[str]:
        """All that stands in the stretch, seen in any way."""
        return {*self.source, *self.undone, *self.sieved, *self.running, *self.unescaped}

    def has(self, words: Database) -> bool:
        """Tell whether any of the words stands in the stretch."""
        return any(words.within(text) for text in self.texts)

    def origins(self, shown: Set[str]) -> frozenset[int] | None:
        """Return where in the source all that is shown stands, or None if letters before it were moved."""
        moved = {mark for mark, ends in self.undone.items() if len(ends) > len(self.source.get(mark, ()))}
        if any(mark in TELLING or kind_of(mark) in ALONE for mark in moved | self.unescaped.keys()):
            return None
        if not ESCAPED.isdisjoint(self.source) or "escaped cell" in self.marks:
            return None
        return frozenset(self._origins({*shown, "piped"}))

    def _origins(self, shown: Set[str]) -> Iterator[int]:
        for mark in shown & self.source.keys():
            yield from self.source[mark]
        for mark in shown & self.sieved.keys():
            yield from self.sieve.origins(self.sieved[mark])
        for mark in shown & self.running.keys():
            yield from self.sieve.running_origins(self.running[mark])


def add(marks: Marks, more: Marks) -> None:
    """Add marks to those that were there."""
    for mark, ends in more.items():
        marks.setdefault(mark, []).extend(ends)


def kind_of(mark: str) -> str:
    """Return the kind of a mark, of those of one kind that are told apart."""
    return mark.partition(" ")[0]
