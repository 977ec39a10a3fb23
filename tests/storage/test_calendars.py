from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.errors import InputError
from scanner.invitations.following import Followed
from scanner.model import Passcode, PasscodeKind
from tests.builders import NOON, a_meeting, a_passcode, a_room

ADDRESS = "https://calendar.example/private-5f2a/basic.ics"
LATER = NOON + timedelta(hours=3)


def a_calendar(work, organisation):
    return work.calendars.add(organisation.id, name="Clerk's calendar", address=ADDRESS, now=NOON)


def test_a_calendar_is_kept_with_its_address(work, club):
    calendar = a_calendar(work, club)
    assert work.calendars.all(club.id) == [calendar]
    assert work.calendars.get(club.id, calendar.id).address.reveal() == ADDRESS
    assert ADDRESS not in repr(calendar)


def test_a_failure_is_kept_with_its_beginning_and_ends_with_an_answer(work, club):
    calendar = a_calendar(work, club)
    work.calendars.answered(calendar, NOON, etag='"1"', last_modified="")
    for hours in (1, 2):
        calendar = work.calendars.get(club.id, calendar.id)
        work.calendars.failed(calendar, NOON + timedelta(hours=hours), fault=f"HTTP 50{hours}")
    failing = work.calendars.get(club.id, calendar.id)
    assert (failing.failing_since, failing.fault) == (NOON + timedelta(hours=1), "HTTP 502")
    assert (failing.read, failing.tried, failing.etag) == (NOON, NOON + timedelta(hours=2), '"1"')
    work.calendars.answered(failing, LATER, etag="", last_modified="Mon")
    well = work.calendars.get(club.id, calendar.id)
    assert (well.failing_since, well.fault, well.read, well.etag) == (None, "", LATER, "")


def test_an_event_outlives_its_meeting_and_not_its_calendar(work, club):
    calendar = a_calendar(work, club)
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    work.calendars.follow(calendar, uid="1@x", meeting=meeting.id, title="Choir", doors="d1")
    (followed,) = work.calendars.followed(calendar)
    assert followed == Followed(id=followed.id, uid="1@x", meeting=meeting.id, title="Choir", doors="d1")
    work.calendars.says(calendar, followed, title="Choir & tea", doors="d2")
    (followed,) = work.calendars.followed(calendar)
    assert (followed.title, followed.doors) == ("Choir & tea", "d2")
    work.meetings.remove(club.id, meeting.id, NOON)
    (followed,) = work.calendars.followed(calendar)
    assert (followed.meeting, followed.title) == (None, "Choir & tea")
    work.calendars.remove(club.id, calendar.id)
    assert work.calendars.followed(calendar) == []


def test_a_stripped_event_keeps_only_what_tells_it_from_others(work, club, choir):
    calendar = a_calendar(work, club)
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    work.calendars.follow(calendar, uid="1@x", meeting=meeting.id, title="Choir", doors="d1")
    assert work.calendars.strip_events(choir.id, meeting.id) == 0
    assert work.calendars.strip_events(club.id, meeting.id) == 1
    (followed,) = work.calendars.followed(calendar)
    assert followed == Followed(id=followed.id, uid="1@x", meeting=meeting.id, title="")


def test_a_calendar_belongs_to_one_organisation(work, club, choir):
    calendar = a_calendar(work, club)
    assert work.calendars.all(choir.id) == []
    assert work.calendars.get(choir.id, calendar.id) is None
    with pytest.raises(InputError):
        work.calendars.remove(choir.id, calendar.id)


def test_a_changed_meeting_keeps_its_rooms_and_when_it_was_registered(work, club):
    room = a_room()
    meeting = work.meetings.add(club.id, a_meeting(room, passcodes=(a_passcode("old-1"),)), NOON)
    changed = a_meeting(a_room("89876543210"), title="Ringers", starts=LATER, repeats="FREQ=WEEKLY")
    after = work.meetings.change(club.id, meeting.id, changed)
    assert (after.title, after.starts, after.repeats, after.registered) == (
        "Ringers",
        LATER,
        "FREQ=WEEKLY",
        NOON,
    )
    assert (after.rooms, after.passcodes) == ((room,), (Passcode("old-1", PasscodeKind.PLAIN),))
    assert work.meetings.changed(club.id) == NOON


def test_a_meeting_of_others_is_not_changed(work, club, choir):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    with pytest.raises(InputError):
        work.meetings.change(choir.id, meeting.id, a_meeting(title="Mine"))
