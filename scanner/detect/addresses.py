"""Find addresses in running text that could name a room."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.detect.budget import Budget
from scanner.detect.needles import Needles
from scanner.extract.inline import occurrences
from scanner.platforms import PlatformTable

_WEB = ("https", "http")
OTHER_SCHEMES = (
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
"""Schemes of addresses that name no room."""
_USER_SCHEMES = ("mailto", "sip", "sips", "callto", "h323", "xmpp", "skype", "tel", "im", "acct", "npm")
_END = re.compile(
    r"\[/|[\s<>\"'`|\\^\u2018-\u201f\u00ab\u00bb\u2039\u203a\u2026。｡、，（）！？；「」『』【】《》〈〉｢｣､\x00-\x1f\x7f]"
)
_SCHEME_BACKWARDS = re.compile(r"[a-z0-9+.\-]{0,31}[a-z]")
_HOST_BACKWARDS = re.compile(r"[a-z0-9.\-_]{0,200}")
_TOKEN_BACKWARDS = re.compile(r"[^\s<>\"'`|\\()\[\]{},;*]{0,300}")
_BEFORE_IS_ADDRESS = re.compile(
    r"(?:[\w\-]+\.)+[a-z\-]{2,}(?::[0-9]+)?[/?#]|[a-z]{2,20}:/{0,2}", re.IGNORECASE
)
_LABEL_BEFORE = re.compile(
    rf"https?:/?|(?!(?:{'|'.join((*OTHER_SCHEMES, *_USER_SCHEMES))}):)[a-z]{{2,20}}:", re.IGNORECASE
)
"""A word with a colon (``Link:``), or a scheme that lost slashes, where no blank stands before the host."""
_IGNORED_SCHEMES = ("javascript:", "data:", "file:", "ftp:")
_IGNORED_BEFORE = re.compile(rf"\b(?:{'|'.join(_IGNORED_SCHEMES)})[^\s\"<>]{{0,200}}\Z", re.IGNORECASE)
_BEFORE_HOST = re.compile(r"[^/]*(?:[^\w\x00-\x7f]|=|:(?![0-9]{1,5}(?:/|\Z))|(?<![a-z0-9.\-])_)")
"""Quotes, arrows and labels that stand before a host without a blank between."""
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_BRACKET = re.compile(r"[()\[\]{}]")
_NO_VALUE = re.compile(r"=\.{2,}$")
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


class AddressFinder:
    """Knows the platforms' hosts and schemes as literals to look for."""

    def __init__(self, table: PlatformTable) -> None:
        self._hosts = frozenset(table.host_names)
        self._schemes = frozenset(f"{scheme}:" for scheme in (*table.schemes, "intent", "mailto"))
        self._hints = frozenset(table.hints)
        self.words = self._hosts | self._schemes | self._hints
        self._words = Needles(map(str.encode, self.words))

    def shortened(self, text: str, budget: Budget) -> str:
        """Return a text up to where more rooms could stand than anybody would list."""
        lowered = _lowered(text)
        there = [word.decode() for word in self._words.within(lowered.encode("utf-8", "replace"))]
        places, left = sum(map(lowered.count, there)), budget.places
        budget.places -= min(places, left)
        if places <= left:
            return text
        budget.is_spent = True
        return text[: sorted(at for word in there for at in occurrences(lowered, word))[left]]

    def find(self, text: str) -> Iterator[Written]:
        """Yield every address in a text that could name a room, in order, without overlaps."""
        if "/" not in text and ":" not in text and "." not in text:
            return
        lowered = _lowered(text)
        taken = 0
        starts = self._starts(text, lowered)
        for number, (start, limit) in enumerate(starts):
            if start < taken:
                continue
            end = min(limit, self._end(text, start))
            end = _before_next(text, start, end, starts, number + 1)
            written = _trim(text, lowered, start, end)
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
                yield at - len(_host_and_path(_token_before(lowered, at))), at

    def _bare(self, lowered: str, at: int, host_end: int) -> int | None:
        """Return where an address without scheme around a host name begins, unless it is part of another."""
        if lowered[host_end : host_end + 1] not in ("/", ":", "?", ".", "#"):
            return None
        labels = _HOST_BACKWARDS.match(lowered[max(0, at - 200) : at][::-1])
        before = labels.group().rstrip("_") if labels else ""
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


def _lowered(text: str) -> str:
    """Return a text in lower case, each letter where it was."""
    lowered = text.lower()
    if len(lowered) != len(text):
        return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    return lowered


def _trim(text: str, lowered: str, start: int, end: int) -> Written | None:
    """Strip what belongs to the sentence, not to the address."""
    if _is_inside_ignored(text, lowered, start):
        return None
    address = text[start:end]
    if _BRACKET.search(address):
        address = address[: _balanced(address)]
    if (dots := address.find("...")) > 0:  # a next line may have been put to it
        address = address[: dots + 3]
    emphasis = len(text[max(0, start - 3) : start]) - len(text[max(0, start - 3) : start].rstrip("_"))
    dotted = address.rstrip("*_)]")
    cut_short = dotted.endswith("..") or text[start + len(address) : start + len(address) + 1] == "…"
    if cut_short and _NO_VALUE.search(dotted):
        cut_short = False
    while address:
        if address[-1] in ".,;:!?*([{":
            address = address[:-1]
        elif address[-3:].lower() == "%3e":
            address = address[:-3]
        elif emphasis and address[-1] == "_":
            address = address[:-1]
            emphasis -= 1
        else:
            break
    return Written(start, start + len(address), address, cut_short) if address else None


def _is_inside_ignored(text: str, lowered: str, start: int) -> bool:
    """Tell an address that stands within one of a sort that names no room."""
    low = max(0, start - 250)
    return any(lowered.find(scheme, low, start) >= 0 for scheme in _IGNORED_SCHEMES) and bool(
        _IGNORED_BEFORE.search(text, low, start)
    )


def _balanced(address: str) -> int:
    """Return where an address meets a bracket that closes none of its own."""
    depth: dict[str, int] = {}
    for found in _BRACKET.finditer(address):
        bracket = found.group()
        if bracket in "([{":
            depth[bracket] = depth.get(bracket, 0) + 1
        elif not depth.get(_CLOSERS[bracket]):
            return found.start()
        else:
            depth[_CLOSERS[bracket]] -= 1
    return len(address)


def _before_next(text: str, start: int, end: int, starts: Sequence[tuple[int, int]], following: int) -> int:
    """Return where an address ends that has another one glued to it.

    What stands inside an address comes after one of ``/ = ? & : _``, and letters are glued before its query.
    ``following`` is the first of the starts behind its own.
    """
    query = text.find("?", start, end)
    for number in range(following, len(starts)):
        at = starts[number][0]
        if at >= end:
            break
        if text[at - 1] in ",;" or (
            (text[at - 1].isalnum() or text[at - 1] in ".)")
            and text.startswith(("http", "HTTP"), at)
            and not 0 <= query < at
        ):
            return at
    return end


def _host_and_path(token: str) -> str:
    """Return a word from where an address can begin in it."""
    before = _BEFORE_HOST.match(token)
    return token[before.end() :] if before else token


def _token_before(text: str, at: int) -> str:
    """Return the unbroken characters before a position, at most 300."""
    found = _TOKEN_BACKWARDS.match(text[max(0, at - 300) : at][::-1])
    return found.group()[::-1] if found else ""
