"""Read the names of fields, attributes and variables as the words they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from scanner.extract.flow import Flow
from scanner.model import Segment

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.:\s]+")
_NUMBER = re.compile(r"[0-9](?:[ \-]?[0-9]){8,15}(?![0-9])")
"""As long as the numbers of meetings are."""
_VARIABLE = re.compile(
    r"(?<![\w$.?&%/\\\-])(?P<name>[A-Za-z_$][\w$]{1,60})[\"']?[ \t]{0,3}[:=][ \t]{0,3}"
    r"(?:[\"'](?P<text>[^\"'\\\n<>]{3,64})[\"']|(?P<number>[0-9]{9,16})(?![\w.]))"
)
_VARIABLES = 2000
_LONGEST = 64
"""Characters of a value that stands for itself: longer ones are texts of their own."""


@lru_cache(maxsize=1024)
def in_words(name: str) -> str:
    """Return ``zoomMeetingId`` or ``zoom-meeting-id`` as ``zoom Meeting Id``."""
    return _WORDS.sub(" ", name).strip()


def variables(script: str) -> Iterator[tuple[str, str]]:
    """Yield the variables and fields of a program to which a short text or a long number is given."""
    if not _NUMBER.search(script):
        return
    for found in islice(_VARIABLE.finditer(script), _VARIABLES):
        yield found["name"], found["text"] or found["number"]


def named_values(pairs: Iterable[tuple[str, str]], place: str) -> Flow | None:
    """Return names and their values as lines, if one is a number: it may be what its name says."""
    short = [(name, value.strip()) for name, value in pairs if 0 < len(value) <= _LONGEST]
    if not any(value[:1].isdigit() and _NUMBER.fullmatch(value) for _, value in short):
        return None
    return Flow((Segment("\n".join(f"{in_words(name)}: {value}" for name, value in short), place),))
