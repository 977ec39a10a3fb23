"""Read tables whose cells are lines of their own: first all headings, then each row, as grids lose them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from scanner.detect.vocabulary import Vocabulary

_NUMBER = re.compile(r"^[ \t]*[0-9](?:[ .\-]?[0-9]){7,18}[ \t]*$", re.MULTILINE)
_LINE = re.compile(r"[^\n]+")
_COLUMNS = 8
_ROWS = 500
_TABLES = 50
_NUMBERS = 2_000
"""What of a text is looked at. Beyond, it is still read as it stands."""
_LONGEST_LABEL, _LONGEST = 30, 60
"""Characters of a heading that says what is below it, and of any cell beside a number."""


def stacked(text: str, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """Yield each table whose numbers stand below a label, as lines with their headings before them.

    A number counts if the label stands as many lines above it as there are columns, and a heading for
    passcodes beside the label or another number one row below says that it is a table. Each comes with
    its position in the text. It is read as it stands too, so this is an addition and loses nothing.
    """
    if not _NUMBER.search(text):
        return
    lines = [(found.start(), line) for found in _LINE.finditer(text) if (line := found.group().strip())]
    numbered = (number for number, (_, line) in enumerate(lines) if _NUMBER.fullmatch(line))
    done = tables = 0
    for at in islice(numbered, _NUMBERS):
        if at < done or tables == _TABLES:
            continue
        for columns in range(2, min(_COLUMNS, at - done) + 1):
            if rows := _rows(lines, at, columns, words):
                yield lines[at][0], "\n".join(rows)
                done, tables = at + len(rows) * columns, tables + 1
                break


def _rows(lines: Sequence[tuple[int, str]], at: int, columns: int, words: Vocabulary) -> list[str]:
    """Return the rows of a table whose first number is the line ``at``, if there is one."""
    label = lines[at - columns][1].rstrip(" \t:")
    between = [line for _, line in lines[at - columns + 1 : at]]
    if not _is_label(label, words) or any(
        len(line) > _LONGEST or _NUMBER.fullmatch(line) for line in between
    ):
        return []
    passcode = next(
        (
            offset
            for offset in (*range(1, columns), *range(-1, -columns, -1))
            if at - columns + offset >= 0 and _is_passcode_label(lines[at - columns + offset][1], words)
        ),
        0,
    )
    following = at + columns < len(lines) and _NUMBER.fullmatch(lines[at + columns][1])
    if not (passcode or following):
        return []
    rows = []
    for row in range(at, min(len(lines), at + _ROWS * columns), columns):
        if not _NUMBER.fullmatch(lines[row][1]):
            break
        rows.append(f"{label}: {lines[row][1]}\n")
        if passcode and row + passcode < len(lines) and len(lines[row + passcode][1]) <= _LONGEST:
            rows[-1] += f"{lines[at - columns + passcode][1].rstrip(' :')}: {lines[row + passcode][1]}\n"
    return rows


def _is_label(line: str, words: Vocabulary) -> bool:
    return len(line) <= _LONGEST_LABEL and words.id_label.search(line) is not None


def _is_passcode_label(line: str, words: Vocabulary) -> bool:
    found = words.passcode.search(line) if len(line) <= _LONGEST_LABEL else None
    return found is not None and not line[found.end() :].strip(" \t:")
