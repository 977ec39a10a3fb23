"""Slack huddles, for members of the workspace."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="slack",
    name="Slack",
    hosts=("app.slack.com",),
    shapes=(
        Shape(
            path=r"/huddle/(?P<id>T[A-Z0-9]{6,14}/[CGD][A-Z0-9]{6,14})",
            key=lambda parts: parts["id"].upper(),
            kind="huddle",
            risk=Risk.MEMBERS,
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://app.slack.com/huddle/T0345CDEF/C0678GHJK", "T0345CDEF/C0678GHJK"),
        Found("app.slack.com/huddle/T9123ABCD/C9456EFGH", "T9123ABCD/C9456EFGH", kind="text"),
    ),
    ignored=(
        NearMiss("https://app.slack.com/client/T0345CDEF/C0678GHJK", "a channel"),
        NearMiss("https://join.slack.com/t/club/shared_invite/zt-0a1b2c", "an invitation to a workspace"),
    ),
)
