"""Programs of owners see to people, hand files over and have rooms shown; nobody else's do."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest

from scanner.actions.people import AccountRole
from scanner.actions.stopping import stop_mail
from scanner.model import SourceState
from tests.web.desk import PASSWORD, Served
from tests.web.test_api import Program, a_program
from tests.web.test_api_actions import done
from tests.web.test_keeping import FEED
from tests.web.test_pages import INVITATION, ROOM, a_leak, a_scan, settings

TABLE = f"""title,start,link
Choir,2031-12-24 19:00,https://zoom.us/j/{ROOM}
Bad,never,https://zoom.us/j/82205550118
"""


def audit(program: Program) -> list[tuple[str, str, str]]:
    return [
        (entry["what"], entry["actor"], entry["note"]) for entry in program.get("/audit?limit=200")["items"]
    ]


def test_a_program_invites_and_the_link_is_for_one_person_once(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    asked = {"email": "Bea <bea@Example.org>", "role": "reviewer"}
    made = done(program, "/people/invitations", asked, Idempotency_Key="k")
    assert done(program, "/people/invitations", asked, Idempotency_Key="k") == made, "not invited twice"
    (listed,) = program.get("/people/invitations")["items"]
    assert listed == {key: value for key, value in made.items() if key != "link"}
    assert (listed["role"], listed["new_password"]) == ("reviewer", False)
    assert listed["until"] == (desk.clock() + timedelta(days=7)).isoformat()
    link = urlsplit(made["link"])
    assert link.netloc == f"127.0.0.1:{desk.port}"
    bea = desk.browser()
    joined = bea.post(link.path, on=link.path, password=PASSWORD, again=PASSWORD)
    assert joined.status == 303, joined.words
    people = {person["email"]: person for person in program.get("/people")["items"]}
    assert people["bea@example.org"]["role"] == "reviewer"
    assert people["ann@example.org"] == {
        "id": 1,
        "email": "ann@example.org",
        "role": "owner",
        "joined": desk.clock().isoformat(),
        "disabled": None,
        "has_password": True,
        "second_factor": False,
        "passkey": False,
    }
    assert program.get("/people/invitations")["items"] == []
    gone = done(program, "/people/invitations", {"email": "cy@example.org", "role": "read-only"})
    done(program, f"/people/invitations/{gone['id']}/revoke")
    assert desk.browser().get(urlsplit(gone["link"]).path).status == 400
    assert program.ask("POST", f"/people/invitations/{gone['id']}/revoke").status == 404
    ours = "ann@example.org, by a program"
    assert ("invited as reviewer", ours, "bea@example.org") in audit(program)
    assert audit(program)[0] == ("invitation taken back", ours, "")


@pytest.mark.parametrize(
    "email", ["ann@example.org", "ANN@example.org", " ann@example.org ", "Ann <ann@example.org>"]
)
def test_no_program_gets_at_an_account(desk: Served, email: str) -> None:
    """A link for somebody who is here sets their password: whoever stole a token would be that person."""
    program = a_program(desk, desk.somebody())
    said = program.ask("POST", "/people/invitations", {"email": email, "role": "read-only"})
    assert said.status == 400, said.text
    assert "link" not in json.loads(said.text)
    assert program.get("/people/invitations")["items"] == []


def test_a_program_changes_what_people_may_do(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.REVIEWER)
    program, hers = a_program(desk, ann), a_program(desk, bea)
    assert done(program, "/people/2/role", {"role": "read-only"})["role"] == "read-only"
    assert bea.get("/").where.startswith("/sign-in"), "her sessions ended"
    assert hers.ask("POST", "/scans", {}).status == 403
    shut = done(program, "/people/2/disable")
    assert shut["disabled"] == desk.clock().isoformat()
    assert hers.ask("GET", "/exposures").status == 401
    assert done(program, "/people/2/enable")["disabled"] is None
    assert hers.ask("GET", "/exposures").status == 200
    for path, body in (("role", {"role": "reviewer"}), ("disable", None)):
        said = program.ask("POST", f"/people/1/{path}", body)
        assert (said.status, "only owner" in said.text) == (400, True)
    assert program.ask("POST", "/people/2/role", {"role": "king"}).status == 422
    assert program.ask("POST", "/people/99/disable").status == 404
    whats = [what for what, actor, note in audit(program) if note == "bea@example.org"]
    assert whats == ["enabled", "disabled", "role is now read-only"]


def test_the_audit_has_pages_that_neither_miss_nor_repeat(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    for _ in range(5):
        done(program, f"/exposures/{a_leak(desk)}/acknowledge", {})
    whole = program.get("/audit")
    assert whole["next"] is None
    seen, after = [], ""
    while True:
        page = program.get(f"/audit?limit=2{after}")
        assert len(page["items"]) <= 2
        seen += page["items"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
        done(program, "/exposures/1/note", {"note": "what is written meanwhile moves no page"})
    assert seen == whole["items"]
    assert [entry["id"] for entry in seen] == sorted((entry["id"] for entry in seen), reverse=True)
    assert len(seen) > 5


def test_rooms_are_shown_in_full_to_who_may_and_each_time_is_written_down(desk: Served) -> None:
    ann = desk.somebody()
    program, looking = a_program(desk, ann), a_program(desk, ann, write=False)
    reader = a_program(desk, desk.somebody("cy@example.org", AccountRole.READER))
    number = a_leak(desk)
    for other in (looking, reader):
        for path in (f"/exposures/{number}/reveal", "/meetings/1/reveal"):
            said = other.ask("POST", path)
            assert (said.status, ROOM in said.text) == (403, False)
    assert program.ask("GET", f"/exposures/{number}/reveal").status == 405
    assert [what for what, _, _ in audit(program)].count("revealed") == 0
    for _ in range(2):
        said = program.ask("POST", f"/exposures/{number}/reveal", Idempotency_Key="k")
        assert said.headers["Cache-Control"] == "no-store"
        (place,) = json.loads(said.text)["sightings"]
        assert (place["room"], place["address"]) == (f"zoom {ROOM}", "https://forum.example/t/12")
    assert done(program, "/meetings/1/reveal") == {
        "id": 1,
        "rooms": [f"zoom {ROOM}"],
        "passcodes": ["wren42"],
    }
    shown = [note for what, actor, note in audit(program) if what == "revealed"]
    assert (
        shown
        == ["link and passcodes of meeting 1 (Evening prayer)"]
        + [f"rooms and addresses of exposure {number} (Evening prayer)"] * 2
    )
    assert ROOM not in program.ask("GET", "/audit").text
    assert ROOM not in program.ask("GET", f"/exposures/{number}").text, "masked again"


def hand_over(program: Program, content: str | bytes, *, query: str = "", **headers: str) -> tuple[int, str]:
    sent = {"Authorization": f"Bearer {program.token}", "Content-Type": "text/csv"} | headers
    said = program._browser.ask("POST", f"/api/v1/meetings/import{query}", body=content, headers=sent)
    return said.status, said.text


def test_a_program_hands_a_file_over(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    status, said = hand_over(program, TABLE, query="?dry_run=true")
    tried = json.loads(said)
    assert (status, tried["registered"], tried["dry_run"]) == (200, 1, True)
    assert program.get("/meetings")["items"] == []
    assert "meetings imported" not in {what for what, _, _ in audit(program)}
    key = {"Idempotency-Key": "k"}
    status, said = hand_over(program, TABLE, **key)
    brought = json.loads(said)
    assert brought == {**tried, "dry_run": False}
    assert (brought["rows"], [fault["line"] for fault in brought["faults"]]) == (2, [3])
    assert ROOM not in said
    assert hand_over(program, TABLE, **key) == (status, said), "answered again, not done again"
    assert hand_over(program, TABLE, query="?dry_run=true", **key)[0] == 409
    assert json.loads(hand_over(program, TABLE)[1])["already"] == 1
    imports = [entry for entry in audit(program) if entry[0] == "meetings imported"]
    assert [note for _, _, note in imports] == ["0, by a program", "1, by a program"]
    kinds = {"Content-Type": "text/calendar"}
    assert json.loads(hand_over(program, FEED, **kinds)[1])["registered"] == 1
    assert [entry["title"] for entry in program.get("/meetings")["items"]] == ["Choir", "Choir practice"]
    assert hand_over(program, TABLE.encode("utf-16"))[0] == 200, "as a spreadsheet may write it"


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"\0\xff\0", 400), (b"nothing of ours", 400), (b"BEGIN:VCALENDAR\r\n" * 3, 400)],
)
def test_a_file_that_is_none_is_a_problem_in_words(desk: Served, content: bytes, status: int) -> None:
    program = a_program(desk, desk.somebody())
    for query in ("", "?dry_run=true"):
        got, said = hand_over(program, content, query=query)
        assert (got, bool(json.loads(said)["detail"])) == (status, True), said
    assert program.get("/meetings")["items"] == []


def test_a_file_without_end_is_refused(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    sent = {"Authorization": f"Bearer {program.token}", "Content-Type": "text/csv"}
    endless = (b"a" * 65536 for _ in range(100))
    for body, length in ((endless, {}), (b"a", {"Content-Length": "99999999"})):
        said = program._browser.ask("POST", "/api/v1/meetings/import", body=body, headers=sent | length)
        assert (said.status, json.loads(said.text)["status"]) == (413, 413)
        assert said.headers["Content-Type"] == "application/problem+json"


def test_a_program_reads_a_month(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    done(program, "/organisation", {"timezone": "Europe/Berlin"})
    for title in ("Choir", "Vestry"):
        a_leak(desk, title=title)
    a_scan(desk, parish=SourceState.OK, forum=SourceState.BLOCKED)
    month = program.get("/report?limit=1")
    assert (month["month"], month["from"]) == ("2026-11", "2026-11-01T00:00:00+01:00")
    assert (month["total"], len(month["worst"])) == (2, 1)
    assert (month["scans"], month["looks"], month["not_in_full"], month["pages_read"]) == (1, 2, 1, 20)
    assert program.get("/report?month=2026-11&limit=1") == month
    before = program.get("/report?month=2025-12")
    assert (before["total"], before["worst"], before["to"]) == (0, [], "2026-01-01T00:00:00+01:00")
    for wrong in ("2026-13", "26-11", "1999-12", "2026-11-01", "x", quote("٢٠٢٦-11")):
        assert program.ask("GET", f"/report?month={wrong}").status == 422, wrong


def test_a_program_sees_who_stopped_mail_and_sends_it_again(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    settings(desk)
    done(program, "/meetings", {"invitation": INVITATION})
    assert program.get("/alerts/stopped") == {"items": [], "deserted": []}
    with desk.workspace.store.begin() as work:
        (token,) = work.recipients.tokens(1, "clerk", ["clerk@example.org"], desk.clock()).values()
    stop_mail(desk.workspace.store, token, now=desk.clock())
    (listed,) = program.get("/alerts/stopped")["items"]
    assert (listed["address"], listed["channel"]) == ("clerk@example.org", "clerk")
    assert listed["stopped"] == desk.clock().isoformat()
    assert token not in json.dumps(listed)
    resumed = done(program, f"/alerts/stopped/{listed['id']}/resume")
    assert resumed == {"id": listed["id"], "resumed": desk.clock().isoformat()}
    assert program.get("/alerts/stopped")["items"] == []
    assert program.ask("POST", f"/alerts/stopped/{listed['id']}/resume").status == 404
    assert audit(program)[0][:2] == ("mail resumed", "ann@example.org, by a program")
