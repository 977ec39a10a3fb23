"""Find addresses in running text, and tell which rooms an address names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from scanner.detect.needles import Needles
from scanner.detect.unwrap import SHORTENERS, Wrapped, unwrap
from scanner.extract.inline import occurrences
from scanner.platforms import Address, Hit, PlatformTable, parse_address

DEPTH = 5
"""How many wrappers around one link are undone."""

_WEB = ("https", "http")
_OTHER_SCHEMES = (
    "ftp",
    "file",
    "javascript",
    "data",
    "ftps",
    "sftp",
    "ws",
    "wss",
    "git",
    "ssh",
    "irc",
    "magnet",
)
_USER_SCHEMES = ("mailto", "sip", "sips", "callto", "h323", "xmpp", "skype", "tel", "im", "acct", "npm")
_END = re.compile(
    r"[\s<>\"'`|\\^\u2018-\u201f\u00ab\u00bb\u2039\u203a\u2026。｡、，（）！？；「」『』【】《》〈〉｢｣､\x00-\x1f\x7f]"
)
_SCHEME_BACKWARDS = re.compile(r"[a-z0-9+.\-]{0,31}[a-z]")
_HOST_BACKWARDS = re.compile(r"[a-z0-9.\-_]{0,200}")
_TOKEN_BACKWARDS = re.compile(r"[^\s<>\"'`|\\()\[\]{},;*]{0,300}")
_BEFORE_IS_ADDRESS = re.compile(
    r"(?:[\w\-]+\.)+[a-z\-]{2,}(?::[0-9]+)?[/?#]|[a-z]{2,20}:/{0,2}", re.IGNORECASE
)
_LABEL_BEFORE = re.compile(
    rf"https?:/?|(?!(?:{'|'.join((*_OTHER_SCHEMES, *_USER_SCHEMES))}):)[a-z]{{2,20}}:", re.IGNORECASE
)
"""A word with a colon (``Link:``), or a scheme that lost slashes, where no blank stands before the host."""
_IGNORED_BEFORE = re.compile(r"\b(?:javascript|data|file|ftp):[^\s\"<>]{0,200}\Z", re.IGNORECASE)
_SPACED_DIGITS = re.compile(r"(?:[ \u00a0\-.]{1,2}[0-9]{1,6}){1,6}(?![0-9])")
_PLAIN_QUERY = re.compile(r"[^?]*\?[\x21-\x7e]+(?=[^\x00-\x7f])")
"""An address up to the first letter in its query that is not ASCII: a text that goes on without a blank."""
_WHOLE_KEY = re.compile(r"[0-9]{11}|[a-z]{3}-[a-z]{4}-[a-z]{3}|mtid:[met][0-9a-f]{32}")
"""Keys that cannot be the beginning of a longer one."""
_CLOSERS = {")": "(", "]": "[", "}": "{"}
LONGEST_ADDRESS = 4096
"""Characters of one address that are read."""


@dataclass(frozen=True, slots=True)
class Written:
    """An address as it stands in a text."""

    start: int
    end: int
    address: str
    cut_short: bool
    """It ends in dots, as addresses do that were shortened for reading."""


@dataclass(slots=True)
class Seen:
    """What one address gave: rooms, and hosts of short links that cannot be seen through."""

    hits: tuple[Hit, ...] = ()
    opaque: tuple[str, ...] = ()


ReadText = Callable[[str, int], tuple[Hit, ...]]
"""Reads a text that stands inside an address (a share link), at a depth of wrapping."""


class AddressReader:
    """Knows the platforms' hosts and schemes as literals to look for."""

    def __init__(self, table: PlatformTable, read_text: ReadText) -> None:
        self._table = table
        self._read_text = read_text
        self._hosts = frozenset(table.host_names)
        self._schemes = frozenset(f"{scheme}:" for scheme in (*table.schemes, "intent", "mailto"))
        self._hints = frozenset(table.hints)
        self._words = Needles(word.encode() for word in self._hosts | self._schemes | self._hints)

    def rooms(self, text: str, *, in_text: bool = False, cut_short: bool = False, depth: int = 0) -> Seen:
        """Return the rooms that an address names, itself or inside its wrappers and parameters."""
        address = parse_address(text)
        if address is None or address.scheme in _OTHER_SCHEMES:
            return Seen()
        hits = self._table.rooms(address, in_text=in_text)
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
            seen = self._wrapped(wrapped, depth + 1)
            opaque += seen.opaque
            for hit in seen.hits:
                found.setdefault((hit.platform, hit.key), hit)
        return Seen(tuple(found.values()), tuple(opaque))

    def _wrapped(self, wrapped: Wrapped, depth: int) -> Seen:
        if wrapped.is_text:
            return Seen(self._read_text(wrapped.content, depth))
        return self.rooms(wrapped.content, in_text=wrapped.glued, depth=depth)

    def _despite_cut(self, hits: tuple[Hit, ...], address: Address) -> tuple[Hit, ...]:
        """Keep a room whose key stands before the part that was cut off; drop what may be a stump."""
        if not address.raw_query:
            return tuple(hit for hit in hits if _WHOLE_KEY.fullmatch(hit.key))
        return tuple(replace(hit, passcode=None) for hit in hits)

    def find(self, text: str) -> Iterator[Written]:
        """Yield every address in a text that could name a room, in order, without overlaps."""
        if "/" not in text and ":" not in text and "." not in text:
            return
        lowered = text.lower()
        if len(lowered) != len(text):
            lowered = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
        taken = 0
        starts = self._starts(text, lowered)
        for number, (start, limit) in enumerate(starts):
            if start < taken:
                continue
            end = min(limit, self._end(text, start))
            end = _before_next(text, start, end, (at for at, _ in islice(starts, number + 1, None)))
            written = self._trim(text, start, end)
            taken = end if written is None else written.end
            if written is not None:
                yield written

    def _starts(self, text: str, lowered: str) -> list[tuple[int, int]]:
        """Return where addresses begin, in order, each with the position that it cannot pass."""
        there = {word.decode() for word in self._words.within(lowered.encode("utf-8", "replace"))}
        plain = sorted({*self._with_scheme(lowered, there), *self._with_host(lowered, there)})
        starts = [(start, len(text)) for start in plain]
        for start, at in self._hinted(lowered, there):
            before = bisect_right(plain, at)
            previous = plain[before - 1] if before else -1
            if previous < start or self._end(text, previous) <= start:
                starts.append((start, plain[before] if before < len(plain) else len(text)))
        return sorted(starts)

    def rooms_written(self, text: str, written: Written) -> tuple[Written, Seen]:
        """Return the rooms of an address in a text, and how far it really goes.

        A number may go on after a blank: ``/j/812 3456 7890``.
        """
        plain = _PLAIN_QUERY.match(written.address)
        if plain:
            seen = self.rooms(plain.group(), in_text=True)
            if seen.hits:
                return Written(written.start, written.start + plain.end(), plain.group(), False), seen
        seen = self.rooms(written.address, in_text=True, cut_short=written.cut_short)
        if seen.hits or not written.address[-1:].isdigit():
            return written, seen
        more = _SPACED_DIGITS.match(text, written.end)
        if more is None:
            return written, seen
        longer = Written(written.start, more.end(), written.address + more.group(), cut_short=False)
        found = self.rooms(longer.address, in_text=True)
        return (longer, found) if found.hits else (written, seen)

    def _with_scheme(self, lowered: str, there: set[str]) -> Iterator[int]:
        for at in occurrences(lowered, "://"):
            scheme = _SCHEME_BACKWARDS.match(lowered[max(0, at - 32) : at][::-1])
            if scheme is None:
                continue
            name = scheme.group()[::-1]
            yield at - next((len(web) for web in _WEB if name.endswith(web)), len(name))
        for name in there.intersection(self._schemes):
            for at in occurrences(lowered, name):
                if at == 0 or not (lowered[at - 1].isalnum() or lowered[at - 1] in "+.-"):
                    yield at

    def _with_host(self, lowered: str, there: set[str]) -> Iterator[int]:
        for host in there.intersection(self._hosts):
            for at in occurrences(lowered, host):
                start = self._bare(lowered, at, at + len(host))
                if start is not None:
                    yield start

    def _hinted(self, lowered: str, there: set[str]) -> Iterator[tuple[int, int]]:
        """Yield where a literal of rooms on hosts nobody claims stands, after where its word begins."""
        for hint in there.intersection(self._hints):
            for at in occurrences(lowered, hint):
                yield at - len(_token_before(lowered, at)), at

    def _bare(self, lowered: str, at: int, host_end: int) -> int | None:
        """Return where an address without scheme around a host name begins, unless it is part of another."""
        if lowered[host_end : host_end + 1] not in ("/", ":", "?", ".", "#"):
            return None
        labels = _HOST_BACKWARDS.match(lowered[max(0, at - 200) : at][::-1])
        before = labels.group() if labels else ""
        if before and not before.startswith("."):
            return None
        start = at - len(before)
        prefix = _token_before(lowered, start)
        if prefix.endswith("@") and "/" not in prefix:
            return start - len(prefix) if ":" in prefix else None
        if prefix.endswith("//"):
            start -= 2
            prefix = prefix[:-2]
        elif _LABEL_BEFORE.fullmatch(prefix):
            return start
        elif prefix.endswith(("/", "%", "&", "#", "?")):
            return None
        return None if _BEFORE_IS_ADDRESS.match(prefix) else start

    def _end(self, text: str, start: int) -> int:
        end = _END.search(text, start, start + LONGEST_ADDRESS)
        return end.start() if end else min(len(text), start + LONGEST_ADDRESS)

    def _trim(self, text: str, start: int, end: int) -> Written | None:
        """Strip what belongs to the sentence, not to the address."""
        if _IGNORED_BEFORE.search(text, max(0, start - 250), start):
            return None
        address = text[start:end]
        depth: dict[str, int] = {}
        for at, character in enumerate(address):
            if character in "([{":
                depth[character] = depth.get(character, 0) + 1
            elif character in _CLOSERS:
                opener = _CLOSERS[character]
                if not depth.get(opener):
                    address = address[:at]
                    break
                depth[opener] -= 1
        dotted = address.rstrip("*_)]")
        cut_short = dotted.endswith("..") or text[start + len(address) : start + len(address) + 1] == "…"
        if re.search(r"=\.{2,}$", dotted):
            cut_short = False
        while address:
            if address[-1] in ".,;:!?*":
                address = address[:-1]
            elif address[-3:].lower() == "%3e":
                address = address[:-3]
            elif address[-1] in "([{":
                address = address[:-1]
            else:
                break
        return Written(start, start + len(address), address, cut_short) if address else None


def _before_next(text: str, start: int, end: int, following: Iterator[int]) -> int:
    """Return where an address ends that has another one glued to it.

    What stands inside an address comes after one of ``/ = ? & : _``, and letters are glued before its query.
    """
    for at in following:
        if at >= end:
            break
        if text[at - 1] in ",;" or (
            (text[at - 1].isalnum() or text[at - 1] in ".)")
            and text.startswith(("http", "HTTP"), at)
            and "?" not in text[start:at]
        ):
            return at
    return end


def _token_before(text: str, at: int) -> str:
    """Return the unbroken characters before a position, at most 300."""
    found = _TOKEN_BACKWARDS.match(text[max(0, at - 300) : at][::-1])
    return found.group()[::-1] if found else ""
