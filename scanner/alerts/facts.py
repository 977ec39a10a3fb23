"""An alert for programs: what docs/webhook.md promises, and nothing that opens a meeting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from scanner.alerts.plain import defanged, plain
from scanner.invitations.series import next_start
from scanner.model import Alert, Exposure, Meeting, Organisation

_MOST_PLACES = 50
_LINE = 200
_SENTENCE = 400


def facts(
    alert: Alert,
    *,
    exposure: Exposure | None,
    meeting: Meeting | None,
    organisation: Organisation,
    now: datetime,
    drill: bool = False,
) -> dict[str, object]:
    """Return an alert as names and values ready for JSON; ``drill`` says that it is not in earnest."""
    secrets = secrets_of(meeting)
    return {
        "news": alert.news.value,
        "organisation": plain(organisation.name, limit=_LINE, secrets=secrets),
        "why": plain(alert.reason, limit=_SENTENCE, secrets=secrets),
        "drill": drill,
        "exposure": _exposure(exposure, meeting, now) if exposure and meeting else None,
    }


def secrets_of(meeting: Meeting | None) -> list[str]:
    """Return what must stand in no message about a meeting."""
    if meeting is None:
        return []
    return [room.key for room in meeting.rooms] + [passcode.text for passcode in meeting.passcodes]


def _exposure(exposure: Exposure, meeting: Meeting, now: datetime) -> Mapping[str, object]:
    secrets = secrets_of(meeting)
    start = next_start(meeting, now)
    first = exposure.sightings[0] if exposure.sightings else None
    return {
        "number": exposure.id,
        "state": exposure.state.value,
        "severity": exposure.severity.level.value,
        "reason": plain(exposure.severity.reason, limit=_SENTENCE, secrets=secrets),
        "meeting": plain(meeting.title, limit=_LINE, secrets=secrets),
        "starts": stamp(start) if start else None,
        "platform": first.room.platform if first else None,
        "places": [
            {
                "address": defanged(sighting.address),
                "form": sighting.form.value,
                "state": sighting.state.value,
                "first_seen": stamp(sighting.first_seen),
            }
            for sighting in exposure.sightings[:_MOST_PLACES]
        ],
    }


def stamp(moment: datetime) -> str:
    """Write a moment for machines: RFC 3339 in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
