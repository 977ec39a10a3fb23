"""Calendars as Google, Outlook, iCloud, Nextcloud, Zoom, Teams and careless programs write them.

Beside each file of ``calendars`` stands what is understood of it: title, first start in its own zone, the
next start after NOW in UTC, and rooms.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import recurring_ical_events
from icalendar import Calendar

from scanner.invitations.calendars import read_calendar
from scanner.invitations.series import next_start
from scanner.model import Meeting

FILES = sorted((Path(__file__).parent / "calendars").glob("*.ics"))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def as_meeting(proposed):
    return Meeting(
        id=1,
        organisation=1,
        title="",
        starts=proposed.starts,
        ends=proposed.ends,
        repeats=proposed.repeats,
        timezone=proposed.timezone,
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_understood(file):
    text = file.read_bytes().decode()
    understood = [
        {
            "title": meeting.title,
            "starts": meeting.starts and f"{meeting.starts:%Y-%m-%dT%H:%M}",
            "timezone": meeting.timezone,
            "next": meeting.starts and f"{next_start(as_meeting(meeting), NOW):%Y-%m-%dT%H:%MZ}",
            "rooms": sorted(f"{room.platform} {room.key}" for room in meeting.rooms),
        }
        for meeting in read_calendar(text, timezone="Europe/London", now=NOW)
    ]
    expected = json.loads(file.with_suffix(".json").read_text())
    assert understood == [entry | {"rooms": sorted(entry["rooms"])} for entry in expected]


@pytest.mark.parametrize(
    "file",
    [file for file in FILES if not file.stem.startswith(("dirty", "mail", "two_versions"))],
    ids=lambda file: file.stem,
)
def test_the_next_starts_are_those_that_a_calendar_library_expands(file):
    text = file.read_bytes().decode()
    meetings = [as_meeting(one) for one in read_calendar(text, timezone="Europe/London", now=NOW)]
    ours = set()
    for meeting in meetings:
        now = NOW
        while (start := next_start(meeting, now)) is not None and start < NOW + timedelta(days=90):
            ours.add(start)
            now = start + (meeting.ends - meeting.starts if meeting.ends else timedelta(hours=1))
    theirs = set()
    for calendar in Calendar.from_ical(text, multiple=True):
        for each in recurring_ical_events.of(calendar).between(NOW, NOW + timedelta(days=90)):
            start = each["dtstart"].dt
            if each.get("status") != "CANCELLED" and isinstance(start, datetime):
                theirs.add(start.replace(tzinfo=start.tzinfo or UTC).astimezone(UTC))
    theirs = {start for start in theirs if start >= NOW}
    whole_days = any(b"VALUE=DATE:" in line for line in file.read_bytes().splitlines())
    assert ours == theirs or whole_days


def test_there_are_calendars_of_many_makers():
    assert len(FILES) >= 30
