"""Tell in a few passes over a page what it shows of a room, and where: most pages show nothing.

The answer may be too much, never too little (tests/detect/test_screen.py holds it against the full reading).

Three views of a page are scanned: its source, for marks of what hides letters; the source *sieved*, without
blanks, quotes and brackets, so that one plain expression sees through them; and of that what stands between
the tags. All expressions come from the platform table and the vocabulary, new platforms included.
"""

from __future__ import annotations

import re
from collections.abc import Set
from functools import cached_property

from scanner.detect.beyond import (
    decoded,
    disclosed,
    in_entities,
    in_json,
    in_percent_signs,
    in_utf8,
    words_in_escapes,
)
from scanner.detect.database import Database, Looks, Shelf
from scanner.detect.evidence import COLON, LET_THROUGH, NUMBER, Words, addresses, passing
from scanner.detect.marks import (
    ALIKE,
    ALIKE_HOSTS,
    DOCUMENTS,
    ESCAPED_TAGS,
    HIDING,
    HIDING_FOREIGN,
    HIDING_NUMBERS,
    IN_WORDS,
    IN_WORDS_ESCAPES,
    IN_WORDS_FOREIGN,
    IN_WORDS_NUMBERS,
    IN_WORDS_PERCENT,
    LONE_ID,
    PIPED,
    QUOTED,
    RULE,
    SIEVED_HIDING,
    SIEVED_NUMBERS,
    WIDE_SIGNS,
    in_base64,
)
from scanner.detect.sieve import FILLING, Sieve, between_tags, with_tags
from scanner.detect.sight import ALONE, ESCAPED, TELLING, Marks, Sight, View, add, kind_of
from scanner.detect.unwrap import SHORTENERS
from scanner.platforms import PlatformTable

