"""When a meeting takes place, from whole invitations in the layouts of the platforms."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.invitations.moments import find_when

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
BERLIN = ZoneInfo("Europe/Berlin")


def read(text, home="Europe/London"):
    return find_when(text.splitlines(), now=NOW, home=home)


def at(day, hour, minute=0, *, zone=LONDON, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "starts", "ends", "repeats", "timezone"),
    [
        pytest.param(
            "Topic: Yoga\nTime: Nov 26, 2026 07:00 PM London\nJoin Zoom Meeting",
            at(26, 19),
            None,
            "",
            "Europe/London",
            id="zoom",
        ),
        pytest.param(
            "Time: Nov 26, 2026 07:00 PM London\n"
            "        Every week on Thu, until Dec 17, 2026, 4 occurrence(s)\n"
            "        Nov 26, 2026 07:00 PM\n        Dec 3, 2026 07:00 PM\n",
            at(26, 19),
            None,
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217",
            "Europe/London",
            id="zoom series",
        ),
        pytest.param(
            "Time: Nov 26, 2026 02:00 PM Eastern Time (US and Canada)",
            at(26, 19),
            None,
            "",
            "America/New_York",
            id="zoom in another zone",
        ),
        pytest.param(
            "Youth fitness\nThursday, Nov 26 · 7:00 – 8:00pm\nTime zone: Europe/London\nGoogle Meet",
            at(26, 19),
            at(26, 20),
            "",
            "Europe/London",
            id="google meet",
        ),
        pytest.param(
            "From: Pat\nSent: Monday, November 16, 2026 10:04 AM\nTo: All\nSubject: Choir\n"
            "When: Thursday, 26 November 2026 19:00-20:30 (UTC+00:00) Dublin, Edinburgh, Lisbon, London.\n"
            "Where: Microsoft Teams Meeting",
            at(26, 19),
            at(26, 20, 30),
            "",
            "Europe/London",
            id="outlook: the sent line is not believed",
        ),
        pytest.param(
            "When: Occurs every Thursday effective 26/11/2026 until 31/12/2026 from 19:00 to 20:00 (UTC)",
            at(26, 19),
            at(26, 20),
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261231",
            "Europe/London",
            id="outlook series",
        ),
        pytest.param(
            "Choir rehearsal\nHosted by Pat Smith\n\nThursday, November 26, 2026\n"
            "7:00 PM  |  (UTC+00:00) London  |  1 hr 30 mins\n\nMeeting number: 2550 000 0000",
            at(26, 19),
            at(26, 20, 30),
            "",
            "Europe/London",
            id="webex: time on the next line",
        ),
        pytest.param(
            "Date: 26 November 2026\nTime: 7pm to 8pm\nWhere: Zoom",
            at(26, 19),
            at(26, 20),
            "",
            "Europe/London",
            id="date and time on their own lines",
        ),
        pytest.param(
            "Thema: Chorprobe\nUhrzeit: 26. Nov. 2026 07:00 PM Amsterdam, Berlin, Rom, Stockholm, Wien\n"
            "        Jede Woche am Do, bis 17. Dez. 2026, 4 Vorkommen",
            at(26, 19, zone=BERLIN),
            None,
            "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217",
            "Europe/Amsterdam",
            id="german zoom",
        ),
        pytest.param(
            "Wann: Donnerstag, 26. November 2026 19:00 bis 20:00 Uhr MEZ",
            at(26, 19, zone=BERLIN),
            at(26, 20, zone=BERLIN),
            "",
            "Europe/Berlin",
            id="german outlook",
        ),
        pytest.param(
            "Sujet : Chorale\nHeure : 26 nov. 2026 07:00 PM Paris",
            at(26, 19, zone=BERLIN),
            None,
            "",
            "Europe/Paris",
            id="french zoom",
        ),
        pytest.param(
            "Tema: Coro\nHora: 26 nov 2026 07:00 p. m. Madrid",
            at(26, 19, zone=BERLIN),
            None,
            "",
            "Europe/Madrid",
            id="spanish zoom",
        ),
        pytest.param("Start time: 2026-11-26T19:00:00Z", at(26, 19), None, "", "Europe/London", id="iso"),
        pytest.param(
            "We meet on Thursday 26 November 2026, 23:00-00:30.",
            at(26, 23),
            at(27, 0, 30),
            "",
            "Europe/London",
            id="past midnight",
        ),
        pytest.param(
            "Dear all,\njoin us every Thursday at 19:00 on Zoom",
            at(26, 19),
            None,
            "FREQ=WEEKLY;BYDAY=TH",
            "Europe/London",
            id="only a weekday",
        ),
        pytest.param(
            "When: 26 November 2026 19:00\nDuration: 45 minutes",
            at(26, 19),
            at(26, 19, 45),
            "",
            "Europe/London",
            id="stated duration",
        ),
    ],
)
def test_the_layouts_of_the_platforms_are_read(text, starts, ends, repeats, timezone):
    when = read(text)
    assert (when.starts, when.ends) == (starts, ends)
    assert (when.repeats, when.timezone, when.questions) == (repeats, timezone, ())


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Topic: Yoga", "When does the meeting start?"),
        ("Time: This is a recurring meeting Meet anytime", "When does the meeting start?"),
        ("When: 03/04/2026 19:00", "Does “03/04/2026” mean Wednesday 4 March 2026 or Friday 3 April 2026?"),
        ("When: Friday 26 November 2026 19:00", "does not fall on the weekday"),
        ("When: 26 November 2026", "At what time does the meeting on Thursday 26 November 2026 start?"),
    ],
)
def test_what_is_open_is_asked_and_not_guessed(text, asked):
    when = read(text)
    assert when.starts is None
    assert asked in when.questions[0]


def test_a_series_on_a_line_with_its_link_is_read():
    when = read("Our weekly meeting, Thursdays 7pm: https://zoom.us/j/81700000001")
    assert (when.starts, when.repeats) == (at(26, 19), "FREQ=WEEKLY;BYDAY=TH")


def test_a_series_whose_step_is_unclear_has_no_start_yet():
    when = read("Every second Tuesday at 19:00")
    assert when.starts is None
    assert when.questions[0] == "When does the meeting start?"
    assert "two weeks" in when.questions[1]


@pytest.mark.parametrize("text", ["Every other Tuesday at 19:00", "Fortnightly on Tuesdays at 19:00"])
def test_a_series_of_every_other_week_does_not_say_which(text):
    when = read(text)
    assert when.starts is None
    assert when.repeats.startswith("FREQ=WEEKLY;INTERVAL=2")


def test_a_series_that_starts_today_starts_today_only_if_the_time_is_still_ahead():
    assert read("every Sunday at 13:00").starts == at(22, 13)
    assert read("every Sunday at 11:00").starts == at(29, 11)


def test_only_the_start_of_a_very_long_text_is_read():
    text = "\n".join(["nothing to see"] * 2000 + ["When: 26 November 2026 19:00"])
    assert read(text).starts is None
