from __future__ import annotations

from datetime import timedelta

from tests.builders import NOON, a_meeting, a_passcode, a_room

DAY = timedelta(days=1)


def test_meetings_that_may_take_place_come_with_their_times_and_nothing_else(work, club):
    ends = NOON + timedelta(hours=2)
    made = work.meetings.add(club.id, a_meeting(a_room(), passcodes=(a_passcode(),), ends=ends), NOON)
    (found,) = work.times.between(NOON - DAY, NOON + DAY)
    assert (found.id, found.organisation, found.starts, found.ends) == (made.id, club.id, NOON, ends)
    assert found.timezone == "Europe/London"
    assert (found.title, found.rooms, found.passcodes) == ("", (), ())


def test_what_is_over_or_far_away_is_left_out_and_a_series_is_not(work, club):
    work.meetings.add(club.id, a_meeting(a_room("81111111111"), starts=NOON - 3 * DAY), NOON)
    work.meetings.add(club.id, a_meeting(a_room("81111111112"), starts=NOON + 3 * DAY), NOON)
    series = work.meetings.add(
        club.id, a_meeting(a_room("81111111113"), starts=NOON - 90 * DAY, repeats="FREQ=WEEKLY"), NOON
    )
    assert [one.id for one in work.times.between(NOON, NOON + DAY)] == [series.id]
