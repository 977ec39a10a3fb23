"""Amazon Chime, ended on 20 February 2026."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

PLATFORM = Platform(
    slug="chime",
    name="Amazon Chime",
    domains=("chime.aws",),
    ignored_labels=frozenset({"clients", "hooks", "status"}),
    shapes=(
        Shape(
            path=r"/(?:meetings/)?(?P<id>[0-9]{10}|[0-9]{4}[ \-][0-9]{2}[ \-][0-9]{4})",
            digits=True,
            risk=Risk.DEFUNCT,
            ends="(?![0-9])",
            takes_stated=False,
        ),
    ),
    schemes=("chime",),
    app_shapes=(
        Shape(
            path=r"/meeting",
            query={"pin": "(?P<id>[0-9]{10})"},
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
    ),
    one_tap=True,
    names=("amazon chime", "chime"),
    digits=frozenset({10}),
    groups=((10,), (4, 2, 4)),
    takes_stated=False,
    found=(
        Found("https://chime.aws/8451236789", "8451236789"),
        Found("https://app.chime.aws/meetings/8451236789", "8451236789"),
        Found("chime://meeting?pin=8451236789", "8451236789"),
        Found("Chime meeting ID: 8451 23 6789", "8451236789", kind="text"),
    ),
    ignored=(
        NearMiss("https://clients.chime.aws/mac/latest", "the program"),
        NearMiss("https://chime.aws/download", "the program"),
        NearMiss("https://hooks.chime.aws/incomingwebhooks/8451236789", "a web hook"),
    ),
)
