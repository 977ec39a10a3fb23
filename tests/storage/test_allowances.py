from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.errors import InputError
from scanner.model import ExposureState, PasscodeMatch, VerdictKind
from storage.exposures import Seen
from tests.builders import NOON, a_meeting, a_room, a_severity, a_sighting

LATER, MUCH_LATER = NOON + timedelta(days=1), NOON + timedelta(days=30)
PAGE = "https://forum.example/t/12"
INTENDED, OURS = VerdictKind.INTENDED, VerdictKind.OURS


@pytest.fixture
def meeting(work, club):
    return work.meetings.add(club.id, a_meeting(), NOON)


def allow(work, club, meeting, until=MUCH_LATER):
    return work.allowances.add(club.id, meeting.id, until=until, reason="open day", actor="ann", now=NOON)


def see(work, club, meeting, *, kind=OURS, now=NOON, page=PAGE, passcode=PasscodeMatch.NONE):
    sighting = a_sighting(page, passcode=passcode)
    return work.exposures.see(club.id, meeting.id, sighting, a_severity(), now, kind=kind)


def states(work, club):
    return [exposure.state for exposure in work.exposures.all(club.id)]


def test_allowances_come_back_as_given_and_end(work, club, choir, meeting):
    given = allow(work, club, meeting)
    for_good = allow(work, club, meeting, until=None)
    assert work.allowances.all(club.id) == [given, for_good]
    assert list(work.allowances.everywhere()) == [(meeting.id, MUCH_LATER), (meeting.id, None)]
    assert work.allowances.all(choir.id) == []
    with pytest.raises(InputError, match="no allowance"):
        work.allowances.remove(choir.id, given.id)
    with pytest.raises(InputError, match="no meeting"):
        allow(work, choir, meeting)
    work.allowances.remove(club.id, given.id)
    assert work.allowances.all(club.id) == [for_good]


def test_what_is_intended_is_counted_and_quiet(work, club, meeting):
    allow(work, club, meeting)
    for page in (PAGE, PAGE + "3", PAGE):
        seen = see(work, club, meeting, kind=INTENDED, page=page)
        assert seen == Seen(exposure_id=seen.exposure_id, sighting_id=seen.sighting_id)
    (exposure,) = work.exposures.all(club.id)
    assert exposure.state is ExposureState.INTENDED
    assert len(exposure.sightings) == 2
    assert work.rereading.still_up("forum", PAGE, LATER) == []


@pytest.mark.parametrize("how", ["read again", "unchanged"])
def test_an_expired_allowance_brings_the_exposure_back_once(work, club, meeting, how):
    allow(work, club, meeting, until=LATER)
    see(work, club, meeting, kind=INTENDED)
    if how == "read again":
        assert see(work, club, meeting, now=LATER).reopened
        assert not see(work, club, meeting, now=LATER).reopened
    else:
        assert [found.meeting for found in work.rereading.still_up("forum", PAGE, LATER)] == [meeting.id]
        assert work.rereading.still_up("forum", PAGE, LATER) == []
    assert states(work, club) == [ExposureState.REGRESSED]


def test_an_allowance_taken_back_brings_the_exposure_back(work, club, meeting):
    allowance = allow(work, club, meeting)
    see(work, club, meeting, kind=INTENDED)
    work.allowances.remove(club.id, allowance.id)
    assert len(work.rereading.still_up("forum", PAGE, LATER)) == 1


def test_a_passcode_beside_the_allowed_link_is_an_incident(work, club, meeting):
    allow(work, club, meeting)
    see(work, club, meeting, kind=INTENDED)
    assert see(work, club, meeting, passcode=PasscodeMatch.CURRENT).exposure_is_new
    assert states(work, club) == [ExposureState.OPEN, ExposureState.INTENDED]
    assert see(work, club, meeting, kind=INTENDED, page=PAGE + "4").sighting_is_new is False
    assert states(work, club) == [ExposureState.OPEN, ExposureState.INTENDED]


def test_a_decision_about_a_place_outlives_an_allowance(work, club, meeting):
    """A person called this place intended, allowance or not: it stays so when an allowance ends."""
    seen = see(work, club, meeting)
    work.exposures.set_state(club.id, seen.exposure_id, ExposureState.INTENDED, "ann", "ours", NOON)
    allow(work, club, meeting, until=LATER)
    assert not see(work, club, meeting, kind=INTENDED).reopened
    assert not see(work, club, meeting, now=MUCH_LATER).reopened
    assert work.rereading.still_up("forum", PAGE, MUCH_LATER) == []


def test_an_allowance_closes_what_is_open_and_bare(work, club, choir, meeting):
    bare = see(work, club, meeting)
    allow(work, club, meeting, until=LATER)
    assert work.exposures.quieten(choir.id, meeting.id, "eve", "", NOON) == []
    assert work.exposures.quieten(club.id, meeting.id, "ann", "open day", NOON) == [bare.exposure_id]
    assert not see(work, club, meeting, kind=INTENDED).reopened
    assert see(work, club, meeting, now=LATER).reopened
    see(work, club, meeting, now=LATER, passcode=PasscodeMatch.CURRENT)
    assert work.exposures.quieten(club.id, meeting.id, "ann", "open day", NOON) == []


def test_removing_the_meeting_removes_its_allowances(work, club, meeting):
    allow(work, club, meeting)
    see(work, club, meeting, kind=INTENDED)
    work.meetings.remove(club.id, meeting.id, NOON)
    assert work.allowances.all(club.id) == []
    assert list(work.allowances.everywhere()) == []
    assert work.meetings.add(club.id, a_meeting(a_room("7")), NOON).id != meeting.id
