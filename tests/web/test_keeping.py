"""What an admin keeps up on the desk: calendars, pauses, the organisation, until when a link may stand."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scanner.actions.organisations import add_organisation
from scanner.actions.people import AccountRole
from scanner.cli import run as lychgate
from scanner.model import Lane, SourceState
from scanner.scans.incidents import keep_moving
from scanner.serve.live import Live
from scanner.serve.server import Server
from tests.builders import a_meeting, a_room
from tests.internet import Answer, Site, serve
from tests.web.desk import Browser, Served
from tests.web.test_pages import a_leak, a_scan, settings

FEED = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:choir@x
SUMMARY:Choir practice
DTSTART;TZID=Europe/London:20370105T190000
RRULE:FREQ=WEEKLY
LOCATION:https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")
PATH = "/private-5f2a/basic.ics"


def allowing(desk: Served, site: Site) -> None:
    settings(desk, f'version: 1\nnetwork: {{allow: ["{site.pair}"]}}\n')


def button(browser: Browser, path: str, *, on: str = "/calendars", **form: str) -> str:
    """Press a button and return the words of the page that follows."""
    said = browser.post(path, on=on, **form)
    assert said.status in (200, 303, 400), said.words
    return browser.get(said.where).words if said.where else said.words


def test_a_calendar_is_followed_tried_paused_and_removed(desk: Served) -> None:
    ann = desk.somebody()
    assert "No calendar yet." in ann.get("/calendars").words
    with serve({PATH: Answer(body=FEED, type="text/calendar")}) as site:
        allowing(desk, site)
        added = button(ann, "/calendars", address=site.url(PATH), name="Club")
        assert "New meetings: 1." in added
        assert "Choir practice" in added
        assert "private-5f2a" not in ann.get("/calendars").text, "its address is a secret"
        assert "Choir practice" in ann.get("/meetings").words
        tried = button(ann, "/calendars/1/try")
        assert "With a meeting link or ID: 1. Nothing was registered by this try." in tried
        assert "81700000001" not in tried
        site.pages[PATH] = Answer(status=500)
        broken = button(ann, "/calendars/1/read")
        assert "It could not be read: HTTP 500." in broken
        assert "Not readable since" in broken
        assert "HTTP 500" in button(ann, "/calendars/1/try")

        paused = button(ann, "/calendars/1/pause")
        assert "what changes in it is not noticed" in paused
        asked = len(site.hits)
        desk.clock.advance(timedelta(hours=3))
        Server(desk.workspace, clock=desk.clock).follow()
        assert len(site.hits) == asked, "a paused calendar is not read by itself"
        ann = desk.somebody("bea@example.org")
        site.pages[PATH] = Answer(body=FEED.replace("Choir practice", "Choir in June"), type="text/calendar")
        assert "what changes in it is not noticed" not in button(ann, "/calendars/1/resume")
        Server(desk.workspace, clock=desk.clock).follow()
        assert "Choir in June" in ann.get("/meetings").words
    assert "Remove “Club”?" in ann.get("/calendars/1/remove").words
    assert "not followed any more" in button(ann, "/calendars/1/remove")
    assert "Choir in June" in ann.get("/meetings").words, "its meetings stay on watch"
    assert ann.post("/calendars/1/try", on="/calendars").status == 404


@pytest.mark.parametrize("address", ["", "ftp://example.org/x.ics", "http://127.0.0.1:9/x.ics", "https://x"])
def test_an_address_that_nobody_may_read_is_no_calendar(desk: Served, address: str) -> None:
    ann = desk.somebody()
    settings(desk)
    said = ann.post("/calendars", on="/calendars", address=address)
    assert said.status == 400
    assert "This address cannot be followed" in said.words
    assert "No calendar yet." in said.words


def test_what_the_settings_allow_is_for_the_operators_calendars_only(desk: Served) -> None:
    """Another group of this installation cannot have its neighbours' network read."""
    store, now = desk.workspace.store, desk.clock()
    other = add_organisation(store, name="Guides", timezone="Europe/London", email="guide@example.org")
    dee = desk.somebody("dee@example.org", organisation=other.id)
    with serve({PATH: Answer(body=FEED, type="text/calendar")}) as site:
        allowing(desk, site)
        assert "cannot be followed" in button(dee, "/calendars", address=site.url(PATH))
        with store.begin() as work:
            work.calendars.add(other.id, name="Slipped in", address=site.url(PATH), now=now)
        Server(desk.workspace, clock=desk.clock).follow()
        assert "Not readable since" in dee.get("/calendars").words, "it was tried, and refused"
        assert site.hits == []
    assert "No calendar yet." in desk.somebody().get("/calendars").words
    assert desk.somebody("eve@example.org").post("/calendars/1/try", on="/help").status == 404


def test_a_paused_source_is_told_of_everywhere_and_nothing_is_clear_for_it(desk: Served) -> None:
    ann, reader = desk.somebody(), desk.somebody("rea@example.org", AccountRole.READER)
    settings(desk)
    with desk.workspace.store.begin() as work:
        starts = desk.clock() + timedelta(days=2)
        work.meetings.add(
            1, a_meeting(a_room("82205550117"), starts=starts), desk.clock() - timedelta(days=9)
        )
    a_scan(desk, parish=SourceState.OK, forum=SourceState.OK)
    assert "Not checked" not in ann.get("/").words
    assert "Say in a line why" in button(ann, "/sources/pause", on="/sources", source="forum", reason=" ")
    said = button(ann, "/sources/pause", on="/sources", source="forum", reason="it moves house")
    assert "Not looked at since Sun, 22 Nov 2026, 20:00. it moves house (ann@example.org)" in said
    home = ann.get("/").words
    assert "forum is paused: not looked at since Sun, 22 Nov 2026, 20:00. it moves house" in home
    assert "Not checked since" in home
    assert reader.send("/sources/resume", {"token": reader.get("/help").token}).status == 403
    assert "source paused" in ann.get("/people/audit").words

    server = Server(desk.workspace, clock=desk.clock)
    assert ann.post("/scans/now", on="/sources", source="forum").status == 303
    server.work(Lane.BROAD)
    assert "paused: nobody looks at it" in ann.get("/scans").words, "the report says so"
    assert "looked at again" in button(ann, "/sources/resume", on="/sources", source="forum")
    a_scan(desk, ago=-timedelta(minutes=1), parish=SourceState.OK, forum=SourceState.OK)
    assert "is paused" not in ann.get("/").words


