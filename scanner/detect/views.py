"""See a page through what hides letters in it, all of it at once and cheaply, for the gate.

Detection undoes each disguise where it finds a sign of it and keeps track of places. Here nothing is
placed: escapes, tags and signs are simply taken out, and where a mark can be read in two ways there are
two readings.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from scanner.detect.fold import clean
from scanner.extract import Flow
from scanner.extract.html import html_pieces
from scanner.model import Segment

_ROUNDS = 6
"""How often escapes inside escapes are undone: one more than detection does."""
_FOLDINGS = 60
"""Different letters that are replaced one by one; more are replaced in one pass."""

_ASCII = bytes(range(128))
SIGN_LEADS = bytes([0xC2, 0xCC, 0xCD, 0xE2, 0xEF, *range(0xF0, 0xF5)])
"""First bytes in UTF-8 of marks, punctuation and symbols. Those of letters become ``x``."""
_LETTER_LEADS = bytes(byte for byte in range(0xC3, 0xF0) if byte not in SIGN_LEADS)
PLAINLY = bytes.maketrans(_LETTER_LEADS + b"\\", b"x" * len(_LETTER_LEADS) + b"/")
_LOWERED = bytes(range(256)).lower().translate(PLAINLY)
_BETWEEN = bytes([*range(33), 127, *range(0x80, 0xC0)]) + SIGN_LEADS + b"\"'`[](){}<>|^*"
_NO_LETTERS = _BETWEEN + bytes(byte for byte in range(128) if not chr(byte).isalnum() and chr(byte) != "#")

_CODED = re.compile(r"&(?:#[0-9xX]|[a-zA-Z]{2,31};)")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z][a-zA-Z0-9]{1,31};?)")
_CLOSED_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_OPEN_NUMBER = re.compile(r"&(?:amp;)*(?:#|%(?:25)*23)(?:[xX]?[0-9a-fA-F]+(?![0-9a-fA-F;]|%(?:25)*3[bB])|&)")
_CODED_OPEN_NUMBER = re.compile(_OPEN_NUMBER.pattern.replace("&(?:amp;)*", "%(?:25)*26"))
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*")
_PERCENT_ASCII = re.compile(r"%([0-7][0-9a-fA-F])")
_SLASHES = re.compile(rb"//+")
_SPLIT_PERCENT = re.compile(rb"%[2-7][0-9a-f]")
_SPLIT_ENTITY = re.compile(rb"&(?:#[0-9x]|[a-z]{2,31};)")
_ESCAPE = re.compile(r"\\(?<!\\\\)\\*+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|[nrt])")
_LETTER_ESCAPE = re.compile(r"\\(?<!\\\\)\\*+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_BLANK_ESCAPE = re.compile(r"\\[nrt]")
_CODED_BACKSLASH = re.compile(r"%(?:25)*5[cC]\\*+[nrt]")
_IN_ADDRESS = re.compile(
    r"(?:[/\\]|(?:#(?:47|[xX]2[fF])|sol);|%(?:25){0,6}2[fF]|\.[A-Za-z\s]{2,16}(?:[/\\][\w.\\/\-\s]{0,80})?)\Z"
)

ONE_TAG = r"<(?:[^<>=]++|=\s*+\\*+\"[^\"<]*+\"|=\s*+\\*+'[^'<]*+'|=)*+>|<[^<>]*>"
_WHOLE_TAG = re.compile(ONE_TAG)
_ASIDE = re.compile(r"<!--(-?>)?|<(script|style)\b[^<>]*>", re.IGNORECASE)
_ASIDE_END = {
    "": re.compile(r"--!?>"),
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
_TAG = re.compile(rf"<!--|-->|{ONE_TAG}")
_GLUED_COMMENT = re.compile(r"<!--(?<=[\w./:@\-]<!--)")
_QUOTED_ANGLE = re.compile(r"=\s*\\*[\"'][^\"'<>]*<")
_TAG_IN_TAG = re.compile(rf"<\w[^\s<>]*\s[^<>]*{_QUOTED_ANGLE.pattern}")

_TOKENS = bytes(
    byte if byte < 128 and (chr(byte) in "+/-_" or chr(byte).isalnum()) else 32 for byte in range(256)
).translate(bytes.maketrans(b"-_", b"+/"))
_BASE64_GROUP = rb"[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/%s]"
"""Four characters that stand for ASCII: of every byte, the highest bit is not set."""
_BASE64_ASCII = re.compile(rb"(?:%s){4,500}" % (_BASE64_GROUP % b""))
BASE64_SIGN = rb"(?:%s){4}" % (_BASE64_GROUP % rb"_\-")
"""What stands in every view that has base64 texts."""
_SHORTEST_BASE64 = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How marks are read that mean one thing in one place and nothing in another."""

    blank_escapes: bool = True
    """A backslash and one of n, r, t are a blank, as in JSON."""
    open_entities: bool = True
    """An entity needs no semicolon, as in HTML."""

    def views(self, text: str) -> Iterator[str]:
        """Yield a text as it is, then what is left without tags, then comments and scripts without tags."""
        page = self.undone(text)
        yield page
        if "<" not in page:
            return
        running, asides = _parted(page)
        yield self._without_escapes(running)
        if "<" in asides:
            yield self._without_escapes(_TAG.sub("", asides))
            if _GLUED_COMMENT.search(asides):
                yield self._without_escapes(_parted(asides)[0])
        # A tag that holds another has not been taken out.
        if ("<" in running or "<" in asides) and _QUOTED_ANGLE.search(page) and _TAG_IN_TAG.search(page):
            inner = _running_text(text)
            yield self.undone(inner)
            if "<" in inner:
                yield self.undone(_running_text(inner))
            if page != text:
                yield self.undone(_running_text(page))

    def undone(self, text: str) -> str:
        """Undo entities, escapes, percent signs and foreign letters, also inside each other."""
        return self._without_escapes(folded(text))

    def _without_escapes(self, text: str) -> str:
        """Undo entities, escapes and percent signs in a text without foreign letters."""
        entity = _ENTITY if self.open_entities else _CLOSED_ENTITY
        escape = _ESCAPE if self.blank_escapes else _LETTER_ESCAPE
        for _ in range(_ROUNDS):
            before = text
            if "&" in text and _CODED.search(text):
                text = entity.sub(lambda found: _unescaped(found[0]), text)
            if "\\" in text:
                text = _paired_surrogates(escape.sub(_character, text))
            if "%" in text:
                text = _PERCENT.sub(lambda run: _decoded(run[0]), text)
            if text == before:
                break
        return text


