from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.errors import InputError
from scanner.model import ExposureState, VerdictKind
from storage.meetings import Door
from storage.retirements import RetiredRoom
from tests.builders import NOON, a_meeting, a_passcode, a_room, a_severity, a_sighting

LATER = NOON + timedelta(days=1)
END = NOON + timedelta(days=30)
OLD, NEW = a_room("81234567890"), a_room("89999999999")
PAGE = "https://forum.example/t/12"


@pytest.fixture
def meeting(work, club):
    return work.meetings.add(club.id, a_meeting(OLD, passcodes=(a_passcode("old"),)), NOON)


def replace(work, club, meeting, *doors, deleted=False, now=LATER):
    return work.retirements.replace_rooms(
        club.id, meeting.id, doors, watched_until=lambda room: END, deleted=deleted, now=now
    )


def kinds(work, keys, now):
    rooms = {keys.fingerprint(OLD): "old", keys.fingerprint(NEW): "new"}
    return {rooms[entry.fingerprint]: entry.kind for entry in work.meetings.register(now)}


@pytest.mark.parametrize(("deleted", "kind"), [(False, VerdictKind.RETIRED), (True, VerdictKind.CLOSED)])
def test_the_new_room_is_used_and_the_old_one_watched_until_its_end(work, club, meeting, keys, deleted, kind):
    changed = replace(work, club, meeting, Door(NEW, (a_passcode("new"),)), deleted=deleted)
    assert (changed.rooms, changed.passcodes) == ((NEW,), (a_passcode("new"),))
    assert work.retirements.all(club.id, meeting.id) == [
        RetiredRoom(room=OLD, retired=LATER, watched_until=END, deleted=deleted)
    ]
    assert kinds(work, keys, LATER) == {"old": kind, "new": VerdictKind.OURS}
    assert kinds(work, keys, END) == {"new": VerdictKind.OURS}
    assert work.meetings.changed(club.id) == LATER


def test_a_new_passcode_for_the_same_room_retires_nothing(work, club, meeting, keys):
    changed = replace(work, club, meeting, Door(OLD, (a_passcode("new"),)))
    assert changed.passcodes == (a_passcode("new"),)
    assert work.retirements.all(club.id, meeting.id) == []
    (entry,) = work.meetings.register(LATER)
    assert entry.passcodes == {keys.fingerprint_passcode(OLD, "new")}


def test_a_room_that_comes_back_is_in_use_again_and_the_first_retirement_counts(work, club, meeting, keys):
    replace(work, club, meeting, Door(NEW))
    replace(work, club, meeting, Door(NEW), now=END)
    assert [left.retired for left in work.retirements.all(club.id, meeting.id)] == [LATER]
    assert replace(work, club, meeting, Door(OLD), now=END).rooms == (OLD,)
    assert [left.room for left in work.retirements.all(club.id, meeting.id)] == [NEW]


def test_another_organisation_neither_sees_nor_changes_it(work, club, choir, meeting):
    with pytest.raises(InputError, match="no meeting"):
        replace(work, choir, meeting, Door(NEW))
    replace(work, club, meeting, Door(NEW))
    assert work.retirements.all(choir.id, meeting.id) == []


@pytest.mark.parametrize("kind", [VerdictKind.RETIRED, VerdictKind.CLOSED])
def test_an_old_link_closed_as_rotated_stays_quiet_but_a_new_place_is_told(work, club, meeting, kind):
    def see(page, now):
        return work.exposures.see(club.id, meeting.id, a_sighting(page, OLD), a_severity(), now, kind=kind)

    seen = work.exposures.see(club.id, meeting.id, a_sighting(PAGE, OLD), a_severity(), NOON)
    replace(work, club, meeting, Door(NEW))
    work.exposures.set_state(club.id, seen.exposure_id, ExposureState.ROTATED, "ann", "", LATER)
    assert not see(PAGE, LATER).reopened
    assert work.rereading.still_up("forum", PAGE, LATER) == []
    assert see(PAGE + "3", LATER).reopened


def test_rotated_without_a_new_room_is_still_contradicted_by_the_page(work, club, meeting):
    seen = work.exposures.see(club.id, meeting.id, a_sighting(PAGE, OLD), a_severity(), NOON)
    work.exposures.set_state(club.id, seen.exposure_id, ExposureState.ROTATED, "ann", "", LATER)
    assert len(work.rereading.still_up("forum", PAGE, LATER)) == 1
