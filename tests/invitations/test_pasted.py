"""Whole invitations, pasted as the platforms write them."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import InputError
from scanner.invitations.pasted import understand
from scanner.invitations.titles import clean_title, find_title
from scanner.model import Passcode, PasscodeKind, Room
from tests.effort import grows_with_size_only

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
TOKEN = "Tm90QVJlYWxUb2tlbkF0QWxs.1"

ZOOM = f"""Pat Smith is inviting you to a scheduled Zoom meeting.

Topic: Autumn choir
Time: Nov 26, 2026 07:00 PM London
        Every week on Thu, until Dec 17, 2026, 4 occurrence(s)
        Nov 26, 2026 07:00 PM
        Dec 3, 2026 07:00 PM
Please download and import the following iCalendar (.ics) files to your calendar system.

Join Zoom Meeting
https://us02web.zoom.us/j/81700000001?pwd={TOKEN}

Meeting ID: 817 0000 0001
Passcode: tea4two

---

One tap mobile
+442079460100,,81700000001#,,,,*448812# United Kingdom

Dial by your location
• +44 207 946 0100 United Kingdom

Meeting ID: 817 0000 0001
Passcode: 448812
"""

TEAMS = """From: Pat Smith
Sent: Monday, November 16, 2026 10:04 AM
To: Everybody
Subject: Trustees
When: Thursday, 26 November 2026 19:00-20:30 (UTC+00:00) Dublin, Edinburgh, Lisbon, London.
Where: Microsoft Teams Meeting

________________________________________________________________________________
Microsoft Teams Need help?
Join the meeting now<https://teams.microsoft.com/l/meetup-join/19%3ameeting_Tm90QVJlYWxUaHJlYWQ%40thread.v2/0?context=%7b%22Tid%22%3a%2200000000-0000-0000-0000-000000000001%22%7d>
Meeting ID: 237 000 000 01
Passcode: aB3dE5
________________________________
Dial in by phone
+44 20 7946 0200,,123456789# United Kingdom
Phone conference ID: 123 456 789#
"""

MEET = """Youth fitness
Thursday, Nov 26 · 7:00 – 8:00pm
Time zone: Europe/London
Google Meet joining info
Video call link: https://meet.google.com/tcy-fitn-ess
Or dial: \u202a(GB) +44 20 7946 0200\u202c PIN: \u202a555 014 200\u202c#
More phone numbers: https://tel.meet/tcy-fitn-ess?pin=5550142005550
"""

WEBEX = """Book circle
Hosted by Pat Smith

https://club.webex.com/club/j.php?MTID=m00000000000000000000000000000001
Thursday, November 26, 2026
7:00 PM  |  (UTC+00:00) London  |  1 hr

Meeting number: 2550 000 0001
Password: xT3mP9Kq2 (98369572 from phones)

Join by video system
Dial 25500000001@club.webex.com
"""

JITSI = """Pat Smith is inviting you to a meeting.

Join the meeting:
https://meet.jit.si/OurKnittingCircleExample

We meet every Thursday at 19:00.
"""

GERMAN = f"""Pat Schmidt lädt Sie zu einem geplanten Zoom-Meeting ein.

Thema: Chorprobe
Uhrzeit: 26. Nov. 2026 07:00 PM Amsterdam, Berlin, Rom, Stockholm, Wien

Zoom-Meeting beitreten
https://us02web.zoom.us/j/81700000001?pwd={TOKEN}

