"""Houseparty, ended in October 2021."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="houseparty",
    name="Houseparty",
    hosts=("app.houseparty.com", "houseparty.com"),
    shapes=(
        Shape(
            path=r"/(?!download|api/|assets/|static/)(?P<id>[A-Za-z0-9._\-]{2,40})",
            host=r"app\.houseparty\.com",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
        Shape(
            path=r"/add/(?P<id>[A-Za-z0-9._\-]{2,40})",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://app.houseparty.com/annsmith", "annsmith"),
        Found("https://houseparty.com/add/annsmith", "annsmith"),
    ),
    ignored=(
        NearMiss("https://houseparty.com/blog", "a page of the product"),
        NearMiss("https://app.houseparty.com/", "no user"),
    ),
)
