"""Make text from elsewhere fit to stand in a message: one line, no tricks, nothing to click on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from scanner.redact import redact, redact_address

_JOINERS = "\u200c\u200d"
"""Invisible, but words in Persian or Hindi and some emoji are wrong without them."""


def plain(text: str, *, limit: int, secrets: Iterable[str] = ()) -> str:
    """Return a text on one line, at most ``limit`` characters, without links, numbers to dial and secrets.

    Control characters, marks that change the writing direction and broken surrogates go.
    """
    kept = "".join(_kept(sign) for sign in text[: 20 * limit])
    return _cut(" ".join(redact(kept, secrets).split()), limit)


def defanged(address: str, *, limit: int = 160) -> str:
    """Return an address to read but not to click: ``hxxps://forum[.]example/t/41``, meeting IDs masked."""
    shown = "%20".join("".join(_kept(sign) for sign in redact_address(address)).split())
    for clickable, dull in (("http", "hxxp"), ("HTTP", "HXXP"), ("@", "[at]"), (".", "[.]")):
        shown = shown.replace(clickable, dull)
    first, separator, inner = shown.partition("://")
    return _cut(first + separator + inner.replace("://", "[:]//"), limit)


def host_of(address: str) -> str:
    """Return the host of an address to name it by, without links in it to click on."""
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return _cut("".join(_kept(sign) for sign in host or "an unreadable address"), 60)


def _kept(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    return "" if category.startswith("C") and sign not in _JOINERS else sign


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