def test_a_paused_source_is_not_planned_for_the_fast_lane(desk: Served) -> None:
    settings(
        desk,
        'version: 1\nsources: {board: {kind: site, start: ["https://board.example/"]}}\n'
        "schedules:\n  soon: {every: {24h: 1m}, until: end, sources: [board]}\n",
    )
    store, ann = desk.workspace.store, desk.somebody()
    with store.begin() as work:
        work.meetings.add(1, a_meeting(a_room("1"), starts=desk.clock() + timedelta(hours=2)), desk.clock())
    button(ann, "/sources/pause", on="/sources", source="board", reason="too busy")
    desk.clock.advance(timedelta(minutes=5))
    Server(desk.workspace, clock=desk.clock).plan()
    with store.reading() as work:
        assert work.units.pending() == []
    button(ann, "/sources/resume", on="/sources", source="board")
    Server(desk.workspace, clock=desk.clock).plan()
    with store.reading() as work:
        assert [unit.source for unit in work.units.pending()] == ["board"]


def test_an_owner_changes_name_and_zone_and_serve_goes_by_them(desk: Served) -> None:
    ann, bob = desk.somebody(), desk.somebody("bob@example.org", AccountRole.REVIEWER)
    settings(desk)
    live = Live(desk.workspace)
    page = ann.get("/organisation").words
    assert "ten past three here" in page
    assert bob.get("/organisation").status == 403
    for name, zone in (("St Mary's", "Europe/Nowhere"), (" ", "Europe/London")):
        assert ann.post("/organisation", on="/organisation", name=name, timezone=zone).status == 400
    assert not live.look(desk.clock())
    said = button(ann, "/organisation", on="/organisation", name="St Mary & St Ann", timezone="Europe/Berlin")
    assert "Saved." in said
    assert "It is Sun, 22 Nov 2026, 21:00 now." in said
    assert live.look(desk.clock())
    assert not live.look(desk.clock())
    assert live.workspace.organisation.timezone == "Europe/Berlin"
    assert "St Mary & St Ann" in ann.get("/").words
    assert "Europe/London → “St Mary & St Ann”, Europe/Berlin" in ann.get("/people/audit").words


def test_a_new_zone_does_not_bring_bad_settings_into_force(desk: Served) -> None:
    ann = desk.somebody()
    settings(desk)
    live = Live(desk.workspace)
    desk.workspace.environment.schedules.write_text("version: 1\nsources: 7\n")
    assert not live.look(desk.clock())
    button(ann, "/organisation", on="/organisation", name="St Mary's", timezone="Europe/Berlin")
    assert not live.look(desk.clock())
    assert set(live.workspace.settings.sources) == {"parish", "forum"}
    settings(desk)
    assert live.look(desk.clock())
    assert live.workspace.organisation.timezone == "Europe/Berlin"


def test_what_is_meant_to_stand_until_a_day_is_open_again_after_it(desk: Served) -> None:
    ann, number = desk.somebody(), a_leak(desk)
    page = f"/exposures/{number}"
    assert "no date" in button(ann, f"{page}/close", on=page, **{"as": "intended", "until": "soon"})
    assert "A day belongs only to" in button(
        ann, f"{page}/close", on=page, **{"as": "removed", "until": "2026-11-24"}
    )
    assert "That time is over." in button(
        ann, f"{page}/close", on=page, **{"as": "intended", "until": "2026-11-01"}
    )
    said = button(ann, f"{page}/close", on=page, **{"as": "intended", "until": "2026-11-24"})
    assert "closed: meant to be public until Tue, 24 Nov 2026, 23:59" in said
    end = datetime(2026, 11, 24, 23, 59, tzinfo=ZoneInfo("Europe/London"))
    for before, state in (
        (timedelta(minutes=1), "meant to be public"),
        (-timedelta(minutes=2), "it is back"),
    ):
        keep_moving(desk.workspace.store, routes=(), channels=("clerk",), now=end - before)
        shown = desk.somebody(f"{state[:2]}@example.org").get(page).words
        assert state in shown
    assert "the time that it was intended for is over" in shown


def test_the_command_line_pauses_and_doctor_says_so(desk: Served, capsys: pytest.CaptureFixture[str]) -> None:
    settings(desk)
    folder = str(desk.workspace.environment.folder)

    def run(*arguments: str) -> str:
        lychgate(["--data", folder, *arguments])
        return capsys.readouterr().out

    assert "forum is paused" in run("sources", "pause", "forum", "--reason", "it moves house")
    assert "paused: it moves house" in run("sources", "list")
    assert "It is paused since" in run("doctor", "--no-look")
    assert "forum is paused since" in run("schedule")
    assert "looked at again" in run("sources", "resume", "forum")
    assert "paused" not in run("sources", "list")
    assert "There was no drill yet" in run("drill", "--last")
