from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.errors import InputError
from scanner.model import OPEN_STATES, ExposureState, PasscodeMatch, SeverityLevel, SightingState
from storage.quiet import SET_ASIDE
from tests.builders import NOON, a_meeting, a_room, a_severity, a_sighting

PAGE, OTHER_PAGE = "https://forum.example/t/12", "https://forum.example/t/13"
LATER = NOON + timedelta(hours=1)
LOW, HIGH = a_severity(SeverityLevel.LOW), a_severity(SeverityLevel.HIGH)
State = ExposureState


def twice(reading, *arguments):
    """Read an address twice in a row: once proves no absence."""
    reading(*arguments)
    return reading(*arguments)


@pytest.fixture
def meeting(work, club):
    return work.meetings.add(club.id, a_meeting(a_room(), a_room("cwm", "jitsi")), NOON)


@pytest.fixture
def see(work, club, meeting):
    def see(address=PAGE, *, severity=LOW, now=NOON, **sighting):
        return work.exposures.see(club.id, meeting.id, a_sighting(address, **sighting), severity, now)

    return see


@pytest.fixture
def decide(work, club):
    def decide(exposure, state, note="because"):
        return work.exposures.set_state(club.id, exposure, state, "Ann", note, LATER)

    return decide


@pytest.fixture
def exposure(work, club):
    def exposure(id_):
        return work.exposures.get(club.id, id_)

    return exposure


def whats(exposure):
    return [event.what for event in exposure.events]


# --- seeing ------------------------------------------------------------------------------------------


def test_the_first_sighting_opens_an_exposure(see, exposure, meeting, club):
    seen = see(where="attr:title", excerpt="… (ID […])", passcode=PasscodeMatch.CURRENT, severity=HIGH)
    assert (seen.exposure_is_new, seen.sighting_is_new, seen.reopened) == (True, True, False)
    found = exposure(seen.exposure_id)
    assert (found.state, found.severity, found.opened) == (State.OPEN, HIGH, NOON)
    assert (found.organisation, found.meeting) == (club.id, meeting.id)
    (sighting,) = found.sightings
    assert sighting.id == seen.sighting_id
    assert (sighting.address, sighting.room, sighting.source) == (PAGE, a_room(), "forum")
    assert (sighting.where, sighting.excerpt) == ("attr:title", "… (ID […])")
    assert (sighting.passcode, sighting.state) == (PasscodeMatch.CURRENT, SightingState.UP)
    assert (sighting.first_seen, sighting.last_seen) == (NOON, NOON)
    (event,) = found.events
    assert (event.at, event.actor, event.what, event.note) == (NOON, "scan", "opened", HIGH.reason)


def test_saying_it_again_changes_nothing_but_the_time(see, exposure):
    first = see()
    before = exposure(first.exposure_id)
    again = see(now=LATER)
    assert (again.exposure_is_new, again.sighting_is_new, again.reopened) == (False, False, False)
    assert (again.exposure_id, again.sighting_id) == (first.exposure_id, first.sighting_id)
    after = exposure(first.exposure_id)
    assert after.events == before.events
    assert [sighting.last_seen for sighting in after.sightings] == [LATER]
    assert [sighting.first_seen for sighting in after.sightings] == [NOON]


def test_another_address_or_another_room_is_another_sighting_of_the_same_exposure(see, exposure):
    first = see()
    for seen in (see(OTHER_PAGE), see(room=a_room("cwm", "jitsi"))):
        assert (seen.exposure_id, seen.exposure_is_new, seen.sighting_is_new) == (
            first.exposure_id,
            False,
            True,
        )
    found = exposure(first.exposure_id)
    assert len(found.sightings) == 3
    assert whats(found) == ["opened", "seen at another place", "seen at another place"]


def test_two_meetings_with_one_room_have_an_exposure_each(work, club, meeting, see):
    twin = work.meetings.add(club.id, a_meeting(a_room()), NOON)
    first = see()
    second = work.exposures.see(club.id, twin.id, a_sighting(), LOW, NOON)
    assert second.exposure_is_new
    assert second.exposure_id != first.exposure_id


