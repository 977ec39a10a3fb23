"""kMeet by Infomaniak."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="kmeet",
    name="kMeet",
    hosts=("kmeet.infomaniak.com",),
    shapes=(
        Shape(
            path=r"/(?!external_api\.js|static/|libs/|images/|create$)(?P<id>[A-Za-z0-9_\-]{3,80})",
            kind="room",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-./])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://kmeet.infomaniak.com/bcdfghjkmnpqrstv", "bcdfghjkmnpqrstv"),
        Found("kmeet.infomaniak.com/villagechoir", "villagechoir", kind="text"),
    ),
    ignored=(
        NearMiss("https://kmeet.infomaniak.com/external_api.js", "a file of the program"),
        NearMiss("sha256-9kMeetAbCdEf/bcdfghjk", "letters inside a hash", kind="text"),
    ),
)
