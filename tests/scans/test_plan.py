"""The countdown: when to look as meetings near, where, and in which words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import Lane, Limits, Meeting, Unit
from scanner.scans.plan import (
    FAST_PAGES,
    Agenda,
    Occurrence,
    broad_run,
    countdown_runs,
    fast_unit,
    occurrences,
    sharing_a_host,
)
from scanner.settings import Countdown, Pace, Settings, Source
from tests.effort import grows_with_size_only

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SEVEN = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)
"""A Thursday evening."""
PACES = (Pace(DAY, HOUR), Pace(3 * HOUR, 10 * MINUTE), Pace(30 * MINUTE, 2 * MINUTE))


def a_source(name: str, *, stream: bool = False, host: str = "") -> Source:
    hosts = frozenset({f"{host or name}.example:443"})
    return Source(name=name, kind="site", options={}, limits=Limits(), hosts=hosts, is_stream=stream)


def an_agenda(*times: Occurrence, **leaks: Iterable[int]) -> Agenda:
    names = ("forum", "our-site", "club-site")
    sources = {name: a_source(name) for name in names} | {"sky": a_source("sky", stream=True)}
    return Agenda(
        settings=Settings(sources=sources),
        timezone="Europe/London",
        occurrences=times,
        leaks={source.replace("_", "-"): frozenset(owners) for source, owners in leaks.items()},
    )


def at(starts: datetime, lasts: timedelta = HOUR, organisation: int = 1, meeting: int = 1) -> Occurrence:
    return Occurrence(starts, starts + lasts, organisation, meeting)


def a_countdown(**changed: object) -> Countdown:
    fields = {"name": "countdown", "paces": PACES, "sources": ("forum",)} | changed
    return Countdown(**fields)  # type: ignore[arg-type]


def times(agenda: Agenda, after: datetime, until: datetime, source: str = "forum", **changed: object):
    runs = countdown_runs(agenda, a_countdown(**changed), after=after, until=until)
    return [run.at for run in runs if run.source == source]


def every(step: timedelta, begin: datetime, end: datetime) -> list[datetime]:
    """From ``begin`` on, without ``end``."""
    return [begin + number * step for number in range((end - begin) // step)]


def test_the_nearer_the_meeting_the_more_often_until_it_ends() -> None:
    assert times(an_agenda(at(SEVEN)), SEVEN - 3 * DAY, SEVEN + DAY) == [
        *every(HOUR, SEVEN - DAY, SEVEN - 3 * HOUR),
        *every(10 * MINUTE, SEVEN - 3 * HOUR, SEVEN - 30 * MINUTE),
        *every(2 * MINUTE, SEVEN - 30 * MINUTE, SEVEN + HOUR),
    ]


def test_until_start_ends_where_the_meeting_begins() -> None:
    found = times(an_agenda(at(SEVEN)), SEVEN - HOUR, SEVEN + DAY, to_the_end=False)
    assert found[-1] == SEVEN - 2 * MINUTE


@pytest.mark.parametrize("after", [timedelta(0), MINUTE, 10 * MINUTE, 23 * HOUR + MINUTE])
def test_it_goes_on_from_any_time_without_another_beat(after: timedelta) -> None:
    agenda, begin = an_agenda(at(SEVEN)), SEVEN - DAY
    whole = times(agenda, begin - MINUTE, SEVEN + DAY)
    assert times(agenda, begin + after, SEVEN + DAY) == [one for one in whole if one > begin + after]


def test_of_two_meetings_the_nearest_sets_the_pace() -> None:
    later = at(SEVEN + 2 * HOUR, meeting=2)
    found = times(an_agenda(later, at(SEVEN)), SEVEN - DAY, SEVEN + 3 * HOUR)
    assert found == [
        *times(an_agenda(at(SEVEN)), SEVEN - DAY, SEVEN + 3 * HOUR),
        *times(an_agenda(later), SEVEN + HOUR - MINUTE, SEVEN + 3 * HOUR),
    ]
    assert SEVEN + HOUR in found, "the second one is near by then"


def test_meetings_at_the_same_time_are_one_countdown() -> None:
    assert times(an_agenda(at(SEVEN), at(SEVEN, meeting=2)), SEVEN - DAY, SEVEN) == times(
        an_agenda(at(SEVEN)), SEVEN - DAY, SEVEN
    )


def test_a_short_meeting_within_a_long_one_changes_nothing() -> None:
    long = at(SEVEN, 5 * HOUR)
    within = at(SEVEN + HOUR, HOUR, meeting=2)
    assert times(an_agenda(long, within), SEVEN, SEVEN + DAY) == times(an_agenda(long), SEVEN, SEVEN + DAY)


def test_sources_where_an_organisations_links_stood_join_its_countdowns() -> None:
    agenda = an_agenda(at(SEVEN), at(SEVEN + 5 * DAY, organisation=2), our_site={2}, sky={1, 2})
    day_of_the_first = {
        run.source: run for run in countdown_runs(agenda, a_countdown(), after=SEVEN - DAY, until=SEVEN)
    }
    assert set(day_of_the_first) == {"forum"}
    day_of_the_second = {
        run.source: run
        for run in countdown_runs(
            agenda, a_countdown(), after=SEVEN + 4 * DAY - MINUTE, until=SEVEN + 4 * DAY
        )
    }
    assert set(day_of_the_second) == {"forum", "our-site"}, "a stream is listened to anyway"
    assert day_of_the_second["our-site"].reason.endswith("; its organisation's links stood here before")
    assert "stood here" not in day_of_the_second["forum"].reason


def test_a_source_that_left_the_settings_is_not_looked_at() -> None:
    agenda = an_agenda(at(SEVEN), closed_down={1})
    runs = countdown_runs(agenda, a_countdown(sources=("gone",)), after=SEVEN - DAY, until=SEVEN)
    assert list(runs) == []


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (DAY - HOUR, "23 hours before the meeting at 19:00 on Thu 26 Nov, so every hour"),
        (
            150 * MINUTE,
            "2 hours 30 minutes before the meeting at 19:00 on Thu 26 Nov, so every 10 minutes",
        ),
        (2 * MINUTE, "2 minutes before the meeting at 19:00 on Thu 26 Nov, so every 2 minutes"),
        (-8 * MINUTE, "the meeting of 19:00 on Thu 26 Nov is under way, so every 2 minutes"),
    ],
)
def test_each_run_says_why(before: timedelta, words: str) -> None:
    due = SEVEN - before
    (run,) = countdown_runs(an_agenda(at(SEVEN)), a_countdown(), after=due - timedelta(seconds=1), until=due)
    assert run.reason == words
    assert (run.schedule, run.lane, run.nearest) == ("countdown", Lane.FAST, at(SEVEN))


def test_a_night_knows_the_meeting_whose_links_leaked_there() -> None:
    agenda = an_agenda(at(SEVEN + DAY), at(SEVEN, organisation=2), at(SEVEN - DAY), forum={1})
    assert broad_run(agenda, "nightly", "forum", SEVEN - HOUR).nearest == at(SEVEN + DAY)
    assert broad_run(agenda, "nightly", "our-site", SEVEN - HOUR).nearest is None


def test_streams_are_those_that_a_schedule_names() -> None:
    agenda = an_agenda()
    assert agenda.streams() == ()
    named = Settings(sources=agenda.settings.sources, countdowns={"c": a_countdown(sources=None)})
    assert Agenda(settings=named, timezone="UTC").streams() == ("sky",)
    assert "sky" not in agenda.names(None)


# --- occurrences -------------------------------------------------------------------------------------


def a_series(rule: str = "", lasts: timedelta = HOUR, starts: datetime = SEVEN) -> Meeting:
    return Meeting(
        id=1, organisation=1, title="", starts=starts, ends=starts + lasts, repeats=rule, timezone="UTC"
    )


def test_a_series_takes_place_each_time_and_a_running_one_counts() -> None:
    daily = a_series("FREQ=DAILY")
    begin = SEVEN + 10 * DAY + 30 * MINUTE
    assert [one.starts for one in occurrences(daily, begin, begin + 2 * DAY)] == [
        SEVEN + number * DAY for number in (10, 11, 12)
    ]
    assert occurrences(daily, SEVEN - 9 * DAY, SEVEN) == ()


def test_a_meeting_without_end_ends_and_one_of_a_year_does_not_keep_us_busy_for_it() -> None:
    (found,) = occurrences(a_series(lasts=365 * DAY), SEVEN - DAY, SEVEN + DAY)
    assert found.ends - found.starts == 12 * HOUR
    assert occurrences(a_series(lasts=365 * DAY), SEVEN + DAY, SEVEN + 2 * DAY) == ()


def test_a_meeting_that_lasts_no_time_is_no_endless_loop() -> None:
    assert len(occurrences(a_series("FREQ=DAILY", timedelta(0)), SEVEN - DAY, SEVEN + 900 * DAY)) <= 200


# --- properties --------------------------------------------------------------------------------------

STARTS = st.lists(
    st.tuples(st.integers(0, 3 * 24 * 60), st.integers(1, 600), st.integers(1, 3)), max_size=6
).map(
    lambda drawn: [
        at(SEVEN + start * MINUTE, length * MINUTE, organisation, number)
        for number, (start, length, organisation) in enumerate(drawn)
    ]
)


@given(STARTS, st.integers(-2000, 6000))
def test_ticks_ascend_and_no_meeting_nears_unwatched(meetings: list[Occurrence], offset: int) -> None:
    begin = SEVEN + offset * MINUTE
    found = times(an_agenda(*meetings), begin, begin + 2 * DAY)
    assert found == sorted(set(found))
    assert all(begin < one <= begin + 2 * DAY for one in found)
    for meeting in meetings:
        for pace in PACES:
            moment = meeting.starts - pace.before
            while moment < meeting.starts and moment + pace.each <= begin + 2 * DAY:
                if moment >= begin:
                    looked = [one for one in found if moment < one <= moment + pace.each]
                    assert looked or any(one < meeting and moment < one.ends for one in meetings), (
                        "only a nearer meeting may set another pace"
                    )
                moment += pace.each


def test_many_meetings_cost_no_more_than_themselves() -> None:
    def plan(meetings: bytes) -> None:
        coming = [at(SEVEN + number * 7 * MINUTE, meeting=number) for number in range(len(meetings))]
        list(countdown_runs(an_agenda(*coming), a_countdown(), after=SEVEN - DAY, until=SEVEN + DAY))

    assert grows_with_size_only(plan, bytes(20_000))


# --- what a run may cost ------------------------------------------------------------------------------


def test_a_fast_unit_is_small_and_asks_no_faster() -> None:
    unit = Unit(source="forum", kind="site", options={}, limits=Limits(pages=5000, time=3 * HOUR))
    fast = fast_unit(unit)
    assert fast.fast
    assert fast.limits.pages == FAST_PAGES
    assert fast.limits.time == 2 * MINUTE
    assert fast.limits.delay == unit.limits.delay
    small = Unit(source="forum", kind="site", options={}, limits=Limits(pages=3, time=MINUTE))
    assert fast_unit(small).limits == small.limits


def test_sources_on_one_host_take_turns() -> None:
    sources = {name: a_source(name, host=host) for name, host in [("a", "x"), ("b", "x"), ("c", "y")]}
    assert sharing_a_host(Settings(sources=sources), ["a"]) == {"a", "b"}
    assert sharing_a_host(Settings(sources=sources), ["removed"]) == {"removed"}