_CELL = re.compile(rb"<t[hd][^<>]*>(?:<[a-z/][^<>]*>)*([^<>]{1,80})")
_RULE = re.compile(RULE.encode())
_SIGNS = tuple(
    (sign.encode(), plain.encode().ljust(3, FILLING)) for sign, plain in zip("。｡\u3000", ".. ", strict=True)
)
"""Signs of Chinese and Japanese, and what stands for them in as many bytes."""
_QUOTING = re.compile(
    r"^[ \t]*(?:(?:>|&gt;)[ \t]?)+(?=[^<>\n]*$)|(?:^|(?<=>))[ \t]*(?:&gt;[ \t]?)+", re.MULTILINE
)
_TABLES = frozenset({"piped", "cell", "escaped cell"})
_ALPHABETS = frozenset({"other alphabet", "escaped words"})
_APART = frozenset({"hiding", "split", "scheme", "passing"})
_LONG = 65_536
_PROBES, _PROBE, _DENSE = 4, 1_024, 20
"""How many stretches of a long page are tried, of how many characters, and what each shows if it is dense."""
_BEHIND_NAME = 400
"""Bytes behind a platform's name in which a number makes it a room's."""


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
                "escaped": in_percent_signs(),
                "escaped words": words_in_escapes(words.foreign),
                "in words": [IN_WORDS, IN_WORDS_PERCENT],
                "escaped tags": [ESCAPED_TAGS],
                "scheme": [rf"[^a-z0-9]{re.escape(scheme)}{COLON}" for scheme in table.schemes],
                "label": words.short_labels,
                "entity": ["&#", "amp;#"],
                "escape": [r"\\u"],
                "piped": PIPED,
                "document": [DOCUMENTS],
                "quoted": QUOTED,
                "short": [rf"//(?:{'|'.join(map(re.escape, sorted(SHORTENERS)))})[^a-z0-9.\-]"],
            },
            apart=_APART,
            each=TELLING,
            shelf=shelf,
        )
        self._entities = Database(
            {
                "hiding number": HIDING_NUMBERS,
                "escaped": [in_entities()],
                "in words": IN_WORDS_NUMBERS,
            },
            each=TELLING,
            is_rare=False,
            shelf=shelf,
        )
        self._escapes = Database(
            {"escaped": [in_json()], "in words": IN_WORDS_ESCAPES},
            is_rare=False,
            shelf=shelf,
        )
        self._lone_ids = Database(
            {"lone id": [LONE_ID, rf"id[\s:=#.|]{{0,8}}{words.spelled_apart}"]},
            each=TELLING,
            is_rare=False,
            shelf=shelf,
        )
        self._in_source = frozenset([*self._source.names, *self._entities.names]) - {"label"}
        self._beyond = Database(
            {
                "other form": [*in_utf8(), *IN_WORDS_FOREIGN, *WIDE_SIGNS],
                "sign": [r"\xe3\x80[\x80\x82]", r"\xef\xbd\xa1"],
                "other alphabet": [r"[\xcd-\xdf][\x80-\xbf]|\xe0[\xa4-\xbf]|[\xe1\xe3-\xed]"],
                "hiding foreign": HIDING_FOREIGN,
                "alike": [ALIKE],
            },
            each=TELLING,
            is_rare=False,
            shelf=shelf,
        )
        self._alike_hosts = Database(
            {"hiding foreign": ALIKE_HOSTS}, each=TELLING, is_rare=False, shelf=shelf
        )
        self._codes = Database({"code": words.lone_codes()}, is_rare=False, shelf=shelf)
        self._code_shapes = Database({"code": words.code_shapes()}, is_rare=False, shelf=shelf)
        self._sieved = Database(
            {
                "passing": passing(table),
                "code": words.codes(),
                "split": SIEVED_HIDING,
                "label": words.labels,
                "name": [words.names],
                "cell": ["<td", "<th"],
                "escaped cell": ["&lt;t[hd]", "/u003ct[hd]"],
                "entity": ["&#", "amp;#"],
            },
            addresses(table),
            apart=_APART,
            each=TELLING | {"name"},
            shelf=shelf,
        )
        self._numbers = Database({"number": [NUMBER, words.spelled]}, is_rare=False, shelf=shelf)
        self._code_words = Database({"code word": [words.code_words()]}, shelf=shelf)
        self._passcodes = Database({"passcode": words.passcodes}, shelf=shelf)
        self._number_behind = Database({"numbered": words.numbers_behind()}, is_rare=False, shelf=shelf)
        self._split_numbers = Database({"split": [SIEVED_NUMBERS]}, each=TELLING, is_rare=False, shelf=shelf)
        self._link_headings = re.compile(f"(?:{words.schemes})$".encode())
        self._headings = re.compile(
            f"{words.names}|{'|'.join(words.labels)}|{words.code_words()}|(?:{words.schemes})$".encode()
        )
        self._foreign = words.foreign_words()

    @cached_property
    def _foreign_words(self) -> Database:
        return Database({"foreign words": self._foreign}, each=TELLING, shelf=self._shelf)

    def is_dense(self, text: str) -> bool:
        """Tell a long page that shows something everywhere: to screen it costs more than to read it."""
        starts = [(len(text) - _PROBE) * part // (_PROBES - 1) for part in range(_PROBES)]
        sources = (text[start : start + _PROBE].encode("utf-8", "replace") for start in starts)
        return len(text) >= _LONG and all(
            self._source.count(source) + self._sieved.count(Sieve(source).text) > _DENSE for source in sources
        )

    def seen(self, text: str) -> frozenset[str]:
        """Return what a page shows of a room: nothing, if none can stand in it."""
        return self.sight(text, Looks()).shown

    def sight(self, text: str, looks: Looks, wanted: frozenset[str] | None = None) -> Sight:
        """Return what a stretch of a page shows of a room, and where.

        ``looks`` are what is left for the page to look at. ``wanted`` is what the page shows of which this is
        a part: whether it does is told of it, not where. Of marks that stand in a source as it lies there, a
        part without them need not be looked at any further.
        """
        body = written = text.encode("utf-8", "replace")
        source = self._marks(body)
        is_escaped = not ESCAPED.isdisjoint(source)
        has_letters = is_escaped or "other form" in source
        hides = has_letters or "quoted" in source
        if wanted is not None and not hides and wanted <= self._in_source - source.keys():
            return Sight(frozenset())
        if is_escaped or "escaped words" in source:
            written = decoded(text).encode("utf-8", "replace")
        view = self._view(source, written if is_escaped else body, has_letters=has_letters, looks=looks)
        shown = self._shown(view)
        if not _ALPHABETS.isdisjoint(source) and (words := self._foreign_words.places(written)):
            add(source, words)
            shown.add("foreign words")
        is_in_place = written is body or "foreign words" not in shown
        origins = view.origins(shown) if shown and wanted is None and is_in_place else None
        sight = Sight(frozenset(shown), origins, "document" in source)
        if "quoted" in source and (unquoted := _QUOTING.sub(_blanked, text)) != text:
            return sight.joined(self.sight(unquoted, looks, wanted))
        return sight

    def _view(self, source: Marks, body: bytes, *, has_letters: bool, looks: Looks) -> View:
        undone: Marks = {}
        bare = body
        if has_letters:
            body = disclosed(body)
            bare = body.replace(FILLING, b"")
            undone = self._marks(bare)
        if "sign" in source:
            for sign, instead in _SIGNS:
                body = body.replace(sign, instead)
        sieve = Sieve(body)
        view = View(source, bare, sieve, (sieve.running, sieve.text), undone)
        view.running = self._words(sieve.running, looks)
        if "escaped tags" in source or "escaped tags" in undone:
            view.texts += (between_tags(with_tags(sieve.text)),)
            view.unescaped = self._words(view.texts[-1], looks)
        view.sieved = self._words(sieve.text, looks)
        if "entity" in view.sieved:
            add(view.running, self._split_numbers.places(sieve.running))
            add(view.sieved, self._split_numbers.places(sieve.text))
        return view

    def _words(self, sieved: bytes, looks: Looks) -> Marks:
        """Return what stands in a sieved text, and where a name has a number behind it."""
        marks = self._sieved.places(sieved, looks)
        numbered = [
            end
            for end in marks.get("name", ())
            if not looks.allow() or self._number_behind.within(sieved[end : end + _BEHIND_NAME])
        ]
        return {**marks, "numbered": numbered} if numbered else marks

    def _shown(self, view: View) -> set[str]:
        marks = view.marks
        shown = {mark for mark in marks if kind_of(mark) in ALONE}
        if "label" in marks and (view.has(self._numbers) or self._codes.within(view.sieve.text)):
            shown.add("label")
        if (
            "code" in view.running
            or "code" in view.unescaped
            or ("code" in view.sieved and self._code_shapes.within(view.bare))
        ):
            shown.add("code")
        if "name" in marks and view.has(self._passcodes):
            lone = self._lone_ids.places(view.bare)
            add(view.undone or view.source, lone)
            shown.update(lone)
        if not _TABLES.isdisjoint(marks):
            named = not marks.isdisjoint(("label", "name")) or view.has(self._code_words)
            if named and (headings := self._headings_in(view.sieve, marks)):
                view.sieved["heading"] = headings
            if "heading" in view.sieved or (named and "piped" in marks and _RULE.search(view.bare)):
                shown.add("heading")
        return shown

    def _marks(self, body: bytes) -> Marks:
        """Return what stands in a source as it lies there."""
        marks = self._source.places(body)
        if "entity" in marks:
            add(marks, self._entities.places(body))
        if "escape" in marks:
            add(marks, self._escapes.places(body))
        if not body.isascii():
            add(marks, self._beyond.places(body))
        if "alike" in marks:
            add(marks, self._alike_hosts.places(body))
        return marks

    def _headings_in(self, sieve: Sieve, marks: Set[str]) -> list[int]:
        """Return where headings stand that make a number below them a room's, if any number is there."""
        source = with_tags(sieve.text) if "escaped cell" in marks else sieve.text
        found = [cell for cell in _CELL.finditer(source) if self._headings.search(cell[1])]
        if any(self._link_headings.search(cell[1]) for cell in found) or (found and self._has_cell(source)):
            return [cell.start() + 1 for cell in found]
        return []

    def _has_cell(self, source: bytes) -> bool:
        """Tell whether a number or a code stands within one cell of a table."""
        apart = between_tags(source.replace(b"<t", b"z<t"))
        return bool(self._numbers.within(apart) or self._codes.within(apart))


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])
