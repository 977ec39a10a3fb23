"""Look for hundreds of expressions in one pass, with Hyperscan.

It has no build for some machines: there pages are read in full, which takes longer and finds the same
(docs/decisions/0022-screening-pages.md).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from scanner.detect.evidence import Behind
from scanner.detect.marks import CASED

_REACH = 200
_LOOKS = 500
_LONGEST_ADDRESS = 400
_USER = re.compile(rb"(?:@|%(?:25){0,4}40)[a-z0-9.\-]*\Z")
_LONGEST_USER = 150


def is_installed() -> bool:
    """Tell whether the package hyperscan is there."""
    return find_spec("hyperscan") is not None


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
    ) -> None:
        named = [(name, text) for name, texts in expressions.items() for text in dict.fromkeys(texts)]
        self.names = [f"{name} {number}" if name in apart else name for number, (name, _) in enumerate(named)]
        self._behind = [behind for _, behind in addresses]
        texts = [*(text for _, text in named), *(text for text, _ in addresses)]
        hyperscan = import_module("hyperscan")
        once = hyperscan.HS_FLAG_DOTALL | hyperscan.HS_FLAG_SINGLEMATCH
        self._database = hyperscan.Database() if texts else None
        if self._database is None:
            return
        self._database.compile(
            expressions=[text.removeprefix(CASED).encode("latin-1") for text in texts],
            ids=list(range(len(texts))),
            flags=[
                (once if number < len(named) else hyperscan.HS_FLAG_DOTALL)
                | (0 if text.startswith(CASED) else hyperscan.HS_FLAG_CASELESS)
                for number, text in enumerate(texts)
            ],
        )

    def within(self, text: bytes) -> set[str]:
        """Return the names of what stands in a text."""
        ends: list[tuple[int, int]] = []
        if text and self._database is not None:
            self._database.scan(
                text, match_event_handler=lambda number, _, end, *__: ends.append((number, end))
            )
        found: set[str] = set()
        looks: Counter[int] = Counter()
        for number, end in ends:
            address = number - len(self.names)
            if address < 0:
                found.add(self.names[number])
                continue
            # Where one host stands again and again, looking behind each costs more than looking closer.
            looks[address] += 1
            if looks[address] <= _LOOKS and not self._is_room(text, self._behind[address], end):
                continue
            found.add(f"address {address}")
        return found

    def _is_room(self, text: bytes, behind: Behind, end: int) -> bool:
        if behind.before:
            return behind.expression.search(text, max(0, end - behind.before), end + _REACH) is not None
        return bool(
            behind.expression.match(text, end, end + _LONGEST_ADDRESS)
            or _USER.search(text, max(0, end - _LONGEST_USER), end)
        )
