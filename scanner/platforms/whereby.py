"""Whereby, called appear.in until 2019."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_PAGES = (
    "information|blog|user|sitemap|pricing|about|login|signup|sign-up|features|security|terms|privacy|legal|org"
    "|help|contact|careers|embedded|products?|integrations|download|images|assets|static|api|robots|index"
)
_ROOM = rf"(?!(?:{_PAGES})(?:/|$))(?P<id>[a-z0-9][a-z0-9_\-]{{0,99}})"

PLATFORM = Platform(
    slug="whereby",
    name="Whereby",
    domains=("whereby.com", "appear.in"),
    ignored_labels=frozenset({"docs", "api", "www", "help", "blog", "status", "cdn", "srv"}),
    shapes=(
        Shape(
            path=rf"/{_ROOM}",
            key=lambda parts: f"{parts['org']}/{parts['id']}" if parts["org"] else parts["id"],
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            risk_with={"roomkey": Risk.HOST},
            passcodes={"roomkey": PasscodeKind.TOKEN},
            ends=r"(?![A-Za-z0-9_\-/]|\.[a-z])",
            takes_stated=False,
        ),
    ),
    shared=True,
    names=("whereby",),
    found=(
        Found("https://whereby.com/Village-Choir", "village-choir"),
        Found("https://club.whereby.com/board?roomKey=abc", "club/board"),
        Found("https://appear.in/village-choir", "village-choir"),
    ),
    ignored=(
        NearMiss("https://whereby.com/information/tos", "a page of the product"),
        NearMiss("https://docs.whereby.com/embedding", "the documentation"),
        NearMiss("npm install @whereby.com/browser-sdk", "the name of a package", kind="text"),
    ),
)
