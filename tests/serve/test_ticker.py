"""When a schedule is due: tables, clock changes, and what was missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.serve.ticker import Ticker, latest_due, trigger
from scanner.settings import Schedule
from scanner.settings.cron import read_cron

LONDON = ZoneInfo("Europe/London")
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
"""Midnights of the Sundays on which clocks change at 01:00 UTC."""


def schedule(cron: str, timezone: str | None = None) -> Schedule:
    return Schedule(name="nightly", cron=read_cron(cron), sources=None, timezone=timezone)


def due(cron: str, after: datetime, now: datetime, timezone: str = "Europe/London") -> datetime | None:
    return latest_due(schedule(cron), timezone=timezone, after=after, now=now)


def all_due(cron: str, begin: datetime, end: datetime, timezone: str = "Europe/London") -> list[datetime]:
    """Every due time from begin to end, as a scheduler that steps from one to the next meets them."""
    ticking, found, at = trigger(schedule(cron), timezone=timezone), [], begin
    for _ in range(10_000):
        following = ticking.get_next_fire_time(at, at)
        assert following is not None
        assert following > at, "time stands still"
        if following > end:
            return found
        found.append(following)
        at = following
    raise AssertionError("there is no end")


def hours(day: datetime, *times: float) -> list[datetime]:
    return [day + timedelta(hours=time) for time in times]


@pytest.mark.parametrize(
    ("after", "now", "expected"),
    [
        ("03:09", "03:10", "03:10"),
        ("03:10", "03:10", None),
        ("03:10", "23:59", None),
        ("03:00", "03:09", None),
        ("00:00", "23:59", "03:10"),
    ],
)
def test_a_time_is_due_from_its_minute_on_and_not_again(after: str, now: str, expected: str | None) -> None:
    def on_the_day(clock: str) -> datetime:
        return datetime.fromisoformat(f"2026-01-15T{clock}:00Z")

    assert due("10 3 * * *", on_the_day(after), on_the_day(now)) == (expected and on_the_day(expected))


def test_of_several_missed_times_only_the_last_counts() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert due("10 3 * * *", begin, begin + timedelta(days=9)) == begin + timedelta(
        days=8, hours=3, minutes=10
    )


def test_a_machine_that_slept_for_years_finds_its_last_due_time_at_once() -> None:
    now = datetime(2030, 5, 1, 12, 0, 30, tzinfo=UTC)
    assert due("* * * * *", datetime(2026, 1, 1, tzinfo=UTC), now) == now.replace(second=0)


def test_a_schedule_keeps_the_time_of_its_own_zone() -> None:
    begin = datetime(2026, 7, 1, tzinfo=UTC)
    end = begin + timedelta(days=1)
    assert all_due("0 9 * * *", begin, end) == hours(begin, 8)
    tokyo = schedule("0 9 * * *", "Asia/Tokyo")
    assert latest_due(tokyo, timezone="Europe/London", after=begin, now=end) == end


def test_weekdays_are_those_that_are_written() -> None:
    (monday,) = all_due("10 3 * * mon", datetime(2026, 1, 14, tzinfo=UTC), datetime(2026, 1, 21, tzinfo=UTC))
    assert f"{monday:%A}" == "Monday"


@pytest.mark.parametrize(
    ("cron", "day", "expected"),
    [
        ("10 3 * * *", SPRING, [2 + 1 / 6]),
        ("10 3 * * *", AUTUMN, [3 + 1 / 6]),
        ("30 1 * * *", SPRING, [1.5]),
        ("30 1 * * *", AUTUMN, [0.5, 1.5]),
        ("0 * * * *", SPRING, [*range(1, 12)]),
        ("0 * * * *", AUTUMN, [*range(1, 12)]),
        ("*/30 0-2 * * *", AUTUMN, [0.5, 1, 1.5, 2, 2.5]),
    ],
)
def test_days_on_which_clocks_change(cron: str, day: datetime, expected: list[float]) -> None:
    """Hours are UTC. What the clock leaves out comes an hour later; a repeated hour counts twice."""
    assert all_due(cron, day, day + timedelta(hours=11, minutes=59)) == hours(day, *expected)


@given(
    start=st.sampled_from([SPRING, AUTUMN]),
    offset=st.integers(-26 * 60, 26 * 60),
    length=st.integers(0, 40 * 60),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_around_a_clock_change_every_night_has_its_run(
    start: datetime, offset: int, length: int, hour: int, minute: int
) -> None:
    after = start + timedelta(minutes=offset)
    now = after + timedelta(minutes=length)
    found = due(f"{minute} {hour} * * *", after, now)
    wanted = [
        moment
        for step in range(1, length + 1)
        for moment in [after + timedelta(minutes=step)]
        if (moment.astimezone(LONDON).hour, moment.astimezone(LONDON).minute) == (hour, minute)
    ]
    if start == SPRING and hour == 1 and found is not None and found.date() == SPRING.date():
        assert found == SPRING + timedelta(hours=1, minutes=minute), "01:xx is left out, so it is 02:xx"
    else:
        assert found == (wanted[-1] if wanted else None)


MINUTES = st.sampled_from(["*", "0", "*/7", "59", "0-10/5", "1,31"])
HOURS = st.sampled_from(["*", "1", "0-3", "*/2", "1,2", "23"])
ZONES = st.sampled_from(["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia", "UTC"])


@settings(deadline=None)
@given(
    cron=st.builds("{} {} * * {}".format, MINUTES, HOURS, st.sampled_from(["*", "sat-sun", "sun"])),
    zone=ZONES,
    minute=st.integers(0, 366 * 24 * 60),
)
def test_time_never_stands_still(cron: str, zone: str, minute: int) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    found = all_due(cron, begin, begin + timedelta(hours=8), zone)
    assert due(cron, begin, begin + timedelta(hours=8), zone) == (found[-1] if found else None)


def test_the_jobs_are_those_of_the_settings() -> None:
    ticker = Ticker(lambda: None)
    ticker.start()
    try:
        for cron, hour in (("10 3 * * *", 3), ("10 5 * * *", 5)):
            ticker.follow([schedule(cron)], timezone="Europe/London")
            due_next = ticker.due_next()["nightly"].astimezone(LONDON)
            assert (due_next.hour, due_next.minute) == (hour, 10)
    finally:
        ticker.stop()
