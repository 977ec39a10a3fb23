"""Read the tables of plain text: a value under a heading means what the heading says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import zip_longest

from scanner.extract.commas import delimited_table
from scanner.extract.flow import Flow
from scanner.extract.table import Cell, Rows

_QUOTED = "> \t"
_RULE = re.compile(r"\|?(?:[ \t]*:?-{1,200}:?[ \t]*(?:\||$)){2,40}")
_GRID_RULE = re.compile(r"\+?(?:[-=]{2,200}\+){1,40}(?:[-=]{2,200})?")
_COLUMN_RULE = re.compile(r"(?:={2,200}[ \t]{1,20}){1,40}={2,200}|(?:-{2,200}[ \t]{1,20}){1,40}-{2,200}")
_RUN = re.compile(r"[-=]+")
_COLUMNS = 40
_PIECES = 40_000
"""Pieces of all tables of a text. Rows beyond are still read as text, without their headings."""


def table_flows(text: str) -> Iterator[Flow]:
    """Yield each table of a text as a flow of its own, every value after its heading.

    Some are drawn with signs as Markdown and other markup for plain text have them, or the text is one, of
    commas, semicolons or tabs. It is read as it stands too, so what a table says about a room is an addition
    and loses nothing.
    """
    if table := delimited_table(text):
        yield table
    yield from drawn_tables(text)


def drawn_tables(text: str) -> Iterator[Flow]:
    """Yield each table that a text draws with strokes, crosses or rules as a flow of its own."""
    if "--" not in text and "==" not in text and not ("|" in text and "-" in text):
        return
    table: _Table | None = None
    above = ""
    left = _PIECES
    for line in text.split("\n"):
        if table is not None and len(table.pieces) < left and table.takes(line):
            continue
        if table is not None:
            yield table.flow()
            left -= len(table.pieces)
            if left <= 0:
                return
        table = _begun(line, above)
        above = line
    if table is not None:
        yield table.flow()


def _begun(line: str, above: str) -> _Table | None:
    """Return the table that begins with the heading ``above`` if ``line`` is a rule that can follow one."""
    rule, heading = _unquoted(line), _unquoted(above)
    if "|" in heading and _RULE.fullmatch(rule):
        return _Table(heading, _parted)
    if "|" in heading and _GRID_RULE.fullmatch(rule):
        return _Table(heading, _parted, rule=_GRID_RULE, spans_lines="=" in rule)
    if heading and _COLUMN_RULE.fullmatch(rule) and not _COLUMN_RULE.fullmatch(heading):
        edges = [run.start() for run in _RUN.finditer(line)]
        return _Table(above, partial(_sliced, edges), rule=_COLUMN_RULE)
    return None


class _Table:
    """The rows of one table, as far as its lines go on."""

    def __init__(
        self,
        heading: str,
        parted: Callable[[str], list[str]],
        *,
        rule: re.Pattern[str] | None = None,
        spans_lines: bool = False,
    ) -> None:
        self._cells = parted
        self._rule = rule
        self._spans_lines = spans_lines
        self._row: list[list[str]] = []
        self._rows = Rows()
        self.pieces = list(self._rows.pieces(_row([parted(heading)])))

    def takes(self, line: str) -> bool:
        """Read a line of the table; tell whether it is one."""
        text = _unquoted(line)
        if self._rule is not None and self._rule.fullmatch(text):
            self._close_row()
            return True
        if not text or (self._cells is _parted and "|" not in text):
            return False
        self._row.append(self._cells(text if self._cells is _parted else line))
        if not self._spans_lines:
            self._close_row()
        return True

    def _close_row(self) -> None:
        if self._row:
            self.pieces.extend(self._rows.pieces(_row(self._row)))
            self._row = []

    def flow(self) -> Flow:
        """Return what was read, each value after its heading."""
        self._close_row()
        return Flow(tuple(self.pieces))


def _row(lines: list[list[str]]) -> dict[int, Cell]:
    """Put the lines of a row together, cell by cell."""
    return {
        column: Cell(" ".join(part for part in map(str.strip, parts) if part))
        for column, parts in enumerate(zip_longest(*lines, fillvalue=""))
    }


def _unquoted(line: str) -> str:
    return line.lstrip(_QUOTED).rstrip()


def _parted(line: str) -> list[str]:
    return line.removeprefix("|").removesuffix("|").split("|", _COLUMNS)


def _sliced(edges: list[int], line: str) -> list[str]:
    return [line[start:end] for start, end in zip_longest(edges, edges[1:])]
