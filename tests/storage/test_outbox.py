from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.model import DeliveryState, News
from tests.builders import NOON, a_meeting, a_severity, a_sighting, an_alert

LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def put(work, club):
    def put(key, due=NOON, **alert):
        return work.outbox.put(an_alert(club.id, key=key, **alert), due, NOON)

    return put


def claim(work, now, limit=10):
    return work.outbox.claim(now, LEASE, limit)


def test_an_alert_comes_back_as_it_was_put(work, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    seen = work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)
    alert = an_alert(
        club.id,
        news=News.SPREAD,
        reason="Severity high reaches route 2.",
        exposure=seen.exposure_id,
        detail="3 more places · dréad",
    )
    assert work.outbox.put(alert, NOON + MINUTE, NOON)
    (delivery,) = work.outbox.all(club.id)
    assert delivery.alert == alert
    assert (delivery.state, delivery.created, delivery.due) == (DeliveryState.DUE, NOON, NOON + MINUTE)
    assert (delivery.attempts, delivery.last_error) == (0, "")


def test_the_same_key_is_put_once_sent_or_not(work, put, choir):
    assert put("a")
    assert not put("a")
    (delivery,) = claim(work, NOON)
    work.outbox.sent(delivery.id, NOON)
    assert not put("a")
    assert put("b")
    assert work.outbox.put(an_alert(choir.id, key="a"), NOON, NOON)


def test_only_due_deliveries_are_claimed_earliest_first(work, put):
    put("later", NOON + MINUTE)
    put("second", NOON - MINUTE)
    put("first", NOON - 2 * MINUTE)
    assert [delivery.alert.key for delivery in claim(work, NOON, limit=1)] == ["first"]
    assert [delivery.alert.key for delivery in claim(work, NOON)] == ["second"]
    assert claim(work, NOON) == []


def test_a_claim_that_was_never_settled_is_free_again(work, put):
    put("a")
    (first,) = claim(work, NOON)
    assert first.attempts == 1
    assert claim(work, NOON + LEASE - timedelta(microseconds=1)) == []
    (again,) = claim(work, NOON + LEASE)
    assert (again.id, again.attempts) == (first.id, 2)


def test_sent_and_dead_deliveries_are_never_claimed_again(work, put, club):
    put("a")
    put("b")
    sent, dead = claim(work, NOON)
    work.outbox.sent(sent.id, NOON)
    work.outbox.dead(dead.id, "550 no such user", NOON)
    assert claim(work, NOON + timedelta(days=30)) == []
    assert [delivery.alert.key for delivery in work.outbox.all(club.id, {DeliveryState.SENT})] == ["a"]
    (letter,) = work.outbox.all(club.id, {DeliveryState.DEAD})
    assert (letter.alert.key, letter.last_error) == ("b", "550 no such user")
    assert [delivery.alert.key for delivery in work.outbox.all(club.id)] == ["b", "a"]


def test_a_postman_that_comes_too_late_changes_nothing(work, put, club):
    put("a")
    (late,) = claim(work, NOON)
    (again,) = claim(work, NOON + LEASE)
    work.outbox.sent(again.id, NOON + LEASE)
    work.outbox.dead(late.id, "timed out", NOON + LEASE)
    work.outbox.retry(late.id, "timed out", NOON + LEASE)
    (delivery,) = work.outbox.all(club.id)
    assert (delivery.state, delivery.last_error) == (DeliveryState.SENT, "")


def test_what_was_sent_after_all_is_no_dead_letter(work, put, club):
    put("a")
    (first,) = claim(work, NOON)
    (second,) = claim(work, NOON + LEASE)
    work.outbox.dead(second.id, "550 no such user", NOON + LEASE)
    work.outbox.sent(first.id, NOON + LEASE)
    assert [delivery.state for delivery in work.outbox.all(club.id)] == [DeliveryState.SENT]


def test_a_delivery_deleted_with_its_meeting_can_still_be_settled(work, put, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    seen = work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)
    put("a", exposure=seen.exposure_id)
    (delivery,) = claim(work, NOON)
    work.meetings.remove(club.id, meeting.id, NOON)
    work.outbox.retry(delivery.id, "timed out", NOON)
    work.outbox.dead(delivery.id, "timed out", NOON)
    work.outbox.sent(delivery.id, NOON)
    assert work.outbox.all(club.id) == []


def test_a_retry_waits_until_its_time_and_keeps_its_reason(work, put, club):
    put("a")
    (delivery,) = claim(work, NOON)
    work.outbox.retry(delivery.id, "mail.example:587 did not answer", NOON + 5 * MINUTE)
    assert claim(work, NOON + 5 * MINUTE - timedelta(microseconds=1)) == []
    (waiting,) = work.outbox.all(club.id, {DeliveryState.DUE})
    assert (waiting.due, waiting.last_error) == (NOON + 5 * MINUTE, "mail.example:587 did not answer")
    (again,) = claim(work, NOON + 5 * MINUTE)
    assert again.attempts == 2


def test_the_last_error_of_a_channel_ends_with_its_next_success(work, put):
    assert work.outbox.last_error("clerk") is None
    put("a")
    put("b")
    put("c", channel="chat")
    assert work.outbox.last_error("clerk") is None
    a, b, c = claim(work, NOON)
    work.outbox.retry(a.id, "first", NOON)
    work.outbox.retry(b.id, "second", NOON + MINUTE)
    assert work.outbox.last_error("clerk") == "second"
    (a,) = claim(work, NOON + MINUTE / 2)
    work.outbox.dead(a.id, "third", NOON)
    assert work.outbox.last_error("clerk") == "third"
    (b,) = claim(work, NOON + MINUTE)
    work.outbox.sent(b.id, NOON)
    assert work.outbox.last_error("clerk") is None
    work.outbox.dead(c.id, "gone", NOON)
    assert work.outbox.last_error("chat") == "gone"


def test_an_organisation_sees_only_its_own_deliveries(work, put, choir):
    put("a")
    assert work.outbox.all(choir.id) == []


def test_what_was_settled_long_ago_is_forgotten_and_what_waits_never(work, club, put):
    for key in ("sent", "dead", "waiting"):
        put(key)
    sent, dead, _ = claim(work, NOON)
    work.outbox.sent(sent.id, NOON)
    work.outbox.dead(dead.id, "no such mailbox", NOON + MINUTE)
    work.outbox.forget(NOON + MINUTE)
    assert {delivery.alert.key for delivery in work.outbox.all(club.id)} == {"dead", "waiting"}
    work.outbox.forget(NOON + 999 * MINUTE)
    assert {delivery.alert.key for delivery in work.outbox.all(club.id)} == {"waiting"}
