"""The owner of a meeting, and whom they want told, get its alerts by mail: once, unseen by one another."""

from __future__ import annotations

from datetime import timedelta

from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.scans.postman import deliver_due
from storage.record import Role
from tests.builders import NOON, a_meeting
from tests.postbox import postbox
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
