"""Find the documents that a page carries inside itself, as ``data:`` addresses (RFC 2397)."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from urllib.parse import unquote_to_bytes

from scanner.extract.pixels import size
from scanner.model import Document

DOCUMENTS = 50
"""Documents of one page that are read, each once."""

SMALLEST = 100
"""Characters of the smallest picture that is looked at: a code with an address in it takes 128 or more, in
the format that packs best. One transparent pixel takes fewer."""

_FEWEST_PIXELS = 17 * 17
_NARROWEST = 7
"""Modules of the smallest code that an address fits into (Micro QR, ISO/IEC 18004), and those of the
narrowest side of any (rMQR, ISO/IEC 23941). zxing reads codes of one pixel a module, and a page may show such
a picture as large as it likes. Print takes more."""

_PICTURE = re.compile(
    r"data:(?P<type>image/(?!svg)[a-z0-9.+\-]{2,20}|application/pdf)(?:;[^,;\"'<>\s]{1,60}){0,4};base64,"
    rf"(?P<content>[A-Za-z0-9+/=%\s]{{{SMALLEST},8000000}})",
    re.IGNORECASE,
)
_SHOWN_PAGE = re.compile(r"\b(?:src|data)\s{0,3}=\s{0,3}([\"'])\s{0,3}\Z", re.IGNORECASE)
_PAGE = {
    quote: re.compile(
        r"data:(?P<type>text/html|application/xhtml\+xml)(?P<parameters>(?:;[^,;\"'<>\s]{1,60}){0,4})"
        rf",(?P<content>[^{quote}]{{1,2000000}})",
        re.IGNORECASE,
    )
    for quote in "\"'"
}
_CALENDAR = re.compile(
    r"data:(?P<type>text/(?:x-v)?calendar)(?P<parameters>(?:;[^,;\"'<>\s]{1,60}){0,4})"
    r",(?P<content>[^\"'<>]{1,200000})",
    re.IGNORECASE,
)
"""An entry that a link offers for one's own calendar: browsers keep what they do not show."""


def inline_documents(source: str) -> tuple[Document, ...]:
    """Return the pictures, pages and calendars that stand in a page as ``data:`` addresses, 50 at most.

    Of pages only what a browser shows without being asked: a link to a ``data:`` page leads nowhere,
    browsers refuse to follow it.
    """
    return tuple(islice(_distinct(_documents(source)), DOCUMENTS))


def has_inline_documents(source: str) -> bool:
    """Tell whether a page carries any, without taking more than the first out of it."""
    return next(_documents(source), None) is not None


def _documents(source: str) -> Iterator[Document]:
    done = 0
    for at in sorted((*occurrences(source, "data:"), *occurrences(source, "DATA:"))):
        if at < done:
            continue
        shown = _SHOWN_PAGE.search(source, max(0, at - 20), at)
        if found := _PICTURE.match(source, at):
            done = found.end()
            body = _from_base64(unquote_to_bytes(found["content"]))
            if body and not _is_icon(body):
                yield Document("", body, found["type"].lower())
        elif shown and (found := _PAGE[shown[1]].match(source, at)):
            done = found.end()
            yield Document("", _unpacked(found), "text/html")
        elif found := _CALENDAR.match(source, at):
            done = found.end()
            yield Document("", _unpacked(found), "text/calendar")


def _unpacked(found: re.Match[str]) -> bytes:
    body = unquote_to_bytes(unescape(found["content"]))
    return _from_base64(body) if ";base64" in found["parameters"].lower() else body


def occurrences(text: str, literal: str) -> Iterator[int]:
    """Yield where a literal stands in a text, in order."""
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + 1)


def _distinct(documents: Iterable[Document]) -> Iterator[Document]:
    met: set[Document] = set()
    for document in documents:
        if document not in met:
            met.add(document)
            yield document


def _is_icon(body: bytes) -> bool:
    """Tell pictures that have too few pixels to show a code or a line of text."""
    width, height = size(body) or (0, 0)
    # Nothing is what some animations state that are shown all the same.
    return 0 < width * height < _FEWEST_PIXELS or 0 < min(width, height) < _NARROWEST


def _from_base64(content: bytes) -> bytes:
    """Decode as far as it goes: blanks and what is missing at the end are forgiven."""
    content = b"".join(content.split()).rstrip(b"=")
    content = content[: len(content) - (len(content) % 4 == 1)]
    try:
        return b64decode(content + b"=" * (-len(content) % 4))
    except binascii.Error:
        return b""
