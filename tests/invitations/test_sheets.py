"""Tables of meetings as spreadsheets and people write them, and what must not come out of one."""

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scanner.errors import InputError
from scanner.invitations.columns import Column, DateOrder, column_of
from scanner.invitations.sheets import read_sheet, write_sheet
from scanner.model import Passcode, PasscodeKind, Room
from tests.effort import grows_with_size_only

LINK = "https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1"
ZOOM = Room("zoom", "81700000001")
LONDON = ZoneInfo("Europe/London")


def read(text, **how):
    return read_sheet(text, timezone="Europe/London", **how)


def only(text, **how):
    (row,) = read(text, **how).rows
    assert row.fault == ""
    return row.meeting


def fault(text, **how):
    (row,) = read(text, **how).rows
    assert row.meeting is None
    return row.fault


def test_a_row_becomes_a_meeting():
    meeting = only(
        f"Title,Date,Time,Duration,Repeats,Link,Passcode\nChoir,2026-11-26,7:30 pm,90,weekly,{LINK},tea4two\n"
    )
    assert meeting.title == "Choir"
    assert meeting.starts == datetime(2026, 11, 26, 19, 30, tzinfo=LONDON)
    assert meeting.ends == meeting.starts + timedelta(minutes=90)
    assert (meeting.repeats, meeting.timezone, meeting.rooms) == ("FREQ=WEEKLY", "Europe/London", (ZOOM,))
    assert meeting.passcodes == (
        Passcode("tea4two", PasscodeKind.PLAIN),
        Passcode("Tm90QVJlYWxUb2tlbkF0QWxs.1", PasscodeKind.TOKEN),
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffTitel;Datum;Uhrzeit;Link\r\nChor;26.11.2026;19 Uhr;{}\r\n",
        "sep=;\r\nTitel;Datum;Uhrzeit;Link\r\nChor;26.11.2026;19:00;{}\r\n",
        "Nom\tDate\tHeure\tLien\nChœur\t26 novembre 2026\t19h00\t{}\n",
        "Título;Fecha;Hora;Enlace\nCoro;26 de noviembre de 2026;19:00;{}\n",
        "titolo|data e ora|collegamento\nCoro|2026-11-26 19:00|{}\n",
        "件名,日付,時刻,リンク\n合唱,2026年11月26日,19:00,{}\n",
        '"Meeting Title","Start_Date","START TIME:","Join URL"\n"Choir, adults","26/11/2026","7pm","{}"\n',
        "\n\nTopic,When,Where\nChoir,26 November 2026 7pm,{}\n\n",
    ],
    ids=["german excel", "sep line", "tabs french", "spanish", "bars", "japanese", "quotes", "blank lines"],
)
def test_headings_delimiters_and_dates_of_many_tables(text):
    meeting = only(text.format(LINK))
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.rooms == (ZOOM,)


@pytest.mark.parametrize(
    ("written", "dates", "day"),
    [
        ("03/04/2026 19:00", DateOrder.DAY_FIRST, (2026, 4, 3)),
        ("03/04/2026 19:00", DateOrder.MONTH_FIRST, (2026, 3, 4)),
        ("3-4-26 19:00", DateOrder.DAY_FIRST, (2026, 4, 3)),
        ("26/04/03 19:00", DateOrder.YEAR_FIRST, (2026, 4, 3)),
        ("2026/04/03 19:00", DateOrder.DAY_FIRST, (2026, 4, 3)),
        ("04.03.2026 19:00", DateOrder.MONTH_FIRST, (2026, 4, 3)),
        ("25/03/2026 19:00", None, (2026, 3, 25)),
        ("03/25/2026 19:00", None, (2026, 3, 25)),
    ],
)
def test_a_date_means_what_was_declared_or_what_it_alone_can_mean(written, dates, day):
    meeting = only(f"title,starts,link\nChoir,{written},{LINK}\n", dates=dates)
    assert meeting.starts == datetime(*day, 19, tzinfo=LONDON)


def test_a_date_that_can_mean_two_days_is_asked_and_not_guessed():
    said = fault(f"title,starts,link\nChoir,03/04/2026 19:00,{LINK}\n")
    assert "03/04/2026" in said
    assert "--dates dmy" in said


