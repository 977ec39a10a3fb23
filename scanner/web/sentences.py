"""Say sentences of the core and of actions in the reader's language.

They are stored and passed on in English, with their values put in: ``There is no account 12.`` The catalogue
has them with holes, ``There is no account {account}.``, as ``scanner.web.borrowed`` found them. So a sentence
is recognised by its English words; what stands in the holes is said too if it is known, and left as it is
if not. What nobody has translated stays English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from scanner.web.language import ENGLISH, N_, Language
from scanner.web.writing import Unit, counted, day_of

_LONGEST: Final = 700
"""A sentence of Lychgate's own is shorter. A note of somebody's may not be."""
_MOST_TRIES: Final = 150
_HOLE: Final = re.compile(r"\{(\w+)\}")
_LENGTH: Final = re.compile(r"([0-9]{1,6}) (day|hour|minute)s?(?: ([0-9]{1,2}) (hour|minute)s?)?")
_AS_IT_STANDS: Final = frozenset(
    {"title", "name", "email", "note", "address", "place", "path", "reason", "meeting"}
)
"""Holes that hold what people wrote."""
_TELLING: Final = 6
"""Letters that a sentence has besides its holes, else every hole has to hold something known."""

PARTS: Final = (
    # A severity whose first half gave way to what holds people back (scanner.match.severity).
    N_("{barrier}: {thing} stands there and we know of no passcode that would stop them"),
    N_("{barrier}: {thing} and its current passcode stand there"),
    N_("{barrier}: {thing} stands there with a passcode that we cannot compare with yours"),
    N_("{barrier}: {thing} stands there with a passcode that is not your current one"),
    N_("{barrier}: that person's own link stands there"),
    # How a meeting repeats (scanner.invitations.repeating).
    *(N_("every day"), N_("every week"), N_("every month"), N_("every year")),
    *(N_("every {count} days"), N_("every {count} weeks")),
    *(N_("every {count} months"), N_("every {count} years")),
    *(N_("{every} on {days}"), N_("{every} on the {days}"), N_("{every} on day {day}")),
    *(N_("{every} {count} times"), N_("{every} until {day}"), N_("{every} with exceptions")),
    *(N_("{some} and {other}"), N_("{some}, {other}")),
    *(N_("first {day}"), N_("second {day}"), N_("third {day}"), N_("fourth {day}")),
    *(N_("fifth {day}"), N_("last {day}")),
    *(N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday")),
    *(N_("Friday"), N_("Saturday"), N_("Sunday")),
    # What became of an exposure (scanner.model, storage.exposure_rows).
    *(N_("opened"), N_("open"), N_("acknowledged"), N_("snoozed"), N_("rotated"), N_("removed")),
    *(N_("intended"), N_("false-positive"), N_("duplicate"), N_("gone"), N_("regressed")),
    *(N_("note"), N_("reopened"), N_("revealed"), N_("put off"), N_("scan")),
    N_("by hand"),
    N_("severity {level}"),
    *(N_("seen at a place again"), N_("seen at another place"), N_("its meeting may be public")),
    *(N_("gone from one place"), N_("gone from every place it was seen")),
    N_("ignored at {places}"),
    # What somebody did (the audit log).
    *(N_("disabled"), N_("enabled"), N_("silenced"), N_("unsilenced"), N_("refused"), N_("drill")),
    N_("exposure: {what}"),
    N_("exposure {number}"),
    N_("meeting {number}"),
    N_("message {number}"),
    N_("{what}, by a program"),
)
"""Sentences that are put together in a way that cannot be read from the source."""


def say(text: str, language: Language) -> str:
    """Return a sentence in a language, as it stands if it is not known."""
    if language.code == ENGLISH.code or not text or len(text) > _LONGEST:
        return text
    return _Search(language).sentence(text)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A sentence with holes: ``[words, hole, words, ...]``, and its translation."""

    pieces: tuple[str, ...]
    translation: str
    letters: int


