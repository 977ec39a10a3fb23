"""Zoom for Government: Zoom's paths over an ID space of its own."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform
from scanner.platforms.zoom import MEETING_SHAPES
from scanner.platforms.zoom import PLATFORM as ZOOM

PLATFORM = Platform(
    slug="zoomgov",
    name="Zoom for Government",
    domains=("zoomgov.com",),
    ignored_labels=ZOOM.ignored_labels,
    ignored_paths=ZOOM.ignored_paths,
    shapes=MEETING_SHAPES,
    schemes=ZOOM.schemes,
    names=("zoomgov", "zoom for government", "zoom gov"),
    digits=frozenset({9, 10, 11}),
    groups=ZOOM.groups,
    found=(
        Found("https://example.zoomgov.com/j/1604512367?pwd=abc123", "1604512367"),
        Found(
            "https://www.zoomgov.com/meeting/register/vJAbCdEfGhIjKlMn#/registration",
            "register:vJAbCdEfGhIjKlMn",
        ),
        Found("zoommtg://www.zoomgov.com/join?confno=1604512367", "1604512367"),
    ),
    ignored=(
        NearMiss("https://zoomgov.com/download", "the program, not a meeting"),
        NearMiss("https://zoomgov.com.example.org/j/1604512367", "the host ends in another domain"),
    ),
)
