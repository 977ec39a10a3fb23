"""Who is told, why, and that the same news always bears the same key."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from scanner.alerts.routing import Route, alert_key, route
from scanner.model import News, SeverityLevel
from tests.alerts.cases import NOW, exposure

HIGH_TO_BOTH = Route(to=("clerk", "lead"), severity=SeverityLevel.HIGH)
ALL_TO_CLERK = Route(to=("clerk",))
LOW, MEDIUM, HIGH, CRITICAL = SeverityLevel


def told(level: SeverityLevel, *routes: Route, news: News = News.OPENED) -> dict[str, str]:
    alerts = route(
        exposure(level=level), news, routes, organisation=1, channels=["clerk", "lead", "all"], cause="scan 9"
    )
    assert len({alert.channel for alert in alerts}) == len(alerts)
    return {alert.channel: alert.reason for alert in alerts}


@pytest.mark.parametrize(
    ("level", "channels"),
    [
        pytest.param(LOW, ["clerk"], id="below the first route"),
        pytest.param(MEDIUM, ["clerk"], id="just below"),
        pytest.param(HIGH, ["clerk", "lead"], id="reaches it"),
        pytest.param(CRITICAL, ["clerk", "lead"], id="above it"),
    ],
)
def test_every_matching_route_contributes_and_nobody_is_told_twice(
    level: SeverityLevel, channels: list[str]
) -> None:
    assert list(told(level, HIGH_TO_BOTH, ALL_TO_CLERK)) == channels


def test_each_alert_says_why_it_is_sent() -> None:
    assert told(CRITICAL, HIGH_TO_BOTH, ALL_TO_CLERK) == {
        "clerk": "it is critical, and route 1 takes what is high or worse",
        "lead": "it is critical, and route 1 takes what is high or worse",
    }
    assert told(LOW, HIGH_TO_BOTH, ALL_TO_CLERK) == {"clerk": "route 2 takes every exposure"}


@pytest.mark.parametrize("routes", [(), (HIGH_TO_BOTH,)], ids=["no routes", "none matches"])
def test_news_that_no_route_takes_goes_to_all(routes: tuple[Route, ...]) -> None:
    reasons = told(LOW, *routes)
    assert list(reasons) == ["clerk", "lead", "all"]
    assert set(reasons.values()) == {"no route takes severity low, so every channel is told"}


def test_news_about_no_exposure_goes_to_all() -> None:
    alerts = route(
        None,
        News.BLIND,
        [HIGH_TO_BOTH],
        organisation=1,
        channels=["clerk", "all"],
        cause="forum since 03:10",
        detail="forum is silent",
    )
    assert [alert.channel for alert in alerts] == ["clerk", "all"]
    assert all("concerns everyone" in alert.reason for alert in alerts)
    assert all(alert.detail == "forum is silent" and alert.exposure is None for alert in alerts)


def key(**change: object) -> str:
    facts: dict[str, object] = {
        "exposure": exposure(),
        "news": News.SPREAD,
        "organisation": 1,
        "cause": "sighting 17",
        "channel": "clerk",
    }
    return alert_key(**facts | change)  # type: ignore[arg-type]


def test_a_key_depends_on_what_the_news_is_and_on_nothing_else() -> None:
    others = [
        key(exposure=exposure(id=4)),
        key(exposure=exposure(opened=NOW)),
        key(exposure=None),
        key(news=News.REGRESSED),
        key(organisation=2),
        key(cause="sighting 18"),
        key(channel="lead"),
    ]
    assert len({key(), *others}) == 1 + len(others)
    opened = exposure().opened
    for same in (
        exposure(level=LOW),
        exposure(opened=opened + timedelta(microseconds=7)),
        exposure(opened=opened.astimezone(timezone(timedelta(hours=5)))),
    ):
        assert key(exposure=same) == key()


def test_an_exposure_opens_once_whatever_noticed_it() -> None:
    assert key(news=News.OPENED, cause="a") == key(news=News.OPENED, cause="b")


def test_routing_is_repeatable() -> None:
    first, second = (
        route(exposure(), News.SPREAD, [ALL_TO_CLERK], organisation=1, channels=["clerk"], cause="scan 9")
        for _ in range(2)
    )
    assert first == second
