"""Expressions for addresses, names, labels and codes in a sieved text, derived from table and vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scanner.detect.loosened import (
    GAP,
    loosened,
    loosened_anywhere,
    loosened_code,
    loosened_hint,
    loosened_host,
    loosened_path,
)
from scanner.detect.needles import spellings
from scanner.detect.vocabulary import FIELD_WORDS, ID_LABELS, ID_WORDS, JOINING_WORDS, PASSCODE_LABELS
from scanner.detect.written import DIGIT_WORDS
from scanner.platforms import PlatformTable
from scanner.platforms.platform import Code

LET_THROUGH = ("urldefense", ".translate.goog/", "bing.com/ck", "zoomcrc.com")
"""Wrappers that spell an address in their own way, and the one host that only dial-in strings have."""

_COMMA = r"(?:,|%(?:25)*2c)"
_STAR = r"(?:%(?:25)*2a)?"
_ONE_TAP = (rf"{_COMMA}[0-9]{{9,11}}(?:#|%(?:25)*23)", rf"{_COMMA}{{2}}(?:{_STAR}01{_STAR})?[0-9]{{9,11}}")
COLON = r"(?::|%(?:25)*3a|&#58;|&colon;)"
_DIGIT = "[0-9oli]"
NUMBER = rf"{_DIGIT}(?:(?:[^a-z0-9<>]|{GAP})*{_DIGIT}){{7}}"
_NOTHING = r"\x00"
"""What no sieved text has."""
_SHORT_LABELS = frozenset({"pmi"})
"""Labels so short that they stand by chance in a text without blanks."""
_LONG_SCHEME = 6
_BEFORE_HINT = 40
_TELLING_LETTERS = 7
"""Letters of a foreign word that are looked for; longer expressions grow too large."""
_NAMED_ID = rf"[\-_]?(?:(?:{'|'.join(ID_WORDS)})[\-_]?)?id"
"""What makes a platform's name a label of its own, wherever the number stands."""
_NO_LETTER = (
    r"[\x00-\x2f\x3a\x3b\x3d-\x40\x5b-\x60\x7b-\x7f]|<[^<>]*>|&[a-z0-9#]*;"
    r"|[\xc2\xcc\xe2\xef\xf3][\x80-\xbf]+|\xe3\x80[\x80-\xbf]"
)
"""Blanks, tags, entities, signs and marks over letters, in UTF-8."""
_MARKS = (
    (r"[\u0600-\u06ff]", r"|\xd8[\x90-\x9a]|\xd9[\x8b-\x9f\xb0]"),
    (r"[\u0e00-\u0e7f]", r"|\xe0\xb8[\xb1\xb4-\xba]|\xe0\xb9[\x87-\x8e]"),
    (r"[\u0900-\u097f]", r"|\xe0\xa4[\x80-\x83\xba-\xbf]|\xe0\xa5[\x80-\x97]"),
)
"""Letters of scripts that have marks of their own, and these marks in UTF-8."""


class Behind(NamedTuple):
    """What must follow a host or a hint for a room's address, and how far before its end that may begin."""

    expression: re.Pattern[bytes]
    before: int = 0


def addresses(table: PlatformTable) -> list[tuple[str, Behind]]:
    """Return expressions for hosts and hints, each with what makes a room's address of them."""
    found = []
    for platform in table:
        names = (*platform.hosts, *platform.domains)
        for name in names:
            if any(name.endswith(f".{other}") for other in names):
                continue
            paths = [
                loosened_path(shape.path, shape.query)
                for shape in platform.shapes
                if not shape.host
                or name in platform.domains
                or any(re.fullmatch(shape.host, host) for host in names if host.endswith(name))
            ]
            found.append(
                (loosened_host(name), Behind(_either_of(["[^a-z]|slash"] if platform.rewrite else paths)))
            )
        anywhere = _either_of(loosened_anywhere(shape.path, shape.query) for shape in platform.anywhere)
        found += [(loosened_hint(hint), Behind(anywhere, _BEFORE_HINT)) for hint in platform.anywhere_hints]
    return found


def passing(table: PlatformTable) -> Iterator[str]:
    """Yield expressions for what is looked at whatever stands behind it."""
    for scheme in table.schemes:
        yield f"{re.escape(scheme)}{COLON}" + ("" if len(scheme) >= _LONG_SCHEME else "(?:/|%2f|&#)")
    yield f"<base[^<>]*(?:{_either(map(re.escape, table.host_names))})"
    yield from map(re.escape, LET_THROUGH)
    yield from _ONE_TAP


