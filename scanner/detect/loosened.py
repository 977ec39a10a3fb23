"""Turn the expressions of platforms and vocabulary into looser ones, for a text without blanks.

What is scanned has lost blanks, quotes, brackets and foreign signs (``sieved`` in ``screen``), so an
expression loses them too. A loosened expression stands in whatever the strict one matches; where it ends is
not looked at, and what it cannot follow it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from scanner.detect.views import plain

SIEVED_OUT = frozenset([*map(chr, range(33)), "\x7f", *"\"'`[](){}|^*+"])
"""Characters of ASCII that the scanned text has lost."""

_ONE_SLASH = r"/|%(?:25){0,4}2f|&#47;|&#x2f;|u002f|[_\-]{0,2}slash[_\-]{0,2}"
SLASH = rf"(?:{_ONE_SLASH})+"
DOT = r"(?:\.|,|%(?:25){0,4}2e|[_\-]{0,2}(?:dot|d0t|punkt)[_\-]{0,2}|point|punto|ponto)"
GAP = r"(?:/[nrt]|&(?:amp;)*(?:nbsp|ensp|emsp|thinsp|ndash|mdash|hellip|middot|bull|#160|#xa0);)"
"""Blanks and signs that are written as escapes, as they look in the scanned text."""
BLANK = r"(?:_|/[nrt]|/u00a0|&(?:amp;)*(?:nbsp|[et][mhn][a-z]*sp|#160|#xa0);|%(?:25)*(?:[02][0-9a]|3a))"
"""What a blank between words can be there, or the colon behind them: names in programs have none."""
_SIGNS = {
    "/": SLASH,
    ".": DOT,
    ":": r"(?::|%(?:25){0,4}3a|&#58;)",
    "@": r"(?:@|%(?:25){0,4}40|&#64;)",
    ",": r"(?:,|%(?:25){0,4}2c)",
    "=": r"(?:=|%(?:25){0,4}3d|&#61;)",
    "#": r"(?:#|%(?:25){0,4}23)",
}
"""Signs of an address, written in any way."""
_AFTER_HOST = rf"(?:[.:?#0-9_]|%(?:25){{0,4}}(?:3a|3f|23)|{_ONE_SLASH}|{GAP})+"
_MOST_REPEATS = 3
_EXACT = re.compile(r"(\[[^\]]*\])\{([0-9])\}")
_OPTIONAL_CLASS = re.compile(rf"(?:\[[^\]]*\]|\(\?:\[[^\]]*\]\|{re.escape(BLANK)}\)|{re.escape(BLANK)})\?")
_LOOSE_END = re.compile(r"(?:\(\?:\[[^\]]*\]\??\)[*?]|\[[^\]]*\][*?])+\Z")
_FOREIGN = (
    r"(?:x|/+u(?:0[01]|1e)[0-9a-f]{2}|&[a-z]{2,8};|&#x?[0-9a-f]{2,4};"
    r"|%(?:25)*(?:c[3-5]|e1%(?:25)*b[a-f])%(?:25)*[89ab][0-9a-f])"
)
"""What a letter beyond ASCII is in the scanned text, however it is written."""
_ASCII = tuple(map(chr, range(128)))


def loosened(pattern: str) -> str:
    """Return an expression in lower case that stands in whatever ``pattern`` matches."""
    return _ended(_followed(_parser.parse(pattern, re.IGNORECASE))[0])


def loosened_host(host: str) -> str:
    """Return an expression for a host name, its dots written in any way."""
    return DOT.join(map(re.escape, host.split(".")))


def loosened_path(pattern: str, parameters: Iterable[str] = ()) -> str:
    """Return an expression for what stands behind a host: signs, then the path without its first slash.

    The longest of the parameters' names must follow it in the same tag or text.
    """
    rest, led = _path(pattern)
    if led:
        between = r"[^<>]*"
    elif rest.startswith(SLASH):
        between, rest = _AFTER_HOST, rest.removeprefix(SLASH)
    else:
        # Several ways to begin: to follow each would cost more than to look closer.
        between, rest = _AFTER_HOST, ""
    return between + rest + _named(parameters)


def loosened_anywhere(pattern: str, parameters: Iterable[str] = ()) -> str:
    """Return an expression for a path on any host, from its first part that must be there."""
    return _path(pattern)[0] + _named(parameters)


def loosened_hint(hint: str) -> str:
    """Return an expression for a literal of an address, its signs written in any way."""
    return "".join(_SIGNS.get(sign) or re.escape(sign) for sign in hint)


def loosened_code(pattern: str) -> str:
    """Return an expression for a short code, all of its characters."""
    spelled_out = _EXACT.sub(lambda part: part[1] * int(part[2]), pattern)
    return _ended(_followed(_parser.parse(spelled_out, re.IGNORECASE))[0])


def _path(pattern: str) -> tuple[str, bool]:
    """Return the expression of a path from its first part that must be there, and whether others lead it."""
    items = list(_parser.parse(pattern, re.IGNORECASE))
    while items and items[0][0] in (_constants.ASSERT_NOT, _constants.ASSERT):
        items.pop(0)
    led = bool(items) and _may_be_missing(*items[0])
    return _ended(_followed(items[1:] if led else items)[0]), led


def _may_be_missing(operation: Any, argument: Any) -> bool:
    if operation is _constants.SUBPATTERN:
        return all(_may_be_missing(*item) for item in argument[3])
    return operation is _constants.MAX_REPEAT and argument[0] == 0


def _named(parameters: Iterable[str]) -> str:
    longest = max(parameters, key=len, default="")
    return f"[^<>]*{re.escape(longest.lower())}" if longest else ""


def _ended(expression: str) -> str:
    """Drop what may be missing from the end of an expression."""
    return _LOOSE_END.sub("", expression)


def _followed(items: Iterable[tuple[Any, Any]]) -> tuple[str, bool]:
    """Return the expression of a sequence, and whether it goes to the sequence's end."""
    parts: list[str] = []
    for operation, argument in items:
        part, whole = _part(operation, argument)
        parts.append(part)
        if not whole:
            return "".join(parts), False
    return "".join(parts), True


