"""Dates and times of day as invitations write them; what is ambiguous stays ambiguous."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.invitations.dates import find_date, find_times, read_moment
from scanner.invitations.languages import LANGUAGES, MONTHS, WEEKDAYS
from tests.effort import grows_with_size_only

TODAY = date(2026, 11, 22)
THE_26TH = (date(2026, 11, 26),)


@pytest.mark.parametrize(
    "text",
    [
        "nov 26, 2026 07:00 pm london",
        "thursday 26 november 2026 19:00-20:00",
        "thursday, november 26, 2026",
        "thursday, nov 26 · 7:00 – 8:00pm",
        "26th of november",
        "donnerstag, 26. november 2026 19:00",
        "do., 26.11.2026, 19 uhr",
        "26.11.26",
        "jeudi 26 novembre 2026 à 19h00",
        "jueves, 26 de noviembre de 2026",
        "2026-11-26t19:00:00z",
        "2026/11/26 19:00",
        "26/11/2026",
        "11/26/2026",
        "11-26-26",
        "2026年11月26日",
        "moved from 3 december to 26 november 2026",
    ],
)
def test_a_date_is_read(text):
    assert find_date(text, today=TODAY).meanings == THE_26TH


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31 november 2026",
        "call +44 20 7946 0958",
        "room 12, may contain nuts",
        "meeting id: 817 2635 4900",
        "version 2026.13.45",
        "7 pm may 2026",
        "99/99/2026",
    ],
)
def test_what_is_no_date_is_not_read_as_one(text):
    assert find_date(text, today=TODAY) is None


def test_day_and_month_that_can_be_swapped_leave_two_meanings():
    assert find_date("03/04/2026 7pm", today=TODAY).meanings == (date(2026, 3, 4), date(2026, 4, 3))


def test_a_weekday_settles_which_one_is_meant():
    assert find_date("friday 03/04/2026", today=TODAY).meanings == (date(2026, 4, 3),)
    assert find_date("wednesday 03/04/2026", today=TODAY).meanings == (date(2026, 3, 4),)


def test_a_weekday_that_contradicts_the_date_leaves_no_meaning():
    assert find_date("friday 26 november 2026", today=TODAY).meanings == ()


def test_without_a_year_the_nearest_such_day_is_meant():
    assert find_date("10 january", today=TODAY).meanings == (date(2027, 1, 10),)
    assert find_date("19 november", today=TODAY).meanings == (date(2026, 11, 19),)
    assert find_date("tuesday 10 november", today=TODAY).meanings == (date(2026, 11, 10),)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("07:00 pm london", time(19), None),
        ("19:00-20:00", time(19), time(20)),
        ("19.30 – 21.00 uhr", time(19, 30), time(21)),
        ("19 uhr", time(19), None),
        ("19h30 à 21h", time(19, 30), time(21)),
        ("7:00 – 8:00pm", time(19), time(20)),
        ("7-8pm", time(19), time(20)),
        ("11:00 – 12:30pm", time(11), time(12, 30)),
        ("11:00 a. m. a 12:00 p. m.", time(11), time(12)),
        ("from 7 pm to 8.30 pm", time(19), time(20, 30)),
        ("t19:00:00.000z", time(19), None),
        ("12:00 am", time(0), None),
        ("12 p.m.", time(12), None),
        ("23:00-01:00", time(23), time(1)),
    ],
)
def test_times_of_day_are_read(text, starts, ends):
    found = find_times(text)
    assert (found.starts, found.ends) == (starts, ends)


@pytest.mark.parametrize(
    "text",
    ["", "room 12", "26", "13 pm", "25:00", "7:75", "+44 20 7946 0958", "1,250 members", "10-12 people"],
)
def test_a_lone_number_is_no_time(text):
    assert find_times(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-26 19:00", datetime(2026, 11, 26, 19, tzinfo=ZoneInfo("Europe/London"))),
        ("2026-11-26T19:00:00Z", datetime(2026, 11, 26, 19, tzinfo=ZoneInfo("UTC"))),
        ("2026-07-02T19:00", datetime(2026, 7, 2, 19, tzinfo=ZoneInfo("Europe/London"))),
        ("2026-11-26T19:00+01:00", datetime(2026, 11, 26, 18, tzinfo=ZoneInfo("UTC"))),
        ("26 November 2026 7pm", datetime(2026, 11, 26, 19, tzinfo=ZoneInfo("Europe/London"))),
        ("19:00 on 26/11/2026", datetime(2026, 11, 26, 19, tzinfo=ZoneInfo("Europe/London"))),
    ],
)
def test_a_typed_moment_is_read(text, moment):
    read = read_moment(text, "Europe/London")
    assert read == moment
    assert read.tzinfo is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no date and time"),
        ("soon", "no date and time"),
        ("26 November 7pm", "no date and time"),
        ("03/04/2026 19:00", "which day"),
        ("26 November 2026", "no time of day"),
        ("1066-10-14 09:00", "cannot be right"),
        ("9999-12-31T23:59:59-23:00", "cannot be right"),
        ("x" * 100_000, "no date and time"),
    ],
)
def test_a_moment_that_is_not_clear_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        read_moment(text, "Europe/London")


def test_no_word_names_two_months_or_two_weekdays_in_different_languages():
    for names, known, first in (("months", MONTHS, 1), ("weekdays", WEEKDAYS, 0)):
        for language in LANGUAGES:
            for place, variants in enumerate(getattr(language, names), start=first):
                for word in variants.split():
                    assert known[word.replace("_", " ")] == place, (language.code, word)


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_reading(text):
    find_date(text.lower(), today=TODAY)
    find_times(text.lower())


@pytest.mark.parametrize(
    "piece", ["1", "1.", "1 ", "1:", "may ", "2026-", "7 - ", "mar. ", "1/1/", "januar 1 "]
)
def test_long_hostile_lines_are_read_in_linear_time(piece):
    def read(line: str) -> None:
        find_date(line, today=TODAY)
        find_times(line)

    assert grows_with_size_only(read, (piece * 20_000)[:20_000])


@pytest.mark.parametrize(
    "written", ["at 82205550117", "822 0555 0117", "https://us02web.zoom.us/j/82205550117", "822-055-5017"]
)
def test_a_way_into_a_meeting_where_a_time_should_stand_is_not_repeated(written: str):
    with pytest.raises(InputError) as fault:
        read_moment(written, "Europe/London")
    assert "is no date and time" in str(fault.value)
    assert "822" not in str(fault.value)
