"""Signal call links: the key in the fragment is the secret itself."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="signal",
    name="Signal",
    hosts=("signal.link",),
    shapes=(
        Shape(
            path="/call",
            fragment=r"key=(?P<id>[a-z]{4}(?:-[a-z]{4}){3,15})(?:&.*)?",
            kind="call",
            lower=True,
            risk=Risk.REUSABLE,
            takes_stated=False,
        ),
    ),
    schemes=("sgnl",),
    found=(
        Found(
            "https://signal.link/call/#key=cdfg-hkmn-pqrs-txzb-cdfg-hkmn-pqrs-txzb",
            "cdfg-hkmn-pqrs-txzb-cdfg-hkmn-pqrs-txzb",
        ),
        Found("sgnl://signal.link/call/#key=CDFG-HKMN-PQRS-TXZB", "cdfg-hkmn-pqrs-txzb"),
    ),
    ignored=(
        NearMiss("https://signal.group/#CjQKIAbc", "a chat group"),
        NearMiss("https://signal.me/#p/+441632960000", "a person"),
    ),
)
