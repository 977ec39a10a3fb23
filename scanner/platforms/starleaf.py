"""StarLeaf."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="starleaf",
    name="StarLeaf",
    hosts=("meet.starleaf.com",),
    shapes=(
        Shape(
            path=r"/(?P<id>[0-9]{6,15})(?:/app)?",
            risk=Risk.DEFUNCT,
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    names=("starleaf",),
    digits=frozenset(range(8, 13)),
    takes_stated=False,
    found=(
        Found("https://meet.starleaf.com/4845123678", "4845123678"),
        Found("https://meet.starleaf.com/4845123678/app", "4845123678"),
    ),
    ignored=(
        NearMiss("https://meet.starleaf.com/", "no number"),
        NearMiss("https://support.starleaf.com/4845123678", "the help pages"),
    ),
)
