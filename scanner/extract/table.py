"""Read rows of a spreadsheet as people do: a value under a heading means what the heading says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scanner.extract.flow import Flow
from scanner.model import Segment, SegmentKind

PLACE = "cell"

_LONGEST_HEADING = 60
_NO_HEADING = re.compile(r"[0-9]{5}|://|@")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, the addresses it leads to, and what stands aside in it (a comment)."""

    text: str
    addresses: tuple[str, ...] = ()
    asides: tuple[Flow, ...] = ()


class Rows:
    """Turns rows, given one after the other, into pieces. The first row that can be headings is."""

    def __init__(self) -> None:
        self._headings: Mapping[int, str] | None = None

    @property
    def has_headings(self) -> bool:
        """Whether a row of headings was met."""
        return bool(self._headings)

    def pieces(self, row: Mapping[int, Cell]) -> Iterator[Segment | Flow]:
        """Yield one row, from its cells by column: each cell a line, after its heading if it has one."""
        written = {column: cell.text.strip() for column, cell in row.items() if cell.text.strip()}
        if self._headings is None and len(written) > 1:
            self._headings = written if all(map(_is_heading, written.values())) else {}
        headings = self._headings or {}
        for column, cell in sorted(row.items()):
            text = written.get(column, "")
            heading = headings.get(column, "")
            label = f"{heading}: " if heading and text != heading else ""
            yield Segment(f"{label}{text}", PLACE)
            for address in cell.addresses:
                yield Segment(address, "href", SegmentKind.HREF)
            yield from cell.asides
            yield Segment("\n", PLACE)
        yield Segment("\n", PLACE)


def _is_heading(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and _NO_HEADING.search(text) is None


def shown(number: str) -> str:
    """Return a number as a cell shows it: whole numbers without exponent or fraction.

    Programs store 81234567890 as 8.1234567890000000E10; more than 15 digits were never exact.
    """
    try:
        value = float(number)
    except ValueError:
        return number
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else number
