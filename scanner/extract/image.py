"""Read pictures: QR codes, and printed text where tesseract is installed."""

from __future__ import annotations

from scanner.extract.apart import pictures_are_read, read_apart
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
    return read_apart("image", document, media_type=kind)


FAMILY = Family(
    media_type="image",
    media_types=frozenset(),
    looks=lambda body: bool(_kind(body)),
    segments=_segments,
    rank=14,
)
"""``media_type`` stands for the family; what a picture is, its Segments say."""
