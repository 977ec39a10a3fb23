"""Small builders of model values for tests: say what matters to the test, leave the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from scanner.model import (
    Alert,
    Coverage,
    Form,
    Known,
    News,
    Passcode,
    PasscodeKind,
    PasscodeMatch,
    Risk,
    Room,
    Severity,
    SeverityLevel,
    SourceState,
)
from storage.addresses import Remembered
from storage.meetings import Door, NewMeeting
from storage.sightings import NewSighting

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
"""A fixed Thursday to count from."""


def a_room(key: str = "81234567890", platform: str = "zoom") -> Room:
    return Room(platform, key)


def a_passcode(text: str = "larks-7731", kind: PasscodeKind = PasscodeKind.PLAIN) -> Passcode:
    return Passcode(text, kind)


def a_meeting(
    *rooms: Room, title: str = "Bell ringers", passcodes: tuple[Passcode, ...] = (), **more: Any
) -> NewMeeting:
    """A meeting at noon; every passcode opens every room."""
    doors = tuple(Door(room, passcodes) for room in rooms or (a_room(),))
    fields: dict[str, Any] = {
        "title": title,
        "starts": NOON,
        "doors": doors,
        "timezone": "Europe/London",
        **more,
    }
    return NewMeeting(**fields)


def a_severity(level: SeverityLevel = SeverityLevel.MEDIUM, reason: str = "") -> Severity:
    return Severity(level, reason or f"Strangers could join ({level}).")


def a_sighting(
    address: str = "https://forum.example/t/12",
    room: Room | None = None,
    *,
    source: str = "forum",
    where: str = "text",
    passcode: PasscodeMatch = PasscodeMatch.NONE,
    excerpt: str = "Join us on […] tonight",
) -> NewSighting:
    return NewSighting(
        source=source,
        address=address,
        room=room or a_room(),
        form=Form.URL,
        where=where,
        risk=Risk.SCHEDULED,
        passcode=passcode,
        excerpt=excerpt,
    )


def an_alert(
    organisation: int, *, key: str = "1/1/opened/clerk", channel: str = "clerk", **more: Any
) -> Alert:
    fields = {"news": News.OPENED, "reason": "Route 1 asks for everything.", **more}
    return Alert(key=key, organisation=organisation, channel=channel, **fields)


def a_page(address: str, *, rooms: int = 0, read: datetime = NOON, **known: Any) -> Remembered:
    return Remembered(known=Known(address=address, **known), rooms=rooms, read=read)


def a_coverage(source: str = "forum", state: SourceState = SourceState.OK, **more: Any) -> Coverage:
    return Coverage(source=source, state=state, **more)
