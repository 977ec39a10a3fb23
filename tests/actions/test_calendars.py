"""Followed calendars on a real server: what they say reaches the register, and a broken one harms nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from scanner.actions.calendars import (
    all_calendars,
    calendar_address,
    follow_calendar,
    forget_calendar,
    refresh_calendar,
    refresh_due,
    try_calendar,
)
from scanner.actions.meeting_rotation import rotate_meeting
from scanner.actions.meetings import all_meetings, register_meeting, remove_meeting
from scanner.actions.setup import set_up
from scanner.actions.workspace import Workspace, opened
from scanner.errors import InputError, SourceError
from scanner.invitations.series import next_start
from scanner.model import ProposedMeeting, Room
from scanner.scans.calendars import read_feed
from storage.meetings import NewMeeting
from tests.internet import Answer, Hit, Site, redirect, serve

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHOIR = "https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1"
NEW_LINK = "https://us02web.zoom.us/j/81700000002"
PATH = "/private-5f2a/basic.ics"

CHILD = """if True:
    from tests.spiders import no_escape
    no_escape.install()
    from scanner.scans.calendar_child import main
    main()
"""
read = partial(read_feed, command=(sys.executable, "-c", CHILD))
"""Reads feeds in a child that cannot leave loopback, whatever the guards under test let pass."""


def event(
    uid: str, *lines: str, title: str = "Choir", link: str = CHOIR, starts: str = "20261126T190000"
) -> str:
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"SUMMARY:{title}",
            f"LOCATION:{link}",
            f"DTSTART;TZID=Europe/London:{starts}",
            *lines,
            "END:VEVENT",
        ]
    )


def calendar(*events: str) -> Answer:
    body = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""])
    return Answer(body=body, type="text/calendar; charset=utf-8")


@pytest.fixture
def site() -> Iterator[Site]:
    with serve({}) as site:
        yield site


@pytest.fixture
def workspace(tmp_path: Path, site: Site) -> Iterator[Workspace]:
    made = set_up({}, tmp_path, name="Club", timezone="Europe/London", email="clerk@example.org")
    made.environment.schedules.write_text(f'version: 1\nnetwork: {{allow: ["{site.pair}"]}}\n')
    with opened({}, tmp_path) as workspace:
        yield workspace


class Followed:
    """A calendar that is followed, and what becomes of it as its feed changes."""

    def __init__(self, workspace: Workspace, site: Site) -> None:
        self.workspace, self.site, self.now = workspace, site, NOW
        follow_calendar(workspace, site.url(PATH), name="Club calendar", now=NOW)

    def reads(self, answer: object, *, after: timedelta = timedelta(hours=1)):
        self.site.pages[PATH] = answer
        self.now += after
        (standing,) = all_calendars(self.workspace)
        return refresh_calendar(self.workspace, standing, clock=lambda: self.now, read=read)

    def meetings(self):
        return all_meetings(self.workspace.store, organisation=self.workspace.organisation)


@pytest.fixture
def feed(workspace: Workspace, site: Site) -> Followed:
    return Followed(workspace, site)


def test_new_moved_renamed_relinked_and_cancelled_events_reach_the_register(feed: Followed):
    first = feed.reads(
        calendar(
            event("choir@x", "RRULE:FREQ=WEEKLY"),
            event("yoga@x", title="Yoga", link="https://meet.google.com/tcy-fitn-ess"),
            event("dentist@x", title="Dentist", link="High Street 4"),
            event("old@x", title="Fete", starts="20200101T190000", link="https://zoom.us/j/81700000009"),
        )
    )
    assert first.registered == ("Choir", "Yoga")
    assert (first.without_room, first.over, first.refused) == (1, 1, ())
    choir, yoga = feed.meetings()
    assert choir.rooms == (Room("zoom", "81700000001"),)
    assert choir.repeats == "FREQ=WEEKLY"

    second = feed.reads(
        calendar(
            event(
                "choir@x", "RRULE:FREQ=WEEKLY", starts="20261126T193000", title="Choir (late)", link=NEW_LINK
            ),
            event("yoga@x", "STATUS:CANCELLED", title="Yoga"),
        )
    )
    assert second.changed == ("Choir (late)",)
    assert second.ended == ("Yoga",)
    choir, yoga = feed.meetings()
    assert choir.starts == datetime(2026, 11, 26, 19, 30, tzinfo=UTC)
    assert choir.rooms == (Room("zoom", "81700000002"),)
    with feed.workspace.store.reading() as work:
        (old,) = work.retirements.all(choir.organisation, choir.id)
    assert (old.room, old.retired) == (Room("zoom", "81700000001"), feed.now)
    assert old.watched_until - feed.now == timedelta(days=365)
    assert next_start(yoga, feed.now) is None
    assert yoga.rooms == (Room("google-meet", "tcy-fitn-ess"),)

    third = feed.reads(
        calendar(
            event(
                "choir@x", "RRULE:FREQ=WEEKLY", starts="20261126T193000", title="Choir (late)", link=NEW_LINK
            ),
            event("yoga@x", title="Yoga", link="https://meet.google.com/tcy-fitn-ess"),
        )
    )
    assert (third.registered, third.changed, third.ended) == ((), ("Yoga",), ())
    assert next_start(feed.meetings()[1], feed.now) == datetime(2026, 11, 26, 19, tzinfo=UTC)


def test_one_occurrence_moved_away_moves_the_next_start(feed: Followed):
    weekly = event("choir@x", "RRULE:FREQ=WEEKLY")
    feed.reads(calendar(weekly))
    moved = event(
        "choir@x", "RECURRENCE-ID;TZID=Europe/London:20261126T190000", starts="20261127T200000", title="Choir"
    )
    assert feed.reads(calendar(weekly, moved)).changed == ("Choir",)
    (choir,) = feed.meetings()
    assert next_start(choir, feed.now) == datetime(2026, 11, 27, 20, tzinfo=UTC)


def test_an_event_that_is_gone_takes_place_no_more_and_stays_on_watch(feed: Followed):
    feed.reads(calendar(event("choir@x"), event("yoga@x", title="Yoga", link=NEW_LINK)))
    assert feed.reads(calendar(event("choir@x"))).ended == ("Yoga",)
    assert feed.reads(calendar(event("choir@x"))).ended == ()
    assert len(feed.meetings()) == 2


FAILURES = {
    "gone": (Answer(status=404), "HTTP 404"),
    "broken server": (Answer(status=500), "HTTP 500"),
    "page": (Answer(body="<!DOCTYPE html><title>Sign in</title>"), "web page"),
    "nothing": (Answer(body=""), "empty"),
    "text": (Answer(body="hello"), "not a calendar"),
    "empty calendar": (calendar(), "holds no events any more"),
    "cut": (Answer(body="BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1", type="text/calendar"), "breaks off"),
    "broken off": (Answer(body=calendar(event("a")).content, length=9999), "did not arrive whole"),
    "to a meeting": (redirect("https://us02web.zoom.us/j/81700000001"), "meeting host"),
    "to a private address": (redirect("http://10.0.0.1/x.ics"), "private address"),
    "in circles": (redirect(PATH), "redirects more than"),
    "log-in": (redirect("/login?next=x"), "log-in"),
}


def test_a_feed_that_fails_changes_nothing_and_says_since_when(feed: Followed):
    feed.reads(calendar(event("choir@x")))
    before, began = feed.meetings(), feed.now + timedelta(hours=1)
    for name, (answer, why) in FAILURES.items():
        assert why in feed.reads(answer).fault, name
        assert feed.meetings() == before, name
        (standing,) = all_calendars(feed.workspace)
        assert standing.failing_since == began, name
        assert why in standing.fault, name
    assert feed.reads(calendar(event("choir@x"))).fault == ""
    (standing,) = all_calendars(feed.workspace)
    assert (standing.failing_since, standing.fault) == (None, "")


def test_an_unchanged_feed_is_not_sent_again(feed: Followed):
    def page(hit: Hit) -> Answer:
        if hit.headers.get("if-none-match") == '"7"':
            return Answer(status=304)
        answer = calendar(event("choir@x"))
        return Answer(body=answer.body, type=answer.type, headers={"ETag": '"7"'})

    assert feed.reads(page).registered == ("Choir",)
    again = feed.reads(page)
    assert again.unchanged
    assert [hit.headers.get("if-none-match") for hit in feed.site.hits] == [None, '"7"']
    (standing,) = all_calendars(feed.workspace)
    assert standing.read == feed.now


def test_robots_txt_is_not_asked_since_a_person_named_the_address(feed: Followed):
    feed.site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    assert feed.reads(calendar(event("choir@x"))).registered == ("Choir",)
    assert [hit.path for hit in feed.site.hits] == [PATH]


def test_a_redirect_is_followed(feed: Followed):
    feed.site.pages["/moved.ics"] = calendar(event("choir@x"))
    assert feed.reads(redirect("/moved.ics")).registered == ("Choir",)


def test_what_people_did_by_hand_stays(feed: Followed):
    store, organisation = feed.workspace.store, feed.workspace.organisation
    feed.reads(calendar(event("choir@x"), event("yoga@x", title="Yoga", link=NEW_LINK)))
    _, yoga = feed.meetings()
    removed = remove_meeting(store, yoga.id, organisation=organisation, now=feed.now)
    assert (removed.meeting, removed.events) == (yoga, 1)
    again = feed.reads(
        calendar(event("choir@x", starts="20261127T190000"), event("yoga@x", title="Yoga!", link=NEW_LINK))
    )
    assert again.registered == ()
    assert [meeting.title for meeting in feed.meetings()] == ["Choir"]


def test_a_title_that_was_changed_by_hand_stays(feed: Followed):
    feed.reads(calendar(event("choir@x")))
    (choir,) = feed.meetings()
    by_hand = NewMeeting(title="Our choir", starts=choir.starts, timezone=choir.timezone)
    with feed.workspace.store.begin() as work:
        work.meetings.change(choir.organisation, choir.id, by_hand)
    assert feed.reads(calendar(event("choir@x", title="Choir 2", starts="20261127T190000"))).changed
    (choir,) = feed.meetings()
    assert choir.title == "Our choir"
    assert choir.starts == datetime(2026, 11, 27, 19, tzinfo=UTC)


def test_a_link_that_was_changed_by_hand_stays_until_the_calendar_names_another(feed: Followed):
    store, organisation = feed.workspace.store, feed.workspace.organisation
    feed.reads(calendar(event("choir@x")))
    by_hand = ProposedMeeting(rooms=(Room("zoom", "81700000077"),))
    rotate_meeting(
        store, 1, by_hand, deleted=True, close=False, organisation=organisation, actor="clerk", now=feed.now
    )
    assert feed.reads(calendar(event("choir@x", starts="20261127T190000"))).changed == ("Choir",)
    (choir,) = feed.meetings()
    assert (choir.starts.day, choir.rooms) == (27, (Room("zoom", "81700000077"),))
    feed.reads(calendar(event("choir@x", starts="20261127T190000", link=NEW_LINK)))
    (choir,) = feed.meetings()
    assert choir.rooms == (Room("zoom", "81700000002"),)
    with store.reading() as work:
        retired = {(old.room.key, old.deleted) for old in work.retirements.all(choir.organisation, choir.id)}
        assert work.meetings.changed() == feed.now
    assert retired == {("81700000001", True), ("81700000077", False)}


def test_a_meeting_that_was_registered_by_hand_is_followed_and_not_doubled(feed: Followed):
    by_hand = ProposedMeeting(
        title="Choir",
        starts=datetime(2026, 11, 26, 19, tzinfo=UTC),
        timezone="Europe/London",
        rooms=(Room("zoom", "81700000001"),),
    )
    workspace = feed.workspace
    register_meeting(workspace.store, by_hand, organisation=workspace.organisation, now=NOW)
    assert feed.reads(calendar(event("choir@x"))).registered == ()
    assert feed.reads(calendar(event("choir@x", starts="20261127T190000"))).changed == ("Choir",)
    assert len(feed.meetings()) == 1


def test_a_title_that_gives_the_passcode_away_is_replaced(feed: Followed):
    told = event(
        "choir@x", "DESCRIPTION:Meeting ID: 817 0000 0001\\nPasscode: tea4two", title="Choir tea4two"
    )
    assert feed.reads(calendar(told)).registered == ("Untitled meeting in “Club calendar”",)


def test_only_what_is_due_is_read(feed: Followed):
    feed.site.pages[PATH] = calendar(event("choir@x"))
    assert len(refresh_due(feed.workspace, clock=lambda: NOW, read=read)) == 1
    assert refresh_due(feed.workspace, clock=lambda: NOW + timedelta(minutes=59), read=read) == []
    assert len(refresh_due(feed.workspace, clock=lambda: NOW + timedelta(minutes=60), read=read)) == 1


def test_trying_registers_nothing(feed: Followed):
    feed.site.pages[PATH] = calendar(event("choir@x"))
    (standing,) = all_calendars(feed.workspace)
    (found,) = try_calendar(feed.workspace, standing, read=read)
    assert found.meeting.title == "Choir"
    assert feed.meetings() == []
    feed.site.pages[PATH] = Answer(status=403)
    with pytest.raises(SourceError, match="403"):
        try_calendar(feed.workspace, standing, read=read)


def test_a_calendar_is_followed_once_and_forgotten_with_its_meetings_kept(feed: Followed):
    with pytest.raises(InputError, match="already"):
        follow_calendar(feed.workspace, feed.site.url(PATH), name=None, now=NOW)
    feed.reads(calendar(event("choir@x")))
    (standing,) = all_calendars(feed.workspace)
    assert forget_calendar(feed.workspace, standing.id).name == "Club calendar"
    assert all_calendars(feed.workspace) == []
    assert len(feed.meetings()) == 1


@pytest.mark.parametrize(
    ("given", "fetched"),
    [
        ("webcal://p01-caldav.icloud.com/published/2/x", "https://p01-caldav.icloud.com/published/2/x"),
        (" WEBCALS://calendar.example.org/a.ics ", "https://calendar.example.org/a.ics"),
        ("https://calendar.example.org/a.ics", "https://calendar.example.org/a.ics"),
    ],
)
def test_a_webcal_address_is_fetched_by_https(given: str, fetched: str):
    assert calendar_address(given, allow=()) == fetched


@pytest.mark.parametrize(
    "address",
    [
        "calendar",
        "file:///etc/passwd",
        "https://localhost/x.ics",
        "webcal://127.0.0.1/x.ics",
        "webcal://192.168.1.4/x.ics",
        "https://user:secret@calendar.example.org/x.ics",
        "https://us02web.zoom.us/meeting/tZ0/ics?icsToken=abc",
        "https://calendar.example.org:8443/x.ics",
        "https://calendar.example.org/" + "x" * 2000,
    ],
)
def test_an_address_that_nobody_may_read_is_refused(address: str):
    with pytest.raises(InputError):
        calendar_address(address, allow=())
