"""Read PDF files: text, links, form fields, comments, attached files, and pages that are pictures."""

from __future__ import annotations

import re

from scanner.extract.apart import read_apart
from scanner.extract.flow import Family, Segments
from scanner.model import Document

_START = b"%PDF-"
_LATER_START = re.compile(rb"[\r\n\0]%PDF-[12]\.")
_OBJECT = re.compile(rb"[\r\n][0-9]{1,10} [0-9]{1,5} obj\b")


def _segments(document: Document, depth: int) -> Segments:
    return read_apart("pdf", document, media_type=FAMILY.media_type)


def _looks(body: bytes) -> bool:
    """Tell a PDF file by its mark, which readers accept anywhere in the first 1024 bytes."""
    if body[:1024].lstrip().startswith(_START):
        return True
    return _LATER_START.search(body[:1024]) is not None and _OBJECT.search(body[:8192]) is not None


FAMILY = Family(
    media_type="application/pdf",
    media_types=frozenset(),
    looks=_looks,
    segments=_segments,
    rank=10,
)
