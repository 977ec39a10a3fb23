"""Blackboard Collaborate."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="bb-collaborate",
    name="Blackboard Collaborate",
    domains=("bbcollab.com",),
    bare_domains=False,
    shapes=(
        Shape(
            path=r"/(?:collab/ui/session/)?guest/(?P<id>[0-9a-f]{32})",
            kind="session",
            lower=True,
            ends="(?![0-9a-f])",
            takes_stated=False,
        ),
        Shape(
            path=r"/(?:collab/ui/session/)?invite/(?P<id>[0-9a-f]{32})",
            kind="session",
            lower=True,
            risk=Risk.HOST,
            ends="(?![0-9a-f])",
            takes_stated=False,
        ),
    ),
    found=(
        Found(
            "https://eu.bbcollab.com/guest/0123456789abcdef0123456789ABCDEF",
            "0123456789abcdef0123456789abcdef",
        ),
        Found(
            "https://us.bbcollab.com/collab/ui/session/guest/0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef",
        ),
        Found(
            "https://eu.bbcollab.com/invite/0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef",
        ),
    ),
    ignored=(
        NearMiss("https://eu.bbcollab.com/recording/0123456789abcdef0123456789abcdef", "a recording"),
        NearMiss("https://eu.bbcollab.com/guest/0123456789abcdef", "too short"),
    ),
)
