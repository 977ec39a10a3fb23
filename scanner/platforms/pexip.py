"""Pexip, mostly on an organisation's own host."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="pexip",
    name="Pexip",
    hosts=("pexip.me",),
    ignored_paths=r"/teams/",
    shapes=(
        Shape(
            path=r"/meet/(?P<id>[A-Za-z0-9@][A-Za-z0-9._@\-]{0,100})",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"pin": PasscodeKind.PLAIN},
            ends=r"(?![A-Za-z0-9._@\-])",
        ),
    ),
    anywhere=(
        Shape(
            path=r"/webapp[23]?/(?:conference|m)/(?P<id>[A-Za-z0-9@][A-Za-z0-9._@\-]{0,100})(?:/.*)?",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"pin": PasscodeKind.PLAIN},
        ),
        Shape(
            path=r"/webapp[23]?(?:/(?:home|conference))?",
            query={"conference": "(?P<id>[A-Za-z0-9@][A-Za-z0-9._@ -]{0,100})"},
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"pin": PasscodeKind.PLAIN},
        ),
    ),
    anywhere_hints=("/webapp",),
    found=(
        Found(
            "https://video.example.org/webapp/conference/Club.Room?pin=4821", "video.example.org/club.room"
        ),
        Found("https://video.example.org/webapp3/m/club.room", "video.example.org/club.room"),
        Found("https://video.example.org/webapp/home/?conference=club.room", "video.example.org/club.room"),
        Found("https://pexip.me/meet/club.boardroom", "pexip.me/club.boardroom"),
    ),
    ignored=(
        NearMiss("https://pexip.me/teams/club/845123678", "a gateway to Teams"),
        NearMiss("https://video.example.org/webapp/", "no conference"),
    ),
)
