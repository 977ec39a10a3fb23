"""RingCentral Video and the older RingCentral Meetings."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="ringcentral",
    name="RingCentral",
    domains=("ringcentral.com",),
    ignored_labels=frozenset(
        {"app", "developers", "support", "www", "community", "status", "login", "service"}
    ),
    ignored_paths=r"/teleconference",
    shapes=(
        Shape(
            path=r"/(?:join|conf/on)/(?P<id>[0-9]{9,16})",
            host=r"(?:v|video)\.ringcentral\.com",
            ends="(?![0-9])",
            passcodes={"pw": None, "pwd": None},
        ),
        Shape(
            path=r"/join/(?P<id>[a-z0-9][a-z0-9._\-]{2,63})",
            host=r"(?:v|video)\.ringcentral\.com",
            key="name:{id}",
            kind="name",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9._\-])",
            passcodes={"pw": None, "pwd": None},
        ),
        Shape(
            path=r"/(?:j|join)/(?P<id>[0-9]{9,12})",
            host=r"meetings\.ringcentral\.com",
            ends="(?![0-9])",
            passcodes={"pw": None, "pwd": None},
        ),
    ),
    schemes=("rcvdt", "rcvt"),
    app_shapes=(
        Shape(
            path=r"/join/(?P<id>[0-9]{9,16})",
            ends="(?![0-9])",
            passcodes={"pw": None, "pwd": None},
        ),
    ),
    names=("ringcentral", "ring central"),
    digits=frozenset(range(9, 17)),
    one_tap=True,
    found=(
        Found("https://v.ringcentral.com/join/845123678?pw=abc123", "845123678"),
        Found("https://meetings.ringcentral.com/j/1845123678", "1845123678"),
        Found("https://video.ringcentral.com/join/Jane.Doe", "name:jane.doe"),
        Found("rcvdt://join/845123678", "845123678"),
    ),
    ignored=(
        NearMiss("https://developers.ringcentral.com/join/845123678", "the documentation"),
        NearMiss("https://meetings.ringcentral.com/teleconference", "telephone numbers"),
    ),
)
