"""Visio, the French administration's service. Its codes have the shape of Google Meet's."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="visio-fr",
    name="Visio",
    hosts=("visio.numerique.gouv.fr",),
    shapes=(
        Shape(
            path=r"/(?P<id>[a-z]{3}-[a-z]{4}-[a-z]{3}|[a-z]{4}-[a-z]{3}-[a-z]{4})",
            kind="code",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![a-z0-9\-])",
            takes_stated=False,
        ),
    ),
    found=(
        Found("https://visio.numerique.gouv.fr/bcd-efgh-jkm", "bcd-efgh-jkm"),
        Found("visio.numerique.gouv.fr/bcde-fgh-jkmn", "bcde-fgh-jkmn", kind="text"),
    ),
    ignored=(
        NearMiss("https://visio.numerique.gouv.fr/bcde-fghj-km", "other groups"),
        NearMiss("https://visio.numerique.gouv.fr/", "no room"),
    ),
)
