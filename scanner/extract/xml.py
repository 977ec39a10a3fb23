"""Read XML: feeds, sitemaps and anything else, without entities, DTD or network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from html.entities import html5

from lxml import etree

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.extract.names import in_words, named_values
from scanner.model import Document, Segment, SegmentKind

ELEMENTS = 500_000
"""Elements of one document that are read."""

_ENTRIES = frozenset({"item", "entry", "url", "event"})
_ADDRESSES = frozenset({"href", "url", "src", "about", "resource", "link"})
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "code", "del", "em", "font", "i", "ins", "kbd", "mark"}
    | {"r", "s", "small", "span", "strong", "sub", "sup", "t", "tspan", "tt", "u", "wbr"}
)
"""Elements that part no words: of XHTML, SVG, OpenDocument and Word's own XML."""
_UNNAMED = frozenset(
    {"p", "div", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
    | {
        "blockquote",
        "text",
        "title",
        "description",
        "summary",
        "content",
        "data",
        "cell",
        "value",
        "string",
        "name",
        "key",
        "label",
        "field",
    }
)
"""Elements whose names say nothing of what stands in them."""
_LONGEST_VALUE = 64

_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:[A-Za-z0-9]{2,31};)?"
)
_BEGIN, _END = "<![CDATA[", "]]>"
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,200}\?>")


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows: list[Flow] = []
    cut = False
    root = _parsed(document.body, decoded.text)
    if root is not None:
        pieces: list[Segment | Flow] = []
        for number, (element, begins) in enumerate(_walked(root)):
            if number >= 2 * ELEMENTS:
                cut = True
                break
            if not isinstance(element.tag, str):
                _aside(element, pieces, depth, begins=begins)
                continue
            name = _name(element).lower()
            if begins and name in _ENTRIES:
                flows.append(Flow(tuple(pieces)))
                pieces = []
            if begins:
                _begin(element, name, pieces, depth)
            else:
                _end(element, name, pieces, depth)
        flows.append(Flow(tuple(pieces)))
    raw = [Flow((Segment(text, RAW),)) for text in (decoded.text, *decoded.others)]
    return Segments(flows=(*flows, *raw), media_type=FAMILY.media_type, cut=cut)


def _walked(root: etree._Element) -> Iterator[tuple[etree._Element, bool]]:
    """Yield each element where it begins and where it ends, in order and without recursion."""
    waiting = [(root, True)]
    while waiting:
        element, begins = waiting.pop()
        yield element, begins
        if begins:
            waiting.append((element, False))
            waiting.extend((child, True) for child in reversed(element))


def _begin(element: etree._Element, name: str, pieces: list[Segment | Flow], depth: int) -> None:
    attributes = [(_local(str(attribute)), str(value)) for attribute, value in element.attrib.items()]
    for attribute, value in attributes:
        kind = SegmentKind.HREF if attribute.lower() in _ADDRESSES else SegmentKind.TEXT
        segment = Segment(value, f"attr:{attribute.lower()}", kind)
        pieces.append(segment if kind is SegmentKind.HREF else Flow((segment,)))
    if named := named_values(attributes, "attr"):
        pieces.append(named)
    if name not in _INLINE:
        pieces.append(Segment("\n", "xml"))
    text = element.text or ""
    if name not in _INLINE | _UNNAMED and len(text) <= _LONGEST_VALUE and not len(element) and text.strip():
        pieces.append(Segment(f"{in_words(_name(element))}: ", "xml"))
    _say(text, pieces, depth)


def _aside(element: etree._Element, pieces: list[Segment | Flow], depth: int, *, begins: bool) -> None:
    """Read a comment or an instruction; entities stay closed."""
    if not begins:
        _say(element.tail or "", pieces, depth)
    elif element.tag is not etree.Entity and element.text:
        pieces.append(Flow((Segment(element.text, "comment"),)))


def _end(element: etree._Element, name: str, pieces: list[Segment | Flow], depth: int) -> None:
    if name not in _INLINE:
        pieces.append(Segment("\n", "xml"))
    _say(element.tail or "", pieces, depth)


def _say(text: str, pieces: list[Segment | Flow], depth: int) -> None:
    if looks_like_markup(text):
        pieces.append(Segment("\n", "xml"))
        pieces.extend(html_pieces(text, depth=depth + 1))
        pieces.append(Segment("\n", "xml"))
    elif text.strip() or text == " ":
        pieces.append(Segment(text, "xml"))


def _name(element: etree._Element) -> str:
    """Return a name without its namespace, also where its prefix was never declared."""
    return _local(str(element.tag))


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]


def _parsed(body: bytes, text: str) -> etree._Element | None:
    """Parse forgivingly; what is broken or lies about its character set, as decoded and mended by us."""
    root, whole = _tree(body)
    if whole:
        return root
    mended, _ = _tree(_mended(text).encode("utf-8", "replace"))
    return root if mended is None else mended


def _tree(source: bytes) -> tuple[etree._Element | None, bool]:
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
        return None, False
    return root, root is not None and not len(parser.error_log)


def _mended(text: str) -> str:
    """Undo what parsers stumble over: words before a document, a torn end, ampersands, entities of HTML."""
    declaration = _DECLARATION.search(text, 0, 4096)
    text = text[declaration.end() :] if declaration else text
    text = _AMPERSAND.sub(_character, text)
    return text + _END if text.rfind(_BEGIN) > text.rfind(_END) else text


def _character(entity: re.Match[str]) -> str:
    """Return what an entity of HTML stands for; what is none keeps its ampersand."""
    name = entity[0][1:]
    return escape(html5.get(name, f"&{name}"))


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
