"""Zhumu, a Zoom partner in China."""

from __future__ import annotations

from scanner.platforms.platform import DIGITS_9_TO_11, Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="zhumu",
    name="Zhumu",
    domains=("zhumu.com", "zhumu.me"),
    shapes=(
        Shape(
            path=rf"/(?:j|s|w|wc/join)/(?P<id>{DIGITS_9_TO_11})",
            digits=True,
            ends=r"(?![0-9])",
            passcodes={"pwd": None},
        ),
    ),
    names=("zhumu", "瞩目"),
    digits=frozenset({9, 10, 11}),
    found=(
        Found("https://welink.zhumu.com/j/845123678?pwd=abc123", "845123678"),
        Found("https://welink.zhumu.com/wc/join/845123678?wpk=wcpk0123456789abcdef", "845123678"),
    ),
    ignored=(
        NearMiss("https://welink.zhumu.com/j/", "no number"),
        NearMiss("https://welink.zhumu.com/j/84512367", "eight digits are no meeting ID"),
    ),
)
