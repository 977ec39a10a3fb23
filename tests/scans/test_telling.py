"""Alerts over time: takeovers, digests, silences, reminders, snoozes, rises, troubles, reports."""

from __future__ import annotations

from datetime import timedelta

from scanner.alerts.channel import Channel
from scanner.alerts.channels.email import Options
from scanner.alerts.routing import Digest, Escalation, Route, alert_for
from scanner.model import (
    Delivery,
    DeliveryState,
    ExposureState,
    News,
    Wait,
)
from scanner.scans.incidents import keep_moving
from scanner.scans.postman import LEASE, deliver_due
from scanner.scans.reports import queue_reports
from scanner.scans.troubles import Trouble, tell_troubles
from tests.builders import NOON, a_meeting, a_passcode, a_room
from tests.postbox import Postbox, nobody_home, postbox
from tests.scans.nights import OTHER_PAGE, Nights, a_link, read, unchanged

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


CHANNELS = {name: Channel(name, "email", Options(to=(f"{name}@example.org",))) for name in ("clerk", "chair")}


def channel(name: str, box: Postbox) -> dict[str, Channel]:
    return {name: Channel(name, "email", Options(to=(f"{name}@example.org",), host=box.host, port=box.port))}


def leak(nights: Nights, *, starts: timedelta = DAY, **more: object) -> None:
    nights.register(a_meeting(starts=NOON + starts, **more))
    nights.scan(read(a_link()))


def post(nights: Nights, channels: dict[str, Channel]):
    keep_moving(nights.store, routes=nights.routes, channels=tuple(channels), now=nights.now)
    return deliver_due(nights.store, channels, clock=lambda: nights.now, routes=nights.routes)


def deliveries(nights: Nights) -> list[Delivery]:
    with nights.store.reading() as work:
        return list(reversed(work.outbox.all(nights.club.id)))


def subjects(box: Postbox) -> list[str]:
    return [str(mail.mail["Subject"]).strip() for mail in box.messages]


# --- delivery ---------------------------------------------------------------------------------------


