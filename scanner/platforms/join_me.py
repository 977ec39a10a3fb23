"""join.me."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="join-me",
    name="join.me",
    hosts=("join.me", "www.join.me"),
    shapes=(
        Shape(
            path=r"/(?P<id>[0-9]{3}-?[0-9]{3}-?[0-9]{3})",
            digits=True,
            risk=Risk.DEFUNCT,
            ends="(?![0-9])",
            takes_stated=False,
        ),
        Shape(
            path=r"/(?!download|pricing|blog|about|login|signup|help|features|support|terms|privacy|index|static/|images/)(?P<id>[A-Za-z][A-Za-z0-9._\-]{2,63})",
            key="name:{id}",
            kind="name",
            lower=True,
            risk=Risk.DEFUNCT,
            ends=r"(?![A-Za-z0-9._\-/])",
            takes_stated=False,
        ),
    ),
    names=("join.me",),
    digits=frozenset({9}),
    takes_stated=False,
    found=(
        Found("https://join.me/845-123-678", "845123678"),
        Found("https://join.me/Village.Choir", "name:village.choir"),
    ),
    ignored=(
        NearMiss("https://join.me/pricing", "a product page"),
        NearMiss("https://join.menu.example/845-123-678", "another host"),
    ),
)