class _Search:
    """One look for a sentence. What it may try is limited: anybody may have written the text."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._tries = _MOST_TRIES
        self._found: dict[str, str | None] = {}

    def sentence(self, text: str) -> str:
        """Return a sentence that is known whole, else one whose words are known but not what it speaks of."""
        if (whole := self._whole(text)) is not None:
            return whole
        for pattern in _patterns(self._language.code):
            if pattern.letters >= _TELLING:
                for values in self._fits(pattern, text):
                    return _put_in(pattern, {**values, **self._said(values)})
        return text

    def _whole(self, text: str) -> str | None:
        """Return a text of which every part is known, else None."""
        if text not in self._found:
            # None while it is looked for: no text is a part of itself.
            self._found[text] = None
            self._found[text] = self._look(text)
        return self._found[text]

    def _look(self, text: str) -> str | None:
        exact = self._language.gettext(text)
        if exact != text:
            return exact
        for pattern in _patterns(self._language.code):
            for values in self._fits(pattern, text):
                said = self._said(values)
                if said.keys() >= values.keys():
                    return _put_in(pattern, said)
        return None

    def _fits(self, pattern: _Pattern, text: str) -> Iterator[dict[str, str]]:
        for values in _fits(pattern.pieces, text):
            if self._tries <= 0:
                return
            self._tries -= 1
            yield values

    def _said(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what is known of the values. A length has a second form, for what lies ahead."""
        said: dict[str, str] = {}
        for name, value in values.items():
            if read := _LENGTH.fullmatch(value):
                parts = [(int(read[1]), _unit(read[2]))] + (
                    [(int(read[3]), _unit(read[4]))] if read[3] else []
                )
                said[name] = " ".join(counted(count, unit, self._language) for count, unit in parts)
                said[f"{name}_ahead"] = counted(*parts[0], self._language, ahead=True)
            elif value == "less than a minute":
                said[name] = self._language.gettext(value)
                said[f"{name}_ahead"] = self._language.gettext("at any moment")
            elif value.isdigit() or name in _AS_IT_STANDS:
                said[name] = value
            elif day := _day(value):
                said[name] = day_of(day, self._language)
            elif known := self._whole(value):
                said[name] = known
        return said


def _put_in(pattern: _Pattern, values: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: values.get(hole[1], ""), pattern.translation)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == len("2031-12-24") else None
    except ValueError:
        return None


def _unit(word: str) -> Unit:
    return "day" if word == "day" else ("hour" if word == "hour" else "minute")


def _fits(pieces: tuple[str, ...], text: str) -> Iterator[dict[str, str]]:
    """Yield each way in which a text is a pattern with its holes filled."""
    first, *rest = pieces
    if text.startswith(first) and text.endswith(pieces[-1]) and _in_order(rest[1::2], text[len(first) :]):
        yield from _fill(rest, text[len(first) :])


def _in_order(words: list[str], text: str) -> bool:
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def _fill(pieces: list[str], text: str) -> Iterator[dict[str, str]]:
    """Fill the holes of ``[hole, words, hole, words, ...]`` in each way in which all of it is filled."""
    hole, words, *rest = pieces
    if not rest:
        if text.endswith(words) and len(text) > len(words):
            yield {hole: text[: len(text) - len(words)]}
        return
    at = text.find(words, 1)
    while at > 0:
        for others in _fill(rest, text[at + len(words) :]):
            yield {hole: text[:at], **others}
        at = text.find(words, at + 1)


@lru_cache(maxsize=8)
def _patterns(code: str) -> tuple[_Pattern, ...]:
    """Return the sentences with holes of a catalogue, the most telling first."""
    found = [
        (_HOLE.sub("", text), _Pattern(tuple(_HOLE.split(text)), said, _letters(text)))
        for text, said in Language(code, code).messages()
        if _HOLE.search(text)
    ]
    return tuple(
        pattern for _, pattern in sorted(found, key=lambda entry: (-entry[1].letters, -len(entry[0])))
    )


def _letters(text: str) -> int:
    return sum(sign.isalpha() for sign in _HOLE.sub("", text))
