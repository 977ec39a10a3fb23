"""Read the tables of plain text: a value under a heading means what the heading says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.extract.commas import delimited_table
from scanner.extract.flow import Flow
from scanner.extract.table import Cell, Rows
from scanner.model import Segment

_QUOTED = "> \t"
_RULE = re.compile(r"\|?(?:[ \t]*:?-{1,200}:?[ \t]*(?:\||$)){2,40}")
_COLUMNS = 40
_PIECES = 40_000
"""Pieces of all tables of a text. Rows beyond are still read as text, without their headings."""


def table_flows(text: str) -> Iterator[Flow]:
    """Yield each table of a text as a flow of its own, every value after its heading.

    Some are drawn with ``|`` as Markdown has them, or the text is one, of commas, semicolons or tabs. It is
    read as it stands too, so what a table says about a room is an addition and loses nothing.
    """
    if table := delimited_table(text):
        yield table
    yield from _drawn(text)


def _drawn(text: str) -> Iterator[Flow]:
    if "|" not in text or "-" not in text:
        return
    pieces: list[Segment | Flow] = []
    rows: Rows | None = None
    above = ""
    left = _PIECES
    for line in map(_unquoted, text.split("\n")):
        if rows is None and "|" in above and _RULE.fullmatch(line):
            rows = Rows()
            pieces = list(rows.pieces(_cells(above)))
        elif rows is not None and "|" in line and len(pieces) < left:
            pieces.extend(rows.pieces(_cells(line)))
        elif rows is not None:
            yield Flow(tuple(pieces))
            rows, left = None, left - len(pieces)
            if left <= 0:
                return
        above = line
    if rows is not None:
        yield Flow(tuple(pieces))


def _unquoted(line: str) -> str:
    return line.lstrip(_QUOTED).rstrip()


def _cells(line: str) -> dict[int, Cell]:
    inner = line.removeprefix("|").removesuffix("|")
    return {column: Cell(text.strip()) for column, text in enumerate(inner.split("|", _COLUMNS))}
