"""StreamYard: a guest's way into a live stream."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="streamyard",
    name="StreamYard",
    hosts=("streamyard.com", "www.streamyard.com"),
    shapes=(
        Shape(
            path=r"/guest/(?P<id>[A-Za-z0-9]{8,13})",
            kind="studio",
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
        Shape(
            path=r"/(?!features|resources|webinars|download|broadcast|settings|affiliate)(?P<id>[a-z0-9]{8,13})",
            cased=r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]*|(?=[a-z]*[A-Z])[A-Za-z]*|[bcdfghjkmnpqrstvwxyz]*",
            kind="studio",
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://streamyard.com/ab3de6gh9k", "ab3de6gh9k"),
        Found("https://streamyard.com/guest/ab3de6gh9k", "ab3de6gh9k"),
    ),
    ignored=(
        NearMiss("https://streamyard.com/", "no studio"),
        NearMiss("https://support.streamyard.com/ab3de6gh9k", "the help pages"),
    ),
)