class Words:
    """The words of one table and of the vocabulary."""

    def __init__(self, table: PlatformTable) -> None:
        names = [re.escape(name) for name in sorted({name for platform in table for name in platform.names})]
        latin = [loosened(name) for name in names if _is_latin(name)]
        labels = [*ID_LABELS, *(re.escape(label) for platform in table for label in platform.labels)]
        self._codes: list[Code] = [platform.code for platform in table if platform.code is not None]
        self.names = _either(latin)
        self.labels = [loosened(x) for x in labels if x not in _SHORT_LABELS and _is_latin(x)]
        self.labels += [name + _NAMED_ID for name in latin]
        self.short_labels = [f"(?:^|[^a-z]){label}[^a-z]" for label in labels if label in _SHORT_LABELS]
        self.passcodes = [loosened(x) for x in PASSCODE_LABELS if _is_latin(x)]
        self.schemes = _either(map(re.escape, table.schemes))
        self.spelled = rf"(?:(?:{_either(map(_blotted, DIGIT_WORDS))}|double|triple)[^a-z0-9<>]*){{3}}"
        self.spelled_apart = (
            rf"(?:(?:{_either(map(_blotted, DIGIT_WORDS))}|double|triple)[ ,.\-]{{1,3}}){{3}}"
        )
        foreign = [text for word in (*names, *labels) if not _is_latin(word) for text in spellings(word)]
        self.foreign = sorted({re.sub(r"[\W_]+", "", text) for text in foreign})

    def foreign_words(self) -> list[str]:
        """Return expressions for the words beyond Latin, whatever stands between their letters."""
        return sorted(set(map(_with_signs, self.foreign)))

    def numbers_behind(self) -> Iterator[str]:
        """Yield expressions for the number that a name just before makes a meeting's, also in a field."""
        joining = _either(map(_blotted, (*JOINING_WORDS, *FIELD_WORDS)))
        between = rf"(?:[^a-z0-9<>]|{GAP}|/u00a0|%(?:25)*(?:[02][0-9a]|3a)|{joining}|x)*"
        yield rf"^{between}(?:m?{NUMBER}|{self.spelled})"
        yield rf"^>{NUMBER}"
        yield rf"^{between}<(?:input|meta)[^<>]*(?:value|content)=[^a-z0-9<>]*{NUMBER}"

    def code_words(self) -> str:
        """Return an expression for the words that make a code below them count."""
        return _either(loosened(code.before.pattern) for code in self._codes)

    def codes(self) -> Iterator[str]:
        """Yield expressions for codes of letters and the words beside them."""
        for code in self._codes:
            pattern = loosened_code(code.pattern.pattern)
            yield rf"(?:{loosened(code.before.pattern)}){pattern}"
            yield rf"{pattern}[^a-z0-9<>]{{0,4}}(?:{loosened(code.after.pattern)})"

    def lone_codes(self) -> Iterator[str]:
        """Yield expressions for codes of letters alone."""
        return (loosened_code(code.pattern.pattern) for code in self._codes)

    def code_shapes(self) -> Iterator[str]:
        """Yield expressions for the codes as they stand in a page's source."""
        for code in self._codes:
            yield rf"(?:[^\w./@\-]|%[0-9a-f]{{2}}){loosened_code(code.pattern.pattern)}[^\w/@\-]"


def _blotted(word: str) -> str:
    """Return a word as sieving leaves it, where many words make an expression too large to be exact."""
    return re.sub(r"[^\x00-\x7f]", "x", re.sub(r"[ °]", "", word))


def _with_signs(word: str) -> str:
    """Return an expression over UTF-8 for the first letters of a word, whatever no letter stands between."""
    marks = "".join(marks for letters, marks in _MARKS if re.search(letters, word))
    return f"(?:{_NO_LETTER}{marks})*".join(map(_in_utf8, word[:_TELLING_LETTERS]))


def _in_utf8(letter: str) -> str:
    cases = dict.fromkeys((letter.lower(), letter.upper()))
    bytes_of = ["".join(map(r"\x{:02x}".format, case.encode())) for case in cases]
    return f"(?:{'|'.join(bytes_of)})"


def _is_latin(pattern: str) -> bool:
    """Tell a word that stays recognisable when letters beyond ASCII are blotted out."""
    return all(text.isascii() or re.search(r"[a-z]{4}", text) for text in spellings(pattern))


def _either(expressions: Iterable[str]) -> str:
    return "|".join(sorted(set(expressions), key=lambda text: (-len(text), text))) or _NOTHING


def _either_of(expressions: Iterable[str]) -> re.Pattern[bytes]:
    return re.compile("|".join(dict.fromkeys(expressions)).encode() or b"(?!)", re.DOTALL)