def test_severity_is_that_of_the_worst_place_still_up(work, see, exposure):
    seen = see(severity=LOW)
    see(OTHER_PAGE, severity=HIGH, now=LATER)
    assert exposure(seen.exposure_id).severity == HIGH
    assert whats(exposure(seen.exposure_id))[-1] == "severity high"
    work.rereading.unreadable("forum", OTHER_PAGE, LATER)
    assert exposure(seen.exposure_id).severity == HIGH
    assert twice(work.rereading.address_gone, "forum", OTHER_PAGE, LATER) == []
    assert exposure(seen.exposure_id).severity == LOW
    see(severity=HIGH)
    assert exposure(seen.exposure_id).severity == HIGH


def test_a_new_grade_is_kept_and_only_a_new_level_is_an_event(work, club, see, exposure):
    seen = see(severity=LOW)
    nearer = a_severity(SeverityLevel.LOW, "It starts on Friday.")
    assert not work.exposures.regrade(club.id, seen.exposure_id, {seen.sighting_id: nearer}, LATER)
    assert exposure(seen.exposure_id).severity == nearer
    assert whats(exposure(seen.exposure_id)) == ["opened"]
    assert work.exposures.regrade(club.id, seen.exposure_id, {seen.sighting_id: HIGH}, LATER)
    event = exposure(seen.exposure_id).events[-1]
    assert (event.at, event.what, event.note) == (LATER, "severity high", HIGH.reason)


# --- reading a page again ----------------------------------------------------------------------------


def test_an_unchanged_page_still_shows_what_it_showed(work, see, exposure):
    seen = see()
    assert work.rereading.still_up("forum", PAGE, LATER) == []
    assert exposure(seen.exposure_id).sightings[0].last_seen == LATER
    assert work.rereading.still_up("forum", OTHER_PAGE, LATER) == []
    assert work.rereading.still_up("elsewhere", PAGE, LATER + timedelta(hours=1)) == []
    assert exposure(seen.exposure_id).sightings[0].last_seen == LATER


def test_an_unreadable_page_is_not_a_clean_one(work, see, exposure):
    seen = see()
    work.rereading.unreadable("forum", PAGE, LATER)
    found = exposure(seen.exposure_id)
    assert (found.state, found.sightings[0].state) == (State.OPEN, SightingState.UNREADABLE)
    assert found.sightings[0].last_seen == NOON
    work.rereading.unreadable("forum", PAGE, LATER)
    assert whats(exposure(seen.exposure_id)) == ["opened", "one place could not be read"]
    work.rereading.still_up("forum", PAGE, LATER)
    assert exposure(seen.exposure_id).sightings[0].state is SightingState.UP


@pytest.mark.parametrize("unreadable_first", [False, True])
def test_the_last_place_gone_closes_the_exposure(work, see, exposure, unreadable_first):
    seen = see()
    if unreadable_first:
        work.rereading.unreadable("forum", PAGE, NOON)
    (gone,) = twice(work.rereading.read_without, "forum", PAGE, frozenset(), LATER)
    assert gone == exposure(seen.exposure_id)
    assert (gone.state, gone.sightings[0].state) == (State.GONE, SightingState.GONE)
    assert gone.events[-1].what == "gone from every place it was seen"
    assert twice(work.rereading.read_without, "forum", PAGE, frozenset(), LATER) == []


def test_only_rooms_missing_from_the_page_are_gone(work, see, exposure, keys):
    seen = see()
    see(room=a_room("cwm", "jitsi"))
    found = frozenset({a_room(), a_room("99")})
    assert twice(work.rereading.read_without, "forum", PAGE, found, LATER) == []
    states = [sighting.state for sighting in exposure(seen.exposure_id).sightings]
    assert states == [SightingState.UP, SightingState.GONE]
    assert exposure(seen.exposure_id).state is State.OPEN


