"""Programs do what an admin does on the desk, with the same rights, and nothing is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from scanner.actions.drills import hold_asked_drills
from scanner.actions.organisations import add_organisation
from scanner.actions.people import AccountRole
from scanner.scans.queue import LocalQueue
from tests.internet import Answer, serve
from tests.postbox import postbox
from tests.web.desk import Served
from tests.web.test_api import Program, a_program
from tests.web.test_drill import settings as with_channel
from tests.web.test_keeping import FEED, PATH, allowing
from tests.web.test_pages import INVITATION, ROOM, a_leak, settings


def done(program: Program, path: str, body: object = None, **headers: str) -> Any:
    said = program.ask("POST", path, body, **headers)
    assert said.status == 200, said.text
    return json.loads(said.text)


def test_a_program_keeps_calendars(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    with serve({PATH: Answer(body=FEED, type="text/calendar")}) as site:
        allowing(desk, site)
        body = {"address": site.url(PATH), "name": "Club"}
        made = done(program, "/calendars", body, Idempotency_Key="k")
        assert (made["name"], made["reading"]["registered"]) == ("Club", ["Choir practice"])
        asked = len(site.hits)
        assert done(program, "/calendars", body, Idempotency_Key="k") == made
        assert len(site.hits) == asked, "answered again, not done again"
        assert done(program, "/calendars/1/try") == {"fault": None, "events": 1, "meetings": 1}
        site.pages[PATH] = Answer(status=500)
        assert "HTTP 500" in done(program, "/calendars/1/read")["reading"]["fault"]
    tag = program.ask("GET", "/calendars").headers["ETag"]
    assert program.ask("GET", "/calendars", If_None_Match=tag).status == 304
    assert done(program, "/calendars/1/pause")["paused_since"] == desk.clock().isoformat()
    assert program.ask("GET", "/calendars", If_None_Match=tag).status == 200
    assert done(program, "/calendars/1/resume")["paused_since"] is None
    (listed,) = program.get("/calendars")["items"]
    assert listed == program.get("/calendars/1")
    assert "private-5f2a" not in json.dumps(listed)
    done(program, "/calendars/1/remove", Idempotency_Key="r")
    done(program, "/calendars/1/remove", Idempotency_Key="r")
    assert program.ask("POST", "/calendars/1/remove").status == 404
    assert program.get("/meetings")["items"][0]["title"] == "Choir practice"


def test_a_program_pauses_sources_and_holds_drills(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    settings(desk)
    paused = done(program, "/sources/forum/pause", {"reason": "it moves house"})
    assert paused["paused"] == {"since": desk.clock().isoformat(), "reason": "it moves house"}
    assert program.ask("POST", "/sources/nowhere/pause", {"reason": "x"}).status == 404
    assert program.ask("POST", "/sources/forum/pause", {"reason": " "}).status == 400
    assert done(program, "/sources/forum/resume")["paused"] is None
    assert program.ask("POST", "/sources/try", {"address": "nonsense"}).status == 400
    with postbox() as box:
        with_channel(desk, box)
        asked = done(program, "/drills")
        assert (asked["state"], asked["steps"]) == ("asked", [])
        assert done(program, "/drills")["id"] == asked["id"], "one at a time"
        hold_asked_drills(desk.workspace, clock=desk.clock, queue=LocalQueue(), wait=lambda length: None)
        assert len(box.messages) == 1
        assert done(program, "/channels/clerk/test") == {"sent": True, "says": []}
    held = program.get(f"/drills/{asked['id']}")
    assert held["state"] == "passed"
    assert [step["stage"] for step in held["steps"]][-1] == "cleared"
    assert program.get("/drills")["items"] == [held]
    assert program.ask("GET", "/drills/99").status == 404
    assert done(program, "/channels/clerk/test")["sent"] is False
    assert program.ask("POST", "/channels/nowhere/test").status == 404


def test_a_program_of_an_owner_renames_and_no_other(desk: Served) -> None:
    ann, bob = desk.somebody(), desk.somebody("bob@example.org", AccountRole.REVIEWER)
    owner, reviewer = a_program(desk, ann), a_program(desk, bob)
    assert done(owner, "/organisation", {"timezone": "Europe/Berlin"})["name"] == "St Mary's"
    assert owner.get("/organisation") == {"id": 1, "name": "St Mary's", "timezone": "Europe/Berlin"}
    assert reviewer.get("/organisation")["timezone"] == "Europe/Berlin"
    assert reviewer.ask("POST", "/organisation", {"name": "Bob's"}).status == 403
    assert owner.ask("POST", "/organisation", {"timezone": "Mars/Base"}).status == 400


def test_a_program_decides_about_an_exposure_for_a_while(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    number = a_leak(desk)
    later = (desk.clock() + timedelta(days=3)).isoformat()
    closed = done(program, f"/exposures/{number}/close", {"how": "intended", "until": later})
    assert (closed["state"], closed["until"]) == ("intended", later)
    done(program, f"/exposures/{number}/reopen", {})
    snoozed = done(program, f"/exposures/{number}/snooze", {"until": later, "note": "on Sunday"})
    assert (snoozed["state"], snoozed["until"]) == ("snoozed", later)
    noted = done(program, f"/exposures/{number}/note", {"note": "asked the board"})
    assert noted["history"][-1]["note"] == "asked the board"
    with serve({}) as site:
        allowing(desk, site)
        seen = {"address": site.url("/t/77"), "pasted": f"https://zoom.us/j/{ROOM}"}
        assert done(program, "/exposures/report", seen)["exposures"] == [number]
    for path, body in (
        ("close", {"how": "removed", "until": later}),
        ("close", {"how": "intended", "until": "2001-01-01T00:00:00Z"}),
        ("snooze", {}),
        ("snooze", {"until": later, "elsewhere": True}),
        ("snooze", {"until": "9999-12-31T23:59:59-14:00"}),
    ):
        assert program.ask("POST", f"/exposures/{number}/{path}", body).status == 400, body


def test_a_program_keeps_a_meeting(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    done(program, "/meetings", {"invitation": INVITATION})
    answered = done(program, "/meetings/1/checklist", {"answers": {"waiting-room": True}})
    answers = {point["safeguard"]: point["answer"] for point in answered["items"]}
    assert (answers["waiting-room"], answers["lock"]) == (True, None)
    assert program.get("/meetings/1/checklist") == answered
    made = done(program, "/meetings/1/allowances", {"reason": "open day"})
    assert [entry["reason"] for entry in program.get("/meetings/1/allowances")["items"]] == ["open day"]
    done(program, f"/meetings/1/allowances/{made['id']}/end")
    assert program.ask("POST", f"/meetings/1/allowances/{made['id']}/end").status == 404
    new = INVITATION.replace(ROOM, "82205550998")
    link = done(program, "/meetings/1/link", {"invitation": new, "deleted": True})
    assert link["retired"] == 1
    assert "82205550998" not in json.dumps(link)
    done(program, "/meetings/1/remove")
    assert program.get("/meetings")["items"] == []


def test_a_program_silences_and_sends_again(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    settings(desk)
    until = (desk.clock() + timedelta(hours=8)).isoformat()
    made = done(program, "/silences", {"channel": "clerk", "until": until, "reason": "we move"})
    assert program.get("/silences")["items"] == [made]
    desk.clock.advance(timedelta(minutes=1))
    ended = done(program, f"/silences/{made['id']}/end")
    assert ended["until"] == desk.clock().isoformat()
    assert program.ask("POST", "/silences/99/end").status == 404
    assert program.ask("POST", "/alerts/99/again").status == 404
    assert program.get("/alerts") == {"recent": [], "given_up": [], "waiting": []}
    assert program.get("/channels")["items"][0]["name"] == "clerk"


@pytest.mark.parametrize(
    "path",
    ["/calendars/1/pause", "/meetings/1/remove", "/meetings/1/allowances", "/exposures/1/note", "/drills/1"],
)
def test_what_others_have_is_not_there(desk: Served, path: str) -> None:
    a_leak(desk)
    with desk.workspace.store.begin() as work:
        work.calendars.add(1, name="Club", address="https://cal.example/x.ics", now=desk.clock())
        work.drills.add(1, actor="ann", now=desk.clock())
    club = add_organisation(desk.workspace.store, name="Choir", timezone="UTC", email="c@example.org")
    program = a_program(desk, desk.somebody("c@example.org", organisation=club.id))
    body = {"note": "x"} if path.endswith("note") else {"reason": "x"}
    method = "GET" if "drills" in path else "POST"
    assert program.ask(method, path, body if method == "POST" else None).status == 404
    for path_of_operator in ("/drills", "/sources/forum/resume", "/channels/clerk/test"):
        assert program.ask("POST", path_of_operator).status == 403
