"""Element Call."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="element-call",
    name="Element Call",
    hosts=("call.element.io",),
    shapes=(
        Shape(
            path="/room",
            fragment=r"/?(?P<id>[^/?#&]{1,100})(?:\?(?:(?=(?:.*&)?password=(?P<token>[^&]{1,200})))?.*)?",
            key="call.element.io/{id}",
            kind="room",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
        Shape(
            path=r"/(?!assets/|room$|config\.json|login$|register$)(?P<id>[^/?#.]{1,100})",
            key="call.element.io/{id}",
            kind="room",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://call.element.io/village-choir", "call.element.io/village-choir"),
        Found(
            "https://call.element.io/room/#/village-choir?password=aBcDeFgH", "call.element.io/village-choir"
        ),
    ),
    ignored=(
        NearMiss("https://call.element.io/", "no room"),
        NearMiss("https://call.element.io/assets/index.js", "a file of the program"),
    ),
)
