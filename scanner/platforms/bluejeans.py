"""BlueJeans, ended in 2023 and 2024."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="bluejeans",
    name="BlueJeans",
    domains=("bluejeans.com",),
    ignored_labels=frozenset({"support", "www2", "store", "help", "api", "docs", "developer"}),
    ignored_paths=r"/s/",
    shapes=(
        Shape(
            host=r"primetime\.bluejeans\.com",
            path=r"/a2m/live-event/(?P<id>[A-Za-z0-9]{4,32})",
            key="event:{id}",
            kind="event",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
        Shape(
            path=r"/(?P<id>[0-9]{3,16})(?:/(?:(?P<plain>[0-9]{3,10})|browser|webrtc|quick))?(?:/(?:browser|webrtc|quick))?",
            risk=Risk.DEFUNCT,
            ends="(?![0-9/])",
        ),
    ),
    names=("bluejeans", "blue jeans"),
    digits=frozenset({9, 10}),
    one_tap=True,
    found=(
        Found("https://bluejeans.com/845123678", "845123678"),
        Found("https://bluejeans.com/845123678/4821", "845123678"),
        Found("https://club.bluejeans.com/845123678/browser ", "845123678"),
        Found("https://primetime.bluejeans.com/a2m/live-event/aBcDeFgH", "event:aBcDeFgH"),
    ),
    ignored=(
        NearMiss("https://bluejeans.com/s/aBcDeFgH", "a recording"),
        NearMiss("https://bluejeans.com/pricing", "a product page"),
    ),
)
