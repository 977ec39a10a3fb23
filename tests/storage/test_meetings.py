from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import update

from scanner.errors import InputError
from scanner.match.register import RegisterEntry
from scanner.model import ExposureState, PasscodeKind, Protection, SeverityLevel
from storage import tables
from storage.meetings import Door, NewMeeting
from tests.builders import (
    NOON,
    a_meeting,
    a_passcode,
    a_room,
    a_severity,
    a_sighting,
    an_alert,
)

LATER = NOON + timedelta(days=1)


def connection(work):
    """The connection of a transaction, for looking at rows and spoiling them."""
    return work.meetings._transaction.connection


def test_a_meeting_comes_back_as_it_was_given(work, club):
    plain, token = a_passcode("larks"), a_passcode("dG9rZW4.1", PasscodeKind.TOKEN)
    added = work.meetings.add(
        club.id,
        NewMeeting(
            title="Côr y Cwm · 合唱 \U0001f3b5",
            starts=NOON,
            ends=NOON + timedelta(hours=1),
            repeats="FREQ=WEEKLY;BYDAY=TH",
            timezone="Europe/London",
            doors=(
                Door(a_room(), (plain, token)),
                Door(a_room("cwm", "jitsi")),
                Door(a_room("abc", "teams")),
            ),
            protections=frozenset({Protection.WAITING_ROOM, Protection.SIGN_IN}),
        ),
        LATER,
    )
    assert work.meetings.get(club.id, added.id) == added
    assert work.meetings.all(club.id) == [added]
    assert added.title == "Côr y Cwm · 合唱 \U0001f3b5"
    assert (added.starts, added.ends) == (NOON, NOON + timedelta(hours=1))
    assert (added.repeats, added.timezone) == ("FREQ=WEEKLY;BYDAY=TH", "Europe/London")
    assert added.rooms == (a_room(), a_room("cwm", "jitsi"), a_room("abc", "teams"))
    assert added.passcodes == (plain, token)
    assert added.protections == {Protection.WAITING_ROOM, Protection.SIGN_IN}
    assert added.registered == LATER


def test_times_come_back_in_utc_whatever_zone_they_came_in(work, club):
    summer = timezone(timedelta(hours=5, minutes=30))
    starts = datetime(2026, 7, 1, 19, 0, 0, 123456, tzinfo=summer)
    added = work.meetings.add(club.id, a_meeting(starts=starts), NOON)
    assert added.starts == starts
    assert added.starts.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(work, club):
    with pytest.raises(Exception, match="aware"):
        work.meetings.add(club.id, a_meeting(starts=NOON.replace(tzinfo=None)), NOON)


def test_a_room_named_twice_is_one_door_with_both_passcodes(work, club):
    one, two = a_passcode("one"), a_passcode("two")
    doors = (Door(a_room(), (one,)), Door(a_room(), (two, one)))
    added = work.meetings.add(club.id, NewMeeting(title="x", starts=NOON, doors=doors), NOON)
    assert added.rooms == (a_room(),)
    assert added.passcodes == (one, two)
    assert len(list(work.meetings.register(NOON))) == 1


def test_a_passcode_of_two_rooms_is_listed_once(work, club):
    added = work.meetings.add(club.id, a_meeting(a_room("1"), a_room("2"), passcodes=(a_passcode(),)), NOON)
    assert added.passcodes == (a_passcode(),)


def test_the_register_holds_every_room_as_fingerprints(work, club, choir, keys):
    plain, old = a_passcode("larks"), a_passcode("finches")
    one = work.meetings.add(
        club.id,
        NewMeeting(title="x", starts=NOON, doors=(Door(a_room("1"), (plain, old)), Door(a_room("2")))),
        NOON,
    )
    two = work.meetings.add(choir.id, a_meeting(a_room("1"), passcodes=(plain,)), NOON)
    assert list(work.meetings.register(NOON)) == [
        RegisterEntry(
            fingerprint=keys.fingerprint(a_room("1")),
            organisation=club.id,
            meeting=one.id,
            passcodes=frozenset(
                keys.fingerprint_passcode(a_room("1"), text) for text in ("larks", "finches")
            ),
        ),
        RegisterEntry(fingerprint=keys.fingerprint(a_room("2")), organisation=club.id, meeting=one.id),
        RegisterEntry(
            fingerprint=keys.fingerprint(a_room("1")),
            organisation=choir.id,
            meeting=two.id,
            passcodes=frozenset({keys.fingerprint_passcode(a_room("1"), "larks")}),
        ),
    ]


def test_the_register_is_whole_past_one_batch_of_rows(work, club, keys):
    many = tuple(a_passcode(str(number)) for number in range(6000))
    doors = (Door(a_room("1"), many[:3]), Door(a_room("2"), many), Door(a_room("3"), many[:3]))
    work.meetings.add(club.id, NewMeeting(title="x", starts=NOON, doors=doors), NOON)
    entries = list(work.meetings.register(NOON))
    assert [entry.fingerprint for entry in entries] == [keys.fingerprint(door.room) for door in doors]
    assert [len(entry.passcodes) for entry in entries] == [3, 6000, 3]


