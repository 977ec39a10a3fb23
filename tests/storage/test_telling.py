"""Chores, silences, waits and ignores, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.model import DeliveryState, ExposureState, Wait
from tests.builders import NOON, a_meeting, a_severity, a_sighting, an_alert

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEASE = timedelta(minutes=5)


@pytest.fixture
def seen(work, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    return work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)


def a_silence(work, club, **more):
    facts = {"channel": None, "meeting": None, "even_critical": False, "until": NOON + DAY}
    return work.silences.add(club.id, reason="moving", actor="ann", now=NOON, **facts | more)


def test_a_chore_is_taken_once_in_its_time(work):
    assert work.chores.last("sweep") is None
    assert work.chores.take("sweep", NOON, every=HOUR)
    assert not work.chores.take("sweep", NOON + HOUR - LEASE, every=HOUR)
    assert not work.chores.take("sweep", NOON - LEASE / 100, every=HOUR), "another process, a moment behind"
    assert work.chores.take("dust", NOON, every=HOUR)
    assert work.chores.take("sweep", NOON + HOUR, every=HOUR)
    assert work.chores.last("sweep") == NOON + HOUR


def test_a_chore_that_a_wrong_clock_took_is_due(work):
    assert work.chores.take("sweep", NOON + 900 * DAY, every=HOUR)
    assert work.chores.take("sweep", NOON, every=HOUR)
    assert not work.chores.take("sweep", NOON, every=HOUR)


def test_silences_come_back_as_they_were_made(work, club, choir):
    made = a_silence(work, club, channel="chat", even_critical=True)
    assert work.silences.all(club.id) == [made]
    assert work.silences.all(choir.id) == []
    assert (made.channel, made.meeting, made.reason, made.actor) == ("chat", None, "moving", "ann")
    assert work.silences.holding(NOON) == [made]
    assert work.silences.holding(NOON + DAY) == []
    work.silences.forget(NOON + DAY)
    assert work.silences.all(club.id) == [made]
    work.silences.forget(NOON + 2 * DAY)
    assert work.silences.all(club.id) == []


def test_the_end_of_a_silence_frees_what_it_held_and_nothing_else(work, club, choir):
    silence = a_silence(work, club)
    for key in ("held", "sent", "other"):
        work.outbox.put(an_alert(club.id, key=key), NOON, NOON)
    for delivery in work.outbox.claim(NOON, LEASE, 10):
        if delivery.alert.key == "held":
            work.outbox.hold(
                delivery.id, until=silence.until, why="silence 1: moving", silence=silence.id, now=NOON
            )
        elif delivery.alert.key == "sent":
            work.outbox.sent(delivery.id, NOON)
        else:
            work.outbox.hold(delivery.id, until=NOON + DAY, why="quiet hours", now=NOON)
    (held,) = work.outbox.held_by(club.id, silence.id)
    assert (held.alert.key, held.why_not, held.attempts, held.due) == (
        "held", "silence 1: moving", 0, silence.until
    )  # fmt: skip
    assert work.outbox.held_by(choir.id, silence.id) == []
    assert not work.silences.end(choir.id, silence.id, NOON + HOUR)
    assert work.outbox.claim(NOON + HOUR, LEASE, 10) == []
    assert work.silences.end(club.id, silence.id, NOON + HOUR)
    assert [each.alert.key for each in work.outbox.claim(NOON + HOUR, LEASE, 10)] == ["held"]


def test_what_is_withheld_keeps_its_reason_and_is_forgotten_in_time(work, club):
    silence = a_silence(work, club)
    work.outbox.put(an_alert(club.id, key="a"), NOON, NOON)
    for why in ("it waits", "it is over"):
        (delivery,) = work.outbox.claim(NOON + HOUR, LEASE, 1)
        if why == "it waits":
            work.outbox.hold(delivery.id, until=NOON + HOUR, why=why, silence=silence.id, now=NOON)
        else:
            work.outbox.withhold(delivery.id, why, NOON + HOUR)
    (kept,) = work.outbox.all(club.id)
    assert (kept.state, kept.why_not, kept.silence) == (DeliveryState.WITHHELD, "it is over", silence.id)
    assert kept.settled == NOON + HOUR
    work.outbox.forget(NOON + DAY)
    assert work.outbox.all(club.id) == []


@pytest.mark.parametrize("wrong", ["lease", "try", "look"])
def test_what_a_clock_far_ahead_wrote_holds_nothing_up(work, club, wrong):
    ahead = NOON + 900 * DAY
    work.outbox.put(an_alert(club.id, key="a"), NOON, NOON)
    (delivery,) = work.outbox.claim(ahead, LEASE, 1)
    if wrong == "try":
        work.outbox.retry(delivery.id, "away", ahead + HOUR)
    elif wrong == "look":
        work.outbox.hold(delivery.id, until=ahead + HOUR, why="quiet hours", now=ahead)
    assert len(work.outbox.claim(NOON, LEASE, 1)) == 1


def test_a_lease_that_holds_is_nobody_elses(work, club):
    work.outbox.put(an_alert(club.id, key="a"), NOON, NOON)
    assert len(work.outbox.claim(NOON, LEASE, 1)) == 1
    assert work.outbox.claim(NOON + LEASE / 2, LEASE, 1) == []
    assert len(work.outbox.claim(NOON + LEASE, LEASE, 1)) == 1


def test_claims_can_be_narrowed(work, club, choir):
    for organisation, channel in ((club, "clerk"), (club, "chat"), (choir, "clerk")):
        work.outbox.put(an_alert(organisation.id, key=channel, channel=channel), NOON, NOON)
    (mine,) = work.outbox.claim(NOON, LEASE, 10, organisation=club.id, channel="chat")
    assert (mine.alert.organisation, mine.alert.channel) == (club.id, "chat")
    work.outbox.release(mine.id)
    assert {each.attempts for each in work.outbox.all(club.id)} == {0}


def test_what_waits_is_known_with_its_exposure_until_another_state(work, club, seen):
    wait = Wait(until=NOON + DAY)
    snoozed = work.exposures.set_state(
        club.id, seen.exposure_id, ExposureState.SNOOZED, "ann", "", NOON, wait=wait
    )
    assert snoozed.wait == wait
    longer = Wait(elsewhere=True)
    again = work.exposures.set_state(
        club.id, seen.exposure_id, ExposureState.SNOOZED, "ann", "", NOON, wait=longer
    )
    assert again.wait == longer
    assert work.exposures.wake(NOON + 900 * DAY) == []
    opened = work.exposures.set_state(club.id, seen.exposure_id, ExposureState.OPEN, "ann", "", NOON)
    assert opened.wait is None


def test_ignores_are_the_organisations_own_and_end(work, club, choir, seen):
    work.ignores.add(club.id, seen.sighting_id, until=NOON + DAY, reason="old", actor="ann", now=NOON)
    work.ignores.add(club.id, seen.sighting_id, until=NOON + DAY, reason="newer", actor="bob", now=NOON)
    (ignored,) = work.ignores.all(club.id, NOON)
    assert (ignored.reason, ignored.actor, ignored.exposure) == ("newer", "bob", seen.exposure_id)
    assert work.ignores.all(choir.id, NOON) == []
    work.ignores.end(seen.exposure_id, NOON + HOUR)
    assert work.ignores.all(club.id, NOON + HOUR) == []
