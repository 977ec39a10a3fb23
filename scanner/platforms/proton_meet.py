"""Proton Meet: the password is in the fragment."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="proton-meet",
    name="Proton Meet",
    hosts=("meet.proton.me",),
    shapes=(
        Shape(
            path=r"(?:/u/[0-9])?/(?:guest/)?join/(?P<id>id-[A-Za-z0-9]{10})",
            fragment=r"(?:pwd-(?P<token>[A-Za-z0-9]{12}).*)?",
            kind="room",
            ends="(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://meet.proton.me/join/id-Z9Y8X7W6V5#pwd-aBcDeFgHiJ12", "id-Z9Y8X7W6V5"),
        Found("https://meet.proton.me/join/id-Z9Y8X7W6V5", "id-Z9Y8X7W6V5"),
    ),
    ignored=(
        NearMiss("https://meet.proton.me/", "no room"),
        NearMiss("https://proton.me/join/id-Z9Y8X7W6V5", "another host"),
    ),
)