Meeting-ID: 817 0000 0001
Kenncode: tee4zwei
"""


def read(text, **changes):
    return understand(text, **({"now": NOW, "timezone": "Europe/London"} | changes))


def test_a_zoom_invitation_gives_title_series_and_every_passcode():
    meeting = read(ZOOM)
    assert meeting.title == "Autumn choir"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.repeats == "FREQ=WEEKLY;BYDAY=TH;UNTIL=20261217"
    assert meeting.timezone == "Europe/London"
    assert meeting.rooms == (Room("zoom", "81700000001"),)
    assert set(meeting.passcodes) == {
        Passcode("tea4two", PasscodeKind.PLAIN),
        Passcode("448812", PasscodeKind.PLAIN),
        Passcode(TOKEN, PasscodeKind.TOKEN),
    }
    assert meeting.questions == ()


def test_a_teams_invitation_from_outlook_gives_both_doors():
    meeting = read(TEAMS)
    assert meeting.title == "Trustees"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.ends == datetime(2026, 11, 26, 20, 30, tzinfo=LONDON)
    assert set(meeting.rooms) == {
        Room("teams", "19:meeting_Tm90QVJlYWxUaHJlYWQ@thread.v2"),
        Room("teams", "23700000001"),
    }
    assert meeting.passcodes == (Passcode("aB3dE5", PasscodeKind.PLAIN),)
    assert meeting.questions == ()


def test_a_google_meet_invitation_is_understood():
    meeting = read(MEET)
    assert meeting.title == "Youth fitness"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.ends == datetime(2026, 11, 26, 20, tzinfo=LONDON)
    assert meeting.rooms == (Room("google-meet", "tcy-fitn-ess"),)
    assert meeting.passcodes == ()
    assert meeting.questions == ()


def test_a_webex_invitation_gives_link_and_number():
    meeting = read(WEBEX)
    assert meeting.title == "Book circle"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.ends - meeting.starts == timedelta(hours=1)
    assert set(meeting.rooms) == {
        Room("webex", "mtid:m00000000000000000000000000000001"),
        Room("webex", "25500000001"),
    }
    assert Passcode("xT3mP9Kq2", PasscodeKind.PLAIN) in meeting.passcodes


def test_a_jitsi_invitation_without_a_date_starts_on_its_next_weekday():
    meeting = read(JITSI)
    assert meeting.title == "Meeting of Pat Smith"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)
    assert meeting.repeats == "FREQ=WEEKLY;BYDAY=TH"
    assert meeting.rooms == (Room("jitsi", "meet.jit.si/ourknittingcircleexample"),)


def test_a_german_invitation_is_understood():
    meeting = read(GERMAN, timezone="Europe/Berlin")
    assert meeting.title == "Chorprobe"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=ZoneInfo("Europe/Berlin"))
    assert meeting.timezone == "Europe/Berlin"
    assert Passcode("tee4zwei", PasscodeKind.PLAIN) in meeting.passcodes
    assert meeting.questions == ()


def test_the_same_invitation_as_a_page_says_the_same():
    lines = "<br>".join(line for line in ZOOM.splitlines() if "://" not in line)
    page = f'<div>{lines}</div><a href="https://us02web.zoom.us/j/81700000001?pwd={TOKEN}">Join</a>'
    as_text, as_page = read(ZOOM), read(page)
    assert (as_page.title, as_page.starts, as_page.repeats) == (
        as_text.title,
        as_text.starts,
        as_text.repeats,
    )
    assert as_page.rooms == as_text.rooms
    assert Passcode("tea4two", PasscodeKind.PLAIN) in as_page.passcodes


def test_a_mail_with_a_calendar_takes_the_times_from_the_calendar():
    message = EmailMessage()
    message["Subject"] = (
        "Fwd: Invitation: Autumn choir @ Thu 26 Nov 2026 19:00 - 20:30 (GMT) (pat@example.org)"
    )
    message["Message-ID"] = "<1@example.org>"
    message.set_content("Some day soon. Join: https://meet.google.com/tcy-fitn-ess")
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Autumn choir\r\n"
        "DTSTART:20261126T190000Z\r\nDTEND:20261126T203000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=TH\r\n"
        "LOCATION:https://us02web.zoom.us/j/81700000001\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    message.add_attachment(calendar.encode(), maintype="text", subtype="calendar")
    meeting = read(message.as_string())
    assert meeting.title == "Autumn choir"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=UTC)
    assert meeting.repeats == "FREQ=WEEKLY;BYDAY=TH"
    assert set(meeting.rooms) == {Room("zoom", "81700000001"), Room("google-meet", "tcy-fitn-ess")}
    assert meeting.questions == ()


def test_a_mail_with_a_broken_calendar_is_read_all_the_same():
    message = EmailMessage()
    message["Subject"] = "Autumn choir"
    message["Message-ID"] = "<1@example.org>"
    message.set_content("Thursday 26 November 2026 19:00\nhttps://meet.google.com/tcy-fitn-ess")
    message.add_attachment(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", maintype="text", subtype="calendar")
    meeting = read(message.as_string())
    assert (meeting.title, meeting.questions) == ("Autumn choir", ())
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "no meeting that is still to take place"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "breaks off"),
    ],
)
def test_a_calendar_that_gives_nothing_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        read(text)


def test_a_calendar_of_several_meetings_asks_which():
    event = "BEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:Choir {0}\r\nDTSTART:20261126T190000Z\r\n{1}END:VEVENT\r\n"
    link = "LOCATION:https://meet.google.com/tcy-fitn-ess\r\n"
    text = f"BEGIN:VCALENDAR\r\n{event.format(1, '')}{event.format(2, link)}END:VCALENDAR\r\n"
    meeting = read(text)
    assert meeting.title == "Choir 2"
    assert "2 meetings" in meeting.questions[-1]


def test_text_without_a_meeting_says_so():
    meeting = read("Dear all,\nthe jumble sale is on 28 November 2026 at 10:00. Call 01632 960 118.\nPat")
    assert meeting.rooms == ()
    assert "no meeting link and no meeting ID" in meeting.questions[0]


def test_a_meeting_in_the_past_is_kept_and_asked_about():
    meeting = read(ZOOM.replace("Every week", "Once").replace("2026 07:00 PM London", "2024 07:00 PM London"))
    assert meeting.starts == datetime(2024, 11, 26, 19, tzinfo=LONDON)
    assert meeting.rooms
    assert "was on Tuesday 26 November 2024: is it over" in meeting.questions[-1]


def test_a_series_that_has_ended_is_asked_about():
    assert "series has ended" in read(ZOOM, now=datetime(2027, 3, 1, tzinfo=UTC)).questions[-1]


def test_an_ambiguous_date_is_asked_and_not_guessed():
    meeting = read("Topic: Choir\nWhen: 03/04/2027 19:00\nhttps://meet.google.com/tcy-fitn-ess")
    assert meeting.starts is None
    assert "mean" in meeting.questions[0]


def test_a_link_alone_is_a_start():
    meeting = read("https://meet.google.com/tcy-fitn-ess")
    assert meeting.rooms == (Room("google-meet", "tcy-fitn-ess"),)
    assert meeting.questions == ("What is the meeting called?", "When does the meeting start?")


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(InputError, match="no time zone called"):
        read(ZOOM, timezone="Europe/Narnia")


def test_a_title_that_holds_the_passcode_is_asked_for_again():
    meeting = read(ZOOM.replace("Topic: Autumn choir", "Topic: Choir (tea4two)"))
    assert meeting.title is None
    assert "title holds the passcode" in meeting.questions[-1]


def test_text_beyond_its_bound_is_refused():
    with pytest.raises(InputError, match="longer than 1 MiB"):
        read("x" * (1024 * 1024 + 1))


@pytest.mark.parametrize(
    "piece", ["Topic: ", "Time: 1 ", "a\n", "\n\n", "every ", "https://x ", "<p>", "1/1/", "😀"]
)
def test_hostile_text_is_understood_in_time(piece):
    assert grows_with_size_only(read, (piece * 200_000)[:200_000])


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_breaks_the_understanding(text):
    assert understand(f"Topic: {text}", now=NOW, timezone="UTC").timezone


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Topic: Choir"], "Choir"),
        (["Subject: Re: FW: Choir"], "Choir"),
        (["Subject: Invitation: Choir @ Thu 26 Nov 2026 7pm (GMT) (pat@example.org)"], "Choir"),
        (["Hello. Topic: Choir Time: Nov 26, 2026 07:00 PM"], "Choir"),
        (["> Thema : Chor"], "Chor"),
        (["**Title:** Choir"], "Choir"),
        (["Choir", "Hosted by Pat"], "Choir"),
        (["Pat Smith vous invite à une réunion Zoom planifiée."], "Meeting of Pat Smith"),
        (["Pat le está invitando a una reunión de Zoom programada."], "Meeting of Pat"),
        (["Off-topic: nothing"], None),
        (["Topic:"], None),
        (["Topic: https://meet.google.com/tcy-fitn-ess"], None),
        ([], None),
    ],
)
def test_titles(lines, title):
    assert find_title(lines) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Choir \n practice ", "Choir practice"),
        ("Choir https://zoom.us/j/81700000001?pwd=abc", "Choir"),
        ("Choir, Zoom meeting ID 817 0000 0001", None),
        ("Choir\u202egnp.exe\x00", "Choirgnp.exe"),
        ("x" * 500, "x" * 200),
        (" -- ", None),
    ],
)
def test_a_title_is_one_line_without_any_link(text, title):
    assert clean_title(text) == title
