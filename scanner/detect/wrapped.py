"""Put addresses together that a program broke at its line width, in the middle of words and quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.detect.version import Version
from scanner.platforms import Hit

_BEGINS = re.compile(
    r"^(?P<quote>(?:>[ \t]?){0,8})(?P<line>(?:[^\n]{0,200}[ \t(<\"'])?https?:?[^\s]{0,1000})$", re.MULTILINE
)
_MORE = re.compile(r"\n(?P<quote>(?:>[ \t]?){0,8})(?P<line>[^\s]{1,1000})(?=\n|\Z)")
_ADDRESS_OF_ITS_OWN = re.compile(r"[a-z][a-z0-9+.\-]{1,20}://|www\.", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][a-z]*[,.:;!]+")
_TOKEN_END = re.compile(r"(?<=.{12})(?:09\Z|\.[0-9](?=[A-Za-z]|\Z))")
_NARROWEST = 10
_LINES = 400
"""Lines of one address: 4,096 characters at the narrowest width."""


def rewrapped(text: str) -> Iterator[Version]:
    """Yield the text with broken addresses put together, if two lines or more are full to the same width.

    That many lines of one length without a blank are no accident, so what they say together is one address.
    The first line that is shorter is its last.
    """
    if "\nhttp" not in text and "http" not in text[:200] and ">" not in text:
        return
    parts, here, there = [], [0], [0]
    at = length = 0
    for first in _BEGINS.finditer(text):
        if first.end() <= at:
            continue
        for start, end in _breaks(text, first):
            parts.append(text[at:start])
            length += start - at
            at = end
            here.append(length)
            there.append(at)
    if parts:
        parts.append(text[at:])
        yield Version("".join(parts), False, tuple(here), tuple(there), Version(text, False), joined=True)


def _breaks(text: str, first: re.Match[str]) -> list[tuple[int, int]]:
    """Return where the line breaks of one broken address stand, nothing if it is none."""
    width = len(first["line"])
    breaks: list[tuple[int, int]] = []
    end, full = first.end(), 1
    while width >= _NARROWEST and len(breaks) < _LINES:
        more = _MORE.match(text, end)
        if more is None or more["quote"].strip() != first["quote"].strip():
            break
        line = more["line"]
        if len(line) > width or _ADDRESS_OF_ITS_OWN.match(line) or _WORD.fullmatch(line):
            break
        breaks.append((end, more.start("line")))
        end = more.end()
        if len(line) < width:
            break
        full += 1
    return breaks if full > 1 else []


def is_part(first: Hit, whole: Hit) -> bool:
    """Tell a link whose passcode a line break cut off, or cut in two, from the same link put together.

    A cut token is told by the end that all of Zoom's have.
    """
    if first.key != whole.key or whole.passcode is None:
        return False
    if first.passcode is None:
        return True
    known, text = first.passcode.text, whole.passcode.text
    return text.startswith(known) and not _TOKEN_END.search(known) and bool(_TOKEN_END.search(text))


def without_next_line(hit: Hit) -> Hit:
    """Return a link without what the next line added behind the end of its token."""
    end = _TOKEN_END.search(hit.passcode.text) if hit.passcode else None
    if hit.passcode is None or end is None:
        return hit
    return replace(hit, passcode=replace(hit.passcode, text=hit.passcode.text[: end.end()]))
