"""The owner of a meeting, and whom they want told, get its alerts by mail: once, unseen by one another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.alerts.routing import Digest, Route
from scanner.model import DeliveryState
from scanner.scans.postman import deliver_due
from storage.record import Role
from tests.builders import NOON, a_meeting, a_room
from tests.postbox import Postbox, postbox
from tests.scans.nights import Nights, a_link, read

PEOPLE = ("anna@example.org", "bob@example.org")


def test_a_meetings_own_people_are_told_by_the_first_mail_and_nobody_twice(nights: Nights) -> None:
    nights.channels = ("clerk", "deputy")
    meeting = nights.register(a_meeting(starts=NOON + timedelta(days=1)))
    with nights.store.begin() as work:
        work.record.set_people(nights.club.id, meeting.id, Role.OWNER, [PEOPLE[0]])
        work.record.set_people(
            nights.club.id, meeting.id, Role.TOLD, [PEOPLE[1], PEOPLE[0], "clerk@example.org"]
        )
    nights.scan(read(a_link()))
    with postbox() as box:
        channels = {
            name: Channel(name, "email", Options(to=(f"{name}@example.org",), host=box.host, port=box.port))
            for name in nights.channels
        }
        assert deliver_due(nights.store, channels, clock=lambda: nights.now).sent == 2
        mails = {message.recipients[0]: message for message in box.messages}
    assert mails["clerk@example.org"].recipients == ("clerk@example.org", *PEOPLE)
    assert mails["deputy@example.org"].recipients == ("deputy@example.org",)
    for message in mails.values():
        assert not any(address.encode() in message.raw for address in PEOPLE)


def test_a_meeting_without_people_tells_only_the_channel(nights: Nights) -> None:
    nights.register(a_meeting(starts=NOON + timedelta(days=1)))
    nights.scan(read(a_link()))
    with postbox() as box:
        options = Options(to=("clerk@example.org",), host=box.host, port=box.port)
        deliver_due(nights.store, {"clerk": Channel("clerk", "email", options)}, clock=lambda: nights.now)
        (message,) = box.messages
    assert message.recipients == ("clerk@example.org",)


def to(box: Postbox, *names: str) -> dict[str, Channel]:
    return {
        name: Channel(name, "email", Options(to=(f"{name}@example.org",), host=box.host, port=box.port))
        for name in names
    }


def test_in_a_digest_people_get_what_is_about_their_own_meetings(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",), digest=Digest.DAILY),)
    theirs = {"Bell ringers": PEOPLE[:1], "Choir": [*PEOPLE, "clerk@example.org"], "Council": []}
    for number, (title, people) in enumerate(theirs.items()):
        room = a_room(f"8123456789{number}")
        meeting = nights.register(a_meeting(room, starts=NOON + timedelta(days=30), title=title))
        with nights.store.begin() as work:
            work.record.set_people(nights.club.id, meeting.id, Role.TOLD, people)
    nights.scan(
        *(read(a_link(a_room(f"8123456789{n}")), address=f"https://forum.example/{n}") for n in range(3))
    )
    nights.now = NOON + timedelta(days=1)
    with postbox() as box:
        assert (
            deliver_due(nights.store, to(box, "clerk"), clock=lambda: nights.now, routes=nights.routes).sent
            == 3
        )
    told = {mail.recipients: {title for title in theirs if title in mail.body()} for mail in box.messages}
    assert told == {
        ("clerk@example.org",): {"Bell ringers", "Choir", "Council"},
        (PEOPLE[0],): {"Bell ringers", "Choir"},
        (PEOPLE[1],): {"Choir"},
    }
    assert all(mail.mail["To"] == mail.recipients[0] for mail in box.messages)


DESK = "https://desk.example"


def stopped_by(nights: Nights, address: str, channel: str = "clerk") -> None:
    with nights.store.begin() as work:
        token = work.recipients.tokens(nights.club.id, channel, [address], nights.now)[address]
        recipient = work.recipients.find(token)
        assert recipient is not None
        work.recipients.stop(recipient, nights.now)


@pytest.fixture
def leak(nights: Nights) -> Nights:
    nights.channels = ("clerk", "deputy")
    nights.routes = (Route(to=("clerk",)),)
    meeting = nights.register(a_meeting(starts=NOON + timedelta(days=1)))
    with nights.store.begin() as work:
        work.record.set_people(nights.club.id, meeting.id, Role.OWNER, PEOPLE[:1])
    nights.scan(read(a_link()))
    return nights


def test_each_mail_leads_its_reader_to_their_own_page(leak: Nights) -> None:
    with postbox() as box:
        deliver_due(leak.store, to(box, "clerk"), clock=lambda: leak.now, desk=DESK)
    pages = {mail.recipients[0]: mail.mail["List-Unsubscribe"] for mail in box.messages}
    assert set(pages) == {"clerk@example.org", PEOPLE[0]}
    with leak.store.reading() as work:
        for address, page in pages.items():
            assert page.startswith(f"<{DESK}/stop/")
            found = work.recipients.find(page[len(DESK) + 7 : -1])
            assert found is not None
            assert (found.address, found.channel) == (address, "clerk")


@pytest.mark.parametrize("desk", ["", DESK])
def test_who_stopped_the_mail_of_a_channel_gets_none_of_it(leak: Nights, desk: str) -> None:
    stopped_by(leak, "clerk@example.org")
    with postbox() as box:
        done = deliver_due(leak.store, to(box, "clerk", "deputy"), clock=lambda: leak.now, desk=desk)
    assert (done.sent, done.dead) == (1, 0)
    assert [mail.recipients for mail in box.messages] == [(PEOPLE[0],)]


def test_where_nobody_is_left_the_next_channel_takes_over_and_it_shows(leak: Nights) -> None:
    for address in ("clerk@example.org", PEOPLE[0]):
        stopped_by(leak, address)
    leak.now += timedelta(minutes=1)
    with postbox() as box:
        done = deliver_due(leak.store, to(box, "clerk", "deputy"), clock=lambda: leak.now, desk=DESK)
    assert (done.sent, done.dead) == (1, 1)
    with leak.store.reading() as work:
        (dead,) = work.outbox.all(leak.club.id, [DeliveryState.DEAD])
    assert "everybody whom it writes to has stopped its mail" in dead.last_error
    told = {mail.recipients for mail in box.messages}
    assert told == {("deputy@example.org",), (PEOPLE[0],)}, "the owner stopped the mail of another channel"
