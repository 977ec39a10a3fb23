from __future__ import annotations

from datetime import timedelta

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


def test_the_last_due_time_of_a_schedule_is_remembered(work):
    assert work.units.last_due("nightly", NOON) is None
    queue(work, "forum", NOON)
    queue(work, "forum", NOON - timedelta(days=1))
    queue(work, "forum", NOON + timedelta(days=1), schedule="countdown")
    assert work.units.last_due("nightly", NOON) == NOON
    (_, unit) = work.units.claim(NOON, LEASE, 10)
    work.units.finish(unit.id, NOON)
    assert work.units.last_due("nightly", NOON) == NOON


def test_a_due_time_of_a_wrong_clock_does_not_hide_the_right_ones(work):
    queue(work, "forum", NOON)
    queue(work, "forum", NOON + timedelta(days=3650))
    assert work.units.last_due("nightly", NOON + timedelta(hours=1)) == NOON


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
    assert work.units.last_due("nightly", later) == later
    assert work.units.last_due("yearly", later) == NOON
    assert not queue(work, "forum", later)
    assert len(work.units.pending()) == 1, "what is not done stays"
