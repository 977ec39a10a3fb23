"""Pumble. Its codes have the shape of Google Meet's: the host decides."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="pumble",
    name="Pumble",
    hosts=("meet.pumble.com",),
    shapes=(
        Shape(
            path=r"/(?P<id>[a-z]{3}-[a-z]{4}-[a-z]{3})",
            kind="code",
            lower=True,
            ends=r"(?![a-z0-9\-])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://meet.pumble.com/bcd-efgh-jkm", "bcd-efgh-jkm"),
        Found("meet.pumble.com/zcd-efgh-jkm", "zcd-efgh-jkm", kind="text"),
    ),
    ignored=(
        NearMiss("https://meet.pumble.com/bcd-efgh-jkmn", "other groups"),
        NearMiss("https://meet.pumble.com/", "no room"),
    ),
)
