"""Jitsi Meet, the public service and hosts that say so. Anybody who guesses the word may enter."""

from __future__ import annotations

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_FILES = ["js", "css", "ico", "png", "svg", "html", "json", "txt", "xml", "wasm"]
_ROOM = rf"(?P<id>[^/?#]{{1,200}}?{''.join(rf'(?<![.]{ending})' for ending in _FILES)})"
_NOT_ROOMS = (
    r"(?!/(?:static|libs|images|sounds|fonts|lang|css|http-bind|xmpp-websocket|about|authError)(?:/|$))"
)
_PATH = rf"{_NOT_ROOMS}/(?:(?P<tenant>[^/?#]{{1,100}})/)?{_ROOM}"


def _key(host: str, tenant: str, room: str) -> str:
    return "/".join(part for part in (host, tenant, room) if part)


PLATFORM = Platform(
    slug="jitsi",
    name="Jitsi Meet",
    hosts=(
        "meet.jit.si",
        "beta.meet.jit.si",
        "meet.opensuse.org",
        "framatalk.org",
        "meet.ffmuc.net",
        "calls.disroot.org",
        "rendez-vous.renater.fr",
    ),
    shapes=(
        Shape(
            path=_PATH,
            key=lambda parts: _key(parts["host"], parts["tenant"], parts["id"]),
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
        ),
    ),
    anywhere=(
        Shape(
            host=r"(?!(?:[^.]+\.)*jitsi\.(?:org|github\.io|net)$)(?:[^.]+\.)*jitsi(?:\.[^.]+)+",
            path=_PATH,
            key=lambda parts: _key(parts["host"], parts["tenant"], parts["id"]),
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
        ),
    ),
    anywhere_hints=("jitsi.",),
    schemes=("org.jitsi.meet", "jitsi-meet"),
    app_shapes=(
        Shape(
            path=r"/(?P<id>[a-z0-9\-]+(?:\.[a-z0-9\-]+)+(?:/[^/?#]{1,200}){1,2})",
            kind="room",
            lower=True,
            risk=Risk.REUSABLE,
        ),
    ),
    names=("jitsi", "jitsi meet"),
    found=(
        Found("https://meet.jit.si/VillageChoir#config.startWithAudioMuted=true", "meet.jit.si/villagechoir"),
        Found("https://jitsi.example.org/club/Board%20Room?jwt=abc", "jitsi.example.org/club/board room"),
        Found("org.jitsi.meet://meet.jit.si/VillageChoir", "meet.jit.si/villagechoir"),
    ),
    ignored=(
        NearMiss("https://meet.jit.si/static/close.html", "a file of the program"),
        NearMiss("https://community.jitsi.org/t/rooms/123456", "the makers' forum"),
        NearMiss("https://meet.jit.si/", "no room"),
    ),
)
