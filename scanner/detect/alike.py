"""Read the hosts of a view with letters of other alphabets as people take them, for the gate."""

from __future__ import annotations

import re
from functools import lru_cache

from scanner.detect.fold import disguises

_HOST = re.compile(r"(?<![\w.\-])[\w.\-]++(?=\\{0,8}\Z)")
_LONGEST_HOST = 300


def look_alikes(view: bytes, letters: frozenset[str]) -> bytes:
    """Return the hosts of a view with some of these letters, replaced by those they are taken for."""
    alike = {ord(letter): latin for letter in letters if (latin := _looks_like(letter))}
    if not alike:
        return b""
    ends = (part[-_LONGEST_HOST:] for part in view.split(b"/")[:-1])
    hosts = (_HOST.search(end.decode("utf-8", "replace")) for end in ends if not end.isascii())
    found = " ".join(host.group() for host in hosts if host)
    return found.translate(alike).lower().encode("ascii", "replace")


@lru_cache(maxsize=65_536)
def _looks_like(letter: str) -> str:
    """Return the ASCII letter that a letter is taken for in a host name, or nothing."""
    return next((version.text[1] for version in disguises(f"a{letter}a.bc/") if version.text.isascii()), "")
