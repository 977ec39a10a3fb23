"""Dialpad Meetings, called UberConference before."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="dialpad",
    name="Dialpad Meetings",
    hosts=(
        "meetings.dialpad.com",
        "dialpad.com",
        "www.dialpad.com",
        "uberconference.com",
        "www.uberconference.com",
    ),
    ignored_paths=r"/(?:api|help|blog|login|signup|pricing|features|about|legal|static|terms|privacy|download|international)(?:/|$)",
    shapes=(
        Shape(
            path=r"/(?P<id>(?:room/)?[a-z0-9][a-z0-9_\-.]{1,79})",
            host=r"meetings\.dialpad\.com|(?:www\.)?uberconference\.com",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-./])",
            takes_stated=False,
        ),
        Shape(
            path=r"/meetings/(?P<id>(?:room/)?[a-z0-9][a-z0-9_\-.]{1,79})",
            host=r"(?:www\.)?dialpad\.com",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-./])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://meetings.dialpad.com/Village-Choir", "village-choir"),
        Found("https://meetings.dialpad.com/room/board", "room/board"),
        Found("https://www.uberconference.com/annsmith", "annsmith"),
        Found("https://dialpad.com/meetings/annsmith", "annsmith"),
    ),
    ignored=(
        NearMiss("https://help.dialpad.com/meetings/annsmith", "the help pages"),
        NearMiss("https://www.dialpad.com/blog/meetings", "the makers' news"),
        NearMiss("https://meetings.dialpad.com/api/rooms", "the programming interface"),
    ),
)
