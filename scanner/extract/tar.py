"""Read tar archives: each member is a document of its own. Nothing is written to a disk."""

from __future__ import annotations

from scanner.extract.flow import Family, Segments
from scanner.extract.nesting import BYTES
from scanner.extract.zip import MEMBERS
from scanner.model import Document

MEMBER_BYTES = 16 * 1024 * 1024
"""Bytes of one member that are unpacked."""

_BLOCK = 512
_FILES = (b"0", b"\0", b"7")
"""Types of members that are files: others are folders, links, and what describes the next member."""


def _segments(document: Document, depth: int) -> Segments:
    """Take out one file after the other, as far as headers make sense (POSIX.1-1988, ``ustar``)."""
    body = document.body
    nested: list[Document] = []
    at, left, cut = 0, BYTES, False
    while any(body[at : at + _BLOCK]):
        size = _size(body[at : at + _BLOCK])
        if size is None or len(nested) == MEMBERS or left <= 0:
            cut = True
            break
        begins, ends = at + _BLOCK, at + _BLOCK + size
        if body[at + 156 : at + 157] in _FILES and size:
            kept = body[begins : min(ends, begins + min(left, MEMBER_BYTES))]
            cut = cut or len(kept) < size
            left -= len(kept)
            nested.append(Document("", kept))
        at = begins + -(-size // _BLOCK) * _BLOCK
    return Segments(media_type=FAMILY.media_type, cut=cut, nested=tuple(nested))


def _size(header: bytes) -> int | None:
    """Return how many bytes follow a header, or None if it is none: its own sum must be right."""
    try:
        told = int(header[148:156].strip(b" \0"), 8)
        size = int(header[124:136].strip(b" \0") or b"0", 8)
    except ValueError:
        return None
    right = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    return size if len(header) == _BLOCK and told == right and size >= 0 else None


FAMILY = Family(
    media_type="application/x-tar",
    media_types=frozenset(),
    looks=lambda body: len(body) >= _BLOCK and _size(body[:_BLOCK]) is not None,
    segments=_segments,
    rank=15,
)
