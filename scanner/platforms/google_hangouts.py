"""Google Hangouts, ended in 2022. Old pages still name its rooms."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="google-hangouts",
    name="Google Hangouts",
    hosts=("hangouts.google.com", "plus.google.com"),
    shapes=(
        Shape(
            host=r"hangouts\.google\.com",
            path=r"/(?P<word>call|group)/(?P<id>[A-Za-z0-9_\-]{4,64})",
            key=lambda parts: f"{parts['word'].lower()}:{parts['id']}",
            kind="call",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
        Shape(
            path=r"/hangouts/_/(?P<id>[^?#]{3,200}?)",
            key="room:{id}",
            kind="room",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
    ),
    ignored_paths=r"/_/|/start|/hangouts/_/?$",
    found=(
        Found("https://hangouts.google.com/call/aBcDeFgHiJkLmNoPqRsT", "call:aBcDeFgHiJkLmNoPqRsT"),
        Found("https://plus.google.com/hangouts/_/club.example/board-call", "room:club.example/board-call"),
        Found("https://hangouts.google.com/group/aBcDeFgHiJkLmNoP2", "group:aBcDeFgHiJkLmNoP2"),
    ),
    ignored=(
        NearMiss("https://hangouts.google.com/call/", "no call"),
        NearMiss("https://hangouts.google.com/start", "a button of the product"),
        NearMiss(
            "https://hangouts.google.com/_/elUi/chat-redirect?dest=https://example.org/", "a redirector"
        ),
    ),
)
