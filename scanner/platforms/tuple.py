"""Tuple, for pairs of programmers."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="tuple",
    name="Tuple",
    hosts=("tuple.app", "www.tuple.app"),
    shapes=(
        Shape(
            path=r"/c/(?P<id>[A-Za-z0-9_\-]{6,64})",
            kind="call",
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://tuple.app/c/aBcDeFgH_iJkLmN", "aBcDeFgH_iJkLmN"),
        Found("tuple.app/c/zBcDeFgH_iJkLmN", "zBcDeFgH_iJkLmN", kind="text"),
    ),
    ignored=(
        NearMiss("https://tuple.app/careers", "a page of the product"),
        NearMiss("https://docs.tuple.app/c/aBcDeFgH", "the documentation"),
    ),
)
