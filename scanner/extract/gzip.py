"""Read gzip files: what they hold is a document of its own."""

from __future__ import annotations

from scanner.extract.flow import Family, Segments
from scanner.extract.zip import Cut, inflated
from scanner.model import Document

BYTES = 16 * 1024 * 1024
"""Bytes that are unpacked of one file."""

_START = b"\x1f\x8b\x08"
_HEADER, _TRAILER = 10, 8
_HAS_CHECKSUM, _HAS_EXTRA, _HAS_NAME, _HAS_COMMENT = 2, 4, 8, 16


def _segments(document: Document, depth: int) -> Segments:
    """Unpack one member after the other (RFC 1952), whatever their checksums say."""
    body, pieces, left, cut = document.body, list[bytes](), BYTES, False
    at = 0
    while body.startswith(_START, at) and not cut:
        at = _after_header(body, at)
        ends = 0
        try:
            for piece, taken in inflated(memoryview(body)[at:]):
                pieces.append(piece[:left])
                left, ends = left - len(piece), taken
                if left < 0:
                    raise Cut
        except Cut:
            cut = True
        at += ends + _TRAILER
    return Segments(media_type=FAMILY.media_type, cut=cut, nested=(Document("", b"".join(pieces)),))


def _after_header(body: bytes, at: int) -> int:
    flags = body[at + 3] if len(body) > at + 3 else 0
    at += _HEADER
    if flags & _HAS_EXTRA:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for flag in (_HAS_NAME, _HAS_COMMENT):
        if flags & flag:
            at = body.find(b"\0", at) + 1 or len(body)
    return at + 2 if flags & _HAS_CHECKSUM else at


FAMILY = Family(
    media_type="application/gzip",
    media_types=frozenset(),
    looks=lambda body: body.startswith(_START),
    segments=_segments,
    rank=13,
)
