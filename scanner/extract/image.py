"""Read pictures: QR codes, and printed text where tesseract is installed."""

from __future__ import annotations

from hashlib import blake2b

from scanner.extract.apart import pictures_are_read, print_is_read, read_apart
from scanner.extract.flow import Family, Segments
from scanner.model import Document

_KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}

_REMEMBERED = 256
"""Pictures of which is kept what was read: the banner of a site stands on all its pages."""
_read: dict[tuple[bytes, bool], Segments] = {}


def _kind(body: bytes) -> str:
    """Return the media type by signature, empty for what is no picture that can be read here."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    if body[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    if body[:2] == b"BM" and body[6:10] == b"\0\0\0\0":
        return "image/bmp"
    return next((kind for magic, kind in _KINDS.items() if body.startswith(magic)), "")


def _segments(document: Document, depth: int) -> Segments:
    kind = _kind(document.body)
    if not pictures_are_read():
        return Segments(media_type=kind, notes=(f"cannot read {kind}: it needs Pillow and zxing-cpp",))
    known = (blake2b(document.body, digest_size=16).digest(), print_is_read())
    found = _read.pop(known, None) or read_apart("image", document, media_type=kind)
    if not found.cut:
        _read[known] = found
        if len(_read) > _REMEMBERED:
            del _read[next(iter(_read))]
    return found


FAMILY = Family(
    media_type="image",
    media_types=frozenset(),
    looks=lambda body: bool(_kind(body)),
    segments=_segments,
    rank=14,
)
"""``media_type`` stands for the family; what a picture is, its Segments say."""
