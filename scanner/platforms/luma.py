"""Luma: one guest's own way in. Event pages are no rooms."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="luma",
    name="Luma",
    hosts=("lu.ma", "luma.com", "www.luma.com"),
    shapes=(
        Shape(
            path=r"/join/(?P<id>g-[A-Za-z0-9]{4,40})",
            kind="guest",
            risk=Risk.UNIQUE,
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://lu.ma/join/g-aBcDeFgHiJkL", "g-aBcDeFgHiJkL"),
        Found("https://luma.com/join/g-aBcDeFgHiJkL", "g-aBcDeFgHiJkL"),
    ),
    ignored=(
        NearMiss("https://lu.ma/village-choir", "an event's page"),
        NearMiss("https://lu.ma/join/village", "no guest's code"),
    ),
)
