"""The reader's own language: which one it is, its words, and how it writes times and numbers.

English is what stands in the templates and in the code. Every other language is a file
``languages/<code>.po``, found by folder and read once. docs/decisions/0018 says how a language is chosen and
what is not translated.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

from babel import Locale
from babel.localedata import exists
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_HERE = Path(__file__).parent / "languages"
_RANGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8}){0,4})(?:;q=([01](?:\.[0-9]{0,3})?))?")
_LONGEST_HEADER = 400
"""Signs of ``Accept-Language`` that are looked at; browsers send a tenth of it."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the desk, by its code, and the locale whose times and numbers its reader is used to.

    The locale may be narrower than the language: one German text serves Vienna with its own dates.
    """

    code: str
    locale: str

    @property
    def name(self) -> str:
        """The language's name for itself."""
        return (Locale.parse(self.code).language_name or self.code).capitalize()

    def gettext(self, text: str) -> str:
        """Return a text in this language; as it stands where it has no translation."""
        return _words(self.code).gettext(text) if text else text

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of a text that goes with a count."""
        return _words(self.code).ngettext(one, many, count)

    def messages(self) -> list[tuple[str, str]]:
        """Return every text with its translation; those with plural forms are left out."""
        return [(str(entry.id), str(entry.string)) for entry in _catalogue(self.code) if _is_plain(entry)]


ENGLISH: Final = Language("en", "en_GB")


def N_(text: str) -> str:
    """Return a text as it is; its name tells the extractor that the text is to be translated later."""
    return text


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages, English first."""
    return ("en", *sorted(file.stem for file in _HERE.glob("*.po")))


def choose(chosen: str, accepted: str) -> Language:
    """Return what somebody chose, else the best that their browser accepts, else English.

    ``chosen`` is a code or empty, ``accepted`` an ``Accept-Language`` header (RFC 9110, section 12.5.4):
    anything may stand in it.
    """
    wanted = list(_wanted(accepted))
    code = (
        chosen if chosen in languages() else next((code for code, _ in wanted if code in languages()), "en")
    )
    region = next((region for other, region in wanted if other == code and region), "")
    if region:
        return Language(code, f"{code}_{region}")
    return ENGLISH if code == "en" else Language(code, code)


def _wanted(accepted: str) -> Iterator[tuple[str, str]]:
    """Return languages with the region that is named and known, empty if none is, dearest first."""
    found = []
    for part in accepted[:_LONGEST_HEADER].split(","):
        if read := _RANGE.fullmatch("".join(part.split())):
            worth = float(read[3] or 1)
            code = read[1].lower()
            region = next((step for step in read[2].upper().split("-") if len(step) == 2), "")
            if 0 < worth <= 1:
                found.append((worth, code, region if exists(f"{code}_{region}") else ""))
    for _, code, region in sorted(found, key=lambda entry: -entry[0]):
        yield code, region


def _is_plain(entry: Message) -> bool:
    return isinstance(entry.id, str) and bool(entry.id and entry.string)


@cache
def _catalogue(code: str) -> Catalog:
    with (_HERE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


@cache
def _words(code: str) -> NullTranslations:
    if code == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue(code))
    compiled.seek(0)
    return GNUTranslations(compiled)
