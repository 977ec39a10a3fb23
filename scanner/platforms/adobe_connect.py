"""Adobe Connect."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="adobe-connect",
    name="Adobe Connect",
    domains=("adobeconnect.com",),
    bare_domains=False,
    ignored_labels=frozenset({"www", "support", "helpx"}),
    shapes=(
        Shape(
            path=r"/(?!admin$|system$|api$|common$|servlet$|content$|default$|_a[0-9]|p[a-z0-9]{10,12}$)(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{1,80})",
            key="{host}/{id}",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://club.adobeconnect.com/Board/", "club.adobeconnect.com/board"),
        Found(
            "https://club.adobeconnect.com/village-choir?launcher=false",
            "club.adobeconnect.com/village-choir",
        ),
    ),
    ignored=(
        NearMiss("https://club.adobeconnect.com/", "no room"),
        NearMiss("https://www.adobeconnect.com/pricing", "the makers' pages"),
    ),
)
