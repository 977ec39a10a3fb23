"""Look for hundreds of expressions in one pass, with Hyperscan.

It has no build for some machines: there pages are read in full, which takes longer and finds the same
(docs/decisions/0022-screening-pages.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from scanner.detect.evidence import Behind
from scanner.detect.literals import is_literal, literals
from scanner.detect.marks import CASED

_MANY = 200
_IN_A_WORD, _BETWEEN_WORDS, _IN_A_TAG, _GAP = 150, 400, 2_100, 2_000
_REACH = 200
_LENGTH = 8
_FORMAT = 2
"""Of what is put on the shelf."""
_LOOKS = 10_000
_LONGEST_ADDRESS = 400
_USER = re.compile(rb"(?:@|%(?:25){0,4}40)[a-z0-9.\-]*\Z")
_LONGEST_USER = 150
_CASELESS, _DOTALL, _SINGLEMATCH = 1, 2, 8
"""Flags of Hyperscan's ``hs_compile.h``."""


def is_installed() -> bool:
    """Tell whether the package hyperscan is there."""
    return find_spec("hyperscan") is not None


class Shelf(Protocol):
    """Where compiled expressions are kept for the next process: it takes seconds to compile them."""

    def take(self, name: str) -> bytes | None:
        """Return what was put under a name."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a content under a name."""


@dataclass(slots=True)
class Looks:
    """How often it is still looked what stands behind a host: then reading closer costs less."""

    left: int = _LOOKS

    def allow(self) -> bool:
        """Take one look from what is left; False if there is none."""
        self.left -= 1
        return self.left >= 0


