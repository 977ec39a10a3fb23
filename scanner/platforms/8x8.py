"""8x8 Meet and Jitsi as a Service."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="8x8",
    name="8x8 Meet",
    hosts=("8x8.vc",),
    shapes=(
        Shape(
            path=r"/(?!static/|libs/|images/|css/|sounds/)(?P<id>[^/?#]{1,100}/(?!external_api\.js|static$|libs$)[^/?#]{1,200})",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
        ),
    ),
    names=("8x8",),
    found=(
        Found("https://8x8.vc/club/Board-Room", "club/board-room"),
        Found(
            "https://8x8.vc/vpaas-magic-cookie-0123456789abcdef/Choir",
            "vpaas-magic-cookie-0123456789abcdef/choir",
        ),
    ),
    ignored=(
        NearMiss("https://8x8.vc/club/external_api.js", "a file of the program"),
        NearMiss("https://8x8.vc/club", "a tenant without a room"),
    ),
)
