"""Around."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="around",
    name="Around",
    hosts=("around.co", "www.around.co", "meet.around.co"),
    shapes=(
        Shape(
            path=r"/r/(?P<id>[A-Za-z0-9_\-]{2,80})",
            kind="room",
            risk=Risk.DEFUNCT,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://meet.around.co/r/village-choir", "village-choir"),
        Found("https://around.co/r/village-choir", "village-choir"),
    ),
    ignored=(
        NearMiss("https://around.co/blog", "the makers' news"),
        NearMiss("https://around.co.uk.example/r/village-choir", "another host"),
    ),
)
