"""Read a settings file into plain values that remember their line and column, within fixed bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from scanner.errors import ConfigError
from scanner.settings.faults import Faults, Place

LARGEST_FILE = 1024 * 1024
_DEEPEST = 20
_MOST_VALUES = 20_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]{1,18}|[0-9]{1,18}\.[0-9]{0,18})([eE][-+]?[0-9]{1,2})?")

Steps = tuple[str | int, ...]
"""The way to a value from the top: keys of mappings and positions in lists."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A file's content as dictionaries, lists and scalars, and the place of each key and value."""

    content: object
    keys: dict[Steps, Place]
    values: dict[Steps, Place]
    faults: Faults

    def place(self, steps: Steps, *, of_key: bool = False) -> Place:
        """Return where a value (or its key) stands; if it is missing, where the thing that lacks it does."""
        if of_key and steps in self.keys:
            return self.keys[steps]
        if steps in self.values:
            return self.values[steps]
        holder = steps[:-1]
        return self.place(holder, of_key=True) if steps else Place(1, 1)


def read_tree(path: Path) -> Tree:
    """Read a YAML file (1.2, without anchors, aliases and tags), or raise ConfigError.

    Faults that leave the rest readable (a key given twice, an alias) are noted in ``faults`` for the
    caller to raise together with its own. Time and memory are bounded: 1 MiB, 20 levels, 20,000 values;
    and no alias, since a few lines of them can stand for gigabytes.
    """
    text = _text(path)
    builder = _Builder(text, Faults(path.name))
    try:
        content = builder.content()
    except _Unreadable as stop:
        builder.faults.add(stop.place, str(stop))
        raise builder.faults.error() from None
    return Tree(content, builder.keys, builder.values, builder.faults)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ConfigError(
            f"there is no file {path}; `lychgate init` writes a first one", where=path.name
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", where=path.name) from error
    if len(content) > LARGEST_FILE:
        raise ConfigError(f"{path} is larger than 1 MiB; this cannot be a settings file", where=path.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise ConfigError(
            "the file is not UTF-8 text; save it as UTF-8", where=f"{path.name}:{place.line}:{place.column}"
        ) from None


class _Unreadable(Exception):
    """The file cannot be understood beyond this place."""

    def __init__(self, place: Place, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


class _Builder:
    """Turn the parser's events into values.

    Events instead of ruamel's own loader, because that one stops at the first duplicate key, expands
    aliases and recurses as deep as the file says.
    """

    def __init__(self, text: str, faults: Faults) -> None:
        self.faults = faults
        self.keys: dict[Steps, Place] = {}
        self.values: dict[Steps, Place] = {}
        self._events = _events(text)

    def content(self) -> object:
        """Return the one document of the file, None if it is empty."""
        content: object = None
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Unreadable(
                        _place(event), "a second document begins here; everything belongs in one"
                    )
                content = self._value(next(self._events), ())
        return content

    def _value(self, event: Any, steps: Steps) -> object:
        self.values[steps] = _place(event)
        if len(self.values) > _MOST_VALUES:
            raise _Unreadable(_place(event), f"the file holds more than {_MOST_VALUES:,} values")
        if len(steps) > _DEEPEST:
            raise _Unreadable(_place(event), f"this is nested more than {_DEEPEST} levels deep")
        self._refuse_marks(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(steps)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(steps)
        return _scalar(event) if isinstance(event, ScalarEvent) else None

    def _mapping(self, steps: Steps) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise _Unreadable(_place(event), "a plain word must stand here, as the name of a setting")
            self._refuse_marks(event)
            name = event.value
            if name in mapping:
                first = self.keys[*steps, name]
                self.faults.add(_place(event), f"{_shown(name)} is given twice; first in line {first.line}")
                self._value(next(self._events), (*steps, _TWIN, len(self.values)))
                continue
            self.keys[*steps, name] = _place(event)
            mapping[name] = self._value(value := next(self._events), (*steps, name))
            if isinstance(value, ScalarEvent) and not value.value:
                # The parser puts "nothing" where the next thing begins, lines further down.
                self.values[*steps, name] = self.keys[*steps, name]
        return mapping

    def _sequence(self, steps: Steps) -> list[object]:
        sequence: list[object] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            sequence.append(self._value(event, (*steps, len(sequence))))
        return sequence

    def _refuse_marks(self, event: Any) -> None:
        """Note an alias, anchor or tag. Its name is not quoted: it may be a password that begins so."""
        if isinstance(event, AliasEvent):
            sentence = "a value cannot begin with * (a YAML alias); write it out, in quotes if need be"
        elif event.anchor is not None:
            sentence = "a value cannot begin with & (a YAML anchor); put it in quotes if you mean the sign"
        elif event.tag is not None:
            sentence = "a value cannot begin with ! (a YAML tag); put it in quotes if you mean the sign"
        else:
            return
        self.faults.add(_place(event), sentence)


_TWIN = "\0twin"
"""Step to the value of a key given twice; no key can hold this character."""


def _events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        problem = str(error.problem or error.context or "it breaks off").partition("\n")[0]
        raise _Unreadable(place, f"this is not YAML: {problem}") from None
    except ReaderError as error:
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise _Unreadable(place, "a character stands here that no text should hold; remove it") from None


def _scalar(event: ScalarEvent) -> object:
    """Read a plain scalar by the core schema of YAML 1.2: ``no`` and ``1:30`` are texts, not surprises."""
    text: str = event.value
    if event.style not in (None, ""):
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _shown(name: str) -> str:
    return repr(name[:60])
