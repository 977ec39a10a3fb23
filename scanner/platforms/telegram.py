"""Telegram video chats and live streams of a named group."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="telegram",
    name="Telegram",
    hosts=("t.me", "telegram.me", "telegram.dog"),
    shapes=(
        Shape(
            path=r"/(?:s/)?(?P<id>[a-z][a-z0-9_]{4,31})(?:/[0-9]{1,10})?",
            query={"videochat": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"videochat": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
        Shape(
            path=r"/(?:s/)?(?P<id>[a-z][a-z0-9_]{4,31})(?:/[0-9]{1,10})?",
            query={"voicechat": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"voicechat": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
        Shape(
            path=r"/(?:s/)?(?P<id>[a-z][a-z0-9_]{4,31})(?:/[0-9]{1,10})?",
            query={"livestream": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"livestream": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
        Shape(
            path=r"/call/(?P<id>[A-Za-z0-9_\-]{4,64})",
            key="call:{id}",
            kind="call",
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    schemes=("tg",),
    app_shapes=(
        Shape(
            path=r"/resolve",
            query={"domain": "(?P<id>[a-z][a-z0-9_]{4,31})", "videochat": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"videochat": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
        Shape(
            path=r"/resolve",
            query={"domain": "(?P<id>[a-z][a-z0-9_]{4,31})", "voicechat": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"voicechat": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
        Shape(
            path=r"/resolve",
            query={"domain": "(?P<id>[a-z][a-z0-9_]{4,31})", "livestream": ".*"},
            kind="chat",
            lower=True,
            risk=Risk.REUSABLE,
            passcodes={"livestream": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://t.me/VillageChoir?videochat=0a1b2c3d4e5f", "villagechoir"),
        Found("https://telegram.me/villagechoir?livestream", "villagechoir"),
        Found("tg://resolve?domain=villagechoir&voicechat", "villagechoir"),
        Found("https://t.me/call/aBcDeFgH", "call:aBcDeFgH"),
    ),
    ignored=(
        NearMiss("https://t.me/villagechoir", "a channel, no call"),
        NearMiss("https://t.me/+aBcDeFgHiJk?videochat", "an invitation without a name"),
        NearMiss("https://t.me/abc?videochat", "names have five characters or more"),
    ),
)
