"""Turn the bytes of one document into text and addresses with their places.

A module in this folder that exports ``FAMILY`` reads one family of media; there is no list to keep.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from scanner.extract.apart import missing_parts
from scanner.extract.decode import CONTROLS, is_binary
from scanner.extract.flow import PICTURED, RAW, Family, Flow, Segments
from scanner.extract.inline import inline_documents
from scanner.extract.nesting import with_nested
from scanner.model import Document

LONGEST = 16 * 1024 * 1024
"""Bytes of one document that are read; the rest is cut off and said so."""

_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
    (b"BM", "image/bmp"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
)


def _discover() -> tuple[Family, ...]:
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    return tuple(sorted((m.FAMILY for m in modules if hasattr(m, "FAMILY")), key=lambda family: family.rank))


def _family(document: Document) -> Family | str:
    """Return the family of a document, or the media type that none of them reads.

    Binary signatures decide first, since a claimed type is often wrong; then the claim, then the looks.
    """
    body, claimed = document.body, document.media_type.partition(";")[0].strip().lower()
    for family in FAMILIES:
        if family.rank < _GUESSES and family.looks(body):
            return family
    vague = claimed in _VAGUE
    if is_binary(body):
        return _signature(body) or claimed or "binary data"
    for family in FAMILIES:
        if claimed in family.media_types and not vague:
            return family
    return next(family for family in FAMILIES if family.looks(body))


def _signature(body: bytes) -> str | None:
    return next((name for magic, name in _SIGNATURES if body.startswith(magic)), None)


def without_noise(document: Document) -> Document:
    """Take stray control characters out of a document that claims to be text: browsers show the rest.

    What claims nothing but to be some text or some bytes is left as it is: that is what servers say of
    programs and pictures.
    """
    claimed = document.media_type.partition(";")[0].strip().lower()
    if claimed in _VAGUE or not is_binary(document.body) or _signature(document.body):
        return document
    if not any(claimed in family.media_types for family in FAMILIES):
        return document
    return replace(document, body=document.body.translate(None, CONTROLS))


def media_type_of(document: Document) -> str:
    """Return the name of the family that reads a document, or the media type that none of them reads."""
    family = _family(document)
    return family if isinstance(family, str) else family.media_type


def segments(document: Document, depth: int = 0) -> Segments:
    """Read a document and all that is packed in it; bounded; never raises on bad content.

    ``depth`` counts the documents around this one.
    """
    found = _read(without_noise(document), depth)
    return with_nested(found, _read, depth) if found.nested else found


def inline_segments(source: str) -> Segments:
    """Read the pictures and pages that an HTML source carries inside itself, and nothing else of it."""
    nested = inline_documents(source)
    return with_nested(Segments(nested=nested), _read, 0) if nested else Segments()


def _read(document: Document, depth: int) -> Segments:
    """Read one document: media type by signature, claim and looks."""
    cut = len(document.body) > LONGEST
    if cut:
        document = replace(document, body=document.body[:LONGEST])
    family = _family(document)
    if isinstance(family, str):
        return Segments(media_type=family, cut=cut, notes=(f"cannot read {family}",))
    found = family.segments(document, depth)
    return replace(found, cut=True) if cut else found


_VAGUE = frozenset({"", "text/plain", "application/octet-stream"})

_GUESSES = 40
"""Families ranked below this are told by an unmistakable signature."""

FAMILIES = _discover()

__all__ = [
    "LONGEST",
    "PICTURED",
    "RAW",
    "Family",
    "Flow",
    "Segments",
    "inline_segments",
    "media_type_of",
    "missing_parts",
    "segments",
    "without_noise",
]
