"""Webex. A site name is needed, and belongs to the key of a personal room."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_MTID = {"mtid": r"(?P<mtid>[met][0-9a-f]{32})"}
_NAME = r"[A-Za-z0-9._\-]{1,64}"


def _from_sip(parts: Mapping[str, str]) -> str:
    user, site = parts["user"], parts["site"]
    return user if user.isdigit() and 9 <= len(user) <= 11 else f"{site}/{user}"


PLATFORM = Platform(
    slug="webex",
    name="Webex",
    domains=("webex.com", "webex.com.cn", "webexgov.com"),
    bare_domains=False,
    ignored_labels=frozenset(
        [
            "help",
            "developer",
            "apphub",
            "settings",
            "web",
            "www",
            "community",
            "status",
            "signin",
            "admin",
            "blog",
            "idbroker",
            "binaries",
        ]
    ),
    ignored_paths=r"(?:/[^/]+)*/(?:globalcallin|ldr|lsr)\.php|(?:/[^/]+)*/(?:recordingservice|playback)/|/mc(?:/|$)|/msteams$",
    shapes=(
        Shape(
            path=r"(?:(?:/[^/]+){0,8}/[a-z]{1,2}\.php|/(?:wbxmjs|webappng)/.*|(?:/[^/]+){1,4}/joinservice/.*)",
            query=_MTID,
            key="mtid:{mtid}",
            kind="mtid",
            lower=True,
            ends=r"(?=[^0-9a-f]|[A-Z]|[a-z]+ )|",
        ),
        Shape(
            path=r"(?:/[^/]+){0,8}/meeting/(?:download|info)/(?P<id>[0-9a-f]{32})",
            key="uuid:{id}",
            kind="uuid",
            lower=True,
            ends=r"(?![0-9a-f])",
        ),
        Shape(
            path=r"(?:/[^/]+){0,4}/(?:weblink|webinar/webinarSeries)/register/(?P<id>[A-Za-z0-9_\-]{6,128})",
            key="register:{id}",
            kind="register",
            risk=Risk.PUBLIC,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
        Shape(
            path=rf"/(?:meet|join)/(?P<id>{_NAME})",
            key="{host}/{id}",
            kind="personal",
            lower=True,
            ends=r"(?![A-Za-z0-9._\-])",
            risk=Risk.REUSABLE,
        ),
    ),
    schemes=("webexteams",),
    app_shapes=(
        Shape(
            path="/meet",
            query={"sip": rf"(?P<user>{_NAME})@(?P<site>[a-z0-9\-.]{{1,200}}\.webex\.com)"},
            key=_from_sip,
            kind="sip",
            lower=True,
        ),
    ),
    names=("webex", "cisco webex", "webex meetings"),
    digits=frozenset({9, 10, 11}),
    groups=((9,), (10,), (11,), (4, 3, 4), (3, 3, 3), (3, 3, 4)),
    found=(
        Found(
            "https://club.webex.com/club/j.php?MTID=m0123456789abcdef0123456789ABCDEF",
            "mtid:m0123456789abcdef0123456789abcdef",
        ),
        Found("https://club.webex.com/meet/Jane.Doe", "club.webex.com/jane.doe"),
        Found("https://club.webex.com/join/jane.doe", "club.webex.com/jane.doe"),
        Found("sip:25512345678@club.webex.com", "25512345678", kind="text"),
        Found("Webex meeting number (access code): 2551 234 5678", "25512345678", kind="text"),
    ),
    ignored=(
        NearMiss(
            "https://club.webex.com/club/globalcallin.php?MTID=m0123456789abcdef0123456789abcdef",
            "telephone numbers, with the meeting's own MTID",
        ),
        NearMiss("https://help.webex.com/meet/jane.doe", "the help pages"),
        NearMiss("https://webex.com/meet/jane.doe", "no site name"),
        NearMiss("https://club.webex.com/club/ldr.php?RCID=0123456789abcdef0123456789abcdef", "a recording"),
    ),
)