class Database:
    """Expressions over bytes without regard to case, each under the name of what it shows.

    Those under one name are told apart by a number where ``apart`` has the name, and where ``each`` has it,
    each occurrence is told. Of addresses, what stands behind the host must be of a room's shape too, or
    somebody's name before it (``845123@zoomcrc.com``).

    What ``is_rare`` is looked for behind its literals: they are scanned for first, and only their
    surroundings for the expressions.
    """

    def __init__(
        self,
        expressions: Mapping[str, Iterable[str]],
        addresses: Sequence[tuple[str, Behind]] = (),
        *,
        apart: frozenset[str] = frozenset(),
        each: frozenset[str] = frozenset(),
        is_rare: bool = True,
        shelf: Shelf | None = None,
    ) -> None:
        named = [(name, text) for name, texts in expressions.items() for text in dict.fromkeys(texts)]
        self.names = [f"{name} {number}" if name in apart else name for number, (name, _) in enumerate(named)]
        self._told = [*self.names, *(f"address {number}" for number in range(len(addresses)))]
        self._behind = [behind for _, behind in addresses]
        wanted = [
            *(_Wanted(text, name, 0 if name in each else _SINGLEMATCH, is_rare) for name, text in named),
            *(_Wanted(text, "address", 0, is_rare) for text, _ in addresses),
        ]
        self._count = len(wanted)
        plan = _plan(wanted, shelf)
        self._announced = [frozenset(groups) for _, groups in plan.announced]
        self._first, *others = plan.databases
        self._groups = {
            name: (database, max(_reach(wanted[number].text) for number in numbers))
            for (name, numbers), database in zip(plan.groups.items(), others, strict=True)
        }

    def count(self, text: bytes) -> int:
        """Return how often anything is met in a text that an expression may stand beside."""
        return len(_hits(self._first, text))

    def within(self, text: bytes) -> set[str]:
        """Return the names of what stands in a text."""
        return set(self.places(text))

    def places(self, text: bytes, looks: Looks | None = None) -> dict[str, list[int]]:
        """Return the names of what stands in a text, each with where it ends: once, or each time.

        ``looks`` are what is left for the page around it.
        """
        looks = looks or Looks()
        found: dict[str, list[int]] = {}
        if not text or not self._count:
            return found
        others = len(self.names)
        for number, end in self._ends(text):
            if (
                number < others
                or not looks.allow()
                or self._is_room(text, self._behind[number - others], end)
            ):
                found.setdefault(self._told[number], []).append(end)
        return found

    def _ends(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield the number and the end of each match: of literals first, then of what they announce."""
        places: dict[str, list[int]] = {}
        for number, end in _hits(self._first, text):
            if number < self._count:
                yield number, end
                continue
            for group in self._announced[number - self._count]:
                places.setdefault(group, []).append(end)
        for group, ends in places.items():
            database, reach = self._groups[group]
            for start, end in _stretches(ends, len(text), reach):
                for number, at in _hits(database, text[start:end]):
                    yield number, start + at

    def _is_room(self, text: bytes, behind: Behind, end: int) -> bool:
        if behind.before:
            return behind.expression.search(text, max(0, end - behind.before), end + _REACH) is not None
        return bool(
            behind.expression.match(text, end, end + _LONGEST_ADDRESS)
            or _USER.search(text, max(0, end - _LONGEST_USER), end)
        )


def _reach(expression: str) -> int:
    """Return how far from a literal of an expression its match can go."""
    if "[^<>]" in expression or ".{" in expression:
        return _IN_A_TAG
    return _BETWEEN_WORDS if "<>]" in expression else _IN_A_WORD


def _hits(database: Any, text: bytes) -> list[tuple[int, int]]:
    ends: list[tuple[int, int]] = []
    database.scan(text, match_event_handler=lambda number, _, end, *__: ends.append((number, end)))
    return ends


def _stretches(ends: list[int], length: int, reach: int) -> Iterator[tuple[int, int]]:
    """Yield the surroundings of all places, joined; the whole text if there are many."""
    ends.sort()
    if len(ends) > _MANY:
        yield 0, length
        return
    start = last = ends[0]
    for end in ends:
        if end - last > 2 * reach + _GAP:
            yield max(0, start - reach), min(length, last + reach)
            start = end
        last = end
    yield max(0, start - reach), min(length, last + reach)


class _Wanted(NamedTuple):
    """One expression, the group it is scanned for with, and flags of Hyperscan's ``hs_compile.h``."""

    text: str
    group: str
    flag: int
    is_rare: bool

    @property
    def compiled(self) -> tuple[str, int]:
        case = 0 if self.text.startswith(CASED) else _CASELESS
        return self.text.removeprefix(CASED), _DOTALL | case | self.flag

    def literals(self) -> list[str]:
        """Return what announces it, if it is rare and no literal itself."""
        if not self.is_rare or self.text.startswith(CASED) or is_literal(self.text):
            return []
        return sorted(literals(self.text))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is scanned for first, and what behind which literals."""

    needs: list[list[str]]
    groups: dict[str, list[int]]
    announced: list[tuple[str, set[str]]]
    databases: list[Any]


def _plan(wanted: Sequence[_Wanted], shelf: Shelf | None) -> _Plan:
    """Return the plan of a database, from the shelf if it is there for this package and processor."""
    hyperscan = import_module("hyperscan")
    name = blake2b(repr((_FORMAT, version("hyperscan"), wanted)).encode(), digest_size=16).hexdigest()
    if shelf is not None and (kept := shelf.take(name)) is not None:
        with suppress(hyperscan.error, ValueError):  # made on another processor, or by other means
            header, *packed = _unpacked(kept)
            return _planned(wanted, json.loads(header), [_loaded(hyperscan, each) for each in packed])
    plan = _planned(wanted, [each.literals() for each in wanted], [])
    plan.databases.extend(_compiled(hyperscan, each) for each in _scanned(wanted, plan))
    if shelf is not None:
        shelf.put(name, _packed([json.dumps(plan.needs).encode(), *map(hyperscan.dumpb, plan.databases)]))
    return plan


def _planned(wanted: Sequence[_Wanted], needs: list[list[str]], databases: list[Any]) -> _Plan:
    groups: dict[str, list[int]] = {}
    announced: dict[str, set[str]] = {}
    for number, needed in enumerate(needs):
        if needed:
            groups.setdefault(wanted[number].group, []).append(number)
        for literal in needed:
            announced.setdefault(literal, set()).add(wanted[number].group)
    return _Plan(needs, groups, sorted(announced.items()), databases)


def _scanned(wanted: Sequence[_Wanted], plan: _Plan) -> Iterator[list[tuple[int, str, int]]]:
    """Yield the numbers, expressions and flags of what is scanned for first, then of each group."""
    always = [number for number, needed in enumerate(plan.needs) if not needed]
    yield [
        *((number, *wanted[number].compiled) for number in always),
        *(
            (number, re.escape(literal), _DOTALL | _CASELESS)
            for number, (literal, _) in enumerate(plan.announced, len(wanted))
        ),
    ]
    for numbers in plan.groups.values():
        yield [(number, *wanted[number].compiled) for number in numbers]


def _compiled(hyperscan: Any, scanned: Sequence[tuple[int, str, int]]) -> Any:
    database = hyperscan.Database()
    if scanned:
        database.compile(
            expressions=[expression.encode("latin-1") for _, expression, _ in scanned],
            ids=[number for number, _, _ in scanned],
            flags=[flags for _, _, flags in scanned],
        )
    return database


def _loaded(hyperscan: Any, packed: bytes) -> Any:
    database = hyperscan.loadb(packed, hyperscan.HS_MODE_BLOCK)
    database.scratch = hyperscan.Scratch(database)
    return database


def _packed(parts: Sequence[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in parts)


def _unpacked(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(packed):
        end = at + _LENGTH + int.from_bytes(packed[at : at + _LENGTH], "big")
        yield packed[at + _LENGTH : end]
        at = end
