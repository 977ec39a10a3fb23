"""Expressions for the characters beyond ASCII that people take for letters, digits and full stops of ASCII.

A source has them as they are or as escapes. Those that stand in prose everywhere, and are taken for nothing
but what they are, are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from html import unescape
from urllib.parse import unquote

from scanner.detect.sieve import FILLING
from scanner.detect.views import foreign_letters, plain

_NUMBERED = re.compile(r"&(?:amp;)*#([0-9]{2,7}|[xX][0-9a-fA-F]{2,6});?")
_ESCAPED = re.compile(r"\\(?<!\\\\)\\*+u[0-9a-fA-F]{4}(?:\\++u[0-9a-fA-F]{4})*")
_PERCENT = re.compile(r"%(?:25)?[c-fC-F][0-9a-fA-F](?:%(?:25)?[0-9a-fA-F]{2})+")
_BETWEEN_LETTERS = 40
_ONE_BY_ONE = 60
"""Different letters that are replaced one by one; more are replaced in one pass."""
_LOOKED_THROUGH = frozenset("\u2013\u2014")
_NAMED = re.compile(r"&(?:amp;)*(?i:shy|zwnj|zwj|zerowidthspace|nobreak|lrm|rlm|wj);")

_BLOCKS = """
    aa ba 130-133 17f 1c7-1cc 1f1-1f3 2b0-2b8 2e1-2e3
    660-669 6f0-6f9 7c0-7c9 966-96f 9e6-9ef a66-a6f ae6-aef b66-b6f be6-bef c66-c6f ce6-cef d66-d6f de6-def
    e50-e59 ed0-ed9 f20-f29 1040-1049 1090-1099 1369-1371 17e0-17e9 1810-1819 1946-194f 19d0-19da 1a80-1a99
    1b50-1b59 1bb0-1bb9 1c40-1c59 1d2c-1d65 1d9c-1da0 1dbb
    2070-209c 20a8 2100-217f 2460-24ff 2776-2792 2c7c-2c7d 3250-325f 32b1-32bf 32cc-32cf 3371-33ff
    a620-a629 a7f2-a7f4 a8d0-a8d9 a900-a909 a9d0-a9f9 aa50-aa59 abf0-abf9 fb00-fb06
    ff0e ff10-ff19 ff21-ff3a ff41-ff5a
    104a0-104a9 107a5 10a40-10a43 10d30-10d39 10e60-10e68 11052-1106f 110f0-110f9 11136-1113f 111d0-111d9
    112f0-112f9 11450-11459 114d0-114d9 11650-11659 116c0-116c9 11730-11739 118e0-118e9 11950-11959
    11c50-11c59 11d50-11da9 16a60-16a69 16ac0-16ac9 16b50-16b59 1d400-1d7ff 1e140-1e149 1e2f0-1e2f9
    1e950-1e959 1f100-1f14f 1f16a-1f16c 1f190 1fbf0-1fbf9
