"""VK Calls."""

from __future__ import annotations

from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="vk-calls",
    name="VK Calls",
    hosts=("vk.com", "www.vk.com", "m.vk.com", "vk.ru", "www.vk.ru", "m.vk.ru"),
    shapes=(
        Shape(
            path=r"/call/join/(?P<id>[A-Za-z0-9_\-]{8,100})",
            kind="call",
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://vk.com/call/join/aBcDeFgHiJkL_mN-oPqRs", "aBcDeFgHiJkL_mN-oPqRs"),
        Found("https://m.vk.ru/call/join/aBcDeFgHiJkL", "aBcDeFgHiJkL"),
    ),
    ignored=(
        NearMiss("https://vk.com/call/", "no call"),
        NearMiss("https://vk.com/villagechoir", "a group's page"),
    ),
)
