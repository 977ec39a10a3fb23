"""Meeting services of one's own, named in schedules.yaml: pasted, found on a page, and never requested."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.detect import Detector
from scanner.errors import ConfigError
from scanner.guard import check_address
from scanner.invitations.calendars import read_calendar
from scanner.invitations.pasted import understand
from scanner.invitations.sheets import read_sheet
from scanner.model import Room
from scanner.platforms import BUILT_IN, guard_with, is_meeting_address, table_with
from scanner.settings import load
from tests.e2e.installation import Installation
from tests.internet import serve

LINK = "https://meet.club.example/BellRingers"
ROOM = Room("jitsi", "meet.club.example/bellringers")
OWN = {"jitsi": ("meet.club.example",)}
PLATFORMS = f"platforms: {{jitsi: {{hosts: [Meet.Club.example], found: ['{LINK}']}}}}"


def test_a_leak_of_a_room_on_ones_own_host_is_found(home: Installation):
    with serve({"/": f'<p>Ringing tonight: <a href="{LINK}">join</a></p>'}) as site:
        home.configure({"hall": site}, None, more=PLATFORMS)
        invitation = f"Topic: Bell ringers\nTime: 26 November 2037 19:00\n{LINK}\n"
        added = home.run("meetings", "add", "-", "--yes", "--json", stdin=invitation).json()
        assert [room["platform"] for room in added["rooms"]] == ["jitsi"]
        report = home.run("scan", "--json").json()
        assert report["exposures"]["new"] == 1
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert exposure["meeting"] == "Bell ringers"


def test_pages_that_have_not_changed_are_read_again_once_the_host_is_named(home: Installation):
    with serve({"/": f'<p>Ringing tonight: <a href="{LINK}">join</a></p>'}) as site:
        home.configure({"hall": site}, None)
        for unchanged in (0, 1):
            (hall,) = home.run("scan", "--json").json()["sources"]
            assert (hall["state"], hall["unchanged"]) == ("ok", unchanged)
        home.configure({"hall": site}, None, more=PLATFORMS)
        invitation = f"Topic: Bell ringers\nTime: 26 November 2037 19:00\n{LINK}\n"
        home.run("meetings", "add", "-", "--yes", stdin=invitation)
        assert home.run("scan", "--json").json()["exposures"]["new"] == 1


def test_the_host_is_known_in_every_way_in():
    detector = Detector(table_with(OWN))
    now = datetime(2026, 11, 1, tzinfo=UTC)
    text = f"Bell ringers\n26 November 2026 19:00\n{LINK}"
    assert understand(text, now=now, timezone="UTC").rooms == ()
    assert understand(text, now=now, timezone="UTC", detector=detector).rooms == (ROOM,)
    event = f"BEGIN:VEVENT\nUID:1\nDTSTART:20261126T190000Z\nLOCATION:{LINK}\nEND:VEVENT"
    calendar = f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR\n"
    (meeting,) = read_calendar(calendar, timezone="UTC", now=now, detector=detector)
    assert meeting.rooms == (ROOM,)
    (row,) = read_sheet(
        f"title,starts,link\nRinging,2026-11-26 19:00,{LINK}\n", timezone="UTC", detector=detector
    ).rows
    assert row.meeting is not None
    assert row.meeting.rooms == (ROOM,)


def test_ones_own_host_is_refused_by_the_guards_of_a_crawl():
    assert not is_meeting_address(LINK)
    guard_with(table_with(OWN))
    try:
        assert is_meeting_address(LINK)
        assert "meeting host" in str(check_address("https://meet.club.example/"))
    finally:
        guard_with(BUILT_IN)


@pytest.mark.parametrize(
    ("written", "where", "why"),
    [
        (
            "  jitzi: {hosts: [meet.club.example]}",
            "3:3",
            "there is no platform 'jitzi'; did you mean 'jitsi'?",
        ),
        ("  jitsi: {hosts: [zoom.us]}", "3:18", "zoom.us is claimed by"),
        ("  jitsi: {hosts: ['https://x.example/']}", "3:19", "name of a host"),
        ("  jitsi: {hosts: []}", "3:18", "at least 1"),
        (
            "  jitsi: {hosts: [meet.club.example], found: ['https://club.example/x']}",
            "3:47",
            "names no jitsi room",
        ),
        (f"  jitsi: {{hosts: [meet.club.example], ignored: ['{LINK}']}}", "3:49", "names a jitsi room"),
        ("  jitsi: {host: meet.club.example}", "3:11", "no setting 'host' here"),
    ],
)
def test_a_platform_that_cannot_be_is_a_fault_at_its_place(
    tmp_path: Path, written: str, where: str, why: str
):
    file = tmp_path / "schedules.yaml"
    file.write_text(f"version: 1\nplatforms:\n{written}\n")
    with pytest.raises(ConfigError) as fault:
        load(file, environ={}, kinds={}, channels={})
    assert why in str(fault.value)
    assert f"schedules.yaml:{where}" in str(fault.value)
