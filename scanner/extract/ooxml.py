"""Read the parts of Word, Excel and PowerPoint files (ECMA-376), told element by element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from scanner.extract.grid import Grid
from scanner.extract.markup import Pieces, local
from scanner.extract.table import Cell, Rows, shown

_TEXTS = frozenset({"t", "delText", "text", "v", "definedName"})
_LINES = frozenset({"p", "tr", "si", "text", "comment", "definedName", "pt"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SAID = frozenset({"descr", "title", "tooltip", "display", "screenTip"})
_RELATIONS = ("/officeDocument/2006/relationships}", "/ooxml/officeDocument/relationships}")
_FIELD_ADDRESS = re.compile(r"HYPERLINK\s+\"([^\"]+)\"")
_QUOTED_ADDRESS = re.compile(r"\"([a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^\"\s]+)\"")
_COLUMN = re.compile(r"[A-Z]{1,3}(?=[0-9])")
_HEADERS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_HEADER_CODE = re.compile(r"&(?:[A-Z]|\"[^\"]*\"|K[0-9A-F]{6}|[0-9]{1,3})")
_TABLE_TAGS = {"tr": "tr", "tc": "td"}


class Relations:
    """The addresses outside of the file that a part refers to by identifiers."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") == "External" or "://" in target:
            self.targets[attributes.get("Id", "")] = target

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class Story:
    """Running text: a document, header, note, comment, slide, chart or drawing.

    Runs that cut a word in two (``<w:t>``, ``<a:t>``) are joined; an address stands before the words that
    show it.
    """

    def __init__(self, place: str, targets: Mapping[str, str]) -> None:
        self._targets = targets
        self._unused = dict(targets)
        self.pieces = Pieces(place)
        self._within: list[str] = []
        self._field: list[str] = []
        self._deleted: list[str] = []
        self._grid: Grid | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._within.append(name)
        if name in _BREAKS:
            self._text(_BREAKS[name])
        elif name == "tbl":
            self._grid = Grid()
        elif name in _TABLE_TAGS and self._grid:
            self._grid.on_start(_TABLE_TAGS[name], {"colspan": attributes.get("gridSpan")})
        elif name == "sheet":
            self._text(f"{attributes.get('name', '')}\n")
        if attributes:
            self._attributes(attributes)
        if name == "fldChar":
            self._close_field()

    def _attributes(self, attributes: Mapping[str, str]) -> None:
        anchor = next((value for name, value in attributes.items() if local(name) == "anchor"), "")
        for name, value in attributes.items():
            if value in self._targets and any(relation in name for relation in _RELATIONS):
                self._unused.pop(value, None)
                target = self._targets[value]
                self._address(f"{target}#{anchor}" if anchor and "#" not in target else target)
            elif local(name) == "instr":
                self._instruction(value)
            elif local(name) in _SAID:
                self.pieces.aside(value, f"attr:{local(name)}")
            elif "://" in value:
                self._address(value)

    def _text(self, text: str) -> None:
        self.pieces.text(text)
        if self._grid:
            self._grid.on_text(text)

    def _address(self, address: str) -> None:
        self.pieces.address(address)
        if self._grid:
            self._grid.on_address(address)

    def data(self, text: str) -> None:
        name = self._within[-1] if self._within else ""
        if name == "instrText":
            self._field.append(text)
        elif name == "delText":
            self._deleted.append(text)
        elif name in _TEXTS:
            self._text(text)

    def end(self, tag: str) -> None:
        name = self._within.pop()
        if name in _LINES:
            self._close_field()
            if self._deleted:
                self.pieces.aside("".join(self._deleted), "deleted")
                self._deleted = []
            self._text("\n")
        elif name == "tc":
            self.pieces.text("\t")
        elif name == "tbl" and self._grid:
            self.pieces.add(self._grid.flows())
            self._grid = None

    def close(self) -> None:
        self._close_field()
        for address in self._unused.values():
            self.pieces.address(address)

    def _close_field(self) -> None:
        if self._field:
            self._instruction("".join(self._field))
            self._field = []

    def _instruction(self, text: str) -> None:
        found = _FIELD_ADDRESS.search(text)
        if found:
            self._address(found[1])
        elif "/" in text:
            self.pieces.aside(text, "field")


