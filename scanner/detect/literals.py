"""Find the short literals, one of which stands in whatever an expression matches.

To look for thousands of literals costs a tenth of what it costs to look for the expressions themselves, and
most pages have none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

_SHORTEST, _LONGEST = 3, 8
_MOST, _WIDEST_CLASS = 400, 40
_REPEATS, _MANY = 4, 12
_RARE = 6
_FEW, _TOO_MANY_TO_BE_RARE = 120, 3
_CUT = "\0"
"""Ends a text that something follows which is not told."""


def literals(expression: str) -> frozenset[str]:
    """Return texts in lower case, of 3 to 8 characters, one of which is in all that ``expression`` matches.

    None of them if the expression can match without any, or with too many.
    """
    return _best(_parser.parse(expression, re.DOTALL))


def is_literal(expression: str) -> bool:
    """Tell an expression that matches nothing but itself."""
    return all(operation is _constants.LITERAL for operation, _ in _parser.parse(expression))


def _best(items: Sequence[tuple[Any, Any]]) -> frozenset[str]:
    """Return the set of texts that are rarest in pages, the first of those that are rare enough."""
    best: frozenset[str] = frozenset()
    for texts in _candidates(items):
        if not best or _worth(texts) > _worth(best):
            best = texts
        if _worth(best) == _RARE:
            break
    return best


def _worth(texts: frozenset[str]) -> int:
    """Return how rarely texts of these lengths stand in a page by chance, roughly."""
    return min(_RARE, *map(len, texts)) - (_TOO_MANY_TO_BE_RARE if len(texts) > _FEW else 0)


def _candidates(items: Sequence[tuple[Any, Any]]) -> Iterator[frozenset[str]]:
    """Yield the sets of texts that neighbours in a sequence need together, from each of them on."""
    for first in range(len(items)):
        texts = frozenset({""})
        for item in items[first:]:
            longer = _product(texts, _spelled(*item))
            if not longer:
                break
            texts = longer
        texts = frozenset(text.removesuffix(_CUT) for text in texts)
        if min(map(len, texts)) >= _SHORTEST:
            yield frozenset(
                text for text in texts if not any(text[:end] in texts for end in range(3, len(text)))
            )
        yield from _inside(*items[first])


def _inside(operation: Any, argument: Any) -> Iterator[frozenset[str]]:
    """Yield what a part needs that cannot be spelled out as a whole."""
    if operation is _constants.SUBPATTERN:
        yield from _candidates(argument[3])
    elif operation is _constants.BRANCH:
        branches = [_best(branch) for branch in argument[1]]
        if all(branches):
            yield frozenset().union(*branches)
    elif operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[0]:
        yield from _candidates(argument[2])


def _spelled(operation: Any, argument: Any) -> frozenset[str]:
    """Return all beginnings that a part can have, or none if they cannot be told."""
    if operation is _constants.LITERAL:
        return frozenset({_lower(argument)})
    if operation is _constants.IN:
        return _members(argument)
    if operation is _constants.BRANCH:
        branches = [_sequence(branch) for branch in argument[1]]
        return _bounded(frozenset().union(*branches)) if all(branches) else frozenset()
    if operation is _constants.SUBPATTERN:
        return _sequence(argument[3])
    if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
        return _repeated(_sequence(argument[2]), argument[0], argument[1])
    return frozenset({""} if operation in (_constants.AT, _constants.ASSERT, _constants.ASSERT_NOT) else ())


def _sequence(items: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    texts = frozenset({""})
    for item in items:
        spelled = _spelled(*item)
        if not spelled and any(not text.endswith(_CUT) for text in texts):
            return _ended(texts) if "" not in texts else frozenset()
        texts = _product(texts, spelled)
    return texts


def _repeated(once: frozenset[str], least: int, most: int) -> frozenset[str]:
    """Return the beginnings of a part that comes several times; after a few they are cut."""
    if len(once) > _MANY and "" not in once:
        once = frozenset(text[:2] + _CUT if len(text) > 1 else text for text in once)
    enough = min(most, least + 2) if most > _REPEATS else most
    found = frozenset({""} if least == 0 else ())
    texts = frozenset({""})
    for count in range(1, enough + 1):
        texts = _product(texts, once)
        if not texts:
            return texts
        if count >= least:
            found |= texts if count < enough or enough == most else _ended(texts)
    return found


def _ended(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text.removesuffix(_CUT) + _CUT for text in texts)


def _product(texts: frozenset[str], after: frozenset[str]) -> frozenset[str]:
    return _bounded(
        frozenset(
            text if text.endswith(_CUT) or not more else _shortened(text + more)
            for text in texts
            for more in after
        )
    )


def _shortened(text: str) -> str:
    return text[:_LONGEST] + _CUT if len(text.removesuffix(_CUT)) > _LONGEST else text


def _bounded(texts: frozenset[str]) -> frozenset[str]:
    return texts if len(texts) <= _MOST else frozenset()


def _lower(code: int) -> str:
    return chr(code).lower() if code < 128 else chr(code)


def _members(members: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    texts: set[str] = set()
    for kind, value in members:
        if kind is _constants.LITERAL:
            texts.add(_lower(value))
        elif kind is _constants.RANGE and value[1] - value[0] < _WIDEST_CLASS:
            texts.update(map(_lower, range(value[0], value[1] + 1)))
        elif kind is _constants.CATEGORY and value in _CATEGORIES:
            texts.update(_CATEGORIES[value])
        else:
            return frozenset()
    return frozenset(texts)


_CATEGORIES = {_constants.CATEGORY_DIGIT: "0123456789", _constants.CATEGORY_SPACE: " \t\n\r\f\v"}
