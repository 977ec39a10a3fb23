"""DingTalk (钉钉)."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="dingtalk",
    name="DingTalk",
    hosts=("meeting.dingtalk.com",),
    shapes=(
        Shape(
            path=r"/j/(?P<id>[A-Za-z0-9_\-]{6,40})",
            kind="code",
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    names=("钉钉", "dingtalk"),
    labels=("入会口令",),
    digits=frozenset({11}),
    groups=((11,), (3, 3, 5)),
    takes_stated=False,
    found=(
        Found("https://meeting.dingtalk.com/j/aBcDeFgHiJk", "aBcDeFgHiJk"),
        Found("入会口令：845 123 67890", "84512367890", kind="text"),
    ),
    ignored=(
        NearMiss("群ID：84512367890", "a chat group's number", kind="text"),
        NearMiss("https://meeting.dingtalk.com/j/", "no code"),
    ),
)