@pytest.mark.parametrize(
    ("headings", "cells", "rooms"),
    [
        ("meeting id", "817 0000 0001", (ZOOM,)),
        ("platform,meeting id", "Zoom,817-0000-0001", (ZOOM,)),
        ("platform,id", "Microsoft Teams,237 418 905 623", (Room("teams", "237418905623"),)),
        ("platform,id", "google meet,tcy-fitn-ess", (Room("google-meet", "tcy-fitn-ess"),)),
        ("platform,room", "jitsi,meet.jit.si/KnittingCircle", (Room("jitsi", "meet.jit.si/knittingcircle"),)),
        ("link,meeting id", f"{LINK},817 0000 0001", (ZOOM,)),
        ("zoom link,teams link", f"{LINK},https://teams.microsoft.com/meet/237418905623?p=x", None),
        ("invitation", f'"Join here: {LINK}\nMeeting ID: 817 0000 0001"', (ZOOM,)),
        ("link,meeting number", "https://acme.webex.com/meet/jdoe,2550 311 3955", None),
    ],
)
def test_rooms_stand_in_links_numbers_and_text(headings, cells, rooms):
    meeting = only(f"title,starts,{headings}\nChoir,2026-11-26 19:00,{cells}\n")
    assert len(meeting.rooms) == (2 if rooms is None else 1)
    assert rooms is None or meeting.rooms == rooms


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f",2026-11-26 19:00,,,{LINK}", "no title"),
        (f"Choir,,,,{LINK}", "no date"),
        (f"Choir,soon,,,{LINK}", "no date and time"),
        (f"Choir,2026-11-26,,,{LINK}", "no time of day|no date and time"),
        (f"Choir,2026-02-30 19:00,,,{LINK}", "no date and time|for sure"),
        (f"Choir,2026-11-26 19:00,2026-11-26 18:00,,{LINK}", "before it starts"),
        (f"Choir,2026-11-26 19:00,,now and then,{LINK}", "how often|How often"),
        (f"Choir,2026-11-26 19:00,,FREQ=SECONDLY,{LINK}", "more often than daily"),
        (f"Choir,2026-11-26 19:00,,every second Thursday,{LINK}", "two weeks"),
        ("Choir,2026-11-26 19:00,,,High Street 4", "no meeting link"),
        (f"Choir,2026-11-26 19:00,,,{'x' * 20_001}", "longer than"),
    ],
)
def test_a_bad_row_says_what_is_wrong_and_harms_no_other(row, said):
    good = f"Yoga,2026-11-26 19:00,20:30,no,{LINK}"
    bad, fine = read(f"title,starts,ends,repeats,link\n{row}\n{good}\n").rows
    assert bad.meeting is None
    assert any(part in bad.fault for part in said.split("|")), bad.fault
    assert bad.line == 2
    assert fine.meeting.ends == datetime(2026, 11, 26, 20, 30, tzinfo=LONDON)


def test_lines_are_counted_as_people_see_them():
    text = f'title,starts,link\n\n"Choir\nof ours",2026-11-26 19:00,{LINK}\nYoga,soon,{LINK}\n'
    choir, yoga = read(text).rows
    assert (choir.line, choir.meeting.title) == (3, "Choir of ours")
    assert yoga.line == 5


@pytest.mark.parametrize("text", ["", "\n\n", "a,b,c\n1,2,3\n", "title,starts\nChoir,2026-11-26 19:00\n"])
def test_a_table_without_usable_headings_is_refused(text):
    with pytest.raises(InputError):
        read(text)


def test_a_table_with_an_open_quote_is_refused_with_its_line():
    with pytest.raises(InputError, match="quote"):
        read(f'title,starts,link\nChoir,"2026-11-26 19:00,{LINK}\n')


def test_headings_that_mean_nothing_are_named():
    assert read(f"title,colour,starts,link\nChoir,red,2026-11-26 19:00,{LINK}\n").ignored == ("colour",)


def test_a_zone_of_its_own():
    meeting = only(f"title,starts,time zone,link\nChoir,2026-11-26 19:00,Berlin,{LINK}\n")
    assert meeting.starts == datetime(2026, 11, 26, 18, tzinfo=UTC)
    assert "Mars" in fault(f"title,starts,time zone,link\nChoir,2026-11-26 19:00,Mars,{LINK}\n")


FORMULAS = ["=1+1", "+49 30", "-5", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")', "'=quoted"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_a_table_is_a_formula(cell):
    (_, (written,)) = list(csv.reader(io.StringIO(write_sheet(["Title"], [[cell]]), newline="")))
    assert written[0] not in "=+-@\t\r"


def test_the_mark_before_a_formula_is_taken_away_again():
    text = write_sheet(["title", "starts", "link"], [["+1 choir", "2026-11-26 19:00", LINK]])
    assert "'+1 choir" in text
    assert only(text).title == "+1 choir"


def test_every_heading_has_one_meaning():
    assert column_of("  Meeting_ID: ") is Column.ID
    assert column_of("colour") is None


@pytest.mark.parametrize("text", ['"' * 200_000, "," * 200_000, "title;" * 50_000, "link\n" + "x," * 100_000])
def test_a_hostile_table_is_read_or_refused_in_a_moment(text):
    def try_to_read(text: str) -> None:
        with suppress(InputError):
            read(text)

    assert grows_with_size_only(try_to_read, text)
