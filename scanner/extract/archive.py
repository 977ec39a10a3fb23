"""Read ZIP archives: each member is a document of its own. Nothing is written to a disk."""

from __future__ import annotations

from scanner.extract.flow import Family, Segments
from scanner.extract.nesting import BYTES
from scanner.extract.zip import START, Cut, Member, listed
from scanner.model import Document

MEMBER_BYTES = 16 * 1024 * 1024
"""Bytes of one member that are unpacked."""


def _segments(document: Document, depth: int) -> Segments:
    listing = listed(document.body)
    notes: list[str] = []
    nested: list[Document] = []
    cut, left = listing.cut, BYTES
    for member in listing.members:
        if member.name.endswith("/") or not member.packed:
            continue
        if member.encrypted:
            notes.append("cannot read a packed file: encrypted")
        elif not member.readable:
            notes.append(f"cannot read a packed file: packing method {member.method}")
        elif left <= 0:
            cut = True
            break
        else:
            body, whole = unpacked(member, min(left, MEMBER_BYTES))
            left -= len(body)
            cut = cut or not whole
            nested.append(Document("", body))
    return Segments(media_type=FAMILY.media_type, cut=cut, notes=tuple(notes), nested=tuple(nested))


def unpacked(member: Member, limit: int) -> tuple[bytes, bool]:
    """Return the first ``limit`` bytes of a member, and whether that is all of it."""
    pieces: list[bytes] = []
    try:
        for piece in member.chunks(limit):
            pieces.append(piece)
    except Cut:
        return b"".join(pieces), False
    return b"".join(pieces), True


FAMILY = Family(
    media_type="application/zip",
    media_types=frozenset(),
    looks=lambda body: body.startswith(START),
    segments=_segments,
    rank=12,
)
