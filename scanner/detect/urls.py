"""Tell which rooms an address names, itself or in what it leads to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import unquote

from scanner.detect.addresses import OTHER_SCHEMES, AddressFinder, Written
from scanner.detect.budget import Budget, Seen
from scanner.detect.evidence import LET_THROUGH
from scanner.detect.needles import Needles
from scanner.detect.unwrap import ADDRESS_IN_BASE64, SHORTENERS, TEXT_NAMES, Wrapped, unwrap
from scanner.platforms import Address, Hit, PlatformTable, parse_address

DEPTH = 5
"""How many wrappers around one link are undone."""

_SPACED_DIGITS = re.compile(r"(?:[ \u00a0\-.]{1,2}[0-9]{1,6}){1,10}(?![0-9])")
_PLAIN_QUERY = re.compile(r"[^?]*\?[\x21-\x7e]+(?=[^\x00-\x7f])")
"""An address up to the first letter in its query that is not ASCII: a text that goes on without a blank."""
_WHOLE_KEY = re.compile(r"[0-9]{11}|[a-z]{3}-[a-z]{4}-[a-z]{3}|mtid:[met][0-9a-f]{32}")
"""Keys that cannot be the beginning of a longer one."""
_ODD = re.compile(
    rf"\\|&[#\w]{{1,32}};|[?&;](?:{TEXT_NAMES})=|//[^/?#]{{0,300}}[^\x21-\x7e/?#]|\?[\x21-\x7e]*+[^\x21-\x7e]",
    re.IGNORECASE,
)
"""What can hide an address in an address, or tells that it carries a text: escapes, and letters of other
alphabets and blanks in a host or a query."""
_DECODINGS = 4

ReadText = Callable[[str, int, Budget], tuple[Hit, ...]]
"""Reads a text that stands inside an address (a share link), at a depth of wrapping."""


class AddressReader:
    """Reads addresses with one table of platforms."""

    def __init__(self, table: PlatformTable, finder: AddressFinder, read_text: ReadText) -> None:
        self._table = table
        self._finder = finder
        self._read_text = read_text
        wrappers = (word.strip("./") for word in LET_THROUGH)
        self._telling = Needles(map(str.encode, (*finder.words, *SHORTENERS, *wrappers)))

    def rooms(self, text: str, budget: Budget, *, in_text: bool = False, cut_short: bool = False) -> Seen:
        """Return the rooms that an address names, itself or inside its wrappers and parameters.

        An address that was seen before costs nothing, and neither does one that can be no room's.
        """
        if not self._is_telling(text):
            return Seen()
        seen = budget.known.get((text, in_text, cut_short))
        if seen is None:
            if not budget.allows():
                return Seen()
            seen = self._rooms(text, budget, in_text=in_text, cut_short=cut_short)
            budget.known[text, in_text, cut_short] = seen
        return seen

    def _is_telling(self, text: str) -> bool:
        """Tell whether an address names something that rooms' addresses or their wrappers do."""
        if ADDRESS_IN_BASE64 in text or _ODD.search(text):
            return True
        for _ in range(_DECODINGS):
            if "%" not in text:
                break
            text = unquote(text)
        return _ODD.search(text) is not None or bool(self._telling.within(text.lower().encode()))

    def _rooms(
        self,
        text: str,
        budget: Budget,
        *,
        in_text: bool = False,
        cut_short: bool = False,
        depth: int = 0,
    ) -> Seen:
        address = parse_address(text)
        if address is None or address.scheme in OTHER_SCHEMES:
            return Seen()
        hits = self._table.rooms(address, in_text=in_text, said=True)
        if cut_short:
            hits = self._despite_cut(hits, address)
        if hits or depth >= DEPTH:
            return Seen(hits)
        owner = self._table.owner(address.host)
        inner = unwrap(
            address, text, owned=owner is not None, ignored=owner is not None and owner.ignores(address)
        )
        found: dict[tuple[str, str], Hit] = {}
        opaque: list[str] = [address.host] if address.host in SHORTENERS else []
        for wrapped in inner:
            if not wrapped.is_text and not self._is_telling(wrapped.content):
                continue
            if not budget.allows():
                break
            seen = self._wrapped(wrapped, budget, depth + 1)
            opaque += seen.opaque
            for hit in seen.hits:
                found.setdefault((hit.platform, hit.key), hit)
        return Seen(tuple(found.values()), tuple(opaque))

    def inside(self, text: str, budget: Budget, depth: int) -> Iterator[tuple[Written, Seen]]:
        """Yield every address in a text that stands in an address itself, with its rooms."""
        for address in self._finder.find(text):
            if not self._is_telling(address.address):
                continue
            if not budget.allows():
                return
            cut_short = address.cut_short
            yield (
                address,
                self._rooms(address.address, budget, in_text=True, cut_short=cut_short, depth=depth),
            )

    def _wrapped(self, wrapped: Wrapped, budget: Budget, depth: int) -> Seen:
        if wrapped.is_text:
            return Seen(self._read_text(wrapped.content, depth, budget))
        return self._rooms(wrapped.content, budget, in_text=wrapped.glued, depth=depth)

    def _despite_cut(self, hits: tuple[Hit, ...], address: Address) -> tuple[Hit, ...]:
        """Keep a room whose key stands before the part that was cut off; drop what may be a stump."""
        if not address.raw_query:
            return tuple(hit for hit in hits if _WHOLE_KEY.fullmatch(hit.key))
        return tuple(replace(hit, passcode=None) for hit in hits)

    def rooms_written(self, text: str, written: Written, budget: Budget) -> tuple[Written, Seen]:
        """Return the rooms of an address in a text, and how far it really goes.

        A number may go on after a blank: ``/j/812 3456 7890``.
        """
        plain = _PLAIN_QUERY.match(written.address)
        if plain:
            seen = self.rooms(plain.group(), budget, in_text=True)
            if seen.hits:
                return Written(written.start, written.start + plain.end(), plain.group(), False), seen
        seen = self.rooms(written.address, budget, in_text=True, cut_short=written.cut_short)
        if seen.hits or not written.address[-1:].isdigit():
            return written, seen
        more = _SPACED_DIGITS.match(text, written.end)
        if more is None:
            return written, seen
        longer = Written(written.start, more.end(), written.address + more.group(), cut_short=False)
        found = self.rooms(longer.address, budget, in_text=True)
        return (longer, found) if found.hits else (written, seen)
