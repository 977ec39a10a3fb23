"""FreeConferenceCall.com."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="freeconferencecall",
    name="FreeConferenceCall",
    domains=("freeconferencecall.com",),
    shapes=(
        Shape(
            path=r"/(?!login$|en$|us$)(?P<id>[A-Za-z0-9][A-Za-z0-9_\-.]{1,63})",
            host=r"join\.freeconferencecall\.com",
            kind="name",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-.])",
            takes_stated=False,
        ),
        Shape(
            path=r"/join/(?P<id>[A-Za-z0-9][A-Za-z0-9_\-.]{1,63})",
            host=r"(?:www\.)?freeconferencecall\.com",
            kind="name",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-.])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://join.freeconferencecall.com/villagechoir", "villagechoir"),
        Found("https://www.freeconferencecall.com/join/villagechoir", "villagechoir"),
    ),
    ignored=(
        NearMiss("https://www.freeconferencecall.com/global/gb/login", "the log-in page"),
        NearMiss("https://join.freeconferencecall.com/", "no name"),
    ),
)
