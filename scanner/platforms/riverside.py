"""Riverside studios."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="riverside",
    name="Riverside",
    hosts=("riverside.fm", "www.riverside.fm", "riverside.com", "www.riverside.com"),
    shapes=(
        Shape(
            path=r"/studio/(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{0,100})",
            kind="studio",
            risk=Risk.REUSABLE,
            passcodes={"t": PasscodeKind.TOKEN},
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://riverside.fm/studio/village-choir?t=0a1b2c3d4e5f", "village-choir"),
        Found("https://riverside.com/studio/village-choir", "village-choir"),
    ),
    ignored=(
        NearMiss("https://riverside.fm/blog/podcast-studio", "the makers' news"),
        NearMiss("https://riverside.fm/studio", "no studio"),
    ),
)
