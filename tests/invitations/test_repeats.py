"""Phrases of repetition, as Zoom, Outlook, Webex, Google and people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.invitations.repeats import find_repeats
from scanner.invitations.series import check_rule

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("every week on thu, until dec 31, 2026, 6 occurrence(s)", "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231"),
        ("every week on tue, thu, 10 occurrence(s)", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10"),
        ("every thursday at 7pm", "FREQ=WEEKLY;BYDAY=TH"),
        ("every thursday 7:30", "FREQ=WEEKLY;BYDAY=TH"),
        ("thursdays 7pm on zoom", "FREQ=WEEKLY;BYDAY=TH"),
        ("mondays and thursdays, 19:00", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("our weekly meeting, thursdays 7pm", "FREQ=WEEKLY;BYDAY=TH"),
        ("first thursdays of the month, 19:00", "FREQ=MONTHLY;BYDAY=1TH"),
        ("donnerstags 19 uhr", "FREQ=WEEKLY;BYDAY=TH"),
        ("weekly on thursdays", "FREQ=WEEKLY;BYDAY=TH"),
        ("every other thursday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ("every 2 weeks on tue", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("every second week", "FREQ=WEEKLY;INTERVAL=2"),
        ("fortnightly on tuesdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"),
        ("every day, 30 occurrence(s)", "FREQ=DAILY;COUNT=30"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every mon-fri", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every month on the first thu", "FREQ=MONTHLY;BYDAY=1TH"),
        ("every first thursday", "FREQ=MONTHLY;BYDAY=1TH"),
        ("every 3rd friday of the month", "FREQ=MONTHLY;BYDAY=3FR"),
        ("monthly on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("occurs the first thursday of every month", "FREQ=MONTHLY;BYDAY=1TH"),
        ("every month on the 26, until 26.03.2027", "FREQ=MONTHLY;BYMONTHDAY=26;UNTIL=20270326"),
        ("occurs day 26 of every month", "FREQ=MONTHLY;BYMONTHDAY=26"),
        (
            "occurs every thursday effective 26/11/2026 until 31/12/2026 from 19:00 to 20:00",
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231",
        ),
        ("every year", "FREQ=YEARLY"),
        ("jede woche am do, bis 31. dez 2026, 6 vorkommen", "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231"),
        ("jeden donnerstag 19:00 bis 20:00", "FREQ=WEEKLY;BYDAY=TH"),
        ("alle 2 wochen am di", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("jeden ersten donnerstag im monat", "FREQ=MONTHLY;BYDAY=1TH"),
        ("chaque semaine le jeu.", "FREQ=WEEKLY;BYDAY=TH"),
        ("tous les jeudis", "FREQ=WEEKLY;BYDAY=TH"),
        ("cada semana el mar, hasta el 31 dic 2026", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261231"),
        ("todos los jueves", "FREQ=WEEKLY;BYDAY=TH"),
    ],
)
def test_a_phrase_becomes_a_rule(text, rule):
    found = find_repeats(text, today=TODAY)
    assert found.rule == rule
    assert found.questions == ()
    assert check_rule(rule) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tues 7pm",
        "lunes 19:00",
        "every one is welcome",
        "every effort is made",
        "weekly: https://zoom.example/ics",
    ],
)
def test_other_words_are_no_repetition(text):
    assert find_repeats(text, today=TODAY) is None


WORDS = ["every", "week", "thursday", "first", "until", "2²", "٣", "-", ",", "9th", "month", "31"]


@given(text=st.lists(st.sampled_from(WORDS) | st.text(max_size=3)))
def test_no_phrase_breaks_the_reading(text):
    found = find_repeats("every " + " ".join(text).lower(), today=TODAY)
    assert found is None or not found.rule or check_rule(found.rule) == found.rule


def test_every_second_thursday_means_two_things_and_is_asked():
    found = find_repeats("every second thursday at 19:00", today=TODAY)
    assert found.rule == ""
    assert found.weekdays == (3,)
    assert "two weeks" in found.questions[0]


def test_a_weekday_of_the_month_without_its_number_is_asked():
    found = find_repeats("every month on thursday", today=TODAY)
    assert found.rule == ""
    assert "of the month" in found.questions[0]


def test_an_end_that_can_mean_two_days_is_asked():
    found = find_repeats("every thursday until 03/04/2027", today=TODAY)
    assert found.rule == "FREQ=WEEKLY;BYDAY=TH"
    assert "03/04/2027" in found.questions[0]
