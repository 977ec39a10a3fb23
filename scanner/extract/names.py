"""Read the names of fields, attributes and variables as the words they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.extract.flow import Flow
from scanner.model import Segment

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.:\s]+")
_NUMBER = re.compile(r"\s*[0-9](?:[ \-]?[0-9]){8,15}\s*")
_LONGEST = 64
"""Characters of a value that stands for itself: longer ones are texts of their own."""


def in_words(name: str) -> str:
    """Return ``zoomMeetingId`` or ``zoom-meeting-id`` as ``zoom Meeting Id``."""
    return _WORDS.sub(" ", name).strip()


def is_number(value: str) -> bool:
    """Tell a value that is nothing but a number as long as those of meetings are."""
    return _NUMBER.fullmatch(value) is not None


def named_values(pairs: Iterable[tuple[str, str]], place: str) -> Flow | None:
    """Return names and their values as lines, if one is a number: it may be what its name says."""
    short = [(name, value.strip()) for name, value in pairs if value.strip() and len(value) <= _LONGEST]
    if not any(is_number(value) for _, value in short):
        return None
    return Flow((Segment("\n".join(f"{in_words(name)}: {value}" for name, value in short), place),))
