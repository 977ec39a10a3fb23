"""TeamViewer Meeting, called Blizz before."""

from __future__ import annotations

import re

from scanner.model import Risk
from scanner.platforms.platform import Code, Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="teamviewer-meeting",
    name="TeamViewer Meeting",
    hosts=("go.teamviewer.com", "go.blizz.com"),
    shapes=(
        Shape(
            path=r"/(?:join/)?(?P<id>m[0-9]{2}-?[0-9]{3}-?[0-9]{3})",
            key=lambda parts: parts["id"].lower().replace("-", ""),
            kind="code",
            ends="(?![0-9])",
        ),
    ),
    names=("teamviewer meeting", "teamviewer", "blizz"),
    code=Code(
        pattern=re.compile(r"(?<![\w/\-])m[0-9]{2}[ \-][0-9]{3}[ \-][0-9]{3}(?![\w\-])", re.IGNORECASE),
        before=re.compile(r"(?:teamviewer|blizz)[^\n.]{0,40}$", re.IGNORECASE),
        after=re.compile(r"[^\n.]{0,20}teamviewer", re.IGNORECASE),
        key=lambda text: re.sub(r"[ \-]", "", text.lower()),
        kind="code",
        risk=Risk.SCHEDULED,
    ),
    found=(
        Found("https://go.teamviewer.com/m84512367", "m84512367"),
        Found("https://go.blizz.com/join/m84512367", "m84512367"),
        Found("TeamViewer Meeting ID: m84-512-367", "m84512367", kind="text"),
    ),
    ignored=(
        NearMiss("https://go.teamviewer.com/v15/", "a download"),
        NearMiss("bolt m84-512-367 in stock", "the shape alone is no evidence", kind="text"),
    ),
)
