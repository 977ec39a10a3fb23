"""Undo the ways in which a link is hidden from machines and kept readable for people.

``clean`` is safe for any text and is always applied. The disguises behind it can create links that nobody
wrote, so each is a version of its own, and what is found there must satisfy a platform's whole grammar.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from confusable_homoglyphs import confusables  # type: ignore[import-untyped]

from scanner.detect.version import Version, replaced

_KEPT = frozenset("…。｡、，（）！？；「」『』【】《》〈〉｢｣､“”‘’„«»‹›™®©")
_REMOVED = frozenset(
    [
        *(0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF, 0x20DD, 0x20DE, 0x20E3),
        *(*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)),
        *(*range(0x335, 0x339), *range(0xE0000, 0xE0080)),
    ]
)
_DASHES = frozenset([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D])


class _Characters(dict[int, str]):
    """Replacement of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = replacement = _replacement(code)
        return replacement


def _replacement(code: int) -> str:
    character = chr(code)
    if code < 0x80 or character in _KEPT:
        return character
    if code in _REMOVED:
        return ""
    if code in _DASHES:
        return "-"
    if (
        unicodedata.category(character) in ("Nd", "No")
        and (digit := unicodedata.digit(character, None)) is not None
    ):
        return "" if _is_raised(character) else str(digit)
    if unicodedata.category(character) == "Zs":
        return " "
    if character in "\u2028\u2029\x85":
        return "\n"
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() and not plain.isspace() and len(plain) <= 3 else character


def _is_raised(character: str) -> bool:
    """Tell footnote marks from digits: ``81726354900²`` is not a longer number."""
    return unicodedata.decomposition(character).startswith(("<super>", "<sub>"))


