from __future__ import annotations

from datetime import timedelta

from scanner.model import Lane
from tests.builders import NOON

LEASE = timedelta(minutes=10)


def queue(work, source, due=NOON, schedule="nightly"):
    return work.units.queue(schedule, source, due, NOON)


def claimed(work, now, limit=10):
    return [unit.source for unit in work.units.claim(now, LEASE, limit)]


def test_a_due_time_is_queued_once_whoever_queues_it(work):
    assert queue(work, "forum")
    assert not queue(work, "forum")
    assert queue(work, "forum", NOON + timedelta(microseconds=1))
    assert queue(work, "our-site")
    assert queue(work, "forum", schedule="countdown")
    assert len(work.units.pending()) == 4


def test_a_finished_due_time_is_not_queued_again(work):
    queue(work, "forum")
    (unit,) = work.units.claim(NOON, LEASE, 1)
    work.units.finish(unit.id, NOON)
    assert work.units.pending() == []
    assert not queue(work, "forum")
    assert claimed(work, NOON + timedelta(days=9)) == []


def test_a_unit_comes_back_as_it_was_queued(work):
    work.units.queue("nightly", "forum", NOON, NOON + timedelta(hours=5))
    (unit,) = work.units.claim(NOON + timedelta(hours=6), LEASE, 1)
    assert (unit.schedule, unit.source, unit.due) == ("nightly", "forum", NOON)
    assert (unit.queued, unit.attempts) == (NOON + timedelta(hours=5), 1)


def test_the_last_due_time_of_each_source_in_a_schedule_is_remembered(work):
    assert work.units.last_due(NOON) == {}
    queue(work, "forum", NOON)
    queue(work, "forum", NOON - timedelta(days=1))
    queue(work, "our-site", NOON - timedelta(days=1))
    queue(work, "forum", NOON + timedelta(days=1), schedule="countdown")
    remembered = {("nightly", "forum"): NOON, ("nightly", "our-site"): NOON - timedelta(days=1)}
    assert work.units.last_due(NOON) == remembered
    (*_, unit) = work.units.claim(NOON, LEASE, 10)
    work.units.finish(unit.id, NOON)
    assert work.units.last_due(NOON) == remembered


def test_a_due_time_of_a_wrong_clock_does_not_hide_the_right_ones(work):
    queue(work, "forum", NOON)
    queue(work, "forum", NOON + timedelta(days=3650))
    assert work.units.last_due(NOON + timedelta(hours=1)) == {("nightly", "forum"): NOON}


def test_a_unit_says_in_which_lane_and_why(work):
    nearest = NOON + timedelta(hours=2)
    work.units.queue("countdown", "forum", NOON, NOON, lane=Lane.FAST, reason="soon", nearest=nearest)
    queue(work, "our-site")
    fast, broad = work.units.claim(NOON, LEASE, 9)
    assert (fast.lane, fast.reason, fast.nearest) == (Lane.FAST, "soon", nearest)
    assert (broad.lane, broad.reason, broad.nearest) == (Lane.BROAD, "", None)


def test_each_lane_takes_its_own(work):
    for lane in Lane:
        work.units.queue("x", lane.value, NOON, NOON, lane=lane)
    for lane in Lane:
        assert work.units.waiting(lane, NOON) == {lane.value}
        assert [unit.source for unit in work.units.claim(NOON, LEASE, 9, lane=lane)] == [lane.value]
    assert work.units.waiting(Lane.FAST, NOON - timedelta(seconds=1)) == frozenset()


def test_what_is_overdue_comes_nearest_meeting_first(work):
    for hours, source in ((9, "last"), (1, "first"), (3, "second")):
        due = NOON - timedelta(hours=hours)
        work.units.queue("n", source, due, NOON, nearest=NOON + timedelta(hours=hours))
    queue(work, "no meeting", NOON - timedelta(days=3))
    assert claimed(work, NOON) == ["first", "second", "last", "no meeting"]


def test_sources_to_leave_alone_are_left(work):
    queue(work, "forum")
    assert work.units.claim(NOON, LEASE, 9, without={"forum"}) == []
    assert claimed(work, NOON) == ["forum"]


def test_who_is_being_read_is_known_until_the_end_of_the_lease(work):
    queue(work, "forum")
    assert work.units.running(NOON) == frozenset()
    (unit,) = work.units.claim(NOON, LEASE, 9)
    assert work.units.running(NOON) == {"forum"}
    assert work.units.running(NOON + LEASE) == frozenset()
    work.units.finish(unit.id, NOON)
    assert work.units.running(NOON) == frozenset()


