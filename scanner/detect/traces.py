"""Look for traces of rooms that are written without an address, for the gate.

What ``written`` asks of the words before a number is asked here of the letters before it, without regard
to blanks, borders of words and what is said in between.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import AnyStr

from scanner.detect.glued import LooseCode
from scanner.detect.marks import PIPED, RULE
from scanner.detect.needles import Needles, spellings
from scanner.detect.views import ONE_TAG, USUAL, squeezed_part, squeezed_word
from scanner.detect.vocabulary import (
    FIELD_WORDS,
    ID_LABELS,
    ID_WORDS,
    JOINING_WORDS,
    PASSCODE_LABELS,
    WEAK_PASSCODE_LABELS,
)
from scanner.detect.written import DIGIT_WORDS
from scanner.platforms import PlatformTable

_WIDEST = 4
"""Bytes that one character can take."""
_LABEL_BEFORE = 110
_SHORTEST_NUMBER = 8
_AROUND_CODE = 60
_NAME_AROUND, _PASSCODE_AFTER = 400, 260
"""Characters within which detection looks for a label, a name, a passcode."""
_IN_BRACKETS = 40
_TAIL = 140
"""Letters that a label and all that may follow it can have."""

_DIGITS = frozenset(b"0123456789")
_NUMBER = re.compile(rb"[0-9](?:[\s.\-]{0,60}+[0-9]){7}")
_LOOSE_DIGITS = re.compile(rb"[0-9oli]{8}")
_LOOSE_NUMBER = re.compile(rb"[0-9oli]{9,24}")
_LONE_ID = re.compile(rb"id[\s:=#.|\"']{0,8}[0-9oli](?:[\s.\-]{0,60}+[0-9oli]){7}")
_LONG_VALUE = re.compile(rb"=\s{0,3}[\"']?\s{0,3}[0-9](?:[ \-]?[0-9]){8,15}(?![0-9])")
_FIELDS = re.compile(rb"<(?:input|meta)\b", re.IGNORECASE)
_LONGEST_TAG = 2000
_BEFORE_FIELD = 240
_MOST_VALUES = 1000
"""Long numbers in attributes that are looked at; to read a page of more costs less."""
_ANNOUNCED = re.compile(rb"[0-9]{9}")
_NEAR_LABEL = 250
"""Letters beside a label in which its number stands, if the page's source says what belongs together."""
_ABBREVIATED = (b"no", b"nr", b"num")
"""How labels end that begin other words too: a meeting notice."""
_NAMED_IDS = tuple(f"{word}id".encode() for word in ("", *ID_WORDS))
_CELL = re.compile(rb"<t([hd])\b[^<>]*>((?:[^<]*+<(?!/?t[hdr]\b))*+[^<]*+)(?=<)", re.IGNORECASE)
_LONGEST_HEADING, _LONGEST_CELL = 400, 200
_RULE = re.compile(RULE.encode())
_RULE_SIGNS = tuple(re.compile(sign.encode()) for sign in PIPED)
"""Told apart, so that each begins with a letter of its own: that is looked for fast."""
_LONGEST_ROW = 2000
_APART = b"\xff"
"""No byte of UTF-8: stands between parts that are looked at together."""
_TAG = re.compile(rb"<!--.{0,400}?-->|" + ONE_TAG.encode(), re.DOTALL)
_LIST = re.compile(rb":\s{0,20}\[")
_LIST_NAME = re.compile(rb'"([^"\\]{2,60})"\s{0,20}\Z')
_LONGEST_LIST_NAME = 82
_ASCII_SIGNS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789#")


