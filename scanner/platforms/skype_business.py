"""Skype for Business: a person's name and a code, in the cloud or on an organisation's own host."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model import Risk
from scanner.platforms.platform import Found, NearMiss, Platform, Shape

_USER = r"(?P<user>[a-z0-9][a-z0-9._'\-]{0,63})"
_ID = r"(?P<id>[A-Z0-9]{8,12})"


def _key(parts: Mapping[str, str]) -> str:
    """Lower the names and raise the code: only their own spelling differs between copies."""
    tenant = parts.get("tenant", "")
    return "/".join(
        part for part in (parts["host"], tenant.lower(), parts["user"].lower(), parts["id"].upper()) if part
    )


PLATFORM = Platform(
    slug="skype-business",
    name="Skype for Business",
    hosts=("meet.lync.com",),
    shapes=(
        Shape(
            path=rf"/(?P<tenant>(?:onmicrosoft/)?[a-z0-9][a-z0-9.\-]{{0,63}})/{_USER}/{_ID}",
            key=_key,
            kind="room",
            risk=Risk.DEFUNCT,
            ends=r"(?![A-Za-z0-9])",
            takes_stated=False,
        ),
    ),
    anywhere=(
        Shape(
            host=r"meet\.[a-z0-9.\-]+\.[a-z\-]{2,}",
            path=rf"/{_USER}/(?P<id>[A-Z0-9]{{8}})",
            cased=r"(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]*|[A-Z]*",
            key=_key,
            kind="room",
            risk=Risk.DEFUNCT,
            takes_stated=False,
        ),
    ),
    anywhere_hints=("meet.",),
    names=("skype for business", "lync"),
    found=(
        Found("https://meet.lync.com/Club/Jane.Doe/4ylp3wfx", "meet.lync.com/club/jane.doe/4YLP3WFX"),
        Found("https://meet.example.org/jane.doe/4YLP3WFX", "meet.example.org/jane.doe/4YLP3WFX"),
    ),
    ignored=(
        NearMiss("https://meet.lync.com/club/jane.doe", "no code"),
        NearMiss("https://meet.example.org/events/calendar", "a page, not a code"),
        NearMiss("https://dialin.lync.com/club/jane.doe/4YLP3WFX", "another host"),
    ),
)