def test_the_register_opens_no_vault(work, club):
    work.meetings.add(club.id, a_meeting(passcodes=(a_passcode(),)), NOON)
    connection(work).execute(update(tables.organisations).values(data_key=b"spoilt"))
    assert len(list(work.meetings.register(NOON))) == 1


def test_meetings_behind_one_door_are_found(work, club, choir):
    first = work.meetings.add(club.id, a_meeting(a_room("1"), a_room("2")), NOON)
    second = work.meetings.add(club.id, a_meeting(a_room("2")), NOON)
    work.meetings.add(choir.id, a_meeting(a_room("2")), NOON)
    assert work.meetings.with_room(club.id, a_room("2")) == [first, second]
    assert work.meetings.with_room(club.id, a_room("1")) == [first]
    assert work.meetings.with_room(club.id, a_room("2", "teams")) == []


def test_one_organisation_sees_and_removes_nothing_of_another(work, club, choir):
    theirs = work.meetings.add(choir.id, a_meeting(), NOON)
    assert work.meetings.get(club.id, theirs.id) is None
    assert work.meetings.all(club.id) == []
    with pytest.raises(InputError, match="no meeting"):
        work.meetings.remove(club.id, theirs.id, NOON)
    assert work.meetings.get(choir.id, theirs.id) == theirs


def test_removing_a_meeting_removes_its_secrets_exposures_and_alerts(store, work, club):
    meeting = work.meetings.add(club.id, a_meeting(passcodes=(a_passcode(),)), NOON)
    kept = work.meetings.add(club.id, a_meeting(a_room("2")), NOON)
    seen = work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)
    work.outbox.put(an_alert(club.id, exposure=seen.exposure_id), NOON, NOON)
    work.meetings.remove(club.id, meeting.id, NOON)
    assert work.meetings.all(club.id) == [kept]
    assert [entry.meeting for entry in work.meetings.register(NOON)] == [kept.id]
    assert work.exposures.all(club.id) == []
    assert work.outbox.all(club.id) == []
    for table in ("passcodes", "sightings", "exposure_events"):
        count = connection(work).exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
        assert count == 0, table
    with pytest.raises(InputError, match=f"no meeting {meeting.id}"):
        work.meetings.remove(club.id, meeting.id, NOON)


def test_the_number_of_a_removed_meeting_is_never_given_again(work, club):
    first = work.meetings.add(club.id, a_meeting(), NOON)
    work.meetings.remove(club.id, first.id, NOON)
    assert work.meetings.add(club.id, a_meeting(), NOON).id > first.id


def test_changed_tells_when_a_room_was_added_or_removed(work, club, choir):
    assert work.meetings.changed() is None
    assert work.meetings.changed(club.id) is None
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    assert work.meetings.changed(club.id) == NOON
    assert work.meetings.changed(choir.id) is None
    work.meetings.remove(club.id, meeting.id, LATER)
    assert work.meetings.changed(club.id) == LATER
    work.meetings.add(choir.id, a_meeting(), NOON)
    assert work.meetings.changed() == LATER


def test_a_sighting_of_a_meeting_removed_meanwhile_is_nobodys(work, club, choir):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    assert work.exposures.see(choir.id, meeting.id, a_sighting(), a_severity(), NOON) is None
    work.meetings.remove(club.id, meeting.id, NOON)
    assert work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON) is None


def test_organisations_come_back_as_they_were_given(work, club, choir):
    assert work.organisations.get(club.id) == club
    assert work.organisations.all() == [club, choir]
    assert (club.name, club.timezone, club.email) == ("Hill Climbers", "Europe/London", "club@mail.example")


def test_a_ciphertext_copied_between_rows_does_not_open(work, club):
    one = work.meetings.add(club.id, a_meeting(title="Tuesday group"), NOON)
    two = work.meetings.add(club.id, a_meeting(title="Friday group"), NOON)
    connection(work).exec_driver_sql(
        f"UPDATE meetings SET title = (SELECT title FROM meetings WHERE id = {one.id}) WHERE id = {two.id}"
    )
    with pytest.raises(Exception, match="altered or moved"):
        work.meetings.get(club.id, two.id)
    assert work.meetings.get(club.id, one.id) == one


def test_severity_levels_and_states_fit_their_columns(work, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    for number, level in enumerate(SeverityLevel):
        sighting = a_sighting(f"https://forum.example/{number}")
        work.exposures.see(club.id, meeting.id, sighting, a_severity(level), NOON)
    (exposure,) = work.exposures.all(club.id, [ExposureState.OPEN])
    assert exposure.severity == a_severity(SeverityLevel.CRITICAL)