class Traces:
    """Names, labels and codes of one table of platforms, squeezed to their letters."""

    def __init__(self, table: PlatformTable, *, fast: bool) -> None:
        names = {name for platform in table for name in platform.names}
        labels = {text for pattern in ID_LABELS for text in spellings(pattern)}
        labels |= {label for platform in table for label in platform.labels}
        self._names = frozenset(squeezed_word(name) for name in names if _has_latin(name))
        self._labels = frozenset(squeezed_word(label) for label in labels if _has_latin(label))
        foreign = [word for word in map(_letters, map(str.encode, names | labels)) if not _has_latin(word)]
        self._foreign = {word: frozenset(word) - _LATIN for word in foreign}
        telling = "".join(map("".join, self._foreign.values()))
        self._telling = frozenset(telling + telling.upper())
        self._schemes = tuple(map(squeezed_word, table.schemes))
        passcodes = (*PASSCODE_LABELS, *WEAK_PASSCODE_LABELS)
        self._passcodes = {squeezed_word(t) for p in passcodes for t in spellings(p) if _has_latin(t)}
        self._codes = tuple(LooseCode(p.code, p.names, fast=fast) for p in table if p.code is not None)
        whole = {label for label in self._labels if not label.endswith(_ABBREVIATED)}
        self._ids = frozenset(name + tail for name in self._names for tail in _NAMED_IDS) | whole
        beside_codes = (word for code in self._codes for word in code.squeezed)
        self._words = Needles([*self._names, *self._labels, *self._ids, *beside_codes], fast=fast)

        spelled = _either(map(squeezed_word, (*DIGIT_WORDS, "double", "triple")))
        joining = _either(map(squeezed_word, (*JOINING_WORDS, *FIELD_WORDS)))
        label, length = _either(self._labels), 12 + max(map(len, self._names), default=0)
        self._spelled = re.compile(rb"(?:%s){8}" % spelled)
        self._spelled_id = re.compile(rb"id(?:%s){8}" % spelled)
        self._after_name = re.compile(rb"(?:%s|#){0,24}(?:[0-9oli]{8}|(?:%s){8})" % (joining, spelled))
        self._label = re.compile(rb"(?:%s)[a-z0-9#]{0,%d}\Z" % (label, length))
        self._label_and_brackets = re.compile(rb"(?:%s)[a-z0-9#]{0,%d}\Z" % (label, length + _IN_BRACKETS))

    def within(self, squeezed: bytes, view: bytes, letters: frozenset[str]) -> bool:
        """Tell whether a view, and the same squeezed, can hold a room without an address.

        ``letters`` are those of the view beyond ASCII.
        """
        words = frozenset(self._words.within(squeezed))
        return (
            (bool(words) and self._told(words, squeezed, view))
            or self._headed(view)
            or self._in_field(view)
            or (bool(letters) and self._in_other_letters(view, letters))
        )

    def _told(self, words: frozenset[bytes], squeezed: bytes, view: bytes) -> bool:
        """Look for what the names, the labels and the words beside codes that stand in a view tell of."""
        labels, names = words & self._labels, words & self._names
        codes = [code for code in self._codes if not words.isdisjoint(code.squeezed)]
        return (
            any(self._after_name.match(squeezed, at) for at in _ends(names, squeezed))
            or (bool(labels) and self._labelled(view, squeezed, labels))
            or any(map(partial(_is_near_number, squeezed), _ends(words & self._ids, squeezed)))
            or (bool(labels or names) and self._named_list(view))
            or (bool(names) and self._lone_id(squeezed, view.lower()))
            or any(self._coded(code, labels, view) for code in codes)
        )

    def _names_meeting(self, squeezed: bytes) -> bool:
        """Tell whether a platform's name or a label stands in a squeezed text."""
        return any(word in self._names or word in self._labels for word in self._words.within(squeezed))

    def _labelled(self, view: bytes, squeezed: bytes, labels: Collection[bytes]) -> bool:
        """Look behind labels for a number in digits, in words, or with letters for digits."""
        behind = list(_behind(labels, squeezed))
        return any(map(self._spelled.search, behind)) or (
            any(map(_LOOSE_DIGITS.search, behind))
            and (any(map(_has_loose_number, behind)) or self._has_number(view, labels))
        )

    def _in_field(self, view: bytes) -> bool:
        """Look for a number in an attribute whose tag, or the words before a field, tell of it."""
        for number, found in enumerate(_LONG_VALUE.finditer(view)):
            if number >= _MOST_VALUES:
                return True
            opened = view.rfind(b"<", max(0, found.start() - _LONGEST_TAG), found.start())
            if opened < 0:
                continue
            closed = view.find(b">", found.end(), found.end() + _LONGEST_TAG)
            start = max(0, opened - _BEFORE_FIELD) if _FIELDS.match(view, opened) else opened
            if self._names_meeting(squeezed_part(view[start : max(closed, found.end())])):
                return True
        return False

    def _has_number(self, view: bytes, labels: Collection[bytes]) -> bool:
        for number in _NUMBER.finditer(view):
            before = view[max(0, number.start() - _LABEL_BEFORE * _WIDEST) : number.start()]
            squeezed = squeezed_part(before)[-_TAIL:]
            if _any_in(labels, squeezed):
                pattern = self._label_and_brackets if b"(" in before else self._label
                if pattern.search(squeezed):
                    return True
        return False

    def _lone_id(self, squeezed: bytes, view: bytes) -> bool:
        """Look for "ID" and a number, with a platform's name around it and a passcode after it."""
        if self._spelled_id.search(squeezed):
            return True
        for found in _LONE_ID.finditer(view):
            after = view[found.end() : found.end() + _PASSCODE_AFTER * _WIDEST]
            if after.isascii() and not _any_in(self._passcodes, squeezed_part(after)):
                continue
            reach = _NAME_AROUND * _WIDEST
            around = squeezed_part(view[max(0, found.start() - reach) : found.end() + reach])
            if not self._names.isdisjoint(self._words.within(around)):
                return True
        return False

    def _coded(self, code: LooseCode, labels: frozenset[bytes], view: bytes) -> bool:
        """Look for a code of letters with the words beside it that make it count."""
        words = code.squeezed | labels
        for found in code.within(view):
            start = max(0, found.start() - _AROUND_CODE * _WIDEST)
            if _any_in(words, squeezed_part(view[start : found.end() + _AROUND_CODE * _WIDEST])):
                before = view[start : found.start()]
                if code.counts(before, found) or self._label_and_brackets.search(squeezed_part(before)):
                    return True
        return False

    def _headed(self, view: bytes) -> bool:
        """Tell whether a table's heading names what may stand below it: a number, a code, an app's link."""
        cells = _CELL.findall(view)
        headings = [text for kind, text in cells if kind in b"hH" and len(text) <= _LONGEST_HEADING]
        # The first row of a table may be its headings without being marked so.
        others = [text for kind, text in cells if kind in b"dD" and len(text) <= _LONGEST_CELL]
        drawn = list(_drawn_headings(view))
        if not (cells or drawn):
            return False
        marked = _APART.join([_squeezed_apart(headings), *map(squeezed_part, drawn)])
        every = _APART.join([marked, _squeezed_apart(others)])
        return (
            self._names_meeting(marked)
            or (self._names_meeting(every) and _NUMBER.search(view) is not None)
            or any(heading.endswith(self._schemes) for heading in every.split(_APART))
            or any(
                _any_in(code.squeezed, every) and any(code.within(_TAG.sub(b"", view)))
                for code in self._codes
            )
        )

    def _named_list(self, view: bytes) -> bool:
        """Tell whether a list in JSON has a name that is read before each of its values."""
        lists = (found.start() for found in _LIST.finditer(view))
        names = (_LIST_NAME.search(view, max(0, at - _LONGEST_LIST_NAME), at) for at in lists)
        return self._names_meeting(b" ".join(squeezed_part(name[1]) for name in names if name))

    def _in_other_letters(self, view: bytes, letters: frozenset[str]) -> bool:
        """Look for names and labels beyond ASCII, and a number anywhere."""
        if letters.isdisjoint(self._telling):
            return False
        letters = frozenset("".join(letters).lower())
        words = [word for word, needed in self._foreign.items() if needed <= letters]
        if not words or not _any_in(words, _letters(view)):
            return False
        squeezed = squeezed_part(view)
        return bool(_NUMBER.search(view) or self._spelled.search(squeezed)) or _has_loose_number(squeezed)


