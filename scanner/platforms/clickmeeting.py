"""ClickMeeting."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="clickmeeting",
    name="ClickMeeting",
    domains=("clickmeeting.com", "clickwebinar.com"),
    bare_domains=False,
    ignored_labels=frozenset({"www", "knowledge", "blog", "help", "api", "account-panel", "dev"}),
    shapes=(
        Shape(
            path=r"/(?!static$|images$|api$|login$|register$|recording|files/)(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{1,100})",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-/]|\.[a-z])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://club.clickmeeting.com/Village-Choir", "club.clickmeeting.com/village-choir"),
        Found("https://club.clickwebinar.com/board", "club.clickwebinar.com/board"),
    ),
    ignored=(
        NearMiss("https://www.clickmeeting.com/pricing", "the makers' pages"),
        NearMiss("https://club.clickmeeting.com/", "no room"),
    ),
)