class Strings:
    """The texts that the cells of a workbook share, by number."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._text: list[str] = []
        self._within = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._within = local(tag)

    def data(self, text: str) -> None:
        if self._within == "t":
            self._text.append(text)

    def end(self, tag: str) -> None:
        self._within = ""
        if local(tag) == "si":
            self.texts.append("".join(self._text))
            self._text = []

    def close(self) -> None:
        pass


class CellLinks:
    """Where the cells of a sheet lead, and what is said there. A sheet names links after all its cells."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = targets
        self.by_cell: dict[str, list[str]] = {}
        self.said: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) != "hyperlink":
            return
        cell = attributes.get("ref", "").partition(":")[0]
        if "tooltip" in attributes:
            self.said[cell] = attributes["tooltip"]
        for name, value in attributes.items():
            if value in self._targets and local(name) == "id":
                place = attributes.get("location", "")
                target = self._targets[value]
                self.by_cell.setdefault(cell, []).append(f"{target}#{place}" if place else target)

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


class Sheet:
    """The rows of a worksheet."""

    def __init__(self, strings: Sequence[str], links: CellLinks) -> None:
        self._strings = strings
        self._links = links
        self._header: list[str] = []
        self.pieces = Pieces("cell")
        self._rows = Rows()
        self._row: dict[int, Cell] = {}
        self._cell = ""
        self._type = ""
        self._column = -1
        self._number = 0
        self._parts: dict[str, list[str]] = {}
        self._within = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._within = name
        if name == "row":
            self._column = -1
            number = attributes.get("r", "")
            last, self._number = self._number, int(number) if number.isdecimal() else self._number + 1
            if self._number > last + 1:
                self._rows.gap()
        elif name == "c":
            self._cell, self._type = attributes.get("r", ""), attributes.get("t", "n")
            letters = _COLUMN.match(self._cell)
            self._column = _number(letters[0]) if letters else self._column + 1
            self._parts = {}

    def data(self, text: str) -> None:
        if self._within in ("v", "f", "t"):
            self._parts.setdefault(self._within, []).append(text)
        elif self._within in _HEADERS:
            self._header.append(text)

    def end(self, tag: str) -> None:
        self._within = ""
        name = local(tag)
        if name == "c":
            linked = self._links.by_cell.get(self._cell, ())
            addresses = (*linked, *_QUOTED_ADDRESS.findall(self._part("f")))
            text = "\n".join(filter(None, (self._shown(), self._links.said.get(self._cell))))
            if text or addresses:
                self._row[self._column] = Cell(text, addresses)
        elif name == "row" and self._row:
            self.pieces.add(self._rows.pieces(self._row))
            self._row = {}
        elif name == "row":
            self._rows.gap()
        elif name in _HEADERS:
            self.pieces.aside(_HEADER_CODE.sub(" ", "".join(self._header)), "header")
            self._header = []

    def close(self) -> None:
        if otherwise := self._rows.otherwise():
            self.pieces.add((otherwise,))
            self._rows = Rows()

    def _part(self, name: str) -> str:
        return "".join(self._parts.get(name, ()))

    def _shown(self) -> str:
        value = self._part("v")
        if self._type == "s":
            return self._strings[int(value)] if value.isdecimal() and int(value) < len(self._strings) else ""
        return shown(value) if self._type == "n" and value else value or self._part("t")


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def in_reading_order(names: Sequence[str]) -> Iterator[str]:
    """Yield the names of parts: the document itself first, numbered parts by number, properties last."""
    yield from sorted(names, key=_order)


def _order(name: str) -> tuple[int, str, int]:
    rank = next((rank for rank, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))
    stem, number = re.fullmatch(r"(.*?)([0-9]{0,9})", name.removesuffix(".xml"), re.DOTALL).groups()  # type: ignore[union-attr]
    return (rank + 1 if name.startswith("docProps/") else rank), stem, int(number or 0)


_FIRST = ("word/document", "ppt/slides/", "xl/worksheets/", "word/header", "word/footer", "ppt/notesSlides/")
