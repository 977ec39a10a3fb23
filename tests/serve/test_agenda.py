"""Nothing that was due is skipped, whatever the gaps: planning over simulated days."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from scanner.model import Lane, Limits
from scanner.scans.plan import SECOND_LOOK, STREAM, Agenda, Occurrence
from scanner.serve.agenda import due_runs, runs_between
from scanner.serve.ticker import latest_due
from scanner.settings import Countdown, Pace, Schedule, Settings, Source
from scanner.settings.cron import read_cron

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 10, 19, 12, 0, tzinfo=UTC)
"""A week in which clocks change in London."""


def an_agenda(*schedules: Schedule, countdowns: tuple[Countdown, ...] = (), **more: object) -> Agenda:
    sources = {
        name: Source(name=name, kind="site", options={}, limits=Limits(), is_stream=name == "sky")
        for name in ("forum", "our-site", "sky")
    }
    settings = Settings(
        sources=sources,
        schedules={schedule.name: schedule for schedule in schedules},
        countdowns={countdown.name: countdown for countdown in countdowns},
    )
    return Agenda(settings=settings, timezone="Europe/London", **more)  # type: ignore[arg-type]


def a_schedule(name: str, cron: str, *sources: str) -> Schedule:
    return Schedule(name=name, cron=read_cron(cron), sources=sources or None)


def due(agenda: Agenda, last: dict[tuple[str, str], datetime], started: datetime, now: datetime):
    return due_runs(agenda, last, listening=("sky",), started=started, now=now)


def test_after_every_gap_each_schedule_runs_once_for_its_last_due_time() -> None:
    chance = random.Random(7)
    schedules = [
        a_schedule(f"s{number}", f"{chance.randrange(60)} {chance.randrange(24)} * * *", "forum")
        for number in range(100)
    ]
    agenda = an_agenda(*schedules)
    last: dict[tuple[str, str], datetime] = {}
    now = MONDAY
    for gap in (MINUTE, HOUR, 9 * HOUR, DAY, 3 * DAY, MINUTE, 26 * HOUR, 12 * HOUR, HOUR, 8 * DAY, HOUR, DAY):
        now += gap
        runs = due(agenda, last, MONDAY, now)
        assert len({run.schedule for run in runs}) == len(runs), "one look catches up for all"
        last.update({(run.schedule, run.source): run.at for run in runs})
        assert due(agenda, last, MONDAY, now) == [], "and only once"
        for schedule in schedules:
            expected = latest_due(schedule, timezone="Europe/London", after=MONDAY, now=now)
            assert last.get((schedule.name, "forum")) == expected, (schedule, now)


def test_a_source_that_is_new_in_a_schedule_waits_for_its_time_and_not_for_the_others() -> None:
    agenda = an_agenda(a_schedule("nightly", "10 3 * * *"))
    last = {("nightly", "forum"): MONDAY}
    (run,) = due(agenda, last, MONDAY - DAY, MONDAY)
    assert (run.source, run.lane) == ("our-site", Lane.BROAD)
    assert due(agenda, last, MONDAY, MONDAY) == []


@pytest.fixture
def countdown() -> Countdown:
    return Countdown(name="countdown", paces=(Pace(DAY, HOUR), Pace(HOUR, 2 * MINUTE)), sources=("forum",))


def test_a_countdown_that_was_missed_is_caught_up_by_its_last_look(countdown: Countdown) -> None:
    meeting = Occurrence(MONDAY, MONDAY + HOUR, 1, 1)
    agenda = an_agenda(countdowns=(countdown,), occurrences=[meeting])
    (run,) = due(agenda, {}, MONDAY, MONDAY - 3 * HOUR)
    assert run.at == MONDAY - 3 * HOUR, "a first look is taken at once"
    last = {("countdown", "forum"): run.at}
    assert due(agenda, last, MONDAY, MONDAY - 3 * HOUR + MINUTE) == []
    (run,) = due(agenda, last, MONDAY, MONDAY + 3 * HOUR)
    assert run.at == MONDAY + 58 * MINUTE
    assert run.nearest == meeting


def test_a_meeting_that_is_registered_late_is_looked_for_at_once(countdown: Countdown) -> None:
    before = due(an_agenda(countdowns=(countdown,)), {}, MONDAY, MONDAY)
    assert before == []
    late = Occurrence(MONDAY + 5 * MINUTE, MONDAY + HOUR, 1, 1)
    (run,) = due(an_agenda(countdowns=(countdown,), occurrences=[late]), {}, MONDAY, MONDAY)
    assert MONDAY - 2 * MINUTE < run.at <= MONDAY


def test_a_stream_is_due_when_nobody_listens_and_at_most_once_a_minute() -> None:
    agenda = an_agenda(a_schedule("nightly", "10 3 * * *"))

    def streams(last: dict[tuple[str, str], datetime], now: datetime) -> list[datetime]:
        runs = due_runs(agenda, last, listening=(), started=MONDAY, now=now)
        return [run.at for run in runs if run.lane is Lane.STREAM]

    assert streams({}, MONDAY + timedelta(seconds=30)) == [MONDAY]
    assert streams({(STREAM, "sky"): MONDAY}, MONDAY + timedelta(seconds=50)) == []
    assert streams({(STREAM, "sky"): MONDAY}, MONDAY + timedelta(seconds=70)) == [MONDAY + MINUTE]
    assert due(agenda, {}, MONDAY, MONDAY) == [], "somebody listens"


def test_where_a_link_was_missing_a_second_look_follows_an_hour_later_and_only_one() -> None:
    agenda = an_agenda(missing={"forum": MONDAY, "no source any more": MONDAY})
    assert due(agenda, {}, MONDAY, MONDAY + HOUR - MINUTE) == []
    (run,) = due(agenda, {}, MONDAY, MONDAY + 9 * HOUR)
    assert (run.schedule, run.source, run.at, run.lane) == (SECOND_LOOK, "forum", MONDAY + HOUR, Lane.FAST)
    assert due(agenda, {(SECOND_LOOK, "forum"): run.at}, MONDAY, MONDAY + 9 * HOUR) == []
    again = an_agenda(missing={"forum": MONDAY + DAY})
    assert due(again, {(SECOND_LOOK, "forum"): run.at}, MONDAY, MONDAY + 2 * DAY)
    assert list(runs_between(agenda, MONDAY, MONDAY + 2 * HOUR)) == [run]
    assert runs_between(agenda, MONDAY + HOUR, MONDAY + 2 * HOUR) == []


def test_what_lies_between_two_times_is_in_order_and_complete(countdown: Countdown) -> None:
    meeting = Occurrence(MONDAY + 14 * HOUR, MONDAY + 15 * HOUR, 1, 1)
    agenda = an_agenda(a_schedule("hourly", "0 * * * *"), countdowns=(countdown,), occurrences=[meeting])
    runs = runs_between(agenda, MONDAY, MONDAY + DAY)
    assert [run.at for run in runs] == sorted(run.at for run in runs)
    assert sum(run.schedule == "hourly" for run in runs) == 2 * 24, "both sources, but no stream"
    assert sum(run.schedule == "countdown" for run in runs) == 12 + 60