_CHARACTERS = _Characters()
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_JSON_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([/nrt\"'&=_.~\-]))")
_JSON_LETTERS = {"n": "\n", "r": "\n", "t": "\t"}
_HOST_STOP = re.compile(r"(?<=[A-Za-z0-9])[。｡．](?=[A-Za-z0-9])")
_QUERY_MARK = re.compile(r"？(?=[A-Za-z_]{1,12}=)")


def clean(text: str) -> str:
    """Decode entities and JSON escapes, drop invisible marks, and bring digits and letters to ASCII.

    Letters of other alphabets and CJK punctuation stay: the first are other hosts, the second end a link.
    """
    for _ in range(3):
        if "&" not in text:
            break
        decoded = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
        if decoded == text:
            break
        text = decoded
    if "\\" in text:
        text = _JSON_ESCAPE.sub(_unescape_json, text)
    if not text.isascii():
        text = text.translate(_CHARACTERS)
        text = _QUERY_MARK.sub("?", _HOST_STOP.sub(".", text))
    return text


def _unescape_json(escape: re.Match[str]) -> str:
    code = escape[1] or escape[2]
    if code:
        character = chr(int(code, 16))
        return character if not "\ud800" <= character <= "\udfff" else ""
    return _JSON_LETTERS.get(escape[3], escape[3])


_SCHEME_WORDS = re.compile(
    r"(?<![A-Za-z0-9])h(?:xx|\*\*|__|tt)p(s?)\s?(?:\[:\]|\(:\)|:|\[://\]|\s?colon\s)\s?(?:(?:/|\s?slash\s?){2})?(?=[^\s/])",
    re.IGNORECASE,
)
_BRACKETED = re.compile(
    r"[ \t]{0,2}(?:\[|\(|\{|<)[ \t]{0,2}(?:(?P<dot>\.|,|dot|d0t|punkt|point|punto|ponto)|(?P<slash>/|slash)"
    r"|(?P<colon>:|colon))"
    r"[ \t]{0,2}(?:\]|\)|\}|>)[ \t]{0,2}",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?<=[A-Za-z0-9./:])[ \t_\-]{1,2}(?:(?P<dot>dot|punkt)|(?P<slash>slash)|(?P<colon>colon)"
    r"|(?P<mark>question mark))"
    r"[ \t_\-]{1,2}(?=[A-Za-z0-9/]|slash|dot)",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(
    r"hxxp|h\*\*p|h__p|http\s?\["
    r"|[\[({<][ \t]{0,2}(?:\.|,|dot|d0t|/|:|slash|punkt|point|punto|ponto)[ \t]{0,2}[\])}>]"
    r"|[ _\-](?:dot|slash|punkt)[ _\-]|\[:|http\s?colon",
    re.IGNORECASE,
)
_BLANKS = re.compile(
    r"(?<=[A-Za-z0-9])(?:[ \t]{1,3}(://|//|[./?=&])[ \t]{0,3}|(://|//|[./?=&])[ \t]{1,3})(?=[A-Za-z0-9])"
)
_BLANKS_SIGN = re.compile(
    r"[ \t]/|/[ \t]|[ \t]\.[ \t]{0,3}[A-Za-z]|\.[ \t]{1,3}[a-z]{2,5}[ \t]{0,3}/|(?:\w ){6}"
)
_LETTERS = re.compile(
    r"(?<![^\s(\[{<])(?:[A-Za-z0-9./:?=&#%_\-] ){7,400}[A-Za-z0-9./:?=&#%_\-](?![^\s)\]}>,;!])"
)
_DOTTED = re.compile(
    r"(?<![\w.\-])[A-Za-z0-9][\w\-]{0,62}(?:[ \t]{1,3}\.[ \t]{1,3}[A-Za-z0-9][\w\-]{0,62}){1,6}"
    r"(?:[ \t]{0,3}/[ \t]{0,3}[\w\-.?=&#%+]{1,300}){1,8}"
)
"""A host with blanks on both sides of its dots, and its path."""
_BREAKS = re.compile(
    r"(?<=[A-Za-z])[ \t]{0,4}\r?\n[> \t]{0,8}(?=[0-9/.?&=%]|[A-Za-z]{1,40}[0-9./?&=%_\-][A-Za-z0-9])"
    r"|(?<=[/.=_?&%\-])[ \t]{0,4}\r?\n[> \t]{0,8}(?=[A-Za-z0-9/.?&=%])"
    r"|(?<=[0-9])[ \t]{0,4}\r?\n[> \t]{0,8}(?=[0-9/.?&=%]|[A-Za-z]{1,40}[0-9./?&=%_\-][A-Za-z0-9])"
)
"""A word alone on the next line continues no word: ten letters of two words would be a code."""
_AFTER_SLASH = re.compile(
    r"/(?<=[A-Za-z0-9]/)[ \t]{0,4}\r?\n[> \t]{0,8}(?![^/\s]{1,80}\.[a-z]{2,10}(?:/|\s|\Z))"
    r"(?=[A-Za-z0-9][^\s:@]{1,200}[ \t]*(?:\r?\n|\Z))"
    r"(?=[a-z]{1,20}/|[A-Za-z]{0,60}(?:[A-Za-z][0-9_?#=\-]|[a-z][A-Z])|[0-9]{1,20}[A-Za-z])"
)
"""The end of a line in a slash, before a line that is one word as only addresses have them."""
_ENCODED = re.compile(r"[a-z]{4,12}%(?:25){0,3}3A%(?:25){0,3}2F[^\s\"'<>]{4,4000}", re.IGNORECASE)
_AFTER_DOMAIN = "|".join(rf"(?<=[a-z0-9.\-]{{4}}\.[a-z]{{{length}}})" for length in range(2, 11))
_ENCODED_HOST = re.compile(
    rf"(?<![a-z0-9.\-])[a-z0-9.\-]{{7,}}+(?:{_AFTER_DOMAIN})%(?:25){{0,3}}2F[^\s\"'<>]{{4,4000}}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?<![A-Za-z0-9+/=_\-])[A-Za-z0-9+/_\-]{16,2000}={0,2}(?![A-Za-z0-9+/=_\-])")
_ADDRESS_IN_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/=_\-])aHR0c[A-Za-z0-9+/_\-]{12,2000}={0,2}(?![A-Za-z0-9+/=_\-])"
)
"""What begins with ``http`` there."""
_LOOKALIKE_HOST = re.compile(
    r"(?<![\w/.@:\-])(?=[\x21-\x7e]{0,60}[^\x00-\x7f])[\w.\-]{2,100}\.[\w\-]{1,30}(?=/)"
)
ROT13_SIGNS = (
    "uggc:",
    "uggcf:",
    "mbbz.hf",
    "zrrg.tbbtyr",
    "grnzf.zvpebfbsg",
    "grnzf.yvir",
    "jrork.pbz",
    "zrrg.wvg.fv",
)
REVERSED_SIGNS = (
    "//:ptth",
    "//:sptth",
    "/su.mooz",
    "/moc.elgoog.teem",
    "/moc.tfosorcim.smaet",
    "/moc.xebew",
    "/is.tij.teem",
)
_TOKENS = 200
_DECODINGS = 4


