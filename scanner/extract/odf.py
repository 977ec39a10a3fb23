"""Read the parts of OpenDocument files (ODF 1.3, part 3), told element by element."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.extract.flow import Flow
from scanner.extract.grid import Grid
from scanner.extract.markup import Pieces, local
from scanner.extract.table import Cell, Rows, shown

_LINES = frozenset({"p", "h", "table-row", "title", "subject", "description", "keyword", "user-defined"})
_ASIDES = frozenset({"annotation", "note"})
_TABLE_TAGS = {"table-row": "tr", "table-cell": "td", "covered-table-cell": "td"}
_MOST_SPACES = 100
_MOST_COLUMNS = 16_384


class Story:
    """The text of a document, presentation or its styles (headers and footers), with comments aside."""

    def __init__(self, place: str) -> None:
        self._levels = [Pieces(place)]
        self._grid: Grid | None = None

    @property
    def pieces(self) -> Pieces:
        """What was read so far, at the level that is open."""
        return self._levels[-1]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name in _ASIDES:
            self._levels.append(Pieces("comment" if name == "annotation" else "note"))
        elif name == "s":
            self._text(" " * min(_whole(_attribute(attributes, "c"), 1), _MOST_SPACES))
        elif name == "tab":
            self._text("\t")
        elif name == "line-break":
            self._text("\n")
        elif name == "table":
            self._grid = Grid()
        elif name in _TABLE_TAGS and self._grid:
            self._grid.on_start(_TABLE_TAGS[name], {})
        for attribute, value in attributes.items():
            if "://" in value or (local(attribute) == "href" and value.startswith("mailto:")):
                self.pieces.address(value)
                if self._grid:
                    self._grid.on_address(value)
            elif local(attribute) == "string-value":
                self.pieces.aside(value, "field")

    def data(self, text: str) -> None:
        self._text(text.replace("\n", " "))

    def _text(self, text: str) -> None:
        self.pieces.text(text)
        if self._grid:
            self._grid.on_text(text)

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in _ASIDES and len(self._levels) > 1:
            aside = self._levels.pop().flow()
            self.pieces.add((aside,))
        elif name in _LINES:
            self._text("\n")
        elif name == "table" and self._grid:
            self.pieces.add(self._grid.flows())
            self._grid = None

    def close(self) -> None:
        while len(self._levels) > 1:
            aside = self._levels.pop().flow()
            self.pieces.add((aside,))


class Sheets:
    """The rows of all sheets of a spreadsheet."""

    def __init__(self) -> None:
        self.pieces = Pieces("cell")
        self._rows = Rows()
        self._row: dict[int, Cell] = {}
        self._column = 0
        self._repeated = 1
        self._value = ""
        self._cell: Story | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table":
            self.close()
            self.pieces.text(f"{_attribute(attributes, 'name')}\n")
        elif name == "table-row":
            self._row, self._column = {}, 0
        elif name in ("table-cell", "covered-table-cell"):
            self._repeated = _whole(_attribute(attributes, "number-columns-repeated"), 1)
            exact = _attribute(attributes, "value-type") in ("float", "currency")
            self._value = _attribute(attributes, "value") if exact else ""
            self._cell = Story("cell")
        elif self._cell is not None:
            self._cell.start(tag, attributes)

    def data(self, text: str) -> None:
        if self._cell is not None:
            self._cell.data(text)
        elif text.strip():
            self.pieces.text(f"{text}\n")

    def end(self, tag: str) -> None:
        name = local(tag)
        if name in ("table-cell", "covered-table-cell") and self._cell is not None:
            cell, self._cell = self._cell, None
            cell.close()
            self._keep(cell.pieces.flow())
            self._column = min(self._column + self._repeated, _MOST_COLUMNS)
        elif name == "table-row" and self._row:
            self.pieces.add(self._rows.pieces(self._row))
            self._row = {}
        elif name == "table-row":
            self._rows.gap()
        elif self._cell is not None:
            self._cell.end(tag)

    def close(self) -> None:
        if otherwise := self._rows.otherwise():
            self.pieces.add((otherwise,))
        self._rows = Rows()

    def _keep(self, flow: Flow) -> None:
        texts = [piece.text for piece in flow.pieces if not isinstance(piece, Flow) and piece.kind == "text"]
        addresses = tuple(p.text for p in flow.pieces if not isinstance(p, Flow) and p.kind == "href")
        text = shown(self._value) if self._value else "".join(texts).strip()
        asides = tuple(piece for piece in flow.pieces if isinstance(piece, Flow))
        if text or addresses or asides:
            self._row[self._column] = Cell(text, addresses, asides)


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if local(key) == name), "")


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else otherwise
