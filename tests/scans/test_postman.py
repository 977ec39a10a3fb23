"""The postman with a real mail server that is there, away, refusing, or gone at the worst moment."""

import socket
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.alerts.retrying import FEWEST_TRIES, GIVE_UP_AFTER, next_try
from scanner.errors import DeliveryError
from scanner.model import Alert, Delivery, DeliveryState, News
from scanner.scans.postman import LEASE, deliver_due
from tests.builders import NOON, a_meeting, a_room
from tests.postbox import Postbox, doorway, nobody_home, postbox
from tests.scans.nights import PAGE, Nights, a_link, failed, read

MINUTE = timedelta(minutes=1)


def through(box: Postbox, *names: str) -> dict[str, Channel]:
    options = Options(to=("clerk@example.org",), host=box.host, port=box.port)
    return {name: Channel(name, "email", options) for name in names or ("clerk",)}


@pytest.fixture
def leak(nights: Nights) -> Nights:
    nights.register(a_meeting(starts=NOON + timedelta(days=1)))
    nights.scan(read(a_link()))
    return nights


def deliver(nights: Nights, channels: dict[str, Channel]):
    return deliver_due(nights.store, channels, clock=lambda: nights.now)


def deliveries(nights: Nights) -> list[Delivery]:
    with nights.store.reading() as work:
        return work.outbox.all(nights.club.id)


def test_what_is_due_is_sent_once(leak: Nights) -> None:
    with postbox() as box:
        assert deliver(leak, through(box)).sent == 1
        assert deliver(leak, through(box)).sent == 0
        assert len(box.messages) == 1
    (delivery,) = deliveries(leak)
    assert delivery.state is DeliveryState.SENT


def test_a_server_that_is_away_is_tried_again_until_it_is_back(leak: Nights) -> None:
    with nobody_home() as away:
        first = deliver(leak, through(away))
        assert (first.sent, first.waiting, first.dead) == (0, 1, 0)
        assert first.errors
        assert deliver(leak, through(away)).waiting == 0, "not before its time"
        for _ in range(6):
            leak.now += timedelta(hours=2)
            assert deliver(leak, through(away)).waiting == 1
    leak.now += timedelta(hours=2)
    with postbox() as box:
        assert deliver(leak, through(box)).sent == 1
        (delivery,) = deliveries(leak)
        assert delivery.attempts == 8


def test_after_72_hours_in_vain_it_is_a_dead_letter_and_says_why(leak: Nights) -> None:
    begun = leak.now
    with nobody_home() as away:
        while (only := deliveries(leak)[0]).state is DeliveryState.DUE:
            assert leak.now - begun <= GIVE_UP_AFTER + timedelta(hours=3)
            leak.now = max(leak.now + timedelta(hours=3), only.due)
            deliver(leak, through(away))
    assert leak.now - begun >= GIVE_UP_AFTER
    assert deliveries(leak)[0].state is DeliveryState.DEAD
    assert "nothing listens" in deliveries(leak)[0].last_error
    with postbox() as box:
        assert deliver(leak, through(box)).sent == 0


def test_refused_for_good_is_a_dead_letter_at_once_and_stops_no_other(leak: Nights) -> None:
    leak.channels = ("clerk", "chair")
    leak.scan_twice(read())
    with postbox(refuse={"clerk@example.org": "550 5.1.1 no such user"}) as closed, postbox() as box:
        channels = through(closed, "clerk") | through(box, "chair")
        done = deliver(leak, channels)
    assert (done.sent, done.dead, done.waiting) == (2, 2, 0)
    assert len(box.messages) == 2, "the all-clear, and what the chair took over"


def test_a_channel_that_left_the_settings_waits_for_its_return(leak: Nights) -> None:
    with postbox() as box:
        done = deliver(leak, through(box, "chair"))
        assert (done.sent, done.waiting) == (0, 1)
        assert "no such channel" in done.errors[0]
        leak.now += 2 * MINUTE
        assert deliver(leak, through(box, "clerk")).sent == 1


def test_a_crash_between_sending_and_marking_repeats_with_the_same_key(leak: Nights) -> None:
    with postbox(drop_after_data=True) as box:
        deliver(leak, through(box))
        box.wait_for(1)
    leak.now += LEASE
    with postbox() as again:
        assert deliver(leak, through(again)).sent == 1
    assert box.messages[0].mail["Message-ID"] == again.messages[0].mail["Message-ID"]


def test_what_a_dead_postman_had_taken_is_free_after_its_lease(leak: Nights) -> None:
    with leak.store.begin() as work:
        work.outbox.claim(leak.now, LEASE, 10)
    with postbox() as box:
        assert deliver(leak, through(box)).sent == 0
        leak.now += LEASE
        assert deliver(leak, through(box)).sent == 1


def test_alerts_of_a_removed_meeting_are_nobodys(leak: Nights) -> None:
    with leak.store.begin() as work:
        work.meetings.remove(leak.club.id, 1, leak.now)
    with postbox() as box:
        done = deliver(leak, through(box))
        assert (done.sent, done.waiting, done.dead) == (0, 0, 0)
        assert box.messages == []


def test_blindness_arrives_in_words(nights: Nights) -> None:
    down = failed(start=True)
    nights.scan(down)
    nights.scan(down)
    with postbox() as box:
        assert deliver(nights, through(box)).sent == 1
    (mail,) = box.messages
    assert "forum, since 13:00 on Thursday 12 March: HTTP 503" in " ".join(mail.body().split())
    assert "forum" in mail.mail["Subject"]