def test_refused_for_good_another_channel_takes_over_at_once_and_says_why(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",)),)
    leak(nights)
    with postbox(refuse={"clerk@example.org": "550 5.1.1 no such user"}) as closed, postbox() as box:
        done = post(nights, channel("clerk", closed) | channel("chair", box))
    assert (done.sent, done.dead) == (1, 1)
    (mail,) = box.messages
    assert "because channel clerk could not deliver it;" in " ".join(mail.body().split())
    assert [each.state for each in deliveries(nights)] == [DeliveryState.DEAD, DeliveryState.SENT]


def test_what_nobody_takes_is_taken_over_within_two_minutes(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",)),)
    leak(nights)
    begun = nights.now
    with nobody_home() as away, postbox() as box:
        channels = channel("clerk", away) | channel("chair", box)
        while not box.messages:
            assert nights.now - begun <= 2 * MINUTE
            post(nights, channels)
            nights.now += timedelta(seconds=10)
        for _ in range(3):
            nights.now += 10 * MINUTE
            post(nights, channels)
    assert len(box.messages) == 1 + sum("unanswered" in each for each in subjects(box)), "taken over once"


def test_who_stands_in_is_not_told_late_what_the_others_have_by_then(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",)),)
    leak(nights)
    with nobody_home() as away:
        for _ in range(3):
            post(nights, channel("clerk", away) | channel("chair", away))
            nights.now += MINUTE
    with postbox() as box:
        for _ in range(2):
            post(nights, channel("clerk", box) | channel("chair", box))
            nights.now += MINUTE
        first, second = deliveries(nights)
        assert (first.alert.channel, first.state) == ("clerk", DeliveryState.SENT)
        assert (second.alert.channel, second.state) == ("chair", DeliveryState.WITHHELD)
        assert second.why_not == "channel clerk delivered it after all"
        assert len(box.messages) == 1


def test_whoever_was_told_of_a_leak_hears_that_it_is_over(nights: Nights) -> None:
    nights.channels = ("clerk", "chair", "lead")
    nights.routes = (Route(to=("clerk",), escalate=Escalation(to=("chair",), after=20 * MINUTE)),)
    nights.register(a_meeting(starts=NOON + 3 * DAY))
    nights.scan(read(a_link()))
    nights.send_all()
    with nights.store.begin() as work:
        (exposure,) = work.exposures.all(nights.club.id)
        told = alert_for(
            "chair", "nobody answered", exposure, news=News.ESCALATED, organisation=1, cause="test"
        )
        work.outbox.put(told, nights.now, nights.now)
    nights.send_all()
    nights.scan_twice(read())
    clear = {alert.channel: alert.reason for alert in nights.alerts if alert.news is News.GONE}
    assert clear == {"clerk": "route 1 takes every exposure", "chair": "you were told of the leak"}


def test_a_chain_of_dead_channels_ends(nights: Nights) -> None:
    nights.routes = (Route(to=("a",)),)
    leak(nights)
    refusals = {f"{name}@example.org": "550 no such user" for name in "abc"}
    with postbox(refuse=refusals) as closed:
        done = post(nights, channel("a", closed) | channel("b", closed) | channel("c", closed))
    assert (done.sent, done.dead) == (0, 3)
    assert [each.alert.channel for each in deliveries(nights)] == ["a", "b", "c"]


def test_people_who_were_told_anyway_are_not_told_twice(nights: Nights) -> None:
    nights.channels = ("clerk", "chair")
    leak(nights)
    with postbox(refuse={"clerk@example.org": "550 no such user"}) as closed, postbox() as box:
        post(nights, channel("clerk", closed) | channel("chair", box))
    (mail,) = box.messages
    assert "Also told clerk (could not be delivered)" in mail.body()


def test_a_dead_letter_can_be_tried_again(nights: Nights) -> None:
    leak(nights)
    with postbox(refuse={"clerk@example.org": "550 no such user"}) as closed:
        post(nights, channel("clerk", closed))
    (dead,) = deliveries(nights)
    nights.now += 90 * HOUR
    with nights.store.begin() as work:
        assert not work.outbox.revive(99, dead.id, nights.now)
        assert work.outbox.revive(nights.club.id, dead.id, nights.now)
        assert not work.outbox.revive(nights.club.id, dead.id, nights.now)
    with postbox() as box:
        deliver_due(nights.store, channel("clerk", box), clock=lambda: nights.now)
        assert box.messages[0].mail["Message-ID"].startswith(f"<{dead.alert.key}@")


def test_a_clock_that_was_far_ahead_blocks_nothing(nights: Nights) -> None:
    leak(nights)
    ahead = nights.now + 3650 * DAY
    with nights.store.begin() as work:
        assert work.outbox.claim(ahead, LEASE, 1)
    with postbox() as box:
        assert post(nights, channel("clerk", box)).sent == 1


def test_a_next_try_that_a_wrong_clock_wrote_is_tried_now(nights: Nights) -> None:
    leak(nights)
    with nobody_home() as away:
        deliver_due(nights.store, channel("clerk", away), clock=lambda: nights.now + 300 * DAY)
    (waiting,) = deliveries(nights)
    with nights.store.begin() as work:
        (again,) = work.outbox.claim(nights.now, LEASE, 1)
        assert again.id == waiting.id


# --- what is held back ------------------------------------------------------------------------------


def test_what_can_wait_comes_in_one_message_at_eight(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",), digest=Digest.DAILY),)
    for number, title in enumerate(("Bell ringers", "Choir", "Council")):
        nights.register(
            a_meeting(
                a_room(f"8123456789{number}"), starts=NOON + 20 * DAY, title=title, passcodes=(a_passcode(),)
            )
        )
    nights.scan(
        *(read(a_link(a_room(f"8123456789{n}")), address=f"https://forum.example/{n}") for n in range(3))
    )
    with postbox() as box:
        channels = channel("clerk", box)
        done = post(nights, channels)
        assert (done.sent, done.held) == (0, 3)
        assert all("daily digest" in each.why_not for each in deliveries(nights))
        nights.now = NOON + DAY
        assert post(nights, channels).sent == 3
        (mail,) = box.messages
        assert mail.mail["Subject"] == "[St Mary's] Daily digest: 3 leaks, the worst low"
        for title in ("Bell ringers", "Choir", "Council"):
            assert title in mail.body()
        assert mail.body().count("open, on forum[.]example.") == 3
        nights.now += DAY
        assert post(nights, channels).sent == 0


def test_a_silence_hides_shows_what_it_hid_and_lets_go(nights: Nights) -> None:
    leak(nights, passcodes=(a_passcode(),))
    with nights.store.begin() as work:
        silence = work.silences.add(
            nights.club.id, channel=None, meeting=None, even_critical=False,
            until=nights.now + DAY, reason="moving house", actor="ann", now=nights.now,
        )  # fmt: skip
    with postbox() as box:
        channels = channel("clerk", box)
        assert post(nights, channels).held == 1
        with nights.store.reading() as work:
            (hidden,) = work.outbox.held_by(nights.club.id, silence.id)
        assert (hidden.state, hidden.silence) == (DeliveryState.DUE, silence.id)
        assert "moving house" in hidden.why_not
        assert hidden.attempts == 0
        with nights.store.begin() as work:
            assert not work.silences.end(99, silence.id, nights.now)
            assert work.silences.end(nights.club.id, silence.id, nights.now)
        assert post(nights, channels).sent == 1
        assert len(box.messages) == 1


def test_what_a_silence_hid_and_somebody_closed_is_not_sent_and_says_so(nights: Nights) -> None:
    leak(nights, passcodes=(a_passcode(),))
    with nights.store.begin() as work:
        work.silences.add(
            nights.club.id, channel="clerk", meeting=1, even_critical=False,
            until=nights.now + HOUR, reason="moving", actor="ann", now=nights.now,
        )  # fmt: skip
    with postbox() as box:
        channels = channel("clerk", box)
        post(nights, channels)
        with nights.store.begin() as work:
            work.exposures.set_state(nights.club.id, 1, ExposureState.REMOVED, "ann", "", nights.now)
        nights.now += 2 * HOUR
        post(nights, channels)
        assert box.messages == []
    (hidden,) = deliveries(nights)
    assert hidden.state is DeliveryState.WITHHELD
    assert "the exposure was removed by its end" in hidden.why_not


# --- over time --------------------------------------------------------------------------------------


def test_nobody_answers_so_people_are_reminded_and_a_deputy_is_told(nights: Nights) -> None:
    nights.routes = (Route(to=("clerk",), escalate=Escalation(to=("chair",), after=20 * MINUTE)),)
    leak(nights, starts=3 * DAY)
    begun = nights.now
    with postbox() as box, postbox() as deputy:
        channels = channel("clerk", box) | channel("chair", deputy)
        while nights.now - begun <= 90 * MINUTE:
            post(nights, channels)
            nights.now += MINUTE
        assert [each.rpartition("] ")[2].partition(":")[0] for each in subjects(box)] == [
            "Meeting link found on forum.example - meeting in 2 days 23 hours",
            "Still unanswered",
            "Still unanswered",
        ]
        assert [each.partition("] ")[2].partition(":")[0] for each in subjects(deputy)] == ["Please step in"]
        assert "Nobody has acknowledged it within 20 minutes." in " ".join(deputy.messages[0].body().split())
        assert box.messages[1].mail["References"] == box.messages[0].mail["Message-ID"]
        with nights.store.begin() as work:
            work.exposures.set_state(nights.club.id, 1, ExposureState.ACKNOWLEDGED, "ann", "", nights.now)
        nights.now += 3 * DAY
        post(nights, channels)
        assert len(box.messages) == 3


def test_a_rise_by_time_alone_is_news_once_a_level(nights: Nights) -> None:
    leak(nights, starts=8 * DAY, passcodes=(a_passcode(),))
    with nights.store.begin() as work:
        work.exposures.set_state(nights.club.id, 1, ExposureState.ACKNOWLEDGED, "ann", "", nights.now)
    begun = nights.now
    while nights.now - begun <= 8 * DAY:
        keep_moving(nights.store, routes=(), channels=("clerk",), now=nights.now)
        nights.now += HOUR
    assert nights.news.count(News.WORSE) == 1
    (rise,) = [alert for alert in nights.alerts if alert.news is News.WORSE]
    assert "come nearer" in rise.detail
    (exposure,) = nights.exposures
    whats = [event.what for event in exposure.events]
    assert whats.count("severity medium") == 1


def test_a_snooze_ends_by_itself(nights: Nights) -> None:
    leak(nights, starts=9 * DAY)
    with nights.store.begin() as work:
        work.exposures.set_state(
            nights.club.id,
            1,
            ExposureState.SNOOZED,
            "ann",
            "away",
            nights.now,
            wait=Wait(until=nights.now + DAY),
        )
    nights.now += DAY - MINUTE
    keep_moving(nights.store, routes=(), channels=("clerk",), now=nights.now)
    assert nights.exposures[0].state is ExposureState.SNOOZED
    nights.now += 2 * MINUTE
    keep_moving(nights.store, routes=(), channels=("clerk",), now=nights.now)
    (exposure,) = nights.exposures
    assert (exposure.state, exposure.wait) == (ExposureState.OPEN, None)
    assert nights.alerts[-1].detail == "The snooze is over."


def test_a_snooze_until_seen_elsewhere_ends_there(nights: Nights) -> None:
    leak(nights)
    with nights.store.begin() as work:
        work.exposures.set_state(
            nights.club.id, 1, ExposureState.SNOOZED, "ann", "known", nights.now, wait=Wait(elsewhere=True)
        )
    nights.scan(read(a_link()))
    assert nights.exposures[0].state is ExposureState.SNOOZED
    nights.scan(read(a_link(), address=OTHER_PAGE))
    assert nights.exposures[0].state is ExposureState.OPEN


def test_what_was_intended_for_a_time_is_a_leak_after_it(nights: Nights) -> None:
    leak(nights, starts=9 * DAY)
    with nights.store.begin() as work:
        work.exposures.set_state(
            nights.club.id, 1, ExposureState.INTENDED, "ann", "open day", nights.now,
            wait=Wait(until=nights.now + DAY),
        )  # fmt: skip
    nights.scan(read(a_link()))
    assert nights.exposures[0].state is ExposureState.INTENDED
    nights.now += DAY
    keep_moving(nights.store, routes=(), channels=("clerk",), now=nights.now)
    assert nights.exposures[0].state is ExposureState.REGRESSED
    assert nights.news[-1] is News.REGRESSED


def test_an_ignored_place_is_quiet_until_its_time_and_hides_no_other(nights: Nights) -> None:
    leak(nights, passcodes=(a_passcode(),))
    with nights.store.begin() as work:
        (sighting,) = work.exposures.all(nights.club.id)[0].sightings
        work.ignores.add(
            nights.club.id,
            sighting.id,
            until=nights.now + DAY,
            reason="old poster",
            actor="ann",
            now=nights.now,
        )
        work.exposures.set_state(nights.club.id, 1, ExposureState.REMOVED, "ann", "", nights.now)
        (ignore,) = work.ignores.all(nights.club.id, nights.now)
        assert (ignore.exposure, ignore.address, ignore.reason) == (1, sighting.address, "old poster")
    nights.scan(read(a_link()))
    assert nights.exposures[0].state is ExposureState.REMOVED
    nights.scan(read(a_link(passcode=a_passcode())))
    assert nights.exposures[0].state is ExposureState.REGRESSED, "its passcode is another leak"
    with nights.store.begin() as work:
        work.exposures.set_state(nights.club.id, 1, ExposureState.REMOVED, "ann", "", nights.now)
    nights.scan(read(a_link(), address=OTHER_PAGE))
    assert nights.exposures[0].state is ExposureState.REGRESSED, "another place is another leak"


def test_an_ignore_expires(nights: Nights) -> None:
    leak(nights)
    with nights.store.begin() as work:
        (sighting,) = work.exposures.all(nights.club.id)[0].sightings
        work.ignores.add(
            nights.club.id,
            sighting.id,
            until=nights.now + 90 * MINUTE,
            reason="",
            actor="ann",
            now=nights.now,
        )
        work.exposures.set_state(nights.club.id, 1, ExposureState.REMOVED, "ann", "", nights.now)
    nights.scan(read(a_link()))
    assert nights.exposures[0].state is ExposureState.REMOVED
    nights.scan(read(a_link()))
    assert nights.exposures[0].state is ExposureState.REGRESSED


# --- troubles and reports ---------------------------------------------------------------------------


def test_a_channel_that_is_stuck_is_told_through_another(nights: Nights) -> None:
    leak(nights)
    with nobody_home() as away:
        deliver_due(nights.store, channel("clerk", away), clock=lambda: nights.now)
    nights.now += HOUR
    found = tell_troubles(nights.store, list, channels=CHANNELS, now=nights.now)
    assert [trouble.channel for trouble in found] == ["clerk"]
    told = nights.alerts[-1]
    assert (told.news, told.channel) == (News.TROUBLE, "chair")
    assert "has not delivered 1 alert for over an hour" in told.detail
    count = len(nights.alerts)
    nights.now += HOUR
    tell_troubles(nights.store, list, channels=CHANNELS, now=nights.now)
    assert len(nights.alerts) == count, "once a day"


def test_dead_letters_the_disk_and_the_clock_are_troubles(nights: Nights) -> None:
    leak(nights)
    with postbox(refuse={"clerk@example.org": "550 no such user"}) as closed:
        deliver_due(nights.store, channel("clerk", closed), clock=lambda: nights.now)
    full = Trouble("disk", "the disk is full")
    tell_troubles(nights.store, lambda: [full], channels=CHANNELS, now=nights.now)
    said = [
        alert.detail for alert in nights.alerts if alert.news is News.TROUBLE and alert.channel == "chair"
    ]
    assert [line.partition(":")[0] for line in said] == [
        "the disk is full",
        "channel clerk could not deliver 1 alert at all",
    ]
    nights.now -= DAY
    found = tell_troubles(nights.store, list, channels=CHANNELS, now=nights.now)
    assert any("the clock was put back" in trouble.says for trouble in found)


def test_a_channel_whose_people_all_stopped_its_mail_is_a_trouble(nights: Nights) -> None:
    with nights.store.begin() as work:
        token = work.recipients.tokens(nights.club.id, "clerk", ["Clerk@example.org"], nights.now)
        work.recipients.stop(work.recipients.find(*token.values()), nights.now)
    (found,) = tell_troubles(nights.store, list, channels=CHANNELS, now=nights.now)
    assert "nobody gets the mail of channel clerk any more" in found.says
    assert [alert.channel for alert in nights.alerts] == ["chair"]


def test_a_week_without_a_leak_is_said_too(nights: Nights) -> None:
    nights.register(a_meeting(starts=NOON + DAY))
    queue_reports(nights.store, monthly=("chair",), alive=("clerk",), now=nights.now)
    assert nights.alerts == [], "the first call starts the count"
    nights.scan(read(), read(address=OTHER_PAGE))
    nights.scan(unchanged(), fast=True)
    nights.now = NOON + 4 * DAY
    for _ in range(2):
        queue_reports(nights.store, monthly=("chair",), alive=("clerk",), now=nights.now)
    (alive,) = nights.alerts
    assert (alive.news, alive.channel) == (News.ALIVE, "clerk")
    assert alive.detail.splitlines()[0] == "This week: 0 leaks, 2 pages read, 0 could not be read"
    nights.now = NOON + 20 * DAY
    queue_reports(nights.store, monthly=("chair",), alive=(), now=nights.now)
    report = nights.alerts[-1]
    assert (report.news, report.channel) == (News.REPORT, "chair")
    assert report.detail.startswith("Since 12 March: 0 leaks, 2 pages read")
    with postbox() as box:
        both = channel("clerk", box) | channel("chair", box)
        assert post(nights, both).sent == 2
        assert "forum" in box.messages[1].body()
        assert subjects(box)[1].startswith("[St Mary's] Since 12 March: 0 leaks")
