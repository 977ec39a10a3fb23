"""``lychgate calendars`` as a person and as a script use it, and ``serve`` keeping a calendar up to date."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time

from tests.e2e.installation import Installation
from tests.internet import Answer, serve

FEED = "\r\n".join(
    [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//test//EN",
        "BEGIN:VEVENT",
        "UID:choir@x",
        "SUMMARY:Choir",
        "DTSTART;TZID=Europe/London:20370105T190000",
        "RRULE:FREQ=WEEKLY",
        "LOCATION:https://us02web.zoom.us/j/81700000001?pwd=Tm90QVJlYWxUb2tlbkF0QWxs.1",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
)
PATH = "/private-5f2a/basic.ics"


def test_a_calendar_is_added_listed_checked_refreshed_and_removed(home: Installation):
    with serve({PATH: Answer(body=FEED, type="text/calendar")}) as site:
        home.configure({"site": site}, None)
        added = home.run("calendars", "add", site.url(PATH), "--name", "Club", "--json").json()
        assert (added["name"], added["registered"], added["fault"]) == ("Club", ["Choir"], None)
        (meeting,) = home.run("meetings", "list", "--json").lines()
        assert (meeting["title"], meeting["repeats"]) == ("Choir", "FREQ=WEEKLY")
        shown = home.run("calendars", "check", "1").out
        assert "1 event, 1 with a meeting link or ID" in shown
        assert "81700000001" not in shown
        site.pages[PATH] = Answer(status=500)
        failed = home.run("calendars", "refresh", code=3)
        assert "Club: It could not be read: HTTP 500." in failed.err
        listed = home.run("calendars", "list")
        assert "failing since" in listed.out
        assert "private-5f2a" not in listed.out + failed.err + shown
        (line,) = home.run("calendars", "list", "--json").lines()
        assert line["fault"] == "It could not be read: HTTP 500."
        examined = {part["part"]: part for part in home.run("doctor", "--no-look", "--json").lines()}
        assert examined["calendar Club"]["health"] == "warning"
        assert "cannot be read since 20" in examined["calendar Club"]["says"]
        assert "HTTP 500" in examined["calendar Club"]["says"]
        assert line["failing_since"] is not None
        assert "“Club” is paused" in home.run("calendars", "pause", "1").out
        assert "paused since" in home.run("calendars", "list").out
        examined = {part["part"]: part for part in home.run("doctor", "--no-look", "--json").lines()}
        assert "It is paused since" in examined["calendar Club"]["says"]
        assert "is read again" in home.run("calendars", "resume", "1").out
        (line,) = home.run("calendars", "list", "--json").lines()
        assert line["paused_since"] is None
        home.run("calendars", "remove", "1", "--yes")
        assert home.run("calendars", "list", "--json").lines() == []
        assert len(home.run("meetings", "list", "--json").lines()) == 1


def test_an_address_that_is_none_is_refused_with_a_sentence(home: Installation):
    said = home.run("calendars", "add", "https://localhost/x.ics", code=2)
    assert "cannot be followed" in said.err
    assert home.run("calendars", "check", "7", code=2).err.startswith("lychgate: There is no calendar 7.")


def test_serve_reads_calendars_by_itself(home: Installation):
    with serve({PATH: Answer(status=500)}) as site:
        allow = f'version: 1\nnetwork: {{allow: ["{site.pair}"]}}\n'
        (home.data / "schedules.yaml").write_text(allow)
        home.run("calendars", "add", site.url(PATH), code=3)
        site.pages[PATH] = Answer(body=FEED, type="text/calendar")
        _an_hour_passes(home)
        command = [sys.executable, "-c", "from scanner.cli import main; main()", "--data", str(home.data)]
        child = subprocess.Popen([*command, "serve"], stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 120
            while not home.run("meetings", "list", "--json").lines():
                assert time.monotonic() < deadline, "serve did not read the calendar"
                time.sleep(0.2)
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(timeout=40)


def _an_hour_passes(home: Installation) -> None:
    """Make the last reading an hour older, as if the clock had moved."""
    with sqlite3.connect(home.data / "lychgate.db") as database:
        database.execute("UPDATE calendars SET tried = datetime(tried, '-61 minutes')")
    database.close()
