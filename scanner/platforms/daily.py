"""Daily."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="daily",
    name="Daily",
    domains=("daily.co",),
    bare_domains=False,
    ignored_labels=frozenset(
        {"www", "docs", "api", "dashboard", "status", "help", "blog", "unpkg", "community"}
    ),
    shapes=(
        Shape(
            path=r"/(?!static$|assets$|favicon)(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{0,127})",
            key="{org}/{id}",
            kind="room",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-/]|\.[a-z])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://club.daily.co/Board", "club/Board"),
        Found("https://club.daily.co/choir?t=eyJhbGciOi", "club/choir"),
    ),
    ignored=(
        NearMiss("https://www.daily.co/pricing", "a product page"),
        NearMiss("https://docs.daily.co/reference", "the documentation"),
    ),
)
