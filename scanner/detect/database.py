"""Look for hundreds of expressions in one pass, with Hyperscan.

It has no build for some machines: there pages are read in full, which takes longer and finds the same
(docs/decisions/0022-screening-pages.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

from scanner.detect.evidence import Behind
from scanner.detect.marks import CASED

_REACH = 200
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

    Those under one name are told apart by a number where ``apart`` has the name. Of addresses, what stands
    behind the host must be of a room's shape too, or somebody's name before it (``845123@zoomcrc.com``).
    """

    def __init__(
        self,
        expressions: Mapping[str, Iterable[str]],
        addresses: Sequence[tuple[str, Behind]] = (),
        *,
        apart: frozenset[str] = frozenset(),
        shelf: Shelf | None = None,
    ) -> None:
        named = [(name, text) for name, texts in expressions.items() for text in dict.fromkeys(texts)]
        self.names = [f"{name} {number}" if name in apart else name for number, (name, _) in enumerate(named)]
        self._behind = [behind for _, behind in addresses]
        texts = [*(text for _, text in named), *(text for text, _ in addresses)]
        flags = [
            _DOTALL
            | (_SINGLEMATCH if number < len(named) else 0)
            | (0 if text.startswith(CASED) else _CASELESS)
            for number, text in enumerate(texts)
        ]
        self._database = (
            _compiled([text.removeprefix(CASED) for text in texts], flags, shelf) if texts else None
        )

    def within(self, text: bytes, looks: Looks | None = None) -> set[str]:
        """Return the names of what stands in a text; ``looks`` are what is left for the page around it."""
        looks = looks or Looks()
        ends: list[tuple[int, int]] = []
        if text and self._database is not None:
            self._database.scan(
                text, match_event_handler=lambda number, _, end, *__: ends.append((number, end))
            )
        found: set[str] = set()
        for number, end in ends:
            address = number - len(self.names)
            name = self.names[number] if address < 0 else f"address {address}"
            if name not in found and (
                address < 0 or not looks.allow() or self._is_room(text, self._behind[address], end)
            ):
                found.add(name)
        return found

    def _is_room(self, text: bytes, behind: Behind, end: int) -> bool:
        if behind.before:
            return behind.expression.search(text, max(0, end - behind.before), end + _REACH) is not None
        return bool(
            behind.expression.match(text, end, end + _LONGEST_ADDRESS)
            or _USER.search(text, max(0, end - _LONGEST_USER), end)
        )


def _compiled(expressions: list[str], flags: list[int], shelf: Shelf | None) -> Any:
    """Return the database of expressions, from the shelf if it is there for this package and processor."""
    hyperscan = import_module("hyperscan")
    what = repr((version("hyperscan"), expressions, flags)).encode()
    name = blake2b(what, digest_size=16).hexdigest()
    if shelf is not None and (kept := shelf.take(name)) is not None:
        with suppress(hyperscan.error):  # made on another processor
            database = hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
            database.scratch = hyperscan.Scratch(database)
            return database
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode("latin-1") for expression in expressions],
        ids=list(range(len(expressions))),
        flags=flags,
    )
    if shelf is not None:
        shelf.put(name, hyperscan.dumpb(database))
    return database
