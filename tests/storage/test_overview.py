from __future__ import annotations

from datetime import timedelta

from scanner.model import ExposureState, SeverityLevel, SourceState
from storage.meetings import Door
from tests.builders import NOON, a_coverage, a_meeting, a_room, a_severity, a_sighting

OPEN = (ExposureState.OPEN, ExposureState.REGRESSED)


def a_leak(work, organisation, number, level=SeverityLevel.MEDIUM):
    room = a_room(str(81_000_000_000 + number * 7_919))
    meeting = work.meetings.add(organisation.id, a_meeting(room, title=f"Group {number}"), NOON)
    at = NOON + timedelta(days=number)
    seen = work.exposures.see(organisation.id, meeting.id, a_sighting(room=room), a_severity(level), at)
    return meeting, seen.exposure_id


def test_lists_hold_what_is_asked_for_and_nothing_of_others(work, club, choir):
    levels = (SeverityLevel.LOW, SeverityLevel.CRITICAL, SeverityLevel.MEDIUM, SeverityLevel.CRITICAL)
    kept = [a_leak(work, club, number, level) for number, level in enumerate(levels)]
    theirs, _ = a_leak(work, choir, 9)
    numbers = [exposure for _, exposure in kept]
    ask = work.overview
    worst = [entry.id for entry in ask.exposures(club.id, OPEN, first=0, count=3)]
    assert worst == [numbers[3], numbers[1], numbers[2]]
    assert [entry.id for entry in ask.exposures(club.id, OPEN, first=3, count=3)] == [numbers[0]]
    newest = ask.newest_exposures(club.id, OPEN, below=numbers[3], count=2)
    assert [entry.id for entry in newest] == [numbers[2], numbers[1]]
    assert ask.states(club.id) == {ExposureState.OPEN: 4}
    work.exposures.set_state(club.id, numbers[0], ExposureState.REMOVED, "ann", "", NOON)
    assert ask.states(club.id) == {ExposureState.OPEN: 3, ExposureState.REMOVED: 1}
    asked = [meeting.id for meeting, _ in kept[:3]] + [theirs.id]
    assert set(ask.open_exposures(club.id, asked)) == set(asked[1:3])
    assert ask.titles(club.id, [kept[0][0].id, theirs.id]) == {kept[0][0].id: "Group 0"}
    assert [entry.id for entry in ask.exposures_of(club.id, theirs.id)] == []
    assert ask.meetings_above(club.id, kept[1][0].id, count=9) == [meeting.id for meeting, _ in kept[2:]]
    times = ask.times(club.id)
    assert {id_ for id_, _ in times} == {meeting.id for meeting, _ in kept}
    assert len({text for _, text in times}) == 1, "they take place at the same times"
    third = kept[2][0]
    assert ask.series(club.id, [third.id, theirs.id]) == {
        third.id: (third.starts, third.ends, third.repeats, third.timezone)
    }
    assert ask.registered(club.id, [third.id, theirs.id]) == {third.id: NOON}
    day = timedelta(days=1)
    between = ask.exposures_between(club.id, NOON + day, NOON + 3 * day, count=1)
    assert [entry.id for entry in between] == [numbers[1]]
    assert ask.count_between(club.id, NOON + day, NOON + 3 * day) == 2
    (row,) = ask.reported_between(club.id, NOON + day, NOON + 3 * day, count=1)
    assert (row.exposure, row.meeting, row.opened) == (numbers[1], "Group 1", between[0].opened)
    assert (row.severity, row.reason) == (between[0].severity.level, between[0].severity.reason)
    assert (row.state, row.places, row.still_up) == (ExposureState.OPEN, 1, 1)
    assert len(ask.reported_between(club.id, NOON, NOON + 9 * day, count=9)) == 4, "and nothing of others"


def test_only_a_whole_reading_that_came_to_its_end_counts_as_one(work):
    def scan(hours, *states, finished=True, fast=False):
        at = NOON + timedelta(hours=hours)
        number = work.scans.start("nightly", ["forum", "parish"], at, **({"fast": True} if fast else {}))
        for source, state in zip(("forum", "parish"), states, strict=True):
            work.scans.cover(number, a_coverage(source, state))
        if finished:
            work.scans.finish(number, at)
        return at

    ok, partial = SourceState.OK, SourceState.PARTIAL
    assert work.overview.read_in_full() == {}
    first = scan(0, ok, partial)
    assert work.overview.read_in_full() == {"forum": first}
    scan(1, ok, ok, finished=False)
    assert work.overview.read_in_full() == {"forum": first}
    last = scan(2, partial, ok)
    assert work.overview.read_in_full() == {"forum": first, "parish": last}
    scan(3, ok, ok, fast=True)
    assert work.overview.read_in_full() == {"forum": first, "parish": last}, "only what was new was read"
    assert work.overview.looks(NOON) == {
        "forum": [(first, ok), (last, partial)],
        "parish": [(first, partial), (last, ok)],
    }
    assert work.overview.looks(last)["forum"] == [(last, partial)]


def test_times_as_texts_differ_where_the_times_do_and_sort_by_the_first(work, club):
    kept = [
        a_meeting(starts=NOON + timedelta(days=1)),
        a_meeting(),
        a_meeting(ends=NOON + timedelta(hours=1)),
        a_meeting(repeats="FREQ=WEEKLY"),
        a_meeting(timezone="Asia/Tokyo"),
    ]
    ids = [work.meetings.add(club.id, meeting, NOON).id for meeting in kept]
    texts = dict(work.overview.times(club.id))
    assert len({texts[id_] for id_ in ids}) == len(kept)
    assert max(ids, key=lambda id_: texts[id_]) == ids[0]


def test_a_link_that_changed_is_known_by_when(work, club):
    meeting, _ = a_leak(work, club, 1)
    other, _ = a_leak(work, club, 2)
    later = NOON + timedelta(days=2)
    work.retirements.replace_rooms(
        club.id,
        meeting.id,
        (Door(a_room("85000000001")),),
        watched_until=lambda room: later + timedelta(days=30),
        deleted=False,
        now=later,
    )
    assert work.overview.links_changed(club.id, [meeting.id, other.id]) == {meeting.id: later}


def test_what_is_queued_is_waiting_until_it_is_done(work):
    for source in ("forum", "parish", "forum"):
        work.units.queue("nightly", source, NOON, NOON)
    assert work.overview.waiting() == ("forum", "parish")
    for unit in work.units.claim(NOON, timedelta(minutes=5), 10):
        work.units.finish(unit.id, NOON)
    assert work.overview.waiting() == ()
