"""Read tables written with commas, semicolons or tabs: a value means what the heading above it says."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice, pairwise

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.table import Cell, Rows
from scanner.model import Document, Segment

_DELIMITERS = "\t;,"
_FIELDS = 100
_ROWS = 20_000
_LINES_ABOVE = 20
"""Lines of a file among which its headings are looked for: notes may stand above."""
_HEAD = 4096
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]{1,31}:)?//\S+\s*", re.IGNORECASE)


def delimited_table(text: str) -> Flow | None:
    """Return the table that a text is, each value after its heading; None for other texts.

    It begins where two lines of as many fields follow each other, of which only the second has a number or
    an address: prose has commas too, but not those.
    """
    beginning = _beginning(text)
    if beginning is None:
        return None
    number, delimiter = beginning
    return _read(text.split("\n", number)[number], delimiter)


def is_delimited_table(text: str) -> bool:
    """Tell whether a text is such a table."""
    return _beginning(text) is not None


def _beginning(text: str) -> tuple[int, str] | None:
    """Return the number of the line with the headings, and what parts them."""
    lines = text.split("\n", _LINES_ABOVE + 1)[: _LINES_ABOVE + 1]
    for number, (heading, below) in enumerate(pairwise(lines)):
        for delimiter in _DELIMITERS:
            if delimiter in heading and _begins(_fields(heading, delimiter), _fields(below, delimiter)):
                return number, delimiter
    return None


def _begins(heading: list[Cell], row: list[Cell]) -> bool:
    return (
        len(heading) == len(row) > 1
        and all(cell.is_heading or not cell.text for cell in heading)
        and any(cell.addresses or (cell.text and not cell.is_heading) for cell in row)
    )


def _fields(line: str, delimiter: str) -> list[Cell]:
    rows = csv.reader([line.rstrip("\r")], delimiter=delimiter, skipinitialspace=True)
    try:
        return [_cell(field) for field in next(rows, [])[:_FIELDS]]
    except csv.Error:
        return []


def _cell(field: str) -> Cell:
    return Cell("", (field.strip(),)) if _ADDRESS.fullmatch(field) else Cell(field.strip())


def _read(text: str, delimiter: str) -> Flow:
    reader = Rows()
    pieces: list[Segment | Flow] = []
    rows = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    for fields in _whole(rows):
        pieces.extend(reader.pieces(dict(enumerate(map(_cell, fields[:_FIELDS])))))
    otherwise = reader.otherwise()
    return Flow((*pieces, otherwise) if otherwise else tuple(pieces))


def _whole(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows up to a bound or to a field that is too long."""
    try:
        yield from islice(rows, _ROWS)
    except csv.Error:
        return


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    delimiter = max(_DELIMITERS, key=decoded.text[:_HEAD].count)
    table = delimited_table(decoded.text) or _read(decoded.text, delimiter)
    flows = (table, Flow((Segment(decoded.text, "text"),)))
    raw = tuple(Flow((Segment(text, RAW),)) for text in decoded.others)
    return Segments(flows=(*flows, *raw), media_type=FAMILY.media_type)


FAMILY = Family(
    media_type="text/csv",
    media_types=frozenset(
        {"text/csv", "application/csv", "text/comma-separated-values", "text/tab-separated-values"}
    ),
    looks=lambda body: False,
    segments=_segments,
    rank=75,
)