USUAL = Reading()
"""What every text is read by, and most by no other."""


def readings(text: str) -> Iterator[Reading]:
    """Yield the readings of a text: one, or another for each sort of mark that makes a difference in it."""
    yield USUAL
    if _blank_escape_in_address(text) or ("%" in text and _CODED_BACKSLASH.search(text)):
        yield Reading(blank_escapes=False)
    if _OPEN_NUMBER.search(text) or ("%26" in text and _CODED_OPEN_NUMBER.search(text)):
        yield Reading(open_entities=False)


def joined(view: bytes) -> bytes:
    """Take out what may stand between the letters of an address; letters beyond ASCII become ``x``."""
    text = view.translate(_LOWERED, _BETWEEN)
    if (b"%" in text and _SPLIT_PERCENT.search(text)) or (b"&" in text and _SPLIT_ENTITY.search(text)):
        text = USUAL.undone(text.decode("ascii")).encode().translate(_LOWERED, _BETWEEN)
    return _SLASHES.sub(b"/", text)


def squeezed(address: bytes) -> bytes:
    """Return only the letters, digits and ``#`` of a joined text."""
    return address.translate(None, _NO_LETTERS)


def squeezed_part(view: bytes) -> bytes:
    """Return the letters, digits and ``#`` of a short part of a view, in lower case."""
    return view.translate(_LOWERED, _NO_LETTERS)


def squeezed_word(word: str) -> bytes:
    """Return a name or a label as it looks in a squeezed view."""
    return squeezed_part(folded(word.lower()).encode())


def foreign_letters(view: bytes) -> frozenset[str]:
    """Return the characters beyond ASCII of a text in UTF-8."""
    if view.isascii():
        return frozenset()
    return frozenset(view.translate(None, _ASCII).decode("utf-8", "replace"))


