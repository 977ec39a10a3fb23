"""Tell in which column of an HTML table a cell stands, and under which heading."""

from __future__ import annotations

from collections.abc import Mapping

_MOST_COLUMNS = 100
_MOST_ROWS = 1000
_LONGEST_HEADING = 60
_LABELS = ("data-label", "data-title", "data-th", "data-header", "data-heading", "data-column")
"""Where pages that show a table as a list on narrow screens keep a cell's heading, by style sheet."""


class Layout:
    """Counts the columns of a table, with cells that reach over several columns or rows."""

    def __init__(self) -> None:
        self._next = 0
        self._hanging: dict[int, int] = {}

    def row(self) -> None:
        """Note the beginning of a row."""
        self._next = 0
        if self._hanging:
            self._hanging = {column: rows - 1 for column, rows in self._hanging.items() if rows > 1}

    def cell(self, attributes: Mapping[str, str | None]) -> tuple[int, int]:
        """Note a cell; return its first column and how many it takes."""
        while self._next in self._hanging:
            self._next += 1
        at = self._next
        columns = _span(attributes.get("colspan"), _MOST_COLUMNS)
        rows = _span(attributes.get("rowspan"), _MOST_ROWS)
        self._next += columns
        if rows > 1:
            self._hanging.update(dict.fromkeys(range(at, at + columns), rows))
        return at, columns


def _span(value: str | None, most: int) -> int:
    is_number = value is not None and value.isascii() and value.isdecimal() and len(value) < 6
    return max(1, min(int(value or 1), most)) if is_number else 1


class Columns:
    """Remembers the headings of a table, so that a value below "Meeting ID" is read after those words."""

    def __init__(self) -> None:
        self._layout = Layout()
        self._headings: dict[int, str] = {}
        self._cell = ""
        self._reading = range(0)
        self._is_first = True
        self._row_is_heading = False

    def on_start(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """Note a tag; return the heading to say before the cell that it begins."""
        if tag == "table":
            self._headings, self._layout = {}, Layout()
        elif tag == "tr":
            self._layout.row()
            self._is_first, self._row_is_heading = True, False
        elif tag in ("td", "th"):
            return self._on_cell(tag, attributes)
        return ""

    def _on_cell(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        column, columns = self._layout.cell(attributes)
        is_first, self._is_first = self._is_first, False
        self._cell = tag
        if tag == "th":
            self._row_is_heading = self._row_is_heading or is_first
            self._reading = range(column, column + columns) if self._row_is_heading else range(0)
            self._headings.update(dict.fromkeys(self._reading, ""))
            return ""
        if self._row_is_heading:
            self._row_is_heading, self._headings = False, {}
        for name in _LABELS:
            if label := attributes.get(name):
                return label.strip().rstrip(":")[:_LONGEST_HEADING]
        heading = self._headings.get(column, "") if len(self._headings) > 1 else ""
        return heading.strip()[:_LONGEST_HEADING]

    def on_text(self, text: str) -> None:
        """Add to the heading that is being read."""
        if self._cell == "th" and self._reading and len(self._headings[self._reading[0]]) < _LONGEST_HEADING:
            heading = self._headings[self._reading[0]] + text
            self._headings.update(dict.fromkeys(self._reading, heading))

    def on_end(self, tag: str) -> None:
        """Note the end of a cell."""
        if tag in ("td", "th"):
            self._cell = ""
