"""Calendars as Google, Outlook and iCloud export them, and calendars that are broken or mean harm."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.errors import InputError
from scanner.invitations.calendars import read_calendar
from scanner.model import Passcode, PasscodeKind, Room

LINK = "https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1"
ZOOM = Room("zoom", "81700000001")


NOW = datetime(2026, 11, 1, tzinfo=UTC)


def calendar(*events, head=""):
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}END:VCALENDAR\n"


def read(*events, head="", timezone="Europe/London"):
    return read_calendar(calendar(*events, head=head), timezone=timezone, now=NOW)


def test_an_event_becomes_a_meeting():
    (meeting,) = read(
        "UID:1\nSUMMARY:Choir\\, autumn term\n"
        "DTSTART;TZID=Europe/London:20261126T190000\nDTEND;TZID=Europe/London:20261126T203000\n"
        "RRULE:FREQ=WEEKLY;UNTIL=20261217T190000Z;BYDAY=TH\n"
        f"DESCRIPTION:Join:\\n{LINK[:40]}\n {LINK[40:]}\\n\\nMeeting ID: 817 0000 0001\\nPasscode: tea4two"
    )
    london = ZoneInfo("Europe/London")
    assert meeting.title == "Choir, autumn term"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=london)
    assert meeting.ends == datetime(2026, 11, 26, 20, 30, tzinfo=london)
    assert meeting.repeats == "FREQ=WEEKLY;UNTIL=20261217T190000Z;BYDAY=TH"
    assert meeting.timezone == "Europe/London"
    assert meeting.rooms == (ZOOM,)
    assert set(meeting.passcodes) == {
        Passcode("tea4two", PasscodeKind.PLAIN),
        Passcode("Tm90QVJlYWxUb2tlbkF0QWxs.1", PasscodeKind.TOKEN),
    }
    assert meeting.questions == ()


@pytest.mark.parametrize(
    ("head", "start", "instant", "timezone"),
    [
        (
            "",
            "DTSTART;TZID=GMT Standard Time:20260702T190000",
            datetime(2026, 7, 2, 18, tzinfo=UTC),
            "Europe/London",
        ),
        (
            "",
            "DTSTART;TZID=W. Europe Standard Time:20260702T190000",
            datetime(2026, 7, 2, 17, tzinfo=UTC),
            "Europe/Berlin",
        ),
        ("", "DTSTART:20260702T190000", datetime(2026, 7, 2, 23, tzinfo=UTC), "America/New_York"),
        ("", "DTSTART:20260702T190000Z", datetime(2026, 7, 2, 19, tzinfo=UTC), "America/New_York"),
        (
            "X-WR-TIMEZONE:Europe/London\n",
            "DTSTART:20260702T180000Z",
            datetime(2026, 7, 2, 18, tzinfo=UTC),
            "Europe/London",
        ),
        (
            "",
            "DTSTART;TZID=Nobody/Knows:20260702T190000",
            datetime(2026, 7, 2, 23, tzinfo=UTC),
            "America/New_York",
        ),
    ],
    ids=["windows", "windows berlin", "floating", "utc", "x-wr-timezone", "unknown zone"],
)
def test_the_zone_of_a_start_is_known(head, start, instant, timezone):
    (meeting,) = read(
        f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK}\n{start}", head=head, timezone="America/New_York"
    )
    assert meeting.starts == instant
    assert meeting.timezone == timezone
    assert meeting.ends is None


def test_one_damaged_date_costs_its_own_event_the_times_and_nothing_else():
    damaged, whole = read(
        f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK[:20]}\n {LINK[20:]}\nDTSTART;TZID=Europe/London:soon",
        f"UID:2\nSUMMARY:Yoga\nLOCATION:{LINK}\nDTSTART:20261126T190000Z",
        head="BEGIN:VTIMEZONE\nTZID:Nowhere\nEND:VTIMEZONE\n",
    )
    assert (damaged.title, damaged.starts, damaged.rooms) == ("Choir", None, (ZOOM,))
    assert damaged.questions == ("When does the meeting start?",)
    assert (whole.title, whole.starts) == ("Yoga", datetime(2026, 11, 26, 19, tzinfo=UTC))


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd"])
def test_a_calendar_zone_that_nobody_knows_is_passed_over(name):
    event = f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20260702T190000"
    (meeting,) = read(event, head=f"X-WR-TIMEZONE:{name}\n")
    assert meeting.starts == datetime(2026, 7, 2, 18, tzinfo=UTC)


@pytest.mark.parametrize("start", ["00010101T000000Z", "99991231T235959", "18991230T000000"])
def test_a_start_that_cannot_be_right_is_asked(start):
    (meeting,) = read(
        f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:{start}", timezone="Pacific/Kiritimati"
    )
    assert meeting.starts is None
    assert meeting.questions == ("When does the meeting start?",)


def test_a_duration_gives_the_end():
    (meeting,) = read(f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20261126T190000Z\nDURATION:PT90M")
    assert meeting.ends == datetime(2026, 11, 26, 20, 30, tzinfo=UTC)


def test_an_event_all_day_long_is_asked_about():
    (meeting,) = read(f"UID:1\nSUMMARY:Fair\nLOCATION:{LINK}\nDTSTART;VALUE=DATE:20261126")
    assert meeting.starts == datetime(2026, 11, 26, tzinfo=ZoneInfo("Europe/London"))
    assert "all day long" in meeting.questions[0]


def test_an_occurrence_that_was_moved_adds_its_room_to_the_series():
    series, moved = (
        f"UID:1\nSUMMARY:Choir\nDTSTART:20261105T190000Z\nRRULE:FREQ=WEEKLY\nLOCATION:{LINK}",
        "UID:1\nSUMMARY:Choir\nRECURRENCE-ID:20261112T190000Z\nDTSTART:20261113T190000Z\n"
        "LOCATION:https://meet.google.com/tcy-fitn-ess",
    )
    (meeting,) = read(series, moved)
    assert meeting.starts == datetime(2026, 11, 5, 19, tzinfo=UTC)
    assert meeting.rooms == (ZOOM, Room("google-meet", "tcy-fitn-ess"))


def test_a_cancelled_event_is_left_out():
    assert read(f"UID:1\nSTATUS:CANCELLED\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20261105T190000Z") == []


def test_what_is_missing_is_asked():
    (meeting,) = read("UID:1\nDTSTART:soon")
    assert meeting.starts is None
    assert meeting.rooms == ()
    assert len(meeting.questions) == 3


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=WEEKLY;BYDAY=XX", "nonsense"])
def test_a_rule_that_cannot_be_used_is_asked_and_loses_nothing_else(rule):
    (meeting,) = read(f"UID:1\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20261105T190000Z\nRRULE:{rule}")
    assert meeting.repeats == ""
    assert meeting.rooms == (ZOOM,)
    assert "How often" in meeting.questions[0]


def test_events_without_a_uid_stay_apart():
    event = f"SUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20261105T190000Z"
    assert len(read(event, event)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a calendar"),
        ("<!DOCTYPE html><p>Sign in</p>", "not a calendar"),
        ("BEGIN:VEVENT\nEND:VEVENT\n", "not a calendar"),
        (calendar("UID:1")[:-20], "breaks off"),
        (calendar("UID:1").replace("BEGIN:VEVENT\n", "", 1), "do not match"),
        ("BEGIN:VCALENDAR\n" * 50_000, "do not match"),
        (calendar(*["UID:1"] * 10_001), "more than 10000 events"),
        (calendar("X" * (8 * 1024 * 1024)), "larger than 8 MiB"),
    ],
    ids=["empty", "page", "bare event", "cut", "unbalanced", "nested", "too many", "too large"],
)
@pytest.mark.timeout(60)
def test_a_broken_calendar_is_refused_with_its_reason(text, says):
    with pytest.raises(InputError, match=says):
        read_calendar(text, timezone="UTC", now=NOW)


def test_a_line_that_is_no_property_costs_only_itself():
    (meeting,) = read(
        f"UID:1\nthis is not a property\nSUMMARY:Choir\nLOCATION:{LINK}\nDTSTART:20261105T190000Z"
    )
    assert meeting.rooms == (ZOOM,)
