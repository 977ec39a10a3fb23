"""Read XML: feeds, sitemaps and anything else, without entities, DTD or network."""

from __future__ import annotations

from lxml import etree

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.model import Document, Segment, SegmentKind

ELEMENTS = 500_000
"""Elements of one document that are read."""

_ENTRIES = frozenset({"item", "entry", "url", "event"})
_ADDRESSES = frozenset({"href", "url", "src", "about", "resource", "link"})


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows: list[Flow] = []
    cut = False
    root = _parsed(document.body, decoded.text)
    if root is not None:
        pieces: list[Segment | Flow] = []
        for number, element in enumerate(root.iter()):
            if number >= ELEMENTS:
                cut = True
                break
            name = _local(element.tag) if isinstance(element.tag, str) else "comment"
            if name in _ENTRIES:
                flows.append(Flow(tuple(pieces)))
                pieces = []
            _read(element, name, pieces, depth)
        flows.append(Flow(tuple(pieces)))
    raw = [Flow((Segment(text, RAW),)) for text in (decoded.text, *decoded.others)]
    return Segments(flows=(*flows, *raw), media_type=FAMILY.media_type, cut=cut)


def _read(element: etree._Element, name: str, pieces: list[Segment | Flow], depth: int) -> None:
    for attribute, value in element.attrib.items():
        local = _local(str(attribute))
        kind = SegmentKind.HREF if local in _ADDRESSES else SegmentKind.TEXT
        segment = Segment(str(value), f"attr:{local}", kind)
        pieces.append(segment if kind is SegmentKind.HREF else Flow((segment,)))
    for text in (element.text, element.tail):
        if not text or not text.strip():
            continue
        if looks_like_markup(text):
            pieces.append(Segment("\n", "xml"))
            pieces.extend(html_pieces(text, depth=depth + 1))
            pieces.append(Segment("\n", "xml"))
        else:
            pieces.append(Segment(f"\n{text}\n", "comment" if name == "comment" else "xml"))


def _local(name: str) -> str:
    """Return a name without its namespace, also where its prefix was never declared."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _parsed(body: bytes, text: str) -> etree._Element | None:
    """Parse forgivingly; text in a lying character set is parsed as decoded by us."""
    for source in (body, text.encode("utf-8", "replace")):
        parser = etree.XMLParser(
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
        )
        try:
            root = etree.fromstring(source, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    return None


def _looks(body: bytes) -> bool:
    start = body[:512].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return (
        start.startswith((b"<?xml", b"<rss", b"<feed", b"<urlset", b"<sitemapindex", b"<rdf:rdf"))
        and b"<html" not in start
    )


FAMILY = Family(
    media_type="application/xml",
    media_types=frozenset(
        {
            "application/xml",
            "text/xml",
            "application/rss+xml",
            "application/atom+xml",
            "application/rdf+xml",
            "image/svg+xml",
        }
    ),
    looks=_looks,
    segments=_segments,
    rank=47,
)
