"""Nextcloud Talk, hosted by everybody."""

from __future__ import annotations

from functools import partial

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_ROOM = r"(?P<base>(?:/[A-Za-z0-9_\-]{1,40}){0,3})/call/(?P<id>[a-z0-9]{6,8})"
_SHAPED = r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]*|[bcdfghjkmnpqrstvwxyz]{8}"
_call = partial(
    Shape, key="{host}{base}/{id}", kind="room", lower=True, risk=Risk.REUSABLE, ends="(?![A-Za-z0-9])"
)

PLATFORM = Platform(
    slug="nextcloud-talk",
    name="Nextcloud Talk",
    anywhere=(
        _call(path=r"(?P<base>(?:/[A-Za-z0-9_\-]{1,40}){0,3})/index\.php/call/(?P<id>[a-z0-9]{6,8})"),
        _call(path=_ROOM, cased=_SHAPED, host=r".*(?:cloud|talk|nc\.).*"),
        _call(path=_ROOM, cased=_SHAPED, said=r"\b(?:(?:next|own)?cloud|talk)\b"),
    ),
    anywhere_hints=("/call/",),
    names=("nextcloud talk",),
    found=(
        Found("https://cloud.example.org/index.php/call/ab3de6gh", "cloud.example.org/ab3de6gh"),
        Found("https://example.org/nextcloud/index.php/call/ab3de6gh", "example.org/nextcloud/ab3de6gh"),
        Found("https://cloud.example.org/call/ab3de6gh", "cloud.example.org/ab3de6gh"),
        Found("Our Talk room: https://example.org/call/ab3de6gh", "example.org/ab3de6gh", kind="text"),
    ),
    ignored=(
        NearMiss("https://cloud.example.org/s/ab3de6gh", "a shared file"),
        NearMiss("https://cloud.example.org/call/support", "a word"),
        NearMiss("https://example.org/call/ab3de6gh", "nothing says cloud"),
    ),
)
