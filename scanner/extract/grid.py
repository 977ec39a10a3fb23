"""Remember the cells of an HTML table, to read one without marked headings as people do."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.extract.flow import Flow
from scanner.extract.table import Cell, Rows

_COLUMNS = 3
"""Fewest columns: with two, the first row is more often a label and its value than two headings."""

_CELLS = 20_000
"""Cells of one table. Those beyond are still read as text, without their headings."""


@dataclass(slots=True)
class Grid:
    """Collects one table. A table inside another takes its place: the outer one is mostly layout."""

    _rows: list[list[tuple[list[str], list[str]]]] = field(default_factory=list)
    _cells: int = 0
    _has_headings: bool = False

    def on_start(self, tag: str) -> None:
        """Note the beginning of a row or a cell."""
        if tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows and self._cells < _CELLS:
            self._has_headings = self._has_headings or tag == "th"
            self._rows[-1].append(([], []))
            self._cells += 1

    def on_text(self, text: str) -> None:
        """Add to the cell that is being read."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1][0].append(text)

    def on_address(self, address: str) -> None:
        """Add an address to the cell that is being read."""
        if self._rows and self._rows[-1]:
            self._rows[-1][-1][1].append(address)

    def flow(self) -> Flow | None:
        """Return the table with each value after its heading; None where these are marked, or there are none.

        The cells are read in the page's own order too, so this reading is an addition and loses nothing.
        """
        if self._has_headings or not self._rows or len(self._rows[0]) < _COLUMNS:
            return None
        reader = Rows()
        pieces = [piece for row in self._rows for piece in reader.pieces(_cells(row))]
        return Flow(tuple(pieces)) if reader.has_headings else None


def _cells(row: list[tuple[list[str], list[str]]]) -> dict[int, Cell]:
    return {
        column: Cell(" ".join("".join(texts).split()), tuple(addresses))
        for column, (texts, addresses) in enumerate(row)
    }
