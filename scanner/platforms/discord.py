"""Discord: an invitation opens a community, no single call."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="discord",
    name="Discord",
    hosts=(
        "discord.gg",
        "discord.com",
        "www.discord.com",
        "ptb.discord.com",
        "canary.discord.com",
        "discordapp.com",
        "www.discordapp.com",
    ),
    shapes=(
        Shape(
            path=r"/(?:invite/)?(?P<id>[A-Za-z0-9\-]{2,32})",
            host=r"discord\.gg",
            key="invite:{id}",
            kind="invite",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9\-])",
            takes_stated=False,
        ),
        Shape(
            path=r"/invite/(?P<id>[A-Za-z0-9\-]{2,32})",
            key="invite:{id}",
            kind="invite",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9\-])",
            takes_stated=False,
        ),
        Shape(
            path=r"/events/(?P<guild>[0-9]{15,20})/(?P<event>[0-9]{15,20})",
            key="event:{guild}/{event}",
            kind="event",
            risk=Risk.PUBLIC,
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    shared=True,
    names=("discord",),
    takes_stated=False,
    found=(
        Found("https://discord.gg/aBcDeF12", "invite:aBcDeF12"),
        Found("https://discordapp.com/invite/aBcDeF12", "invite:aBcDeF12"),
        Found(
            "https://discord.com/events/845123678901234567/945123678901234567",
            "event:845123678901234567/945123678901234567",
        ),
    ),
    ignored=(
        NearMiss(
            "https://discord.com/channels/845123678901234567/945123678901234567", "a channel, members only"
        ),
        NearMiss("https://discord.com/blog/stage", "the makers' news"),
        NearMiss("https://discordstatus.com/invite/aBcDeF12", "another host"),
    ),
)
