"""Livestorm: a registration page, or one registrant's own link."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="livestorm",
    name="Livestorm",
    hosts=("app.livestorm.co", "app.livestorm.com"),
    shapes=(
        Shape(
            path=r"/p/(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?:/live|/form)?",
            kind="session",
            lower=True,
            risk=Risk.PUBLIC,
            risk_with={"s": Risk.UNIQUE},
            takes_stated=False,
        ),
        Shape(
            path=r"/(?!p/|users?/|api/|auth/|settings/)(?P<id>[A-Za-z0-9_\-]{1,80}/[A-Za-z0-9_\-]{1,120})(?:/live)?",
            kind="event",
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
    ),
    found=(
        Found(
            "https://app.livestorm.co/p/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9/live?s=1b2c",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
        ),
        Found("https://app.livestorm.com/club/open-evening", "club/open-evening"),
    ),
    ignored=(
        NearMiss("https://app.livestorm.co/p/not-an-identifier", "no identifier"),
        NearMiss("https://livestorm.co/blog/webinars", "the makers' pages"),
    ),
)
