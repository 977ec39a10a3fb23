"""Lark. Feishu is another cloud and another platform."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="lark",
    name="Lark",
    hosts=("vc.larksuite.com",),
    shapes=(
        Shape(
            path=r"/j/(?P<id>[0-9]{9})",
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    names=("lark", "larksuite"),
    digits=frozenset({9}),
    takes_stated=False,
    found=(
        Found("https://vc.larksuite.com/j/845123678", "845123678"),
        Found("vc.larksuite.com/j/945123678", "945123678", kind="text"),
    ),
    ignored=(
        NearMiss("https://vc.larksuite.com/j/84512367", "eight digits"),
        NearMiss("https://vc.larksuite.com/minutes/845123678", "minutes"),
    ),
)
