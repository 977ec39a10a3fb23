"""oVice: offices to walk about in."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="ovice",
    name="oVice",
    hosts=("app.ovice.com",),
    domains=("ovice.in",),
    bare_domains=False,
    ignored_labels=frozenset({"www", "help", "docs"}),
    shapes=(
        Shape(
            path=r"/(?!login|signup|api/|assets/)(?P<id>[A-Za-z0-9_\-]{2,80})(?:/.*)?",
            host=r"app\.ovice\.com",
            kind="space",
            lower=True,
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
        Shape(
            path=r"/.*",
            host=r"(?P<id>[a-z0-9\-]+)\.ovice\.in",
            kind="space",
            lower=True,
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://app.ovice.com/village-hall/lobby", "village-hall"),
        Found("https://village-hall.ovice.in/", "village-hall"),
    ),
    ignored=(
        NearMiss("https://www.ovice.com/pricing", "another host"),
        NearMiss("https://help.ovice.in/", "the help pages"),
    ),
)
