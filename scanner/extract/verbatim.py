"""Collect what a page shows as it was written: source texts, and tables drawn with signs."""

from __future__ import annotations

from dataclasses import dataclass, field

_TAGS = frozenset({"pre", "code", "textarea", "listing"})
_KEPT = 1_000_000
"""Characters of one text that are read again. It is read as it stands too, whatever its length."""


@dataclass(slots=True)
class Verbatim:
    """Collects the text of one element of this sort at a time, the outermost."""

    _tag: str = ""
    _texts: list[str] = field(default_factory=list)
    _left: int = _KEPT

    def start(self, tag: str) -> None:
        """Note the beginning of an element."""
        if not self._tag and tag in _TAGS:
            self._tag = tag

    def takes(self, text: str) -> bool:
        """Keep a text that stands within such an element; tell whether it does."""
        if self._tag and self._left > 0:
            self._texts.append(text)
            self._left -= len(text)
        return bool(self._tag)

    def end(self, tag: str) -> str:
        """Note the end of an element; return all of its text if it was of this sort."""
        if tag != self._tag:
            return ""
        text = "".join(self._texts)
        self._tag, self._texts, self._left = "", [], _KEPT
        return text