def test_a_place_that_cannot_be_read_keeps_the_exposure_open(work, see, exposure):
    seen = see()
    see(OTHER_PAGE)
    work.rereading.unreadable("forum", OTHER_PAGE, NOON)
    assert twice(work.rereading.address_gone, "forum", PAGE, LATER) == []
    assert exposure(seen.exposure_id).state is State.OPEN


def test_one_page_counts_for_every_organisation(work, see, choir):
    theirs = work.meetings.add(choir.id, a_meeting(), NOON)
    see()
    work.exposures.see(choir.id, theirs.id, a_sighting(), LOW, NOON)
    gone = twice(work.rereading.address_gone, "forum", PAGE, LATER)
    assert {exposure.organisation for exposure in gone} == {1, 2}


def test_what_was_gone_and_is_seen_again_regresses(work, see, exposure):
    seen = see()
    twice(work.rereading.address_gone, "forum", PAGE, LATER)
    again = see(now=LATER)
    assert (again.exposure_id, again.sighting_id) == (seen.exposure_id, seen.sighting_id)
    assert (again.exposure_is_new, again.sighting_is_new, again.reopened) == (False, False, True)
    found = exposure(seen.exposure_id)
    assert (found.state, found.sightings[0].state) == (State.REGRESSED, SightingState.UP)
    assert found.events[-1].what == "regressed"
    assert not see(now=LATER).reopened
    assert [gone.state for gone in twice(work.rereading.address_gone, "forum", PAGE, LATER)] == [State.GONE]


def test_one_place_that_comes_back_is_noted(work, see, exposure):
    seen = see()
    see(OTHER_PAGE)
    twice(work.rereading.address_gone, "forum", PAGE, NOON)
    again = see(now=LATER)
    assert (again.sighting_is_new, again.reopened) == (False, False)
    assert exposure(seen.exposure_id).events[-1].what == "seen at a place again"


def test_a_page_moved_to_another_source_is_followed_there(work, see, exposure):
    seen = see()
    see(source="mirror", now=LATER)
    assert twice(work.rereading.address_gone, "forum", PAGE, LATER) == []
    assert exposure(seen.exposure_id).state is State.OPEN
    assert len(twice(work.rereading.address_gone, "mirror", PAGE, LATER)) == 1


# --- what people decide ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.ROTATED, State.REMOVED])
@pytest.mark.parametrize("place", [PAGE, OTHER_PAGE])
def test_a_closed_exposure_seen_again_anywhere_regresses(see, decide, exposure, state, place):
    seen = see()
    decide(seen.exposure_id, state)
    again = see(place)
    assert (again.exposure_id, again.reopened) == (seen.exposure_id, True)
    assert exposure(seen.exposure_id).state is State.REGRESSED


def test_a_page_unchanged_since_it_was_called_removed_regresses(work, see, decide):
    seen = see()
    decide(seen.exposure_id, State.REMOVED)
    (reopened,) = work.rereading.still_up("forum", PAGE, LATER)
    assert (reopened.id, reopened.state) == (seen.exposure_id, State.REGRESSED)
    assert work.rereading.still_up("forum", PAGE, LATER) == []


def test_what_people_removed_is_confirmed_when_it_is_gone(work, see, decide):
    seen = see()
    decide(seen.exposure_id, State.REMOVED)
    (cleared,) = twice(work.rereading.address_gone, "forum", PAGE, LATER)
    assert (cleared.id, cleared.state) == (seen.exposure_id, State.REMOVED)
    assert whats(cleared)[-1] == "gone from every place it was seen"


@pytest.mark.parametrize("state", sorted(SET_ASIDE))
def test_what_was_set_aside_stays_so_at_its_place(work, see, decide, exposure, state):
    seen = see()
    decide(seen.exposure_id, state)
    again = see(now=LATER)
    assert (again.exposure_id, again.exposure_is_new, again.sighting_is_new, again.reopened) == (
        seen.exposure_id,
        False,
        False,
        False,
    )
    found = exposure(seen.exposure_id)
    assert (found.state, found.sightings[0].last_seen) == (state, LATER)
    assert work.rereading.still_up("forum", PAGE, LATER) == []
    assert twice(work.rereading.address_gone, "forum", PAGE, LATER) == []
    assert exposure(seen.exposure_id).state is state
    assert see(now=LATER).exposure_id == seen.exposure_id