def test_a_lease_that_a_clock_far_ahead_took_blocks_nobody(work):
    queue(work, "forum")
    assert claimed(work, NOON + timedelta(days=3650)) == ["forum"]
    assert work.units.running(NOON) == frozenset()
    assert claimed(work, NOON) == ["forum"]
    assert claimed(work, NOON - timedelta(minutes=4)) == [], "clocks of two machines differ a little"


def test_a_source_that_asked_for_a_pause_gets_it(work):
    queue(work, "forum")
    work.units.pause("forum", NOON + timedelta(hours=1), NOON)
    assert claimed(work, NOON) == []
    work.units.pause("forum", NOON + timedelta(minutes=2), NOON + timedelta(minutes=1))
    assert claimed(work, NOON + timedelta(minutes=1)) == []
    assert claimed(work, NOON + timedelta(minutes=2)) == ["forum"]


def test_no_pause_is_longer_than_a_day_nor_kept_because_a_clock_was_wrong(work):
    queue(work, "forum")
    work.units.pause("forum", NOON + timedelta(days=900), NOON)
    assert claimed(work, NOON + timedelta(days=1)) == ["forum"]
    queue(work, "our-site")
    work.units.pause("our-site", NOON + timedelta(days=901), NOON + timedelta(days=900))
    assert claimed(work, NOON) == ["our-site"]


def test_a_heartbeat_tells_when_the_one_before_was(work):
    assert work.units.last_beat() is None
    assert work.units.beat(NOON) is None
    assert work.units.beat(NOON + LEASE) == NOON
    assert work.units.last_beat() == NOON + LEASE


def test_a_unit_that_is_given_back_is_free_at_once(work):
    queue(work, "forum")
    (unit,) = work.units.claim(NOON, LEASE, 1)
    assert claimed(work, NOON) == []
    work.units.release(unit.id)
    assert claimed(work, NOON) == ["forum"]


def test_only_due_units_are_claimed_earliest_first_up_to_the_limit(work):
    queue(work, "later", NOON + timedelta(hours=1))
    queue(work, "second", NOON - timedelta(hours=1))
    queue(work, "first", NOON - timedelta(hours=2))
    queue(work, "third", NOON)
    assert claimed(work, NOON, limit=2) == ["first", "second"]
    assert claimed(work, NOON, limit=2) == ["third"]
    assert claimed(work, NOON) == []


def test_the_unit_of_a_dead_worker_is_taken_again_and_counted(work):
    queue(work, "forum")
    assert claimed(work, NOON) == ["forum"]
    assert claimed(work, NOON + LEASE - timedelta(microseconds=1)) == []
    (again,) = work.units.claim(NOON + LEASE, LEASE, 1)
    assert again.attempts == 2
    assert [unit.attempts for unit in work.units.pending()] == [2]


def test_what_was_done_long_ago_is_forgotten_but_never_the_last_due_time(work):
    later = NOON + timedelta(days=1)
    for due in (NOON, later):
        queue(work, "forum", due)
        queue(work, "our-site", due)
    queue(work, "yearly-page", schedule="yearly")
    for unit in work.units.claim(later, LEASE, 9)[1:]:
        work.units.finish(unit.id, unit.due)
    work.units.forget(later + timedelta(days=400))
    assert work.units.last_due(later) == {
        ("nightly", "forum"): later,
        ("nightly", "our-site"): later,
        ("yearly", "yearly-page"): NOON,
    }
    assert not queue(work, "forum", later)
    assert len(work.units.pending()) == 1, "what is not done stays"


def test_what_a_person_reads_is_busy_and_nobody_takes_it_over(work):
    held = work.units.take_by_hand("forum", NOON, LEASE)
    queue(work, "our-site")
    assert work.units.running(NOON) == {"forum"}
    assert work.units.busy(["forum", "our-site"], NOON) == {"forum"}
    assert claimed(work, NOON) == ["our-site"]
    work.units.renew([held], NOON + LEASE / 2, LEASE)
    assert work.units.busy(["forum"], NOON + LEASE) == {"forum"}
    assert work.units.busy(["forum"], NOON + LEASE * 2) == frozenset()
    assert claimed(work, NOON + LEASE * 3, limit=9) == ["our-site"], "who broke it off may begin again"
    work.units.finish(held, NOON)
    work.units.renew([held], NOON, LEASE)
    assert work.units.busy(["forum"], NOON) == frozenset()


def test_what_a_serve_held_that_has_ended_is_free_for_a_person(work):
    queue(work, "forum")
    work.units.claim(NOON, timedelta(hours=1), 9)
    assert work.units.busy(["forum"], NOON) == frozenset(), "no serve was ever awake"
    work.units.beat(NOON)
    assert work.units.busy(["forum"], NOON) == {"forum"}
    assert work.units.busy(["forum"], NOON + timedelta(minutes=3)) == frozenset()
