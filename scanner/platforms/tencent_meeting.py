"""Tencent Meeting (腾讯会议), abroad VooV Meeting."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="tencent-meeting",
    name="Tencent Meeting",
    hosts=("meeting.tencent.com", "voovmeeting.com", "www.voovmeeting.com", "meeting.voovmeeting.com"),
    ignored_paths=r"/(?:cw|crm|download)(?:/|$)",
    shapes=(
        Shape(
            path=r"/(?:dm|dw)/(?P<id>[A-Za-z0-9]{12})",
            key="dm:{id}",
            kind="dm",
            ends="(?![A-Za-z0-9])",
        ),
        Shape(
            path=r"/p/(?P<id>[0-9]{10})",
            risk=Risk.REUSABLE,
            ends="(?![0-9])",
        ),
    ),
    schemes=("wemeet",),
    app_shapes=(
        Shape(
            path=r"/page/inmeeting",
            query={"meeting_code": "(?P<id>[0-9]{9,11})"},
        ),
    ),
    names=("腾讯会议", "騰訊會議", "tencent meeting", "voov meeting", "voov"),
    digits=frozenset({9, 10, 11}),
    groups=((9,), (10,), (11,), (3, 3, 3), (3, 3, 4), (3, 4, 4)),
    reusable_digits=frozenset({10}),
    found=(
        Found("https://meeting.tencent.com/dm/aBcDeFgHiJ12", "dm:aBcDeFgHiJ12"),
        Found("https://voovmeeting.com/dm/aBcDeFgHiJ12", "dm:aBcDeFgHiJ12"),
        Found("https://meeting.tencent.com/p/8451236789", "8451236789"),
        Found("wemeet://page/inmeeting?meeting_code=845123678", "845123678"),
        Found("#腾讯会议：845-123-678", "845123678", kind="text"),
    ),
    ignored=(
        NearMiss("https://meeting.tencent.com/cw/aBcDeFgHiJ12", "a recording"),
        NearMiss("https://meeting.tencent.com/download/", "the program"),
        NearMiss("https://meeting.tencent.com/dm/aBcDeF", "too short"),
    ),
)
