"""Look for literals and expressions in a long text at once, and find the literals that a pattern needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_PREFIX = 4
_MOST = 400


class Needles:
    """Literals of bytes, any of which may stand in a text.

    With the optional package ``hyperscan`` they are looked for in one pass; without it one after the other,
    those with a common beginning together. Both ways give the same answer.
    """

    def __init__(self, words: Iterable[bytes], *, fast: bool = True) -> None:
        self._words = tuple(sorted(set(words)))
        self._groups: dict[bytes, list[bytes]] = {}
        for word in self._words:
            self._groups.setdefault(word[:_PREFIX], []).append(word)
        self._database = _compiled([re.escape(word) for word in self._words]) if fast else None

    def within(self, text: bytes) -> list[bytes]:
        """Return the literals that stand in a text, in alphabetical order."""
        if self._database is None:
            return [w for start, group in self._groups.items() if start in text for w in group if w in text]
        found: set[int] = set()
        self._database.scan(text, match_event_handler=lambda number, *_: found.add(number))
        return [self._words[number] for number in sorted(found)]


class Sign:
    """An expression that stands in few texts, asked for before a dearer look at a text.

    Where Hyperscan is not installed, or cannot take the expression, the answer is that it may stand anywhere.
    """

    def __init__(self, expression: bytes, *, fast: bool = True) -> None:
        self._database = _compiled([expression]) if fast else None

    def may_stand_in(self, text: bytes) -> bool:
        """Tell whether the expression can stand in a text. False means that it does not."""
        if self._database is None:
            return True
        found: list[int] = []
        self._database.scan(text, match_event_handler=lambda number, *_: found.append(number))
        return bool(found)


class Places:
    """Where an expression stands in a text: anywhere, if Hyperscan is not installed or cannot take it."""

    def __init__(self, expression: bytes, *, fast: bool = True) -> None:
        self._longest = _parser.parse(expression).getwidth()[1]
        self._database = _compiled([expression], once=False) if fast else None

    def within(self, text: bytes) -> Iterator[tuple[int, int]]:
        """Yield stretches of a text, in order and apart from each other, that have all matches in them."""
        if self._database is None:
            yield 0, len(text)
            return
        ends: list[int] = []
        self._database.scan(text, match_event_handler=lambda _, __, end, *___: ends.append(end))
        start, last = 0, -1
        for end in sorted(ends):
            if end - self._longest > last:
                if last > 0:
                    yield start, last
                start = max(0, end - self._longest)
            last = end
        if last > 0:
            yield start, last


def _compiled(expressions: Sequence[bytes], *, once: bool = True) -> Any:
    """Compile expressions for Hyperscan, each to be found once or wherever it stands.

    Return None where it is not installed or cannot take one of them.
    """
    try:
        hyperscan = import_module("hyperscan")
    except ImportError:
        return None
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_DOTALL | (hyperscan.HS_FLAG_SINGLEMATCH if once else 0)
    with suppress(hyperscan.error):
        database.compile(
            expressions=expressions,
            ids=list(range(len(expressions))),
            flags=[flags] * len(expressions),
        )
        return database
    return None


def spellings(pattern: str, *, apart: bool = False) -> frozenset[str]:
    """Return texts, one of which is in everything that a pattern matches, in lower case.

    Only letters, digits and ``#`` are kept. Choices are followed, and so are options (``(?:r)?``); a part
    that can be anything ends a text, and so does a blank or a sign if ``apart`` is set. Raise ValueError for
    a pattern that can match without any letter, or in more than 400 ways.
    """
    parted = _expanded(_parser.parse(pattern, re.IGNORECASE), "\0" if apart else "")
    found = {max(text.split("\0"), key=len) for text in parted}
    if "" in found or len(found) > _MOST:
        raise ValueError(f"{pattern!r} can match without any letter, or in too many ways")
    return frozenset(text for text in found if not any(other in text for other in found if other != text))


def beginnings(pattern: str, length: int) -> frozenset[str]:
    """Return texts of so many letters at most, with one of which everything begins that a pattern matches.

    They are in lower case and end before a blank or a sign. Raise ValueError if there is a way without any.
    """
    found = {
        text.partition("\0")[0][:length] for text in _expanded(_parser.parse(pattern, re.IGNORECASE), "\0")
    }
    if "" in found:
        raise ValueError(f"{pattern!r} can begin without any letter")
    return frozenset(found)


def _expanded(items: Iterable[tuple[Any, Any]], sign: str) -> set[str]:
    texts = {""}
    for operation, argument in items:
        options = set(_options(operation, argument, sign))
        texts = {text + option for text in texts for option in options}
    return texts


def _options(operation: Any, argument: Any, sign: str) -> Iterator[str]:
    if operation is _constants.LITERAL:
        yield _shown(argument, sign)
    elif operation is _constants.IN:
        yield from (_member(kind, value, sign) for kind, value in argument)
    elif operation is _constants.BRANCH:
        for branch in argument[1]:
            yield from _expanded(branch, sign)
    elif operation is _constants.SUBPATTERN:
        yield from _expanded(argument[3], sign)
    elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT):
        least, most, inner = argument
        if least == 0:
            yield ""
        for text in _expanded(inner, sign):
            yield text if most == 1 or text in ("", "\0") else text + "\0"
    elif operation in (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT):
        yield ""
    else:
        yield "\0"


def _member(operation: Any, argument: Any, sign: str) -> str:
    """Return what one member of a class stands for: a letter, a sign, or anything."""
    if operation is _constants.LITERAL:
        return _shown(argument, sign)
    return sign if operation is _constants.CATEGORY and argument is _constants.CATEGORY_SPACE else "\0"


def _shown(code: int, sign: str) -> str:
    letter = chr(code).lower()
    return letter if letter.isalnum() or letter == "#" else sign
