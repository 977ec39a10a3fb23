"""Look for codes of letters where the words beside them are glued to them, for the gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from scanner.detect.needles import Places, spellings
from scanner.detect.views import squeezed_word
from scanner.platforms.platform import Code

_BORDER = re.compile(r"\(\?<?!(?:[^()\[\]\\]|\[[^\]]*\]|\\.)*\)")


class LooseCode:
    """A code of letters and the words that make it count, whatever else is glued to them."""

    def __init__(self, code: Code, names: Iterable[str], *, fast: bool) -> None:
        self._pattern = _without_borders(code.pattern)
        self._places = Places(b"(?i)" + self._pattern.pattern, fast=fast)
        self._before = _without_borders(code.before)
        self._after = _without_borders(code.after)
        beside = (code.before.pattern, code.after.pattern)
        self.squeezed = frozenset(map(squeezed_word, {t for p in beside for t in spellings(p)}.union(names)))

    def within(self, view: bytes) -> Iterator[re.Match[bytes]]:
        """Yield the codes of a view."""
        for start, end in self._places.within(view):
            yield from self._pattern.finditer(view, start, end)

    def counts(self, before: bytes, found: re.Match[bytes]) -> bool:
        """Tell whether the words beside a code make it a room's."""
        return bool(self._before.search(before) or self._after.match(found.string, found.end()))


def _without_borders(pattern: re.Pattern[str]) -> re.Pattern[bytes]:
    """Drop what may not stand beside a match: without tags, the next word is glued to it."""
    return re.compile(_BORDER.sub("", pattern.pattern).encode(), pattern.flags & re.IGNORECASE)
