"""What extraction hands to detection: running text and addresses, in reading order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scanner.model import Document, Segment

RAW = "raw"
"""Place of a whole source text, searched for written-out addresses only: words there are not running text."""

PICTURED = frozenset({"qr", "image"})
"""Places of what was read in a picture: by its QR codes, and as printed text."""

DEPTH = 4
"""How deep documents inside documents are read (a comment in a srcdoc in a mail in a mail)."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One reading order.

    Text segments that follow each other are one running text; an address stands at the point where it
    was met. A Flow among the pieces stands aside (a comment, an attribute): it has a reading of its own,
    met at that point.
    """

    pieces: tuple[Segment | Flow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """All flows of a document, what it was taken for, and what could not be read of it.

    ``nested`` are whole documents packed inside it (members, attachments, pictures), still to be read.
    """

    flows: tuple[Flow, ...] = ()
    media_type: str = ""
    cut: bool = False
    notes: tuple[str, ...] = ()
    nested: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Documents that are read alike. A module that exports ``FAMILY`` is found by folder.

    ``media_type`` is the name given to what it read. ``media_types`` are the claims that are believed where
    bytes do not tell: none for a family whose documents cannot be taken for others. ``looks`` tells its
    documents by their first bytes, ``rank`` orders those tests (binary signatures first, guesses last).
    ``segments`` reads a document at a depth of nesting.
    """

    media_type: str
    media_types: frozenset[str]
    looks: Callable[[bytes], bool]
    segments: Callable[[Document, int], Segments]
    rank: int
