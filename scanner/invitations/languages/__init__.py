"""The words of invitations, language by language, as data found by folder.

To add a language, add one module that exports ``LANGUAGE``; nothing else needs to know. Words are written
in small letters and without a closing full stop, labels without their colon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pkgutil import iter_modules

from scanner.invitations.languages.language import Language

LANGUAGES: tuple[Language, ...] = tuple(
    import_module(f"{__name__}.{found.name}").LANGUAGE
    for found in iter_modules(__path__)
    if found.name != "language"
)


def places(names: Callable[[Language], tuple[str, ...]], *, first: int) -> dict[str, int]:
    """Map every variant of a list of names, in all languages, to its place counted from ``first``."""
    return {
        variant.replace("_", " "): place
        for language in LANGUAGES
        for place, variants in enumerate(names(language), start=first)
        for variant in variants.split()
    }


def words(part: Callable[[Language], Iterable[str]]) -> frozenset[str]:
    """Return what all languages call one part of an invitation."""
    return frozenset(word for language in LANGUAGES for word in part(language))


def one_of(choices: Iterable[str]) -> str:
    """Return a regular expression that takes the longest of the choices."""
    return "|".join(re.escape(word) for word in sorted(choices, key=lambda word: (-len(word), word)))


def spaced(text: str) -> str:
    """Return a text with blanks around the known words of languages that write none: "每 周四"."""
    return _UNSPACED.sub(r" \g<0> ", text) if not text.isascii() else text


MONTHS = places(lambda language: language.months, first=1)
WEEKDAYS = places(lambda language: language.weekdays, first=0)

_TOGETHER = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_UNSPACED = re.compile(
    one_of(
        word
        for word in {
            *WEEKDAYS,
            *words(lambda language: language.every),
            *words(lambda language: language.units),
            *words(lambda language: language.adverbs),
            *words(lambda language: language.alternate),
            *words(lambda language: language.ordinals),
            *words(lambda language: language.workday),
            *words(lambda language: language.fillers),
        }
        if _TOGETHER.search(word)
    )
)

__all__ = ["LANGUAGES", "MONTHS", "WEEKDAYS", "Language", "one_of", "places", "spaced", "words"]
