"""FaceTime links: everything is in the fragment."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="facetime",
    name="FaceTime",
    hosts=("facetime.apple.com",),
    shapes=(
        Shape(
            path="/join",
            fragment=r"(?=(?:.*&)?p=(?P<id>[A-Za-z0-9+/_=%\-]{2,200}))(?:(?=(?:.*&)?k=(?P<token>[A-Za-z0-9+/_=%\-]{2,200})))?.*",
            kind="link",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://facetime.apple.com/join#v=1&p=aBcDeF0123456789&k=c2VjcmV0", "aBcDeF0123456789"),
        Found("https://facetime.apple.com/join#v=1&p=aB+cD/eF&k=c2VjcmV0", "aB+cD/eF"),
    ),
    ignored=(
        NearMiss("https://facetime.apple.com/join", "no fragment"),
        NearMiss("https://facetime.apple.com/join#v=1&k=c2VjcmV0", "no room"),
    ),
)