@pytest.mark.parametrize("state", sorted(SET_ASIDE))
def test_what_was_set_aside_hides_no_other_place(see, decide, exposure, state):
    seen = see()
    decide(seen.exposure_id, state)
    elsewhere = see(OTHER_PAGE)
    assert elsewhere.exposure_is_new
    assert exposure(elsewhere.exposure_id).state is State.OPEN
    assert see().exposure_id == seen.exposure_id
    assert see(OTHER_PAGE).exposure_id == elsewhere.exposure_id


def test_what_was_set_aside_hides_no_passcode_that_came_later(see, decide):
    seen = see(passcode=PasscodeMatch.NONE)
    decide(seen.exposure_id, State.INTENDED)
    worse = see(passcode=PasscodeMatch.CURRENT, severity=HIGH)
    assert worse.exposure_is_new
    assert see(passcode=PasscodeMatch.CURRENT, severity=HIGH).exposure_id == worse.exposure_id
    assert not see(passcode=PasscodeMatch.CURRENT).sighting_is_new


def test_set_aside_with_its_passcode_covers_less_of_it(see, decide):
    seen = see(passcode=PasscodeMatch.CURRENT)
    decide(seen.exposure_id, State.INTENDED)
    assert see(passcode=PasscodeMatch.NONE).exposure_id == seen.exposure_id


@pytest.mark.parametrize("state", [State.ACKNOWLEDGED, State.SNOOZED])
def test_an_acknowledged_exposure_takes_new_places_and_stays_so(see, decide, exposure, state):
    seen = see()
    decided = decide(seen.exposure_id, state, note="asked the forum")
    event = decided.events[-1]
    assert (event.actor, event.what, event.note, event.at) == ("Ann", state, "asked the forum", LATER)
    assert see(OTHER_PAGE).sighting_is_new
    assert exposure(seen.exposure_id).state is state


def test_deciding_the_same_twice_is_one_event(see, decide):
    seen = see()
    decide(seen.exposure_id, State.ACKNOWLEDGED)
    assert whats(decide(seen.exposure_id, State.ACKNOWLEDGED)) == ["opened", "acknowledged"]


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ((State.GONE,), "is for scans to find"),
        ((State.REGRESSED,), "is for scans to find"),
        ((State.REMOVED, State.ACKNOWLEDGED), "is removed: reopen it first"),
        ((State.INTENDED, State.SNOOZED), "is intended: reopen it first"),
        ((State.FALSE_POSITIVE, State.ROTATED), "is false-positive: reopen it first"),
    ],
)
def test_impossible_changes_are_refused_with_a_sentence(see, decide, exposure, path, refusal):
    seen = see()
    for state in path[:-1]:
        decide(seen.exposure_id, state)
    before = exposure(seen.exposure_id)
    with pytest.raises(InputError, match=refusal):
        decide(seen.exposure_id, path[-1])
    assert exposure(seen.exposure_id) == before


@pytest.mark.parametrize(
    "path",
    [
        (State.ACKNOWLEDGED, State.OPEN),
        (State.SNOOZED, State.ACKNOWLEDGED, State.ROTATED),
        (State.REMOVED, State.OPEN, State.ACKNOWLEDGED),
        (State.INTENDED, State.FALSE_POSITIVE, State.OPEN),
        (State.REMOVED, State.INTENDED),
    ],
)
def test_sensible_changes_are_made(see, decide, path):
    seen = see()
    for state in path:
        assert decide(seen.exposure_id, state).state is state