"""
"""Where in Unicode are letters, digits and numbers of other forms and scripts that read as ASCII
(tests/detect/test_narrow.py holds them against what detection folds)."""


@cache
def _rows() -> tuple[tuple[int, int], ...]:
    """Return first and last of characters that follow each other, none across a border of sixteen."""
    rows = []
    codes = [code for block in _BLOCKS.split() for code in _codes(*block.split("-")) if hides(chr(code))]
    first = last = codes[0]
    for code in (*codes[1:], -1):
        if code != last + 1 or not code & 15:
            rows.append((first, last))
            first = code
        last = code
    return tuple(rows)


def _codes(first: str, last: str = "") -> range:
    return range(int(first, 16), int(last or first, 16) + 1)


@lru_cache(maxsize=8192)
def hides(character: str) -> bool:
    """Tell a character that people take for a letter or a digit of ASCII."""
    instead = plain(character)
    return instead != character and any(map(str.isalnum, instead))


def in_utf8() -> Iterator[str]:
    """Yield expressions for the characters as bytes of UTF-8."""
    for low, high in _rows():
        *lead, first = chr(low).encode()
        yield "".join(rf"\x{byte:02x}" for byte in lead) + rf"[\x{first:02x}-\x{first + high - low:02x}]"


def in_percent_signs() -> Iterator[str]:
    """Yield expressions for the characters as bytes of UTF-8 in percent signs."""
    for low, high in _rows():
        *lead, first = chr(low).encode()
        yield f"{_percent_signs(lead)}%(?:25)?{first >> 4:x}{_digit(first, first + high - low)}"


def in_json() -> str:
    """Return an expression for the characters as escapes, of those beyond 65,535 for the first of two."""
    return rf"\\u(?:{'|'.join(dict.fromkeys(_json()))})"


def _json() -> Iterator[str]:
    for low, high in _rows():
        units = chr(low).encode("utf-16-be").hex()
        yield units[:3] + _digit(low, high) if len(units) == 4 else rf"{units[:4]}\\+u{units[4:7]}"


def in_entities() -> str:
    """Return an expression for the characters as entities by number."""
    hexadecimal = "|".join(f"{low >> 4:x}{_digit(low, high)}" for low, high in _rows())
    decimal = "|".join(str(code) for low, high in _rows() for code in range(low, high + 1))
    return rf"(?:&|amp;)#(?:x0{{0,3}}(?:{hexadecimal})[^0-9a-f]|0{{0,3}}(?:{decimal})[^0-9])"


def _digit(low: int, high: int) -> str:
    return f"[{''.join(f'{code & 15:x}' for code in range(low, high + 1))}]"


def words_in_escapes(words: Iterable[str]) -> Iterator[str]:
    """Yield expressions for the first two letters of words, each written as an escape."""
    for first, second in dict.fromkeys((word[0], word[1]) for word in words):
        for escape in (_in_json, _in_decimal, _in_hexadecimal, _in_percent_signs):
            yield f"{_either_case(escape, first)}.{{0,{_BETWEEN_LETTERS}}}{_either_case(escape, second)}"


def _either_case(escape: Callable[[str], str], letter: str) -> str:
    return f"(?:{'|'.join(map(escape, dict.fromkeys((letter.lower(), letter.upper()))))})"


def _in_json(letter: str) -> str:
    return rf"\\u{ord(letter):04x}"


def _in_decimal(letter: str) -> str:
    return f"#0{{0,3}}{ord(letter)}"


def _in_hexadecimal(letter: str) -> str:
    return f"#x0{{0,3}}{ord(letter):x}"


def _in_percent_signs(letter: str) -> str:
    return _percent_signs(letter.encode())


def _percent_signs(codes: Iterable[int]) -> str:
    return "".join(f"%(?:25)?{code:02x}" for code in codes)


def decoded(text: str) -> str:
    """Undo all escapes of characters beyond ASCII, and those of marks that nobody sees."""
    if "#" in text and "&" in text:
        text = _NUMBERED.sub(_numbered, text)
    if "\\u" in text:
        text = _ESCAPED.sub(_escaped, text)
    if "%" in text:
        text = _PERCENT.sub(_unquoted, text)
    return _NAMED.sub("", text) if "&" in text else text


def _numbered(escape: re.Match[str]) -> str:
    return _character(escape[1])


def _escaped(run: re.Match[str]) -> str:
    """Return what JSON escapes stand for, the two halves of one character joined."""
    codes = [int(code[:4], 16) for code in run.group().split("u")[1:]]
    return b"".join(code.to_bytes(2, "little") for code in codes).decode("utf-16-le", "replace")


def _unquoted(run: re.Match[str]) -> str:
    return unquote(unquote(run.group()))


def disclosed(body: bytes) -> bytes:
    """Bring to ASCII what reads as its letters, digits and signs, in UTF-8.

    Blanks and the dashes of prose stay: the screen looks through them. What is shorter than what it stands
    for is filled up, so that all stays in its place.
    """
    letters = foreign_letters(body) - _LOOKED_THROUGH
    instead = {letter: latin for letter in letters if (latin := plain(letter)) not in (letter, " ", "\n")}
    if len(instead) > _ONE_BY_ONE:
        either = re.compile(b"|".join(letter.encode() for letter in instead))
        return either.sub(lambda found: _filled(found.group(), instead[found.group().decode()]), body)
    for letter, latin in instead.items():
        body = body.replace(letter.encode(), _filled(letter.encode(), latin))
    return body


def _filled(letter: bytes, latin: str) -> bytes:
    return latin.encode().ljust(len(letter), FILLING)


@lru_cache(maxsize=8192)
def _character(number: str) -> str:
    return unescape(f"&#{number};")
