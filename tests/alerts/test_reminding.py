"""Who is told again, and who else when nobody answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scanner.alerts.reminding import follow_ups
from scanner.alerts.routing import Digest, Escalation, Route
from scanner.model import (
    Alert,
    Delivery,
    DeliveryState,
    Exposure,
    ExposureEvent,
    ExposureState,
    News,
    SeverityLevel,
)
from tests.alerts.cases import NOW, alert, exposure

LOW, MEDIUM, HIGH, CRITICAL = SeverityLevel
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLERK = Route(to=("clerk",))


def open_since(waited: timedelta, level: SeverityLevel = HIGH, **more: object) -> Exposure:
    return exposure(level=level, opened=NOW - waited, **more)


def due(
    about: Exposure,
    *routes: Route,
    start: timedelta | None = None,
    deliveries: tuple[Delivery, ...] = (),
    now: datetime = NOW,
) -> tuple[Alert, ...]:
    next_start = None if start is None else now + start
    return follow_ups(
        about,
        deliveries,
        next_start=next_start,
        routes=routes or (CLERK,),
        channels=("clerk", "lead"),
        now=now,
    )


@pytest.mark.parametrize(
    ("waited", "start", "count"),
    [
        (14 * MINUTE, 3 * DAY, 0),
        (15 * MINUTE, 3 * DAY, 1),
        (4 * MINUTE, HOUR, 0),
        (5 * MINUTE, HOUR, 1),
        (59 * MINUTE, 3 * DAY, 1),
        (HOUR, 3 * DAY, 2),
        (23 * HOUR, 3 * DAY, 2),
        (DAY, 3 * DAY, 3),
        (9 * DAY, 3 * DAY, 11),
    ],
)
def test_reminders_come_after_a_quarter_an_hour_an_hour_then_daily(
    waited: timedelta, start: timedelta, count: int
) -> None:
    """However late: of several that were missed only the last goes out, so the keys tell the count."""
    sent = {reminder.key for reminder in due(open_since(waited), start=start)}
    assert bool(sent) is bool(count)
    earlier = {
        reminder.key
        for step in (15 * MINUTE, HOUR, *(DAY * n for n in range(1, 10)))
        if step <= waited
        for reminder in due(open_since(waited), start=3 * DAY, now=NOW - waited + step)
    }
    if start > DAY:
        assert len(earlier) == count


def test_a_reminder_says_since_when_and_has_one_key() -> None:
    (first,) = due(open_since(20 * MINUTE))
    assert (first.news, first.channel) == (News.REMINDER, "clerk")
    assert first.reason == "nobody has acknowledged it for 20 minutes"
    assert due(open_since(20 * MINUTE))[0].key == first.key
    told = Delivery(id=1, alert=first, state=DeliveryState.SENT, created=NOW, due=NOW)
    assert due(open_since(20 * MINUTE), deliveries=(told,)) == ()


@pytest.mark.parametrize(
    "state", [s for s in ExposureState if s not in (ExposureState.OPEN, ExposureState.REGRESSED)]
)
def test_an_answer_ends_the_reminders(state: ExposureState) -> None:
    assert due(open_since(9 * DAY, state=state)) == ()


def test_what_was_reopened_counts_from_then() -> None:
    back = ExposureEvent(at=NOW - 10 * MINUTE, actor="scan", what="regressed")
    about = open_since(9 * DAY, state=ExposureState.REGRESSED, events=(back,))
    assert due(about, start=3 * DAY) == ()
    assert due(about, start=3 * DAY, now=NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("level", "route", "reminded"),
    [
        (LOW, CLERK, False),
        (MEDIUM, CLERK, False),
        (LOW, replace(CLERK, repeat=2 * HOUR), True),
        (HIGH, replace(CLERK, repeat=timedelta(0)), False),
        (HIGH, replace(CLERK, digest=Digest.DAILY), False),
        (HIGH, replace(CLERK, severity=CRITICAL), True),
    ],
    ids=["low", "medium", "asked for", "never", "digest", "no route takes it"],
)
def test_routes_say_how_often(level: SeverityLevel, route: Route, reminded: bool) -> None:
    assert bool(due(open_since(5 * HOUR, level), route)) is reminded


def test_a_channel_that_has_not_delivered_yet_gets_no_more() -> None:
    waiting = Delivery(
        id=1, alert=alert(News.OPENED, exposure()), state=DeliveryState.DUE, created=NOW, due=NOW
    )
    assert due(open_since(HOUR), deliveries=(waiting,)) == ()


def test_who_has_it_is_reminded_though_another_is_put_off() -> None:
    since = NOW - HOUR
    news = alert(News.OPENED, exposure())
    partly = Delivery(
        id=1, alert=news, state=DeliveryState.DUE, created=since, due=NOW, only=("a@example.org",)
    )
    assert due(open_since(HOUR), deliveries=(partly,))


DEPUTY = Route(
    to=("clerk",), repeat=timedelta(0), escalate=Escalation(to=("lead",), after=20 * MINUTE, before=2 * HOUR)
)


@pytest.mark.parametrize(
    ("waited", "start", "why"),
    [
        (19 * MINUTE, 3 * DAY, None),
        (20 * MINUTE, 3 * DAY, "Nobody has acknowledged it within 20 minutes."),
        (MINUTE, 3 * HOUR, None),
        (MINUTE, 2 * HOUR, "Nobody has acknowledged it, and the meeting starts within 2 hours."),
        (MINUTE, None, None),
    ],
    ids=["not yet", "too long", "time enough", "too near", "over"],
)
def test_a_deputy_is_told_when_nobody_answers(
    waited: timedelta, start: timedelta | None, why: str | None
) -> None:
    told = due(open_since(waited), DEPUTY, start=start)
    assert [each.detail for each in told] == ([] if why is None else [why])
    if told:
        assert (told[0].news, told[0].channel) == (News.ESCALATED, "lead")
        assert "route 1 names you" in told[0].reason


def test_a_deputy_is_told_once_each_time_it_opens() -> None:
    (first,) = due(open_since(HOUR), DEPUTY)
    assert due(open_since(HOUR), DEPUTY, now=NOW)[0].key == first.key
    back = ExposureEvent(at=NOW - HOUR, actor="scan", what="regressed")
    again = due(open_since(9 * DAY, events=(back,), state=ExposureState.REGRESSED), DEPUTY)
    assert again[0].key != first.key


def told(
    when: datetime, news: News = News.OPENED, *, sent: datetime | None = None, held: bool = False
) -> Delivery:
    return Delivery(
        id=1,
        alert=alert(news, exposure()),
        state=DeliveryState.DUE if sent is None else DeliveryState.SENT,
        created=when,
        due=when,
        attempts=0 if held else 1,
        why_not="the quiet hours of its route are not over" if held else "",
        settled=sent,
    )


@pytest.mark.parametrize(
    ("first", "escalated"),
    [
        pytest.param(told(NOW - 5 * HOUR, held=True), False, id="it waits for the morning"),
        pytest.param(told(NOW - 5 * HOUR, sent=NOW - 19 * MINUTE), False, id="they have just been told"),
        pytest.param(told(NOW - 5 * HOUR, sent=NOW - 20 * MINUTE), True, id="they were told"),
        pytest.param(told(NOW - 5 * HOUR), True, id="their channel is broken"),
    ],
)
def test_the_deputys_time_begins_when_the_others_were_told(first: Delivery, escalated: bool) -> None:
    alerts = due(open_since(5 * HOUR), DEPUTY, deliveries=(first,))
    assert [each.news for each in alerts] == [News.ESCALATED] * escalated


def test_no_reminder_comes_with_the_first_alert_in_the_morning() -> None:
    first = told(NOW - 5 * HOUR, sent=NOW - MINUTE)
    assert due(open_since(5 * HOUR), deliveries=(first,)) == ()
    (reminder,) = due(open_since(5 * HOUR), deliveries=(first,), now=NOW + 14 * MINUTE)
    assert reminder.reason == "nobody has acknowledged it for 15 minutes"


def test_a_rise_asks_anew_and_gives_people_their_time_again() -> None:
    first = told(NOW - 3 * DAY, sent=NOW - 3 * DAY)
    rise = told(NOW - 10 * MINUTE, News.WORSE, sent=NOW - 10 * MINUTE)
    assert due(open_since(3 * DAY), DEPUTY, deliveries=(first, rise)) == ()
    later = due(open_since(3 * DAY), DEPUTY, deliveries=(first, rise), now=NOW + 10 * MINUTE)
    assert [each.news for each in later] == [News.ESCALATED]
    reminders = due(open_since(3 * DAY), start=HOUR, deliveries=(first, rise))
    assert [each.reason for each in reminders] == ["nobody has acknowledged it for 10 minutes"]
