"""Workplace Rooms."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="workplace",
    name="Workplace",
    domains=("workplace.com",),
    shapes=(
        Shape(
            path=r"/groupcall/(?:LINK:)?(?!create$)(?P<id>[A-Za-z0-9_\-]{6,40})",
            kind="room",
            risk=Risk.DEFUNCT,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://club.workplace.com/groupcall/LINK:aBcDeFgHiJkL", "aBcDeFgHiJkL"),
        Found("https://workplace.com/groupcall/aBcDeFgHiJkL", "aBcDeFgHiJkL"),
    ),
    ignored=(
        NearMiss("https://club.workplace.com/groups/845123678", "a group"),
        NearMiss("https://club.workplace.com/groupcall/create", "a button"),
    ),
)