def _squeezed_apart(parts: Iterable[bytes]) -> bytes:
    texts = [_TAG.sub(b"", part).decode("utf-8", "replace") for part in parts]
    return squeezed_part(_APART.join([USUAL.undone(text).encode() for text in texts]))


def _drawn_headings(view: bytes) -> Iterator[bytes]:
    """Yield the lines above the rules of tables drawn with signs, as in Markdown."""
    if not any(sign.search(view) for sign in _RULE_SIGNS):
        return
    for rule in _RULE.finditer(view):
        yield view[view.rfind(b"\n", max(0, rule.start() - _LONGEST_ROW), rule.start()) + 1 : rule.start()]


def _ends(words: Iterable[bytes], text: bytes) -> Iterator[int]:
    """Yield where each occurrence of each word ends."""
    for word in words:
        at = text.find(word)
        while at >= 0:
            yield at + len(word)
            at = text.find(word, at + 1)


def _is_near_number(squeezed: bytes, at: int) -> bool:
    return _ANNOUNCED.search(squeezed, max(0, at - _NEAR_LABEL), at + _NEAR_LABEL) is not None


def _behind(words: Iterable[bytes], text: bytes) -> Iterator[bytes]:
    """Yield what follows the words, each part of a text once."""
    start, end = 0, -1
    for at in sorted(_ends(words, text)):
        if at > end:
            if end > 0:
                yield text[start:end]
            start = at
        end = at + _LABEL_BEFORE + _SHORTEST_NUMBER
    if end > 0:
        yield text[start:end]


def _has_loose_number(squeezed: bytes) -> bool:
    """Tell whether a squeezed text has a number in which some digits are written as letters."""
    return any(
        4 <= sum(byte in _DIGITS for byte in found.group()) < len(found.group())
        for found in _LOOSE_NUMBER.finditer(squeezed)
    )


def _any_in(words: Collection[AnyStr], text: AnyStr) -> bool:
    return any(word in text for word in words)


def _either(words: Iterable[bytes]) -> bytes:
    """Return an expression for words, the longest first, parted by their first letter for speed."""
    groups: dict[bytes, list[bytes]] = {}
    for word in sorted(set(words), key=lambda word: -len(word)):
        groups.setdefault(word[:1], []).append(word[1:])
    return b"|".join(b"%s(?:%s)" % (first, b"|".join(rest)) for first, rest in groups.items())


def _letters(text: bytes) -> str:
    return re.sub(r"\W+", "", text.translate(None, _ASCII_SIGNS).decode("utf-8", "replace").lower())


def _has_latin(word: str) -> bool:
    """Tell words that stay recognisable when letters beyond ASCII are blotted out."""
    return word.isascii() or re.search(r"[a-z]{4}", word) is not None
