"""Who gets mail of a channel, and who has stopped it."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import NOON

CLERK, CHAIR = "clerk@example.org", "chair@example.org"


def test_everybody_has_a_token_of_their_own_that_stays(work, club, choir):
    first = work.recipients.tokens(club.id, "clerk", [CLERK, CHAIR], NOON)
    assert list(first) == [CLERK, CHAIR]
    assert work.recipients.tokens(club.id, "clerk", [CLERK.upper()], NOON) == {CLERK.upper(): first[CLERK]}
    other = work.recipients.tokens(club.id, "deputy", [CLERK], NOON)
    elsewhere = work.recipients.tokens(choir.id, "clerk", [CLERK], NOON)
    tokens = [*first.values(), *other.values(), *elsewhere.values()]
    assert len(set(tokens)) == 4
    assert all(len(token) == 43 for token in tokens), "256 bits"
    found = work.recipients.find(first[CLERK])
    assert (found.organisation, found.channel, found.address, found.stopped) == (
        club.id,
        "clerk",
        CLERK,
        None,
    )
    for wrong in ("", "x", first[CLERK][:-1], first[CLERK].swapcase(), "\ud800"):
        assert work.recipients.find(wrong) is None


def test_who_stops_gets_no_more_of_this_channel_and_all_of_the_others(work, club, choir):
    first = work.recipients.tokens(club.id, "clerk", [CLERK, CHAIR], NOON)
    work.recipients.tokens(choir.id, "clerk", [CLERK], NOON)
    work.recipients.stop(work.recipients.find(first[CLERK]), NOON)
    assert work.recipients.tokens(club.id, "clerk", [CLERK, "Clerk@example.org", CHAIR], NOON) == {
        CHAIR: first[CHAIR]
    }
    assert CLERK in work.recipients.tokens(club.id, "deputy", [CLERK], NOON)
    assert CLERK in work.recipients.tokens(choir.id, "clerk", [CLERK], NOON)
    (stopped,) = work.recipients.stopped(club.id)
    assert (stopped.address, stopped.channel, stopped.stopped) == (CLERK, "clerk", NOON)
    assert work.recipients.stopped(choir.id) == []


def test_what_was_stopped_can_be_undone_by_its_own_organisation(work, club, choir):
    token = work.recipients.tokens(club.id, "clerk", [CLERK], NOON)[CLERK]
    assert work.recipients.resume(club.id, work.recipients.find(token).id) is None, "it is not stopped"
    work.recipients.stop(work.recipients.find(token), NOON)
    number = work.recipients.find(token).id
    assert work.recipients.resume(choir.id, number) is None
    assert work.recipients.resume(club.id, number).address == CLERK
    assert work.recipients.tokens(club.id, "clerk", [CLERK], NOON) == {CLERK: token}


def test_whom_nothing_was_meant_for_in_a_long_time_is_forgotten(work, club):
    later = NOON + timedelta(days=30)
    gone = work.recipients.tokens(club.id, "clerk", [CLERK], NOON)[CLERK]
    kept = work.recipients.tokens(club.id, "clerk", [CHAIR], NOON)[CHAIR]
    work.recipients.stop(work.recipients.find(kept), NOON)
    assert work.recipients.tokens(club.id, "clerk", [CHAIR], later) == {}
    work.recipients.forget(later)
    assert work.recipients.find(gone) is None
    assert work.recipients.find(kept).stopped == NOON, "mail would still be meant for them"
