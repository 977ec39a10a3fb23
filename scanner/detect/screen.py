"""Find, in a few passes over a page, the places where a room can stand at all.

Most pages have none and need no reading; most others need only be read round those places. The answer may
name too many places, never too few (tests/detect/test_screen.py holds it against the full reading).

Three views of a page are scanned: its source, for marks of what hides letters; the source *sieved*, without
blanks, quotes and brackets, so that one plain expression sees through them; and of that what stands between
the tags. All expressions come from the platform table and the vocabulary, new platforms included.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote

from scanner.detect.database import Database, Looks, Shelf
from scanner.detect.evidence import COLON, LET_THROUGH, NUMBER, Words, addresses, passing
from scanner.detect.loosened import SIEVED_OUT
from scanner.detect.marks import (
    CODED,
    CODED_BLANKS,
    CODED_LETTERS,
    CODED_TAGS,
    HIDING,
    HIDING_FOREIGN,
    LONE_ID,
    PIPED,
    SIEVED_HIDING,
    in_base64,
)
from scanner.detect.unwrap import SHORTENERS
from scanner.detect.views import PLAINLY, SIGN_LEADS, folded, foreign_letters, plain
from scanner.platforms import PlatformTable

_SIEVED_BYTES = bytes(map(ord, sorted(SIEVED_OUT))) + bytes(range(0x80, 0xC0)) + SIGN_LEADS
_SIEVE = bytes(range(256)).lower().translate(PLAINLY)
_BETWEEN_TAGS = re.compile(rb">([^<]+)")
_CELL = re.compile(rb"<t[hd][^<>]*>(?:<[a-z/][^<>]*>)*([^<>]{1,80})")
_NUMBERED = re.compile(r"&(?:amp;)*#([0-9]{2,7}|[xX][0-9a-fA-F]{2,6});?")
_ESCAPED = re.compile(r"\\(?<!\\\\)\\*+u[0-9a-fA-F]{4}(?:\\++u[0-9a-fA-F]{4})*")
_PERCENT = re.compile(r"%(?:25)?[c-fC-F][0-9a-fA-F](?:%(?:25)?[0-9a-fA-F]{2})+")
_CODED_BLANKS = (
    re.compile(rb"%(?:25)*(?:20|22|27|28|29|5b|5d|0a|0d|09|c2%(?:25)*a0)"),
    re.compile(rb"&(?:amp;)*(?:nbsp|ensp|emsp|thinsp|#160|#xa0);"),
    re.compile(rb"/(?<!//)/*+u00a0"),
)
_VANISHING = re.compile(r"&(?:amp;)*(?i:shy|zwnj|zwj|zerowidthspace|nobreak|lrm|rlm|wj);")
_ANGLES = ((b"/u003c", b"/u003e"), (b"&amp;lt;", b"&amp;gt;"), (b"&lt;", b"&gt;"))
_BEYOND_LATIN = "\u0370"
_TELLING = frozenset({"hiding", "split", "scheme", "passing", "numbered", "short", "address"})
"""What alone is enough to look closer."""
_PLAIN = frozenset({"address", "passing", "scheme", "short"})
_APART = frozenset({"hiding", "split", "scheme", "passing"})

_NEAR = frozenset({"label", "lone", "code", *_TELLING} - {"numbered"})
"""What stands as a whole in one of the longest stretches, if anywhere."""
_LEVELS = ((16_384, 12_288), (4_096, 2_048), (1_024, 512))
"""Characters of the stretches looked at one by one, and from the start of one to that of the next."""


class Place(NamedTuple):
    """A stretch of a page, and what it shows."""

    start: int
    end: int
    shown: frozenset[str]

    @property
    def is_short_link(self) -> bool:
        """Tell a place that shows nothing but links which cannot be seen through."""
        return self.shown == {"short"}

    @property
    def is_plain(self) -> bool:
        """Tell a place that shows whole addresses and nothing that needs other words to be a room."""
        return all(mark.partition(" ")[0] in _PLAIN for mark in self.shown)


class Screen:
    """The question asked of every page, for one table of platforms. Needs the package hyperscan."""

    def __init__(self, table: PlatformTable, shelf: Shelf | None = None) -> None:
        words = Words(table)
        self._shelf = shelf
        encoded = (
            *table.host_names,
            *table.hints,
            *SHORTENERS,
            *LET_THROUGH,
            *(f"{s}:" for s in table.schemes),
        )
        self._source = Database(
            {
                "hiding": [*HIDING, *in_base64(encoded)],
                "coded": [*CODED, CODED_LETTERS],
                "coded tags": [CODED_TAGS],
                "lone id": [LONE_ID, rf"id[\s:=#.|]{{0,8}}{words.spelled_apart}"],
                "piped": [PIPED],
                "scheme": [rf"[^a-z0-9]{re.escape(scheme)}{COLON}" for scheme in table.schemes],
                "label": words.short_labels,
                "coded blanks": [CODED_BLANKS],
                "short": [rf"//(?:{'|'.join(map(re.escape, sorted(SHORTENERS)))})[^a-z0-9.\-]"],
            },
            apart=_APART,
            shelf=shelf,
        )
        self._in_source = frozenset(self._source.names) - {"label"}
        self._foreign_source = Database({"hiding foreign": HIDING_FOREIGN}, shelf=shelf)
        self._codes = Database({"code": words.lone_codes()}, shelf=shelf)
        self._code_shapes = Database({"code": words.code_shapes()}, shelf=shelf)
        self._sieved = Database(
            {
                "passing": passing(table),
                "numbered": words.numbered(),
                "code": words.codes(),
                "split": SIEVED_HIDING,
                "name": [words.names],
                "code word": [words.code_words()],
                "number": [NUMBER, words.spelled],
                "label": words.labels,
                "passcode": [words.passcodes],
                "cell": ["(?:<|&lt;|/u003c)t[hd]"],
            },
            addresses(table),
            apart=_APART,
            shelf=shelf,
        )
        self._headings = re.compile(
            f"{words.names}|{'|'.join(words.labels)}|{words.code_words()}|(?:{words.schemes})$".encode()
        )
        self._foreign = words.foreign

    @cached_property
    def _foreign_words(self) -> Database:
        return Database({"foreign words": self._foreign}, shelf=self._shelf)

    def places(self, text: str) -> list[Place]:
        """Return the stretches of a page in which something like a room stands, in order, as short as told.

        They may overlap. None means that reading the page would find nothing.
        """
        places: list[Place] = []
        looks = Looks()
        if shown := self.seen(text, looks=looks):
            self._narrow(text, Place(0, len(text), shown), 0, places, looks)
        return places

    def _narrow(self, text: str, place: Place, level: int, places: list[Place], looks: Looks) -> None:
        """Look into ever shorter stretches as long as together they show all that the longer one does."""
        # Of a table with a heading all is read, so it need not be found more exactly.
        if level == len(_LEVELS) or place.is_short_link or (level and place.shown == {"heading"}):
            places.append(place)
            return
        length, step = _LEVELS[level]
        last = max(place.start + 1, place.end - length + step)
        shorter = [
            Place(start, end, shown)
            for start in range(place.start, last, step)
            if (shown := self.seen(text[start : (end := min(start + length, place.end))], place.shown, looks))
        ]
        lost = {mark.partition(" ")[0] for mark in place.shown.difference(*(part.shown for part in shorter))}
        # Marks at two ends of a page are not joint, nor is what one end hides hidden at the other; within a
        # stretch what belongs together may be cut.
        if not lost or (not level and lost <= _NEAR):
            for part in shorter:
                self._narrow(text, part, level + 1, places, looks)
        else:
            places.append(place)

    def seen(
        self, text: str, wanted: frozenset[str] | None = None, looks: Looks | None = None
    ) -> frozenset[str]:
        """Return what a stretch of a page shows of a room: nothing, if none can stand in it.

        ``wanted`` is what the page shows of which this is a part. Of marks that stand in a source as it lies
        there, a part without them need not be looked at any further.
        """
        body = text.encode("utf-8", "replace")
        letters = foreign_letters(body)
        if any(map(_hides, letters)):
            text = folded(text)
            body = text.encode("utf-8", "replace")
        marks = self._source.within(body)
        if wanted is not None and "coded" not in marks and wanted <= self._in_source - marks:
            return frozenset()
        coded = _characters(text) if "coded" in marks else frozenset()
        if any(map(_hides, coded)):
            text = folded(_decoded(text))
            body = text.encode("utf-8", "replace")
            marks |= self._source.within(body)
        sieved = body.translate(_SIEVE, _SIEVED_BYTES)
        if "coded blanks" in marks:
            for blank in _CODED_BLANKS:
                sieved = blank.sub(b"", sieved)
            sieved = sieved.replace(b"%3a", b":")
        running = self._sieved.within(_between_tags(sieved), looks)
        if "coded tags" in marks:
            running |= self._sieved.within(_between_tags(_with_tags(sieved)), looks)
        marks |= running | self._sieved.within(sieved, looks)
        shown = {mark for mark in marks if mark.partition(" ")[0] in _TELLING}
        if "label" in marks and ("number" in marks or self._codes.within(sieved)):
            shown.add("label")
        if "code" in running or ("code" in marks and self._code_shapes.within(body)):
            shown.add("code")
        if {"lone id", "name", "passcode"} <= marks:
            shown.add("lone id")
        if marks & {"name", "label", "code word"} and (
            "piped" in marks or ("cell" in marks and self._has_heading(sieved))
        ):
            shown.add("heading")
        if letters:
            shown |= self._foreign_source.within(body)
        if self._has_foreign_words(text, letters, coded):
            shown.add("foreign words")
        return frozenset(shown)

    def _has_heading(self, sieved: bytes) -> bool:
        return any(self._headings.search(cell[1]) for cell in _CELL.finditer(_with_tags(sieved)))

    def _has_foreign_words(self, text: str, letters: frozenset[str], coded: frozenset[str]) -> bool:
        if not any(map(_is_beyond_latin, letters | coded)):
            return False
        written = (_decoded(text) if coded else text).encode("utf-8", "replace")
        return bool(self._foreign_words.within(written))


def short_links(text: str) -> frozenset[str]:
    """Return the hosts of the short links in a source, of which nobody knows where they lead."""
    return frozenset(found[1].lower() for found in _SHORT_LINK.finditer(text))


_SHORT_LINK = re.compile(rf"//({'|'.join(map(re.escape, sorted(SHORTENERS)))})(?![a-z0-9.\-])", re.IGNORECASE)


def _between_tags(sieved: bytes) -> bytes:
    return b"".join(_BETWEEN_TAGS.findall(b">" + sieved))


def _with_tags(sieved: bytes) -> bytes:
    """Turn escaped tags into tags."""
    for less, greater in _ANGLES:
        if less in sieved:
            sieved = sieved.replace(less, b"<").replace(greater, b">")
    return sieved


@lru_cache(maxsize=8192)
def _is_beyond_latin(character: str) -> bool:
    return character >= _BEYOND_LATIN and character.isalpha()


@lru_cache(maxsize=8192)
def _hides(character: str) -> bool:
    """Tell a character that people take for a letter, a digit or a dot, or do not see at all."""
    instead = plain(character)
    if instead == character or character in "\u2013\u2014":
        return False
    return instead in ("", ".", "-") or any(map(str.isalnum, instead))


def _characters(text: str) -> frozenset[str]:
    """Return the characters that stand in a text as escapes, with one that is removed for a mark by name."""
    found = "\u200b" if _VANISHING.search(text) else ""
    found += "".join(map(_numbered, set(_NUMBERED.findall(text))))
    found += "".join(map(_escaped, set(_ESCAPED.findall(text))))
    found += "".join(map(_unquoted, set(_PERCENT.findall(text))))
    return frozenset(found)


def _decoded(text: str) -> str:
    text = _NUMBERED.sub(lambda code: _numbered(code[1]), text)
    text = _ESCAPED.sub(lambda code: _escaped(code.group()), text)
    text = _PERCENT.sub(lambda code: _unquoted(code.group()), text)
    return _VANISHING.sub("", text)


@lru_cache(maxsize=8192)
def _numbered(number: str) -> str:
    return unescape(f"&#{number};")


@lru_cache(maxsize=8192)
def _escaped(run: str) -> str:
    """Return what JSON escapes stand for, the two halves of one character joined."""
    codes = [int(code[:4], 16) for code in run.split("u")[1:]]
    return b"".join(code.to_bytes(2, "little") for code in codes).decode("utf-16-le", "replace")


@lru_cache(maxsize=8192)
def _unquoted(run: str) -> str:
    return unquote(unquote(run))
