"""LiveKit Meet: a passphrase may stand in the fragment."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="livekit",
    name="LiveKit Meet",
    domains=("livekit.io",),
    bare_domains=False,
    shapes=(
        Shape(
            host=r"meet(?:\.[a-z0-9\-]+)?\.livekit\.io",
            path=r"/rooms/(?P<id>[A-Za-z0-9_\-]{1,100})",
            fragment=r"(?P<token>.*)",
            key="{host}/{id}",
            kind="room",
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://meet.livekit.io/rooms/ab12-cd34#s3cretphrase", "meet.livekit.io/ab12-cd34"),
        Found("https://meet.staging.livekit.io/rooms/ab12-cd34", "meet.staging.livekit.io/ab12-cd34"),
    ),
    ignored=(
        NearMiss("https://docs.livekit.io/rooms/ab12-cd34", "the documentation"),
        NearMiss("https://meet.livekit.io/", "no room"),
    ),
)
