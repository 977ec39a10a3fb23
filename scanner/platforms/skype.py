"""Skype, ended on 5 May 2025."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="skype",
    name="Skype",
    hosts=("join.skype.com",),
    shapes=(
        Shape(
            path=r"/(?:meet/)?(?P<id>[A-Za-z0-9]{12})",
            risk=Risk.DEFUNCT,
            ends=r"(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    ignored_paths=r"/(?:invite|bot)(?:/|$)",
    found=(
        Found("https://join.skype.com/aBcDeFgHiJk2", "aBcDeFgHiJk2"),
        Found("https://join.skype.com/meet/aBcDeFgHiJk2", "aBcDeFgHiJk2"),
    ),
    ignored=(
        NearMiss("https://join.skype.com/invite/aBcDeFgHiJk2", "an invitation to a contact"),
        NearMiss("https://join.skype.com/bot/aBcDeFgHiJk2", "a bot"),
    ),
)
