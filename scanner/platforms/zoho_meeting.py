"""Zoho Meeting. Its ten digits look like a Zoom personal ID: the host decides."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="zoho-meeting",
    name="Zoho Meeting",
    hosts=tuple(
        f"{label}.zoho.{tld}" for label in ("meeting", "meet") for tld in ("com", "eu", "in", "com.au", "jp")
    ),
    shapes=(
        Shape(
            path=r"/(?:[^/]{1,40}/)?join",
            host=r"meeting\..+",
            query={"key": "(?P<id>[0-9]{9,12})"},
        ),
        Shape(
            path=r"/meeting/register",
            host=r"meeting\..+",
            query={"sessionid": "(?P<id>[0-9]{9,12})"},
            risk=Risk.PUBLIC,
            takes_stated=False,
        ),
        Shape(
            path=r"/(?P<id>[a-z]{4}-[a-z]{3}-[a-z]{3}|[A-Za-z0-9]{10})",
            host=r"meet\..+",
            key="code:{id}",
            kind="code",
            ends=r"(?![A-Za-z0-9\-])",
        ),
    ),
    names=("zoho meeting", "zoho"),
    digits=frozenset({9, 10}),
    found=(
        Found("https://meeting.zoho.com/join?key=1845123678", "1845123678"),
        Found("https://meet.zoho.eu/abcd-efg-hjk", "code:abcd-efg-hjk"),
        Found("https://meet.zoho.in/aBcDeF1234", "code:aBcDeF1234"),
        Found("Zoho Meeting ID: 184 512 3678", "1845123678", kind="text"),
    ),
    ignored=(
        NearMiss("https://www.zoho.com/meeting/join?key=1845123678", "the product's pages"),
        NearMiss("https://meet.zoho.com/abc-defg-hjk", "Google's shape, not Zoho's"),
    ),
)
