"""Vonage Meetings."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="vonage",
    name="Vonage Meetings",
    hosts=("meetings.vonage.com",),
    shapes=(
        Shape(
            path=r"/(?P<id>[0-9]{9})",
            ends="(?![0-9])",
            takes_stated=False,
        ),
        Shape(
            path=r"/?",
            query={"room_token": "(?P<id>[0-9]{9})"},
            takes_stated=False,
        ),
    ),
    names=("vonage", "vonage meetings"),
    digits=frozenset({9}),
    takes_stated=False,
    found=(
        Found("https://meetings.vonage.com/845123678", "845123678"),
        Found("https://meetings.vonage.com/?room_token=845123678&participant_token=x", "845123678"),
    ),
    ignored=(
        NearMiss("https://meetings.vonage.com/join", "no number"),
        NearMiss("https://www.vonage.com/845123678", "another host"),
    ),
)
