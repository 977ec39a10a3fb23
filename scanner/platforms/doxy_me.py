"""Doxy.me, for doctors and patients."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="doxy-me",
    name="Doxy.me",
    domains=("doxy.me",),
    ignored_labels=frozenset({"help", "www", "blog", "support", "status"}),
    shapes=(
        Shape(
            path=r"/(?!(?:en|es|fr|de|pricing|about|signup|sign-up|sign-in|signin|login|account|features|security|static|blog|help|privacy|terms|index|clinics|download|patients?|providers?)(?:/|$))(?P<id>[A-Za-z0-9][A-Za-z0-9_\-]{1,80})",
            key=lambda parts: f"{parts['org']}/{parts['id']}" if parts["org"] else parts["id"],
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
            ends=r"(?![A-Za-z0-9_\-/.])",
            takes_stated=False,
        ),
    ),
    shared=True,
    found=(
        Found("https://doxy.me/DrAnnSmith", "drannsmith"),
        Found("https://clinic.doxy.me/asmith", "clinic/asmith"),
    ),
    ignored=(
        NearMiss("https://doxy.me/pricing", "a product page"),
        NearMiss("https://help.doxy.me/drannsmith", "the help pages"),
    ),
)
