"""WhatsApp call links."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="whatsapp",
    name="WhatsApp",
    hosts=("call.whatsapp.com",),
    shapes=(
        Shape(
            path=r"/(?:video|voice)/(?P<id>[A-Za-z0-9_\-]{22})",
            kind="call",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://call.whatsapp.com/video/aBcDeFgHiJkLmNoPqRsTuV", "aBcDeFgHiJkLmNoPqRsTuV"),
        Found("https://call.whatsapp.com/voice/aBcDeFgHiJkLmNoPqRsTuV", "aBcDeFgHiJkLmNoPqRsTuV"),
    ),
    ignored=(
        NearMiss("https://chat.whatsapp.com/aBcDeFgHiJkLmNoPqRsTuV", "a chat group, no call"),
        NearMiss("https://call.whatsapp.com/video/aBcDeF", "too short"),
    ),
)
