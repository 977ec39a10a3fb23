"""A text that does not print."""

from __future__ import annotations

import hmac


class Secret:
    """A text that prints as ``***`` wherever it ends up; ``reveal`` is the only way to read it.

    Not a ``str`` on purpose: joining, formatting and JSON then fail or print stars instead of leaking.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text. Call it only where the secret is used."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(encoded(self._text), encoded(other._text))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret is never written to a pickle")


def encoded(text: str) -> bytes:
    """Encode any ``str``: text from pages can hold lone surrogates."""
    return text.encode("utf-8", "surrogatepass")