def _decoded(found: re.Match[str]) -> str:
    text = found.group()
    for _ in range(_DECODINGS):
        plain = unquote(text)
        if plain == text:
            break
        text = plain
    return text


def _punctuation(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts.get("dot"):
        return "."
    if parts.get("slash"):
        return "/"
    return "?" if parts.get("mark") else ":"


def disguises(text: str) -> Iterator[Version]:
    """Yield the text with one family of disguises undone at a time, where a sign of it is there.

    ``text`` is already clean. Work is bounded by a few passes over it.
    """
    lowered = text.lower()
    start = Version(text, strict=False)
    opened = start
    if "%" in text:
        opened = replaced(_ENCODED_HOST, _decoded, replaced(_ENCODED, _decoded, start))
        yield from _changed(opened, start)
    if _EXPLICIT.search(opened.text):
        version = replaced(_WORDS, _punctuation, replaced(_BRACKETED, _punctuation, opened))
        version = replaced(_WORDS, _punctuation, version)
        version = replaced(_SCHEME_WORDS, lambda scheme: f"http{scheme[1]}://", version)
        yield from _changed(version, opened)
        yield from _changed(replaced(_AFTER_SLASH, lambda _: "/", version), version)
        broken = Version(version.text, strict=True, parent=version)
        yield from _changed(replaced(_BREAKS, lambda _: "", broken), broken)
        if _BLANKS_SIGN.search(version.text):
            yield from _changed(replaced(_BLANKS, lambda blank: blank[1] or blank[2], broken), broken)
    yield from _changed(replaced(_AFTER_SLASH, lambda _: "/", start), start)
    loose = Version(text, strict=True)
    yield from _changed(replaced(_BREAKS, lambda _: "", loose), loose)
    if _BLANKS_SIGN.search(text):
        if "h t t p" in lowered:
            yield from _changed(replaced(_LETTERS, _spelled_address, start), start)
        if " ." in text or "\t." in text:
            yield from _changed(replaced(_DOTTED, _without_blanks, start), start)
        spaced = replaced(_LETTERS, _without_blanks, loose)
        yield from _changed(replaced(_BLANKS, lambda blank: blank[1] or blank[2], spaced), loose)
    if not text.isascii():
        yield from _changed(replaced(_LOOKALIKE_HOST, lambda host: _latin(host.group()), start), start)
    if any(sign in lowered for sign in ROT13_SIGNS):
        yield Version(codecs.encode(text, "rot13"), strict=False)
    if any(sign in lowered for sign in REVERSED_SIGNS):
        yield Version(text[::-1], strict=False, backwards=True)
    if "aHR0c" in text:
        yield from _changed(replaced(_ADDRESS_IN_BASE64, _from_base64(), start), start)
    yield from _changed(replaced(_TOKEN, _from_base64(), loose), loose)


def _without_blanks(found: re.Match[str]) -> str:
    return re.sub(r"[ \t]", "", found.group())


def _spelled_address(found: re.Match[str]) -> str:
    """Return letters put together if they begin like an address: none of those is an accident."""
    text = _without_blanks(found)
    return text if text.lower().startswith("http") else found.group()


def _changed(version: Version, start: Version) -> Iterator[Version]:
    if version is not start:
        yield version


def _from_base64() -> Callable[[re.Match[str]], str]:
    left = _TOKENS

    def replace(found: re.Match[str]) -> str:
        nonlocal left
        token = found.group()
        if not left or token.isdigit():
            return token
        left -= 1
        try:
            padded = token.rstrip("=").replace("-", "+").replace("_", "/")
            plain = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode("ascii")
        except (binascii.Error, ValueError):
            return token
        return f" {plain} " if plain.isprintable() and "/" in plain and "." in plain else token

    return replace


def _latin(host: str) -> str:
    return "".join(character if character.isascii() else _look_alike(character) for character in host)


@lru_cache(maxsize=65_536)
def _look_alike(character: str) -> str:
    """Return the ASCII letter that a letter of another alphabet is taken for, or the letter itself."""
    for spelling in (character, character.lower()):
        found = confusables.is_confusable(spelling, greedy=True, preferred_aliases=["latin"])
        for entry in found or ():
            for homoglyph in entry["homoglyphs"]:
                if len(homoglyph["c"]) == 1 and homoglyph["c"].isascii() and homoglyph["c"].isalnum():
                    return str(homoglyph["c"]).lower()
    return character
