"""Demio webinars."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="demio",
    name="Demio",
    hosts=("event.demio.com", "my.demio.com"),
    shapes=(
        Shape(
            path=r"/ref/(?P<id>[A-Za-z0-9]{6,32})",
            risk=Risk.PUBLIC,
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://event.demio.com/ref/aBcDeFgHiJkLmN12", "aBcDeFgHiJkLmN12"),
        Found("https://my.demio.com/ref/aBcDeFgHiJkLmN12", "aBcDeFgHiJkLmN12"),
    ),
    ignored=(
        NearMiss("https://event.demio.com/recording/aBcDeFgH", "a recording"),
        NearMiss("an epidemiologist at my.epidemio.com/ref/aBcDeFgHiJkL", "another host", kind="text"),
    ),
)
