"""Read XML: feeds, sitemaps and anything else, without entities, DTD or network."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from html.entities import html5

from lxml import etree

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.extract.markup import guarded_parser
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
    reader = _Reader(depth)
    root = _parsed(document.body, decoded.text)
    cut = root is not None and not reader.read(root)
    raw = [Flow((Segment(text, RAW),)) for text in (decoded.text, *decoded.others)]
    return Segments(flows=(*reader.flows(), *raw), media_type=FAMILY.media_type, cut=cut)


class _Reader:
    """Collects text and addresses of elements in order; each entry of a feed is a flow of its own."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._entries: list[Flow] = []
        self._pieces: list[Segment | Flow] = []
        self._words: list[str] = []

    def read(self, root: etree._Element) -> bool:
        """Read a tree without recursion; tell whether that was all of it."""
        waiting = [(root, True)]
        for _ in range(2 * ELEMENTS):
            if not waiting:
                break
            element, begins = waiting.pop()
            if not begins:
                self._end(element)
                continue
            self._begin(element)
            if len(element):
                waiting.append((element, False))
                waiting.extend([(child, True) for child in reversed(element)])
            else:
                self._end(element)
        return not waiting

    def flows(self) -> tuple[Flow, ...]:
        """Return all that was read."""
        self._close_text()
        return (*self._entries, Flow(tuple(self._pieces)))

    def _begin(self, element: etree._Element) -> None:
        tag, text = element.tag, element.text
        if not isinstance(tag, str):
            if tag is not etree.Entity and text:  # which stay closed
                self._add(Flow((Segment(text, "comment"),)))
            return
        name, label = _said(tag)
        if name in _ENTRIES:
            self._close_text()
            self._entries.append(Flow(tuple(self._pieces)))
            self._pieces = []
        if element.keys():
            self._on_attributes([(_local(str(key)), str(value)) for key, value in element.items()])
        if name not in _INLINE:
            self._break()
        if text:
            if label and len(text) <= _LONGEST_VALUE and not len(element) and not text.isspace():
                self._words.append(label)
            self._say(text)

    def _on_attributes(self, attributes: list[tuple[str, str]]) -> None:
        for name, value in attributes:
            place = f"attr:{name.lower()}"
            if name.lower() in _ADDRESSES:
                self._add(Segment(value, place, SegmentKind.HREF))
            else:
                self._add(Flow((Segment(value, place),)))
        if named := named_values(attributes, "attr"):
            self._add(named)

    def _end(self, element: etree._Element) -> None:
        tag, tail = element.tag, element.tail
        if isinstance(tag, str) and _said(tag)[0] not in _INLINE:
            self._break()
        if tail:
            self._say(tail)

    def _say(self, text: str) -> None:
        if looks_like_markup(text):
            self._break()
            self._add(*html_pieces(text, depth=self._depth + 1))
            self._break()
        elif text == " " or not text.isspace():
            self._words.append(text)

    def _break(self) -> None:
        if not self._words or self._words[-1] != "\n":
            self._words.append("\n")

    def _add(self, *pieces: Segment | Flow) -> None:
        self._close_text()
        self._pieces.extend(pieces)

    def _close_text(self) -> None:
        if self._words:
            self._pieces.append(Segment("".join(self._words), "xml"))
            self._words = []


@lru_cache(maxsize=1024)
def _said(tag: str) -> tuple[str, str]:
    """Return the name of an element in small letters, and what it says of the value in it."""
    local = _local(tag)
    name = local.lower()
    return name, "" if name in _INLINE or name in _UNNAMED else f"{in_words(local)}: "


def _local(name: str) -> str:
    """Return a name without its namespace, also where its prefix was never declared."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _parsed(body: bytes, text: str) -> etree._Element | None:
    """Parse forgivingly; what is broken or lies about its character set, as decoded and mended by us."""
    root, whole = _tree(body)
    if whole:
        return root
    mended, _ = _tree(_mended(text).encode("utf-8", "replace"))
    return root if mended is None else mended


def _tree(source: bytes) -> tuple[etree._Element | None, bool]:
    parser = guarded_parser()
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
