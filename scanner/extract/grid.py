"""Remember the cells of a table in running text, to read one without marked headings as people do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import dropwhile

from scanner.extract.columns import Layout
from scanner.extract.flow import Flow
from scanner.extract.table import Cell, Rows

_CELLS = 20_000
"""Cells of one table. Those beyond are still read as text, without their headings."""


@dataclass(slots=True)
class _Collected:
    texts: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def cell(self) -> Cell:
        return Cell(" ".join("".join(self.texts).split()), tuple(self.addresses))


@dataclass(slots=True)
class Grid:
    """Collects one table. A table inside another takes its place: the outer one is mostly layout."""

    _rows: list[dict[int, _Collected]] = field(default_factory=list)
    _open: _Collected | None = None
    _layout: Layout = field(default_factory=Layout)
    _cells: int = 0
    _has_headings: bool = False
    _has_labels: bool = False
    _begins_with_heading: bool = False

    def on_start(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        """Note the beginning of a row (``tr``) or a cell (``td``, or ``th`` where it is a heading)."""
        if tag == "tr":
            self._layout.row()
            self._rows.append({})
            self._open = None
        elif tag in ("td", "th") and self._rows and self._cells < _CELLS:
            column, _ = self._layout.cell(attributes)
            self._has_headings = self._has_headings or tag == "th"
            self._has_labels = self._has_labels or (tag == "td" and column == 1 and self._begins_with_heading)
            self._open = self._rows[-1][column] = _Collected()
            self._begins_with_heading = tag == "th" and column == 0
            self._cells += 1

    def on_text(self, text: str) -> None:
        """Add to the cell that is being read."""
        if self._open:
            self._open.texts.append(text)

    def on_address(self, address: str) -> None:
        """Add an address to the cell that is being read."""
        if self._open:
            self._open.addresses.append(address)

    def flows(self) -> tuple[Flow, ...]:
        """Return the table with each value after its heading, by row or by column, where that can be meant.

        Headings that are marked are said where the cells stand. These are read in the page's own order too,
        so a reading is an addition and loses nothing.
        """
        below_title = dropwhile(lambda row: len(row) < 2, self._rows)
        rows = [{column: part.cell() for column, part in row.items()} for row in below_title if row]
        if len(rows) < 2:
            return ()
        reader = Rows()
        by_row = Flow(tuple(piece for row in rows for piece in reader.pieces(row)))
        is_wanted = reader.has_headings and not self._has_headings and _is_of_columns(rows)
        by_column = reader.otherwise(labelled=self._has_labels) if len(rows[0]) > 2 else None
        return tuple(flow for flow in (by_row if is_wanted else None, by_column) if flow)


def _is_of_columns(rows: list[dict[int, Cell]]) -> bool:
    """Tell whether the first row can be headings: of two columns, it is more often a label and its value."""
    if len(rows[0]) != 2:
        return len(rows[0]) > 2
    first = next(iter(rows[1].values()))
    return bool(first.addresses) or (bool(first.text) and not first.is_heading)
