"""SaluteJazz by Sber."""

from __future__ import annotations

from scanner.model import PasscodeKind
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="salutejazz",
    name="SaluteJazz",
    hosts=("salutejazz.ru", "www.salutejazz.ru", "jazz.sber.ru"),
    shapes=(
        Shape(
            path=r"/(?:calls/)?(?!calls$|api/|static/|assets/|download$|login$)(?P<id>[A-Za-z0-9_\-@]{4,80})",
            kind="room",
            passcodes={"psw": PasscodeKind.TOKEN},
            ends=r"(?![A-Za-z0-9_\-@./])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://salutejazz.ru/calls/abc123?psw=aBcDeFgH", "abc123"),
        Found("https://jazz.sber.ru/abc123?psw=aBcDeFgH", "abc123"),
    ),
    ignored=(
        NearMiss("https://salutejazz.ru/", "no room"),
        NearMiss("https://salutejazz.ru.example.org/abc123", "another host"),
    ),
)
