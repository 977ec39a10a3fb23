"""Parse the XML of office documents as a stream: no tree, no entities, no DTD, no network."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Protocol

from lxml import etree

from scanner.extract.flow import Flow
from scanner.extract.zip import Cut
from scanner.model import Segment, SegmentKind

CHARACTERS = 8 * 1024 * 1024
"""Text that is collected of one part. A cell of 32 KB can be named by a million others."""


class Target(Protocol):
    """What is told of a document while it passes by. Names are ``{namespace}local`` as lxml gives them.

    May raise Cut to have no more of it.
    """

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take note of an element's beginning."""

    def end(self, tag: str) -> None:
        """Take note of an element's end."""

    def data(self, text: str) -> None:
        """Take note of text."""

    def close(self) -> None:
        """Take note of the document's end, or of the point where it breaks off. May come twice."""


def guarded_parser(target: Target | None = None) -> etree.XMLParser:
    """Return a parser for a stranger's XML, which recovers: without entities, DTD or network."""
    return etree.XMLParser(
        target=target,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )


def stream(chunks: Iterable[bytes], target: Target) -> bool:
    """Feed a document to a target; tell whether it came to its end.

    What is broken is told as far as the parser recovers.
    """
    parser = guarded_parser(target)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    except (etree.XMLSyntaxError, ValueError, Cut):
        with suppress(Cut):
            target.close()
        return False
    return not len(parser.error_log)


def local(tag: str) -> str:
    """Return a name without its namespace."""
    return tag.rpartition("}")[2]


class Pieces:
    """Collects running text, addresses and asides in order, up to a bound."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._pieces: list[Segment | Flow] = []
        self._text: list[str] = []
        self._left = CHARACTERS

    def text(self, text: str) -> None:
        """Add running text."""
        self._take(text)
        self._text.append(text)

    def address(self, address: str) -> None:
        """Add an address where the text stands now."""
        self._take(address)
        self._close_text()
        self._pieces.append(Segment(address, "href", SegmentKind.HREF))

    def aside(self, text: str, place: str) -> None:
        """Add a text that does not run on with the others."""
        self._take(text)
        self._close_text()
        self._pieces.append(Flow((Segment(text, place),)))

    def add(self, pieces: Iterable[Segment | Flow]) -> None:
        """Add pieces made elsewhere."""
        self._close_text()
        for piece in pieces:
            if isinstance(piece, Segment):
                self._take(piece.text)
            self._pieces.append(piece)

    def flow(self) -> Flow:
        """Return all that was collected."""
        self._close_text()
        return Flow(tuple(self._pieces))

    def _take(self, text: str) -> None:
        self._left -= len(text)
        if self._left < 0:
            raise Cut

    def _close_text(self) -> None:
        if self._text:
            self._pieces.append(Segment("".join(self._text), self.place))
            self._text = []
