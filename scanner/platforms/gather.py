"""Gather: rooms to walk about in."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="gather",
    name="Gather",
    hosts=("gather.town", "www.gather.town", "app.gather.town", "app.v2.gather.town"),
    shapes=(
        Shape(
            path=r"/app/(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:/.*)?",
            host=r"app\.v2\.gather\.town",
            kind="space",
            lower=True,
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
        Shape(
            path=r"/(?:app|invite)/(?P<id>[A-Za-z0-9]{10,32}/[^/?#]{1,100})",
            kind="space",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://app.gather.town/app/aBcDeFgHiJkLmNoP/Village%20Hall", "aBcDeFgHiJkLmNoP/Village Hall"),
        Found(
            "https://app.v2.gather.town/app/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
        ),
    ),
    ignored=(
        NearMiss("https://gather.town/get-started", "a page of the product"),
        NearMiss("https://app.gather.town/app", "no space"),
    ),
)
