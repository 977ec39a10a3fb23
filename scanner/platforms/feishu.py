"""Feishu (飞书). Lark is another cloud and another platform."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="feishu",
    name="Feishu",
    hosts=("vc.feishu.cn",),
    shapes=(
        Shape(
            path=r"/j/(?P<id>[0-9]{9})",
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    names=("飞书", "feishu"),
    labels=("飞书会议号",),
    digits=frozenset({9}),
    takes_stated=False,
    found=(
        Found("https://vc.feishu.cn/j/845123678", "845123678"),
        Found("vc.feishu.cn/j/945123678", "945123678", kind="text"),
    ),
    ignored=(
        NearMiss("https://vc.feishu.cn/j/84512367", "eight digits"),
        NearMiss("https://vc.feishu.cn/minutes/845123678", "minutes"),
    ),
)
