"""When an alert goes out: silences, quiet hours, digests, and what breaks them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.alerts.routing import Digest, QuietHours, Route, not_told
from scanner.alerts.timing import Hold, SendInDigest, SendNow, Turn, Withhold, decide, digest_after
from scanner.model import (
    Delivery,
    DeliveryState,
    Exposure,
    ExposureState,
    News,
    SeverityLevel,
    Silence,
)
from tests.alerts.cases import NOW, alert, exposure

LOW, MEDIUM, HIGH, CRITICAL = SeverityLevel
LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(time(22, 0), time(7, 0))
MIDNIGHT = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def turn(
    news: News = News.OPENED,
    level: SeverityLevel = MEDIUM,
    *routes: Route,
    state: ExposureState = ExposureState.OPEN,
    silences: tuple[Silence, ...] = (),
    now: datetime = NOW,
    created: datetime | None = None,
    next_start: datetime | None = None,
    **more: object,
) -> Turn:
    about: Exposure | None = exposure(level=level, state=state)
    if news in (News.BLIND, News.TROUBLE, News.TEST):
        about = None
    delivery = Delivery(
        id=1, alert=alert(news, about), state=DeliveryState.DUE, created=created or now, due=now, attempts=1
    )
    return decide(
        replace(delivery, **more),  # type: ignore[arg-type]
        about,
        next_start=next_start,
        routes=routes or (Route(to=("clerk",)),),
        silences=silences,
        zone=LONDON,
        now=now,
    )


def silence(**more: object) -> Silence:
    facts: dict[str, object] = {
        "id": 4, "organisation": 1, "channel": None, "meeting": None, "even_critical": False,
        "made": NOW - HOUR, "until": NOW + HOUR, "reason": "moving house", "actor": "ann",
    }  # fmt: skip
    return Silence(**facts | more)  # type: ignore[arg-type]


def test_nothing_in_the_way_sends_at_once() -> None:
    assert turn() == SendNow()


QUIET = Route(to=("clerk",), quiet=NIGHT)


@pytest.mark.parametrize(
    ("level", "more", "expected"),
    [
        pytest.param(HIGH, {}, MORNING, id="high waits for the morning"),
        pytest.param(CRITICAL, {}, None, id="critical breaks them"),
        pytest.param(HIGH, {"next_start": MORNING}, None, id="the meeting starts before they end"),
        pytest.param(HIGH, {"next_start": MORNING + HOUR}, MORNING, id="it starts after they end"),
        pytest.param(CRITICAL, {"news": News.GONE}, MORNING, id="good news can wait"),
        pytest.param(HIGH, {"news": News.ESCALATED}, None, id="an escalation cannot"),
        pytest.param(HIGH, {"news": News.BLIND}, MORNING, id="blindness can"),
        pytest.param(HIGH, {"now": MORNING}, None, id="they are over"),
        pytest.param(HIGH, {"now": MORNING - timedelta(seconds=1)}, MORNING, id="they are nearly over"),
        pytest.param(HIGH, {"attempts": 2}, None, id="tried once already"),
    ],
)
def test_quiet_hours(level: SeverityLevel, more: dict[str, object], expected: datetime | None) -> None:
    facts: dict[str, object] = {"news": News.OPENED, "now": MIDNIGHT, **more}
    news = facts.pop("news")
    told = turn(news, level, QUIET, **facts)  # type: ignore[arg-type]
    if expected is None:
        assert told == SendNow()
    else:
        assert isinstance(told, Hold)
        assert told.until == expected
        assert "quiet hours" in told.why


def test_quiet_hours_are_those_of_the_groups_clock() -> None:
    summer = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)  # 22:30 in London
    told = turn(News.OPENED, HIGH, QUIET, now=summer)
    assert isinstance(told, Hold)
    assert told.until == datetime(2026, 7, 2, 6, 0, tzinfo=UTC)


def test_one_route_without_quiet_hours_is_enough() -> None:
    assert turn(News.OPENED, HIGH, QUIET, Route(to=("clerk",)), now=MIDNIGHT) == SendNow()


def test_a_digest_of_the_rest_leaves_the_quiet_hours_of_what_is_urgent() -> None:
    digest = Route(to=("clerk",), digest=Digest.DAILY)
    held = turn(News.OPENED, HIGH, replace(QUIET, severity=HIGH), digest, now=MIDNIGHT)
    assert held == Hold(until=MORNING, why="the quiet hours of its route are not over")


def test_an_all_clear_for_those_that_no_route_names_keeps_the_quiet_hours_of_the_others() -> None:
    others = replace(QUIET, to=("lead",))
    held = turn(News.GONE, HIGH, others, now=MIDNIGHT)
    assert held == Hold(until=MORNING, why="the quiet hours of its route are not over")
    assert turn(News.GONE, HIGH, others, now=MORNING) == SendNow()


def test_what_can_wait_goes_into_the_digest() -> None:
    daily = Route(to=("clerk",), digest=Digest.DAILY)
    held = turn(News.OPENED, LOW, daily)
    assert isinstance(held, Hold)
    assert held.until == datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    assert "daily digest" in held.why
    assert turn(News.OPENED, LOW, daily, now=held.until, created=NOW) == SendInDigest(Digest.DAILY)
    assert turn(News.OPENED, CRITICAL, daily) == SendNow(), "nothing critical waits"
    assert turn(News.BLIND, LOW, daily) == SendNow()
    assert turn(News.OPENED, LOW, daily, Route(to=("clerk",))) == SendNow(), "another route wants it now"


@pytest.mark.parametrize(
    ("moment", "digest", "expected"),
    [
        (datetime(2026, 11, 26, 7, 59, tzinfo=UTC), Digest.DAILY, datetime(2026, 11, 26, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 26, 8, 0, tzinfo=UTC), Digest.DAILY, datetime(2026, 11, 27, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 26, 8, 0, tzinfo=UTC), Digest.WEEKLY, datetime(2026, 11, 30, 8, 0, tzinfo=UTC)),
        (datetime(2026, 11, 30, 8, 0, tzinfo=UTC), Digest.WEEKLY, datetime(2026, 12, 7, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 9, 0, tzinfo=UTC), Digest.DAILY, datetime(2026, 3, 29, 7, 0, tzinfo=UTC)),
    ],
    ids=["this morning", "on the dot is the next", "monday", "a week later", "the clocks changed"],
)
def test_digests_go_out_at_eight_by_the_groups_clock(
    moment: datetime, digest: Digest, expected: datetime
) -> None:
    assert digest_after(moment, digest, zone=LONDON) == expected


@given(
    st.integers(0, 7300).map(
        lambda days: datetime(2020, 1, 1, 7, 30, tzinfo=UTC) + timedelta(days=days, minutes=days)
    ),
    st.sampled_from(Digest),
    st.sampled_from(["Europe/London", "Pacific/Apia", "America/Sao_Paulo", "Asia/Kathmandu"]),
)
def test_there_is_always_a_next_digest(moment: datetime, digest: Digest, zone: str) -> None:
    after = digest_after(moment, digest, zone=ZoneInfo(zone))
    assert timedelta(0) < after - moment <= timedelta(days=7, hours=2)


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        ({}, True),
        ({"channel": "clerk"}, True),
        ({"channel": "lead"}, False),
        ({"meeting": 5}, True),
        ({"meeting": 6}, False),
        ({"organisation": 2}, False),
        ({"until": NOW}, False),
        ({"made": NOW + HOUR}, False),
    ],
    ids=str,
)
def test_a_silence_holds_what_it_is_about(facts: dict[str, object], holds: bool) -> None:
    told = turn(silences=(silence(**facts),))
    assert isinstance(told, Hold) is holds
    if isinstance(told, Hold):
        assert (told.until, told.silence) == (NOW + HOUR, 4)
        assert "moving house" in told.why


def test_a_critical_alert_breaks_a_silence_that_does_not_mean_it() -> None:
    assert turn(News.OPENED, CRITICAL, silences=(silence(),)) == SendNow()
    assert isinstance(turn(News.OPENED, CRITICAL, silences=(silence(even_critical=True),)), Hold)
    assert turn(News.TEST, silences=(silence(even_critical=True),)) == SendNow()


def test_a_silence_counts_for_what_waits_already() -> None:
    assert isinstance(turn(silences=(silence(),), attempts=5), Hold)


def test_what_a_silence_hid_is_told_at_its_end_unless_it_was_dealt_with() -> None:
    assert turn(silence=4) == SendNow()
    for state in (ExposureState.ROTATED, ExposureState.GONE, ExposureState.FALSE_POSITIVE):
        told = turn(silence=4, state=state)
        assert isinstance(told, Withhold)
        assert state in told.why
    assert turn(state=ExposureState.GONE) == SendNow(), "without a silence people hear both"


@pytest.mark.parametrize("news", [News.REMINDER, News.ESCALATED])
def test_nobody_is_reminded_of_what_was_answered(news: News) -> None:
    assert turn(news, HIGH) == SendNow()
    for state in (ExposureState.ACKNOWLEDGED, ExposureState.SNOOZED, ExposureState.GONE):
        assert isinstance(turn(news, HIGH, state=state), Withhold)


def test_who_is_not_told_is_said_with_the_reason() -> None:
    about = exposure(level=MEDIUM)
    routes = (
        Route(to=("lead",), severity=HIGH),
        Route(to=("chair",), meetings=frozenset({9})),
        Route(to=("clerk",), organisations=frozenset({1})),
    )
    assert not_told(about, routes, ["clerk", "lead", "chair", "spare"]) == {
        "lead": "route 1 starts at high, and this is medium",
        "chair": "route 2 is about other meetings",
        "spare": "no route names it",
    }
