"""Collect every fault of a settings file before complaining, so that people mend it in one go."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from scanner.errors import ConfigError

_SHOWN = 20
_FEW = 12


class Place(NamedTuple):
    """A line and a column, both counted from 1."""

    line: int
    column: int


class Faults:
    """The faults found so far, at most one for a place: the first one said there is the cause."""

    def __init__(self, file_name: str) -> None:
        self._file_name = file_name
        self._sentences: dict[Place, str] = {}

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def add(self, place: Place, sentence: str) -> None:
        """Note a fault. The sentence must not quote a value that could be a secret."""
        self._sentences.setdefault(place, sentence)

    def error(self) -> ConfigError:
        """Return one error that lists all faults in the order of the file; there must be one."""
        (first, sentence), *others = sorted(self._sentences.items())
        lines = [sentence, *(f"{self._where(place)}: {other}" for place, other in others[: _SHOWN - 1])]
        if len(others) >= _SHOWN:
            lines.append(f"{self._file_name}: and {len(others) - _SHOWN + 1} more faults after these")
        return ConfigError("\n".join(lines), where=self._where(first))

    def _where(self, place: Place) -> str:
        return f"{self._file_name}:{place.line}:{place.column}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint at the most similar known word, or at all of them if they are few, or nothing."""
    names = {name.lower(): name for name in sorted(known)}
    close = get_close_matches(word[:100].lower(), names, n=1)
    if close:
        return f"; did you mean {names[close[0]]!r}?"
    return f"; known are {', '.join(names.values())}" if 0 < len(names) <= _FEW else ""
