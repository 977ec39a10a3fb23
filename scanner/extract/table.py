"""Read rows of a spreadsheet as people do: a value under a heading means what the heading says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.extract.flow import Flow
from scanner.model import Segment, SegmentKind

PLACE = "cell"

_LONGEST_HEADING = 60
_NO_HEADING = re.compile(r"[0-9]{5}|(?:[0-9][ .\-]?){9}|://|@")
_LONE_WORD = re.compile(r"[A-Za-z]+(?<!id)(?<!number)(?<!nummer)", re.IGNORECASE)
_FIGURES = re.compile(r"\s*[0-9](?:[\s.,\-]?[0-9]){8,15}\s*")
"""Beside a lone word, such as the name of a service, figures count something."""
_KEPT = 1_000_000
"""Characters of one table that are read in another way too. Rows beyond are read by rows alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, the addresses it leads to, and what stands aside in it (a comment)."""

    text: str
    addresses: tuple[str, ...] = ()
    asides: tuple[Flow, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether it can be the heading of a row or a column: words, and nothing that is a value."""
        text = self.text.strip()
        return bool(text) and len(text) <= _LONGEST_HEADING and _NO_HEADING.search(text) is None


class Rows:
    """Turns rows, given one after the other, into pieces. The first row that can be headings is.

    A title above may be taken for them; a row of words that reaches beyond it takes its place, and so does
    one below an empty row.
    """

    def __init__(self) -> None:
        self._headings: Mapping[int, str] | None = None
        self._kept: list[Mapping[int, Cell]] = []
        self._left = _KEPT
        self._is_below_gap = False

    @property
    def has_headings(self) -> bool:
        """Whether a row of headings was met."""
        return bool(self._headings)

    def gap(self) -> None:
        """Note an empty row: another table may begin below."""
        self._is_below_gap = True

    def pieces(self, row: Mapping[int, Cell]) -> Iterator[Segment | Flow]:
        """Yield one row, from its cells by column: each cell a line, after its heading if it has one."""
        self._left -= sum(len(cell.text) + 1 for cell in row.values())
        if self._left >= 0:
            self._kept.append(row)
        written = {column: cell.text.strip() for column, cell in row.items() if cell.text.strip()}
        if len(written) > 1 and (self._is_below_gap or self._reaches_beyond(written)):
            are_headings = all(row[column].is_heading for column in written)
            self._headings = written if are_headings else self._headings or {}
        self._is_below_gap = False
        headings = self._headings or {}
        for column, cell in sorted(row.items()):
            text = written.get(column, "")
            heading = headings.get(column, "")
            label = f"{heading}: " if heading and text != heading else ""
            yield from _line(cell, label)
        yield Segment("\n", PLACE)

    def _reaches_beyond(self, written: Mapping[int, str]) -> bool:
        return self._headings is None or (bool(self._headings) and max(written) > max(self._headings))

    def otherwise(self, *, labelled: bool = False) -> Flow | None:
        """Return the rows read in the other way that they can be meant, if there is one.

        Two columns may be labels with their values. Of more, the first holds labels if nothing stands
        above it, or if it is known to be ``labelled``: then each other column is read by itself.
        """
        rows = [row for row in self._kept if row]
        columns = sorted({column for row in rows for column in row})
        if len(columns) == 2 and self._headings:
            return Flow(tuple(piece for row in rows for piece in _plain(row)))
        labels = [row.get(columns[0]) for row in rows] if len(columns) > 2 else []
        corner, *below = labels or [None]
        if len(below) < 2 or not (labelled or corner is None or not corner.text.strip()):
            return None
        if not all(label is not None and label.is_heading for label in below):
            return None
        return Flow(tuple(piece for column in columns[1:] for piece in _column(rows, columns[0], column)))


def _plain(row: Mapping[int, Cell]) -> Iterator[Segment | Flow]:
    for _, cell in sorted(row.items()):
        yield from _line(cell, "")


def _column(rows: list[Mapping[int, Cell]], first: int, column: int) -> Iterator[Segment | Flow]:
    for row in rows:
        label = row[first].text.strip() if first in row else ""
        is_counted = column in row and _LONE_WORD.fullmatch(label) and _FIGURES.fullmatch(row[column].text)
        if column in row and not is_counted:
            yield from _line(row[column], f"{label}: " if label else "")
    yield Segment("\n", PLACE)


def _line(cell: Cell, label: str) -> Iterator[Segment | Flow]:
    yield Segment(f"{label}{cell.text.strip()}", PLACE)
    for address in cell.addresses:
        yield Segment(address, "href", SegmentKind.HREF)
    yield from cell.asides
    yield Segment("\n", PLACE)


def shown(number: str) -> str:
    """Return a number as a cell shows it: whole numbers without exponent or fraction.

    Programs store 81234567890 as 8.1234567890000000E10; more than 15 digits were never exact.
    """
    try:
        value = float(number)
    except ValueError:
        return number
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number
