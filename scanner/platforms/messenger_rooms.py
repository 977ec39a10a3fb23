"""Messenger Rooms."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="messenger-rooms",
    name="Messenger Rooms",
    hosts=(
        "messenger.com",
        "www.messenger.com",
        "facebook.com",
        "www.facebook.com",
        "m.facebook.com",
        "msngr.com",
    ),
    shapes=(
        Shape(
            path=r"/groupcall/LINK:(?P<id>[A-Za-z0-9_\-]{6,40})",
            kind="room",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
        Shape(
            path=r"/(?P<id>[A-Za-z0-9]{8,24})",
            host=r"msngr\.com",
            kind="room",
            risk=Risk.REUSABLE,
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://www.messenger.com/groupcall/LINK:aBcDeFgHiJkL1234/", "aBcDeFgHiJkL1234"),
        Found("https://msngr.com/aBcDeFgHiJkL", "aBcDeFgHiJkL"),
    ),
    ignored=(
        NearMiss("https://www.messenger.com/groupcall/create", "a button"),
        NearMiss("https://m.me/villagechoir", "a page's chat"),
    ),
)
