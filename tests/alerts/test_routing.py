"""Who is told, why, and that the same news always bears the same key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from scanner.alerts.routing import Route, alert_key, looked_up, matching, route
from scanner.model import Meeting, News, SeverityLevel
from tests.alerts.cases import NOW, exposure, meeting

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


TITLED = Route(to=("lead",), meetings=frozenset({9}), titles=frozenset({"bell  Ringers"}))


def register(*titles: str, organisation: int = 1) -> list[Meeting]:
    return [
        replace(meeting(title), id=number, organisation=organisation)
        for number, title in enumerate(titles, start=5)
    ]


def test_a_route_may_name_a_meeting_by_its_title() -> None:
    routes, faults = looked_up([TITLED, ALL_TO_CLERK], register("Bell Ringers", "Choir"))
    assert faults == []
    assert routes[0].meetings == {5, 9}
    assert routes[1] == ALL_TO_CLERK
    assert [number for number, _ in matching(exposure(), routes)] == [1, 2]
    assert [number for number, _ in matching(exposure(meeting=6), routes)] == [2]


@pytest.mark.parametrize(
    ("meetings", "says"),
    [
        (register("Choir"), "route 1 names a meeting “bell  Ringers”, and none has this title"),
        ([], "none has this title"),
        (register("Bell ringers", "x", "BELL RINGERS"), "several have this title: name it by number (5, 7)"),
        (register("Bell ringers") + register("x", "Bell ringers", organisation=2), "by number (5, 6)"),
    ],
    ids=["unknown", "empty register", "twice", "in two organisations"],
)
def test_a_title_that_is_nobodys_or_not_one_s_is_said_and_takes_nothing(
    meetings: list[Meeting], says: str
) -> None:
    (found,), (fault,) = looked_up([TITLED], meetings)
    assert says in fault
    assert found.meetings == {9}
    only = replace(TITLED, meetings=frozenset())
    assert matching(exposure(), looked_up([only], meetings)[0]) == [], "not: every meeting"


def test_a_route_of_one_organisation_means_its_meeting() -> None:
    meetings = register("Bell ringers") + register("x", "Bell ringers", organisation=2)
    (found,), faults = looked_up([replace(TITLED, organisations=frozenset({2}))], meetings)
    assert (found.meetings, faults) == ({6, 9}, [])
