"""Read the tables of a PDF page by where things stand: a value means what the heading above it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pypdfium2  # type: ignore[import-untyped]

_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[ \-]?[0-9]){8,15}(?![0-9])")
_VALUE = re.compile(r"[0-9]{5}|(?:[0-9][ .\-]?){9}|://|@")
_RUNS = 2000
"""Runs of letters of one page that are looked at."""
_GAP = 0.3
"""Share of a line's height that parts two cells: blanks are narrower."""
_BLANK = 0.12
_WRAPPED = 3
"""Lines of one cell, of words that did not fit, that end no table."""
_LONGEST_HEADING = 60


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters of one line that stand together, from ``left`` to ``right``."""

    left: float
    right: float
    bottom: float
    top: float
    text: str

    @property
    def is_heading(self) -> bool:
        return len(self.text) <= _LONGEST_HEADING and _VALUE.search(self.text) is None

    def overlap(self, other: _Run) -> float:
        return min(self.right, other.right) - max(self.left, other.left)


def table_lines(letters: pypdfium2.PdfTextPage, text: str) -> Iterator[str]:
    """Yield the rows of tables in which numbers stand: each cell a line, after its heading.

    ``text`` is all that the page shows. Most pages show no such number, and are not looked at again.
    """
    if not _NUMBER.search(text):
        return
    headings: Sequence[_Run] = ()
    has_rows, alone = False, 0
    for line in _lines(_runs(letters)):
        cells = list(_cells(line))
        alone = alone + 1 if len(cells) < 2 else 0
        if alone > _WRAPPED:
            headings, has_rows = (), False
        elif alone == 0 and not has_rows and all(cell.is_heading for cell in cells):
            headings = cells
        elif alone == 0 and headings:
            has_rows = True
            yield "".join(f"{_above(cell, headings).text}: {cell.text}\n" for cell in cells)


def _runs(letters: pypdfium2.PdfTextPage) -> Iterator[_Run]:
    for index in range(min(letters.count_rects(), _RUNS)):
        left, bottom, right, top = letters.get_rect(index)
        if text := letters.get_text_bounded(left, bottom, right, top):
            yield _Run(left, right, bottom, top, text)


def _lines(runs: Iterator[_Run]) -> Iterator[list[_Run]]:
    """Yield the runs of each line from left to right, lines from the top of the page."""
    middle, lines = float("inf"), 0
    numbered: list[tuple[int, _Run]] = []
    for run in sorted(runs, key=lambda run: -(run.bottom + run.top)):
        if middle - (run.bottom + run.top) / 2 > (run.top - run.bottom) / 2:
            middle, lines = (run.bottom + run.top) / 2, lines + 1
        numbered.append((lines, run))
    for _, line in groupby(numbered, key=lambda pair: pair[0]):
        yield sorted((run for _, run in line), key=lambda run: run.left)


def _cells(line: Sequence[_Run]) -> Iterator[_Run]:
    """Join the runs of a line that only a blank parts."""
    height = max(run.top - run.bottom for run in line)
    cell = line[0]
    for run in line[1:]:
        gap = run.left - cell.right
        if gap > _GAP * height:
            yield _stripped(cell)
            cell = run
        else:
            blank = " " if gap > _BLANK * height and not cell.text.endswith(" ") else ""
            top, bottom = max(cell.top, run.top), min(cell.bottom, run.bottom)
            cell = _Run(cell.left, max(cell.right, run.right), bottom, top, f"{cell.text}{blank}{run.text}")
    yield _stripped(cell)


def _stripped(cell: _Run) -> _Run:
    return _Run(cell.left, cell.right, cell.bottom, cell.top, cell.text.strip())


def _above(cell: _Run, headings: Sequence[_Run]) -> _Run:
    return max(headings, key=cell.overlap)