def base64_texts(view: bytes) -> str:
    """Return what long words stand for if they are read as base64, as one undone text."""
    words = [word for word in view.translate(_TOKENS).split() if len(word) >= _SHORTEST_BASE64]
    plain: list[str] = []
    for word in words:
        for found in _BASE64_ASCII.finditer(word):
            for shift in range(4):
                run = _BASE64_ASCII.match(word, found.start() + shift)
                if run is not None:
                    tail = word[run.end() : run.end() + 3]
                    packed = run.group() + (tail if len(tail) > 1 else b"")
                    text = b64decode(packed + b"=" * (-len(packed) % 4)).decode("ascii", "replace")
                    if "/" in text and "." in text:
                        plain.append(text)
    return USUAL.undone("\n".join(plain)) if plain else ""


def _parted(page: str) -> tuple[str, str]:
    """Return a page's text without tags, and apart from it what stands in comments, scripts and styles.

    What is opened and never closed is text. Each end is looked for once only from any place.
    """
    texts: list[str] = []
    asides: list[str] = []
    ends: dict[str, int] = {}
    at = 0
    while (opening := _ASIDE.search(page, at)) is not None:
        texts.append(page[at : opening.start()])
        at = opening.end()
        if opening[1]:
            continue
        kind = (opening[2] or "").lower()
        if ends.get(kind, 0) < at:
            found = _ASIDE_END[kind].search(page, at)
            ends[kind] = found.start() if found else len(page) + 1
        if ends[kind] <= len(page):
            asides.append(page[at : ends[kind]])
            closing = _ASIDE_END[kind].match(page, ends[kind])
            at = closing.end() if closing else at
    texts.append(page[at:])
    return "".join([_WHOLE_TAG.sub("", text) for text in texts]), "\n".join(asides)


def _blank_escape_in_address(text: str) -> bool:
    if "\\" not in text:
        return False
    return any(
        _IN_ADDRESS.search(text, max(0, found.start() - 100), found.start())
        for found in _BLANK_ESCAPE.finditer(text)
    )


@lru_cache(maxsize=4096)
def _decoded(run: str) -> str:
    """Decode percent signs; where tags cut a letter of several bytes, only the ASCII between."""
    try:
        return folded(unquote(run, errors="strict"))
    except UnicodeDecodeError:
        return _PERCENT_ASCII.sub(lambda code: chr(int(code[1], 16)), run)


@lru_cache(maxsize=4096)
def _unescaped(entity: str) -> str:
    return folded(unescape(entity))


def _character(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        return _numbered(code)
    signs = len(escape[0]) - 1
    return "\\" if signs > 1 and signs % 2 else ""  # a backslash that is one, then a break


@lru_cache(maxsize=4096)
def _numbered(code: str) -> str:
    return folded(chr(int(code, 16)))


def _paired_surrogates(text: str) -> str:
    """Join the two halves in which JSON writes a character beyond the first 65,536."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return folded(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    return text


def folded(text: str) -> str:
    """Bring letters and digits to ASCII as ``clean`` does, but only those that are there."""
    if text.isascii():
        return text
    foldings = {
        letter: latin
        for letter in foreign_letters(text.encode("utf-8", "replace"))
        if (latin := plain(letter)) != letter
    }
    if len(foldings) > _FOLDINGS:
        return text.translate({ord(letter): latin for letter, latin in foldings.items()})
    for letter, latin in foldings.items():
        text = text.replace(letter, latin)
    return text


@lru_cache(maxsize=8192)
def plain(letter: str) -> str:
    """Fold one character. Both letters i of Turkish match ``i`` in a pattern without regard to case."""
    if letter in "。｡":
        return "."
    return "i" if letter in "ıİ" else clean(letter)


def _running_text(text: str) -> str:
    """Return all texts of a page as detection reads them: the slow way, for tags that hold tags."""
    parts: list[str] = []
    pending: list[Segment | Flow] = [Flow(html_pieces(text))]
    while pending:
        piece = pending.pop()
        if isinstance(piece, Flow):
            pending.extend(reversed(piece.pieces))
        else:
            parts.append(piece.text)
    return "\n".join(parts)
