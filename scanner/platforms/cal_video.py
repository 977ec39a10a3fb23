"""Cal Video. Booking pages are no rooms."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="cal-video",
    name="Cal Video",
    hosts=("app.cal.com",),
    shapes=(
        Shape(
            path=r"/video/(?P<id>[A-Za-z0-9]{8,40})",
            kind="video",
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://app.cal.com/video/aBcDeFgHiJkLmNoPqRsTuV", "aBcDeFgHiJkLmNoPqRsTuV"),
        Found("app.cal.com/video/zBcDeFgHiJkLmNoPqRsTuV", "zBcDeFgHiJkLmNoPqRsTuV", kind="text"),
    ),
    ignored=(
        NearMiss("https://cal.com/annsmith", "a booking page"),
        NearMiss("https://app.cal.com/bookings", "a page of the product"),
    ),
)
