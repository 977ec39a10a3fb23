"""Yandex Telemost."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="telemost",
    name="Yandex Telemost",
    hosts=("telemost.yandex.ru", "telemost.yandex.com", "telemost.360.yandex.ru"),
    shapes=(
        Shape(
            path=r"/j/(?P<id>[0-9]{10,20})",
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://telemost.yandex.ru/j/84512367890123", "84512367890123"),
        Found("https://telemost.360.yandex.ru/j/8451236789", "8451236789"),
    ),
    ignored=(
        NearMiss("https://telemost.yandex.ru/j/845123678", "nine digits"),
        NearMiss("https://telemost.yandex.ru/", "no room"),
    ),
)