def test_a_meeting_never_has_two_open_exposures(work, see, decide):
    aside = see().exposure_id
    decide(aside, State.INTENDED)
    assert see(OTHER_PAGE).exposure_is_new
    with pytest.raises(InputError, match="another open exposure"):
        decide(aside, State.OPEN)


def test_an_exposure_of_another_organisation_is_not_there(work, see, choir):
    seen = see()
    assert work.exposures.get(choir.id, seen.exposure_id) is None
    assert work.exposures.all(choir.id) == []
    with pytest.raises(InputError, match=f"There is no exposure {seen.exposure_id}"):
        work.exposures.set_state(choir.id, seen.exposure_id, State.REMOVED, "Eve", "", NOON)
    with pytest.raises(InputError, match="There is no exposure"):
        work.exposures.regrade(choir.id, seen.exposure_id, {seen.sighting_id: LOW}, NOON)


def test_the_list_is_worst_first_then_newest_and_filtered_by_state(work, club, decide):
    ids = {}
    for name, level in [("a", "low"), ("b", "critical"), ("c", "low"), ("d", "high")]:
        meeting = work.meetings.add(club.id, a_meeting(a_room(name)), NOON)
        severity = a_severity(SeverityLevel(level))
        sighting = a_sighting(room=a_room(name))
        ids[name] = work.exposures.see(club.id, meeting.id, sighting, severity, NOON).exposure_id
    assert [exposure.id for exposure in work.exposures.all(club.id)] == [ids[name] for name in "bdca"]
    decide(ids["d"], State.REMOVED)
    assert [exposure.id for exposure in work.exposures.all(club.id, OPEN_STATES)] == [
        ids[name] for name in "bca"
    ]
    assert [exposure.id for exposure in work.exposures.all(club.id, {State.REMOVED})] == [ids["d"]]
    assert work.exposures.all(club.id, ()) == []


# --- getting worse -----------------------------------------------------------------------------------


def test_a_known_sighting_that_gives_away_more_is_worse_once(see):
    see(severity=LOW)
    assert not see(severity=LOW, now=LATER).worse
    seen = see(severity=HIGH, passcode=PasscodeMatch.CURRENT, now=LATER)
    assert (seen.worse, seen.sighting_is_new, seen.exposure_is_new, seen.reopened) == (
        True,
        False,
        False,
        False,
    )
    assert not see(severity=HIGH, passcode=PasscodeMatch.CURRENT, now=LATER).worse
    assert not see(severity=LOW, now=LATER).worse


def test_a_worse_second_place_makes_an_exposure_worse_and_a_lesser_one_does_not(see):
    see(severity=a_severity(SeverityLevel.MEDIUM))
    assert not see(OTHER_PAGE, severity=LOW).worse
    assert see(OTHER_PAGE, severity=HIGH).worse


def test_what_is_new_or_back_is_told_as_such_and_not_as_worse(see, decide):
    first = see(severity=LOW)
    assert not first.worse
    decide(first.exposure_id, State.ROTATED)
    back = see(severity=HIGH, now=LATER)
    assert (back.reopened, back.worse) == (True, False)


# --- retention ---------------------------------------------------------------------------------------


def test_only_closed_exposures_are_forgotten(work, club, meeting, see, decide, exposure):
    seen = see()
    work.exposures.forget(LATER)
    assert exposure(seen.exposure_id).sightings, "an open one stays, however old"
    decide(seen.exposure_id, State.REMOVED)
    work.exposures.forget(NOON)
    assert exposure(seen.exposure_id).sightings, "it was seen at that very time"
    work.exposures.forget(LATER)
    assert exposure(seen.exposure_id) is None
    assert see(now=LATER).exposure_is_new


def test_an_old_place_of_a_closed_exposure_is_forgotten_and_a_recent_one_kept(work, see, decide, exposure):
    number = see(PAGE).exposure_id
    see(OTHER_PAGE, now=LATER)
    decide(number, State.INTENDED)
    work.exposures.forget(LATER)
    assert [sighting.address for sighting in exposure(number).sightings] == [OTHER_PAGE]