def test_a_mail_says_where_and_gives_nothing_away(leak: Nights) -> None:
    with postbox() as box:
        deliver(leak, through(box))
    raw = box.messages[0].raw.decode()
    assert "forum[.]example" in raw
    assert PAGE not in raw
    assert "81234567890" not in raw


ALERT = Alert(key="k", organisation=1, news=News.TEST, channel="clerk", reason="")


def tried(attempts: int) -> Delivery:
    return Delivery(id=1, alert=ALERT, state=DeliveryState.DUE, created=NOON, due=NOON, attempts=attempts)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 15), (6, 15), (1000, 15)]
)
def test_pauses_double_up_to_a_quarter_of_an_hour(attempts: int, minutes: int) -> None:
    later = DeliveryError("busy", permanent=False)
    assert next_try(tried(attempts), later, now=NOON) == NOON + minutes * MINUTE


def test_the_other_side_may_ask_for_a_longer_pause_but_not_for_ever() -> None:
    def asked(pause: timedelta) -> timedelta:
        again = next_try(tried(1), DeliveryError("busy", permanent=False, retry_after=pause), now=NOON)
        assert again is not None
        return again - NOON

    assert asked(timedelta(hours=5)) == timedelta(hours=5)
    assert asked(timedelta(seconds=1)) == MINUTE
    assert asked(timedelta(days=300)) == timedelta(hours=24)


@given(attempts=st.integers(1, 10_000), waited=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_there_is_always_a_later_try_or_an_end(attempts: int, waited: timedelta) -> None:
    again = next_try(tried(attempts), DeliveryError("busy", permanent=False), now=NOON + waited)
    assert (again is None) == (waited >= GIVE_UP_AFTER and attempts >= FEWEST_TRIES)
    assert again is None or MINUTE <= again - NOON - waited <= timedelta(minutes=15)


def test_a_channel_that_hangs_is_waited_for_once_in_a_round_and_taken_over(leak: Nights) -> None:
    """Twelve alerts at a minute each would keep the last one from anybody for twelve minutes."""
    leak.channels = ("clerk",)
    for number in range(11):
        room = a_room(f"8123456789{number}")
        leak.register(a_meeting(room, title=f"Group {number}", starts=NOON + timedelta(days=1)))
        leak.scan(read(a_link(room), address=f"https://forum.example/{number}"))
    leak.now += MINUTE
    calls = 0

    def hang(connection: socket.socket) -> None:
        nonlocal calls
        calls += 1

    with doorway(hang) as away, postbox() as box:
        channels = through(away, "clerk") | through(box, "chair")
        deliver(leak, channels)
        assert calls == 1
        assert len(box.messages) == 12


def test_whom_the_server_puts_off_is_tried_again_alone(leak: Nights) -> None:
    """Greylisting: a first mail is put off for some minutes; the others must not get theirs twice."""
    three = ("clerk@example.org", "chair@example.org", "warden@example.org")
    refuse = {three[1]: "450 4.2.0 greylisted", three[2]: "550 no such user"}
    with postbox(refuse=refuse) as box:
        channels = {"clerk": Channel("clerk", "email", Options(to=three, host=box.host, port=box.port))}
        deliver(leak, channels)
        deliver(leak, channels)
        (waiting,) = deliveries(leak)
        assert (waiting.state, waiting.only, waiting.attempts) == (DeliveryState.DUE, three[1:2], 1)
        assert "greylisted" in waiting.last_error
        leak.now += timedelta(minutes=5)
        deliver(leak, channels)
        assert [mail.recipients for mail in box.messages] == [three[:1]], "still put off"
        del refuse[three[1]]
        leak.now += timedelta(minutes=5)
        deliver(leak, channels)
        assert [mail.recipients for mail in box.messages] == [three[:1], three[1:2]]
        assert box.messages[0].mail["Message-ID"] == box.messages[1].mail["Message-ID"]
    (sent,) = deliveries(leak)
    assert (sent.state, sent.last_error) == (DeliveryState.SENT, "")


def test_who_stays_put_off_becomes_a_dead_letter_and_nobody_else_is_told_again(leak: Nights) -> None:
    leak.channels = ("clerk",)
    both = ("clerk@example.org", "chair@example.org")
    with postbox(refuse={both[1]: "450 full"}) as box:
        channels = {"clerk": Channel("clerk", "email", Options(to=both, host=box.host, port=box.port))}
        channels |= through(box, "deputy")
        for _ in range(16):
            deliver(leak, channels)
            leak.now += timedelta(hours=6)
        assert [mail.recipients for mail in box.messages] == [both[:1]]
    (dead,) = deliveries(leak)
    assert (dead.state, dead.only) == (DeliveryState.DEAD, both[1:])


def test_whom_a_mail_did_not_reach_is_kept_with_it(leak: Nights) -> None:
    both = ("clerk@example.org", "chair@example.org")
    with postbox(refuse={both[1]: "550 no such user"}) as box:
        channels = {"clerk": Channel("clerk", "email", Options(to=both, host=box.host, port=box.port))}
        deliver(leak, channels)
        with leak.store.reading() as work:
            assert work.outbox.last_error("clerk") == "chair@example.org was refused: 550 no such user"
    assert deliveries(leak)[0].state is DeliveryState.SENT
    leak.scan_twice(read())
    with postbox() as box:
        deliver(leak, through(box))
        with leak.store.reading() as work:
            assert work.outbox.last_error("clerk") is None
