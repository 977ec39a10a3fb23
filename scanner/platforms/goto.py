"""GoTo Meeting and GoTo Webinar."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_NAME = r"[a-z0-9][a-z0-9._\-]{0,63}"
_PERSONAL = Shape(
    path=rf"/(?P<id>{_NAME}(?:/{_NAME})?)",
    key="name:{id}",
    kind="name",
    lower=True,
    risk=Risk.REUSABLE,
)
_NINE = r"(?P<id>[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3})"

PLATFORM = Platform(
    slug="goto",
    name="GoTo Meeting",
    hosts=(
        "app.goto.com",
        "meet.goto.com",
        "www.goto.com",
        "goto.com",
        "support.goto.com",
        "dashboard.goto.com",
    ),
    domains=("gotomeeting.com", "gotomeet.me", "gotowebinar.com"),
    ignored_labels=frozenset({"support", "dashboard", "help", "blog"}),
    ignored_paths=r"/recording(?:/|$)",
    shapes=(
        Shape(
            host=r"(?:[a-z0-9\-]+\.)?gotomeeting\.com", path=rf"/join/{_NINE}", digits=True, ends="(?![0-9])"
        ),
        Shape(host=r"app\.gotomeeting\.com", path="/?", query={"meetingid": _NINE}, digits=True),
        Shape(host=r"app\.goto\.com", path=rf"/meeting/{_NINE}", digits=True, ends="(?![0-9])"),
        Shape(host=r"meet\.goto\.com", path=rf"/{_NINE}", digits=True, ends="(?![0-9])"),
        Shape(
            host=r"meet\.goto\.com|(?:www\.)?gotomeet\.me",
            path=_PERSONAL.path,
            key=_PERSONAL.key,
            kind=_PERSONAL.kind,
            lower=True,
            ends=r"(?![A-Za-z0-9._\-/])",
            risk=Risk.REUSABLE,
        ),
        Shape(
            host=r"(?:attendee|register|global|www)\.gotowebinar\.com",
            path=r"/(?:register|rt|join)/(?P<id>[0-9]{15,20})",
            key="webinar:{id}",
            kind="webinar",
            risk=Risk.PUBLIC,
            ends="(?![0-9])",
            takes_stated=False,
        ),
        Shape(
            host=r"(?:attendee|register|global|www)\.gotowebinar\.com",
            path=r"/join/(?P<id>[0-9]{15,20})/[0-9]+",
            key="webinar:{id}",
            kind="webinar",
            risk=Risk.UNIQUE,
            takes_stated=False,
        ),
    ),
    names=("gotomeeting", "goto meeting", "gotowebinar", "goto webinar", "goto"),
    digits=frozenset({9}),
    groups=((9,), (3, 3, 3)),
    one_tap=True,
    found=(
        Found("https://global.gotomeeting.com/join/845123678", "845123678"),
        Found("https://app.gotomeeting.com/?meetingId=845123678", "845123678"),
        Found("https://meet.goto.com/ASmith/Choir_2", "name:asmith/choir_2"),
        Found("https://attendee.gotowebinar.com/register/845123678901234567", "webinar:845123678901234567"),
        Found("GoToMeeting Access Code: 845-123-678", "845123678", kind="text"),
    ),
    ignored=(
        NearMiss("https://register.gotowebinar.com/recording/845123678901234567", "a recording"),
        NearMiss("https://www.goto.com/meeting", "a product page"),
        NearMiss("https://support.goto.com/meeting/845123678", "the help pages"),
    ),
)
