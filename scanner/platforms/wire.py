"""Wire guest links to a group conversation with calls."""

from __future__ import annotations

from scanner.model import PasscodeKind, Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="wire",
    name="Wire",
    hosts=("account.wire.com",),
    shapes=(
        Shape(
            path=r"/conversation-join",
            query={"key": "(?P<id>[A-Za-z0-9_-]{4,64})", "code": ".+"},
            kind="conversation",
            risk=Risk.REUSABLE,
            passcodes={"code": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
    ),
    schemes=("wire",),
    app_shapes=(
        Shape(
            path=r"/conversation-join",
            query={"key": "(?P<id>[A-Za-z0-9_-]{4,64})", "code": ".+"},
            kind="conversation",
            risk=Risk.REUSABLE,
            passcodes={"code": PasscodeKind.TOKEN},
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://account.wire.com/conversation-join/?key=aBcDeFgHiJkL&code=mNoPqRsT", "aBcDeFgHiJkL"),
        Found("wire://conversation-join/?key=aBcDeFgHiJkL&code=mNoPqRsT", "aBcDeFgHiJkL"),
    ),
    ignored=(
        NearMiss("https://account.wire.com/user-profile/?id=aBcDeFgHiJkL", "a person"),
        NearMiss("https://account.wire.com/conversation-join/?key=aBcDeFgHiJkL", "no code"),
    ),
)
