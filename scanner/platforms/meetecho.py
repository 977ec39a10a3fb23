"""Meetecho, where the IETF meets in public."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="meetecho",
    name="Meetecho",
    hosts=("meetings.conf.meetecho.com",),
    shapes=(
        Shape(
            path=r"/(?P<event>[a-z0-9_\-]{2,40})",
            query={"session": "[0-9]{1,8}"},
            key="{event}/{session}",
            kind="session",
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
        Shape(
            path=r"/(?P<event>[a-z0-9_\-]{2,40})",
            query={"group": r"[A-Za-z0-9_\-]{1,40}"},
            key="{event}/{group}",
            kind="session",
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://meetings.conf.meetecho.com/ietf118/?session=41023", "ietf118/41023"),
        Found("https://meetings.conf.meetecho.com/ietf118/?group=quic", "ietf118/quic"),
    ),
    ignored=(
        NearMiss("https://meetings.conf.meetecho.com/ietf118/", "no session"),
        NearMiss("https://www.meetecho.com/ietf118/?session=41023", "another host"),
    ),
)
