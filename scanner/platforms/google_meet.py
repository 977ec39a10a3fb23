"""Google Meet. The shape of a code alone proves nothing: other services use it too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scanner.model import Risk
from scanner.platforms.platform import Code, Found, NearMiss, Platform, Shape

CODE = r"[a-z]{3}-[a-z]{4}-[a-z]{3}"


def _hyphened(parts: Mapping[str, str]) -> str:
    letters = parts["id"].lower().replace("-", "")
    return f"{letters[:3]}-{letters[3:7]}-{letters[7:]}"


_ROOM = Shape(
    path=rf"/(?:_meet/|tel/|u/[0-9]{{1,3}}/)?(?P<id>{CODE}|[a-z]{{10}})",
    key=_hyphened,
    kind="code",
    ends=r"(?![a-z0-9\-])",
    risk=Risk.REUSABLE,
)

PLATFORM = Platform(
    slug="google-meet",
    name="Google Meet",
    hosts=("meet.google.com", "tel.meet", "stream.meet.google.com", "g.co"),
    shapes=(
        Shape(
            host=r"stream\.meet\.google\.com",
            path=r"/stream/(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
            key="stream:{id}",
            kind="stream",
            lower=True,
            ends=r"(?![0-9a-f\-])",
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
        Shape(
            host=r"g\.co",
            path=r"/meet/(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{0,63})",
            key="lookup:{id}",
            kind="lookup",
            lower=True,
            ends=r"(?![A-Za-z0-9_\-])",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
        Shape(
            host=r"meet\.google\.com",
            path=r"/(?:u/[0-9]{1,3}/)?lookup/(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{0,63})",
            key="lookup:{id}",
            kind="lookup",
            lower=True,
            ends=r"(?![A-Za-z0-9_\-])",
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
        Shape(
            host=r"meet\.google\.com|tel\.meet",
            path=_ROOM.path,
            key=_ROOM.key,
            kind=_ROOM.kind,
            ends=_ROOM.ends,
            risk=_ROOM.risk,
            takes_stated=False,
        ),
    ),
    shared=False,
    names=("google meet", "hangouts meet", "google hangouts meet"),
    takes_stated=False,
    code=Code(
        pattern=re.compile(rf"(?<![\w./@\-]){CODE}(?![\w/@\-])", re.IGNORECASE),
        before=re.compile(
            r"(?:(?i:(?:google|hangouts)[ \-]?meet|gmeet)"
            r"(?:[\s:#(\-=*\"'>]|(?i:code|link|id|room|raum|call|is|meeting)\b){0,16}"
            r"|(?i:(?:google|hangouts)[ \-]?meet|meet\.google\.com)[^\n]{0,30}"
            r"\b(?i:code|enter)(?:[\s:#(\-=*\"'>]|(?i:is|lautet)\b){1,10}"
            r"|(?<![A-Za-z])(?i:meet)[ \-]?(?i:code|link|id)(?:[\s:#(\-=*\"'>]|is\b){1,6}"
            r"|(?<![A-Za-z])Meet[ ]?[:#(=][\s\"'*]{0,4})$"
        ),
        after=re.compile(r"[\s,(\-]{1,4}(?:(?:on|in|via|at) )?google[ \-]?meet\b", re.IGNORECASE),
        key=lambda text: text.lower(),
        kind="code",
        risk=Risk.REUSABLE,
    ),
    found=(
        Found("https://meet.google.com/bcd-efgh-jkm?authuser=0&hs=122", "bcd-efgh-jkm"),
        Found("https://tel.meet/bcd-efgh-jkm?pin=1234567890123", "bcd-efgh-jkm"),
        Found("https://meet.google.com/BCDEFGHJKM", "bcd-efgh-jkm"),
        Found("https://g.co/meet/Choir-Practice", "lookup:choir-practice"),
        Found("Meet-Code: bcd-efgh-jkm", "bcd-efgh-jkm", kind="text"),
    ),
    ignored=(
        NearMiss("https://meet.google.com/landing", "a page of the product"),
        NearMiss("https://meet.google.com/bcd-efgh-jkmn", "four letters at the end"),
        NearMiss("https://meet.pumble.com.example/bcd-efgh-jkm", "another service's host"),
        NearMiss("a one-more-day offer", "the shape alone is no evidence", kind="text"),
    ),
)
