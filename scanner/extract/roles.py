"""Tell which elements of a table others stand for, by the roles that they say they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_ELEMENTS = {
    "table": "table",
    "grid": "table",
    "treegrid": "table",
    "row": "tr",
    "columnheader": "th",
    "rowheader": "th",
    "cell": "td",
    "gridcell": "td",
}
"""Roles of WAI-ARIA and what HTML has for them."""
_OWN = frozenset(_ELEMENTS.values())
_DEEPEST = 64


@dataclass(slots=True)
class _Open:
    tag: str
    instead: str
    inside: int = 0


@dataclass(slots=True)
class Roles:
    """Follows the elements of a page that have a role in a table."""

    _open: list[_Open] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """Note the beginning of an element; return the tag that it stands for, mostly its own."""
        instead = _ELEMENTS.get(attributes.get("role") or "")
        if instead and tag not in _OWN and len(self._open) < _DEEPEST:
            self._open.append(_Open(tag, instead))
            return instead
        if self._open and self._open[-1].tag == tag:
            self._open[-1].inside += 1
        return tag

    def end(self, tag: str) -> str:
        """Note the end of an element; return the tag that it stood for."""
        if not self._open or self._open[-1].tag != tag:
            return tag
        if self._open[-1].inside:
            self._open[-1].inside -= 1
            return tag
        return self._open.pop().instead
