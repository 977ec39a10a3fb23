"""Lifesize."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="lifesize",
    name="Lifesize",
    hosts=("call.lifesizecloud.com", "guest.lifesizecloud.com"),
    shapes=(
        Shape(
            path=r"/(?P<id>[0-9]{4,15})",
            risk=Risk.REUSABLE,
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    names=("lifesize",),
    digits=frozenset(range(6, 13)),
    takes_stated=False,
    found=(
        Found("https://call.lifesizecloud.com/8451236", "8451236"),
        Found("https://guest.lifesizecloud.com/8451236", "8451236"),
    ),
    ignored=(
        NearMiss("8451236@lifesizecloud.com", "an address for video devices", kind="text"),
        NearMiss("https://call.lifesizecloud.com/", "no number"),
    ),
)
