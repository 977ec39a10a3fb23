"""Exposures, meetings and alerts for the tests of this folder, invented throughout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scanner.alerts.digests import Entry, write_digest
from scanner.alerts.routing import Digest, Route, route
from scanner.alerts.wording import write
from scanner.model import (
    Alert,
    Delivery,
    DeliveryState,
    Exposure,
    ExposureState,
    Form,
    Meeting,
    Message,
    News,
    Organisation,
    Passcode,
    PasscodeKind,
    PasscodeMatch,
    Risk,
    Room,
    Severity,
    SeverityLevel,
    Sighting,
    SightingState,
)

NOW = datetime(2026, 11, 26, 16, 20, tzinfo=UTC)
SOON = "meeting in 3 hours 10 minutes"
"""How the subject of a message about `meeting()` ends at `NOW`."""
ROOM = Room("zoom", "84471190263")
PASSCODE = Passcode("larks-7731", PasscodeKind.PLAIN)
ADDRESS = "https://forum.example/t/bell-ringers/41"
REASON = (
    "Anyone can walk in: the link and its current passcode stand there, and the meeting starts in 3 hours."
)

ABOUT_EXPOSURES = (
    News.OPENED,
    News.SPREAD,
    News.WORSE,
    News.REGRESSED,
    News.GONE,
    News.REMINDER,
    News.ESCALATED,
)


def sighting(number: int = 1, address: str = ADDRESS, **more: object) -> Sighting:
    fields: dict[str, object] = {
        "id": number,
        "source": "forum",
        "address": address,
        "room": ROOM,
        "form": Form.URL,
        "where": "href",
        "risk": Risk.SCHEDULED,
        "passcode": PasscodeMatch.CURRENT,
        "excerpt": "Join on [link] tonight",
        "state": SightingState.UP,
        "first_seen": NOW - timedelta(hours=13),
        "last_seen": NOW,
    }
    return Sighting(**fields | more)  # type: ignore[arg-type]


def exposure(*sightings: Sighting, level: SeverityLevel = SeverityLevel.CRITICAL, **more: object) -> Exposure:
    fields: dict[str, object] = {
        "id": 3,
        "organisation": 1,
        "meeting": 5,
        "state": ExposureState.OPEN,
        "severity": Severity(level, REASON),
        "opened": NOW - timedelta(hours=13),
        "sightings": sightings or (sighting(),),
    }
    return Exposure(**fields | more)  # type: ignore[arg-type]


def meeting(title: str = "Bell ringers", **more: object) -> Meeting:
    fields: dict[str, object] = {
        "id": 5,
        "organisation": 1,
        "title": title,
        "starts": NOW + timedelta(hours=3, minutes=10),
        "rooms": (ROOM,),
        "passcodes": (PASSCODE,),
        "timezone": "Europe/London",
    }
    return Meeting(**fields | more)  # type: ignore[arg-type]


def organisation(name: str = "St Mary's", timezone: str = "Europe/London") -> Organisation:
    return Organisation(id=1, name=name, timezone=timezone, email="clerk@example.org")


def alert(news: News, about: Exposure | None = None, *, detail: str = "", cause: str = "scan 9") -> Alert:
    (only,) = route(
        about,
        news,
        [Route(to=("clerk",))],
        organisation=1,
        channels=["clerk"],
        cause=cause,
        detail=detail,
    )
    return only


def message(
    news: News = News.OPENED,
    *,
    about: Exposure | None = None,
    of: Meeting | None = None,
    group: Organisation | None = None,
    detail: str = "",
    now: datetime = NOW,
) -> Message:
    about = about or exposure()
    if news is News.DIGEST:
        opened = Delivery(
            id=1, alert=alert(News.OPENED, about), state=DeliveryState.DUE, created=NOW, due=NOW
        )
        entries = [Entry(opened, about, of or meeting())]
        return write_digest(entries, Digest.DAILY, organisation=group or organisation(), now=now)
    return write(
        alert(news, about if news in ABOUT_EXPOSURES else None, detail=detail),
        exposure=about if news in ABOUT_EXPOSURES else None,
        meeting=(of or meeting()) if news in ABOUT_EXPOSURES else None,
        organisation=group or organisation(),
        now=now,
    )
