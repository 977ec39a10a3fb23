"""Read HTML: the text as people see it, and every attribute and hidden place an address can stand in.

A token stream is enough: no tree is built, so no nesting is too deep and no page is slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import can_ada
from turbohtml import Token, TokenType, tokenize

from scanner.extract.columns import Columns
from scanner.extract.decode import decode
from scanner.extract.flow import DEPTH, RAW, Family, Flow, Segments
from scanner.extract.grid import Grid
from scanner.extract.inline import inline_documents
from scanner.extract.json import json_pieces
from scanner.extract.names import named_values, variables
from scanner.extract.pipes import drawn_tables
from scanner.extract.roles import Roles
from scanner.extract.tags import ADDRESSES, BLOCKS, SILENT
from scanner.extract.verbatim import Verbatim
from scanner.model import Document, Segment, SegmentKind

_SUB_DOCUMENTS = frozenset({"noscript", "iframe", "noembed", "noframes", "xmp"})
_KEEPS_SPACES = frozenset({"pre", "textarea", "listing"})
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.\-]*:|//|#", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_TEMPLATE = re.compile(r"html|templ|tmpl|handlebars|mustache", re.IGNORECASE)
_WRITES_PAGE = re.compile(r"document\.write|(?:inner|outer|insertAdjacent)HTML")
_LABEL = re.compile(r" [A-Za-z]+\Z")
"""The end of a label of two words. Before a number in another element, its style is what parts them."""
_FOOTNOTE = re.compile(r"\s*\[?[0-9]{1,2}\]?\s*")
_BREAKS = re.compile(r"[\t\r\n]+")
_REFRESH = re.compile(r"\burl\s*=\s*[\"']?([^\"'>]+)", re.IGNORECASE)
_ONE_ADDRESS = re.compile(
    r"\s*(?:[a-z][a-z0-9+.\-]{1,31}:)?//\S+\s*|\s*(?:mailto|tel|sips?|callto|msteams):\S.*", re.IGNORECASE
)
_MARKUP = re.compile(
    r"</?(?:a|p|div|br|span|table|tr|td|li|ul|html|body|head|b|strong|i|em|font|h[1-6]|script|iframe|img|!--)(?:\s[^<>]*)?/?>"
    r"|<!--",
    re.IGNORECASE,
)


def looks_like_markup(text: str) -> bool:
    """Tell text that holds HTML tags from text that merely has a ``<`` in it."""
    return "<" in text and _MARKUP.search(text) is not None


def html_pieces(source: str, *, place: str = "", depth: int = 0) -> tuple[Segment | Flow, ...]:
    """Return the pieces of an HTML source in reading order.

    ``place`` overrides the names of places, for markup found inside an attribute or a comment.
    """
    return _Reader(place, depth).read(source)


class _Reader:
    """Collects pieces while tokens pass by."""

    def __init__(self, place: str, depth: int) -> None:
        self._place = place
        self._depth = depth
        self._pieces: list[Segment | Flow] = []
        self._text: list[str] = []
        self._text_place = place or "text"
        self._within = ""
        self._script_is_json = False
        self._script_is_page = False
        self._spaces_kept = 0
        self._is_raised = False
        self._verbatim = Verbatim()
        self._roles = Roles()
        self._at_line_start = True
        self._columns = Columns()
        self._grid: Grid | None = None
        self._base = ""
        self._fields: list[tuple[str, str]] = []

    def read(self, source: str) -> tuple[Segment | Flow, ...]:
        for token in tokenize(source):
            if token.type is TokenType.TEXT:
                self._on_text(token.data or "")
            elif token.type is TokenType.START_TAG:
                self._on_start(token)
            elif token.type is TokenType.END_TAG:
                self._on_end(token.tag or "")
            elif token.type is TokenType.COMMENT:
                self._aside(token.data or "", self._place or "comment")
        self._close_text()
        self._close_fields()
        return tuple(self._pieces)

    def _on_text(self, text: str) -> None:
        if self._within in ("script", "style"):
            self._script(text)
        elif self._within in _SUB_DOCUMENTS:
            self._sub_document(text)
        elif not (self._is_raised and _FOOTNOTE.fullmatch(text)):
            if not self._verbatim.takes(text) and "<" in text and looks_like_markup(text):
                self._aside(text, self._text_place)
            text = text if self._spaces_kept else _SPACE.sub(" ", text)
            if self._text and text[:1].isdigit() and _LABEL.search(self._text[-1]):
                text = f" {text}"
            if text != " " or not self._at_line_start:
                self._text.append(text)
                self._columns.on_text(text)
                if self._grid:
                    self._grid.on_text(text)
                self._at_line_start = False

    def _break(self) -> None:
        if not self._at_line_start:
            self._text.append("\n")
            self._at_line_start = True

    def _script(self, text: str) -> None:
        place = self._place or self._within
        if self._script_is_json:
            self._pieces.append(Flow(json_pieces(text, place=place, depth=self._depth + 1)))
        elif text.strip():
            self._pieces.append(Flow((Segment(text, place),)))
            self._name(variables(text), place)
            if (self._script_is_page or _WRITES_PAGE.search(text)) and looks_like_markup(text):
                self._aside(text.replace("<\\/", "</"), place)

    def _sub_document(self, text: str) -> None:
        if self._depth < DEPTH and "<" in text:
            self._close_text()
            self._pieces.extend(html_pieces(text, place=self._place, depth=self._depth + 1))
        else:
            self._text.append(text)
        self._at_line_start = False

    def _on_start(self, token: Token) -> None:
        tag = token.tag or ""
        attributes = dict(token.attrs or ())
        shown = self._roles.start(tag, attributes)
        if shown in BLOCKS:
            self._break()
        if shown == "table":
            self._grid = Grid()
        elif self._grid:
            self._grid.on_start(shown, attributes)
        heading = self._columns.on_start(shown, attributes)
        if heading:
            self._text.append(f"{heading}: ")
        if tag in _KEEPS_SPACES:
            self._spaces_kept += 1
        self._verbatim.start(tag)
        if tag == "sup":
            self._is_raised = True
        if tag in ("script", "style", *_SUB_DOCUMENTS):
            self._within = tag
        if tag == "base" and not self._base:
            self._base = (attributes.get("href") or "").strip()
        if tag == "script":
            kind = attributes.get("type") or ""
            self._script_is_json = "json" in kind
            self._script_is_page = _TEMPLATE.search(kind) is not None
        for name, value in attributes.items():
            if value:
                self._on_attribute(tag, name, value, attributes)
        if attributes or self._fields:
            self._on_fields(tag, attributes)

    def _on_end(self, tag: str) -> None:
        if tag == self._within:
            self._within = ""
        if tag == "sup":
            self._is_raised = False
        if tag in _KEEPS_SPACES and self._spaces_kept:
            self._spaces_kept -= 1
        if written := self._verbatim.end(tag):
            self._read_again(written)
        shown = self._roles.end(tag)
        if shown in BLOCKS:
            self._break()
        elif tag == "label" and self._text:
            self._text.append(" ")  # its style parts it from its field
        self._columns.on_end(shown)
        if shown == "table" and self._grid:
            self._pieces.extend(self._grid.flows())
            self._grid = None

    def _read_again(self, written: str) -> None:
        """Read a text that is shown as it was written as what it was written in."""
        if looks_like_markup(written):
            self._aside(written, self._text_place)
        self._pieces.extend(drawn_tables(written))

    def _on_attribute(self, tag: str, name: str, value: str, attributes: Mapping[str, str | None]) -> None:
        place = self._place or (name if name in ("href", "src", "srcdoc") else f"attr:{name}")
        if name in SILENT or (name.startswith("aria-") and name not in ("aria-label", "aria-description")):
            return
        if name == "srcset":
            for part in value.split(","):
                self._address(part.strip().split(" ")[0], place)
        elif name == "srcdoc" or looks_like_markup(value):
            self._aside(value, place)
        elif tag == "meta" and name == "content" and (refresh := _REFRESH.search(value)):
            self._address(refresh.group(1), place)
        elif tag == "input" and name == "value" and (attributes.get("type") or "").lower() != "hidden":
            self._close_text()
            self._pieces.append(Segment(f" {value} ", place))
            self._at_line_start = False
        elif name in ADDRESSES or _ONE_ADDRESS.fullmatch(value):
            self._address(value, place)
        elif len(value) > 4:
            self._aside(value, place)

    def _on_fields(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Read what has a name and is not shown: its own attributes, hidden fields, notes on the page."""
        own = [name for name, value in attributes.items() if name.startswith("data-") and value]
        if own:
            self._name(((name[5:], attributes[name] or "") for name in own), self._place or "attr:data")
        if tag not in ("input", "meta"):
            self._close_fields()
        elif name := attributes.get("name"):
            self._fields.append((name, attributes.get("value") or attributes.get("content") or ""))

    def _close_fields(self) -> None:
        if self._fields:
            self._name(self._fields, self._place or "attr:value")
            self._fields = []

    def _name(self, pairs: Iterable[tuple[str, str]], place: str) -> None:
        if named := named_values(pairs, place):
            self._pieces.append(named)

    def _address(self, value: str, place: str) -> None:
        address = value.strip()
        if address:
            # Browsers drop line breaks and tabs from an address; with blanks it is text (mail bodies).
            if " " not in address:
                address = _BREAKS.sub("", address)
                address = self._resolved(address)
            self._close_text()
            self._pieces.append(Segment(address, place, SegmentKind.HREF))
            if self._grid:
                self._grid.on_address(address)

    def _resolved(self, address: str) -> str:
        """Return what a relative address leads to on a page that says so; on others it stays as it is."""
        if not self._base or _ABSOLUTE.match(address):
            return address
        base = f"https:{self._base}" if self._base.startswith("//") else self._base
        try:
            return str((can_ada.parse(base) + address).href)
        except ValueError:
            return address

    def _aside(self, value: str, place: str) -> None:
        if not value.strip():
            return
        if self._depth < DEPTH and looks_like_markup(value):
            self._pieces.append(Flow(html_pieces(value, place=place, depth=self._depth + 1)))
        else:
            self._pieces.append(Flow((Segment(value, place),)))

    def _close_text(self) -> None:
        if self._text:
            self._pieces.append(Segment("".join(self._text), self._text_place))
            self._text = []


def page_flows(source: str, *, depth: int = 0) -> tuple[Flow, Flow]:
    """Return what a page shows, and its source as it lies there, for what no browser shows."""
    return Flow(html_pieces(source, depth=depth)), raw_flow(source)


def raw_flow(source: str) -> Flow:
    """Return a source as one text in which only whole addresses count."""
    return Flow((Segment(source, RAW),))


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows = [*page_flows(decoded.text, depth=depth), *map(raw_flow, decoded.others)]
    nested = inline_documents(decoded.text)
    return Segments(flows=tuple(flows), media_type=FAMILY.media_type, nested=nested)


def _looks(body: bytes) -> bool:
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--")) or b"<html" in start


FAMILY = Family(
    media_type="text/html",
    media_types=frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"}),
    looks=_looks,
    segments=_segments,
    rank=50,
)