def _part(operation: Any, argument: Any) -> tuple[str, bool]:
    if operation is _constants.LITERAL:
        return _literal(chr(argument))
    if operation in (_constants.IN, _constants.ANY, _constants.NOT_LITERAL):
        return _class(operation, argument)
    if operation is _constants.BRANCH:
        branches = [_followed(branch) for branch in argument[1]]
        return f"(?:{'|'.join(text for text, _ in branches)})", all(whole for _, whole in branches)
    if operation is _constants.SUBPATTERN:
        return _followed(argument[3])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        return _repeat(*argument)
    return "", operation in (_constants.ASSERT, _constants.ASSERT_NOT, _constants.AT)


def _literal(character: str) -> tuple[str, bool]:
    if character in _SIGNS:
        return _SIGNS[character], True
    if character in SIEVED_OUT:
        return (f"{BLANK}*" if character.isspace() else ""), True
    if character.isascii():
        return re.escape(character.lower()), True
    return _foreign(character) if character.isalpha() else "", True


def _foreign(letter: str) -> str:
    """Return an expression for a letter beyond ASCII, also for what it is taken for."""
    instead = plain(letter)
    return f"(?:{_FOREIGN}|{re.escape(instead)})" if instead.isascii() and instead.isalnum() else _FOREIGN


def _class(operation: Any, argument: Any) -> tuple[str, bool]:
    """Return a class of the characters that are left; it may be empty if some of it is sieved out."""
    if operation is _constants.ANY:
        return ".", True
    items = [(_constants.NEGATE, None), (_constants.LITERAL, argument)]
    if operation is _constants.IN:
        items = list(argument)
    members = _members(tuple(items))
    foreign = items[0][0] is _constants.NEGATE or any(_is_foreign(*item) for item in items)
    left = "".join(f"\\x{ord(character):02x}" for character in sorted(members - SIEVED_OUT))
    if any(kind is _constants.LITERAL and value > 127 and chr(value).isalpha() for kind, value in items):
        return (f"(?:[{left}]|{_FOREIGN})" if left else _FOREIGN), True
    if " " in members and items[0][0] is not _constants.NEGATE:
        return (f"(?:[{left}]|{BLANK})?" if left else f"{BLANK}?"), True
    if not left:
        return "", bool(members)
    return f"[{left}]{'?' if foreign or members & SIEVED_OUT else ''}", True


@lru_cache
def _members(items: tuple[tuple[Any, Any], ...]) -> frozenset[str]:
    return frozenset(character.lower() for character in _ASCII if _is_member(ord(character), items))


def _is_member(code: int, items: Sequence[tuple[Any, Any]]) -> bool:
    negated = items[0][0] is _constants.NEGATE
    inside = any(_includes(kind, value, code) for kind, value in items)
    return inside != negated


def _includes(kind: Any, value: Any, code: int) -> bool:
    if kind is _constants.LITERAL:
        return chr(code).lower() == chr(value).lower()
    if kind is _constants.RANGE:
        low, high = value
        return any(low <= ord(case) <= high for case in (chr(code).lower(), chr(code).upper()))
    if kind is _constants.CATEGORY:
        return bool(re.fullmatch(_CATEGORIES[value], chr(code)))
    return False


def _is_foreign(kind: Any, value: Any) -> bool:
    if kind is _constants.CATEGORY:
        return value not in (_constants.CATEGORY_SPACE, _constants.CATEGORY_DIGIT)
    return kind is not _constants.NEGATE and (value if kind is _constants.LITERAL else value[1]) > 127


def _repeat(least: int, most: int, inner: Any) -> tuple[str, bool]:
    text, whole = _followed(inner)
    if not text:
        return "", whole
    if whole and _OPTIONAL_CLASS.fullmatch(text):
        return (text if most == 1 else f"{text[:-1]}*"), True
    if least == 0:
        if not whole:
            return "", False
        return f"(?:{text}){'?' if most == 1 else '*'}", True
    if not whole:
        return text, False
    if least > _MOST_REPEATS:
        return f"(?:{text}){{{_MOST_REPEATS}}}", False
    return f"(?:{text}){{{least}}}" + ("" if least == most else f"(?:{text})*"), True


_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
}
