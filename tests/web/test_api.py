from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.actions.organisations import add_organisation
from scanner.actions.people import AccountRole
from scanner.model import SourceState
from tests.web.desk import Browser, Said, Served
from tests.web.test_door import routes
from tests.web.test_pages import INVITATION, ROOM, a_leak, a_scan, settings

CLIENT = Path(__file__).parents[2] / "docs" / "api_client.py"


class Program:
    """A program with a token of somebody."""

    def __init__(self, desk: Served, token: str) -> None:
        self._browser, self.token = Browser(desk.port), token

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        content = None if body is None else json.dumps(body)
        given = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._browser.ask(method, f"/api/v1{path}", body=content, headers=given | more)

    def get(self, path: str, **headers: str) -> Any:
        said = self.ask("GET", path, **headers)
        assert said.status == 200, said.text
        return json.loads(said.text)


def a_program(desk: Served, somebody: Browser, *, write: bool = True) -> Program:
    form = {"name": "duty board", **({"write": "yes"} if write else {})}
    said = somebody.post("/account/tokens", on="/account", **form)
    token = re.search(r'value="(lychgate_[\w-]{43})"', said.text)
    assert token is not None, said.words
    assert token[1] not in somebody.get("/account").text, "shown once"
    return Program(desk, token[1])


def test_a_program_does_what_a_person_does(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    settings(desk)
    made = program.ask("POST", "/meetings", {"invitation": INVITATION})
    assert made.status == 200, made.text
    assert ROOM not in made.text
    assert "wren42" not in made.text
    (meeting,) = program.get("/meetings")["items"]
    assert meeting["title"] == "Evening prayer"
    assert program.get(f"/meetings/{meeting['id']}") == meeting
    number = a_leak(desk, title="Choir")
    (exposure,) = program.get("/exposures")["items"]
    assert (exposure["id"], exposure["meeting"]["title"], exposure["severity"]) == (
        number,
        "Choir",
        "critical",
    )
    done = program.ask("POST", f"/exposures/{number}/acknowledge", {"note": "on it"})
    assert json.loads(done.text)["state"] == "acknowledged"
    assert program.get("/exposures")["items"] == []
    closed = program.ask("POST", f"/exposures/{number}/close", {"how": "removed"})
    assert json.loads(closed.text)["state"] == "removed"
    reopened = json.loads(program.ask("POST", f"/exposures/{number}/reopen", {}).text)
    assert [event["what"] for event in reopened["history"]][-3:] == ["acknowledged", "removed", "open"]
    assert ROOM not in json.dumps(reopened)
    assert "hxxps" in reopened["sightings"][0]["address"]
    a_scan(desk, parish=SourceState.PARTIAL)
    states = {source["name"]: source["state"] for source in program.get("/sources")["items"]}
    assert states == {"parish": "partial", "forum": None}
    assert program.get("/scans")["items"][0]["coverage"][0]["read"] == 10
    assert json.loads(program.ask("POST", "/scans", {"sources": ["forum"]}).text) == {"queued": 1}


def test_a_key_is_answered_as_before(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    number = a_leak(desk)
    where, body = f"/exposures/{number}/acknowledge", {"note": "once"}
    first = program.ask("POST", where, body, Idempotency_Key="k1")
    program.ask("POST", f"/exposures/{number}/reopen", {})
    again = program.ask("POST", where, body, Idempotency_Key="k1")
    assert again.body == first.body
    assert program.get(f"/exposures/{number}")["state"] == "open", "it was not done twice"
    other = program.ask("POST", where, {"note": "else"}, Idempotency_Key="k1")
    assert other.status == 409
    desk.clock.advance(timedelta(days=2))
    program.ask("POST", where, body, Idempotency_Key="k2")
    assert program.ask("POST", where, {"note": "else"}, Idempotency_Key="k1").status == 200, "a day later"


def test_a_list_has_pages_that_neither_miss_nor_repeat(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    for number in range(7):
        a_leak(desk, title=f"Group {number}")
    seen, after = [], ""
    while True:
        page = program.get(f"/exposures?limit=3{after}")
        seen += [entry["id"] for entry in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    first = program.get("/meetings?limit=5")
    rest = program.get(f"/meetings?limit=5&after={first['next']}")
    assert [entry["id"] for entry in first["items"] + rest["items"]] == [1, 2, 3, 4, 5, 6, 7]
    assert rest["next"] is None


def test_what_is_known_is_not_sent_again(desk: Served) -> None:
    program = a_program(desk, desk.somebody())
    a_leak(desk)
    tag = program.ask("GET", "/exposures").headers["ETag"]
    same = program.ask("GET", "/exposures", If_None_Match=tag)
    assert (same.status, same.body) == (304, b"")
    program.ask("POST", "/exposures/1/acknowledge", {})
    assert program.ask("GET", "/exposures", If_None_Match=tag).status == 200


def test_a_token_gives_no_more_than_its_person_has(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.READER)
    number = a_leak(desk)
    acknowledge = f"/exposures/{number}/acknowledge"
    looking, reader, full = a_program(desk, ann, write=False), a_program(desk, bea), a_program(desk, ann)
    for program in (looking, reader):
        assert program.get("/exposures")["items"]
        assert program.ask("POST", acknowledge, {}).status == 403
    assert full.ask("POST", acknowledge, {}).status == 200
    bare = Program(desk, full.token)
    bare._browser.cookies = dict(ann.cookies)
    for wrong in ("", "x", full.token + "x", ann.cookies["lychgate"]):
        bare.token = wrong
        said = bare.ask("GET", "/exposures")
        assert said.status == 401, "a session's cookie counts for nothing here"
        assert said.headers["Content-Type"] == "application/problem+json"
        assert said.headers["WWW-Authenticate"] == "Bearer"
    assert ann.post("/account/tokens/3/revoke", on="/account").status == 303
    assert full.ask("GET", "/exposures").status == 401
    assert bea.post("/account/tokens/1/revoke", on="/account").status == 404, "somebody else's"
    ann.post("/people/2/disable", on="/people")
    assert reader.ask("GET", "/exposures").status == 401
    desk.clock.advance(timedelta(days=366))
    assert looking.ask("GET", "/exposures").status == 401


def test_another_organisation_is_not_there(desk: Served) -> None:
    number = a_leak(desk)
    club = add_organisation(desk.workspace.store, name="Choir", timezone="UTC", email="c@example.org")
    program = a_program(desk, desk.somebody("c@example.org", organisation=club.id))
    assert program.get("/exposures?only=all")["items"] == []
    assert program.get("/meetings")["items"] == []
    for method, path, body in (
        ("GET", f"/exposures/{number}", None),
        ("GET", "/meetings/1", None),
        ("POST", f"/exposures/{number}/acknowledge", {}),
        ("POST", f"/exposures/{number}/close", {"how": "removed"}),
        ("POST", f"/exposures/{number}/reopen", {}),
    ):
        assert program.ask(method, path, body).status == 404
    assert program.ask("POST", "/scans", {}).status == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/exposures/x", None, 422),
        ("GET", f"/exposures/{2**80}", None, 422),
        ("GET", "/exposures?limit=0", None, 422),
        ("GET", "/exposures?only=nothing", None, 422),
        ("GET", "/nowhere", None, 404),
        ("POST", "/meetings", {"invitation": ""}, 422),
        ("POST", "/meetings", {"invitation": "no link"}, 400),
        ("POST", "/meetings", {"invitation": INVITATION, "starts": "2031-01-01T10:00:00"}, 422),
        ("POST", "/meetings", {"invitation": INVITATION, "starts": "0001-01-01T00:00:00Z"}, 400),
        ("POST", "/meetings", {"invitation": INVITATION, "more": 1}, 422),
        ("POST", "/scans", {"sources": ["\ud800"]}, 422),
        ("POST", "/scans", {"sources": ["nowhere"]}, 400),
        ("POST", "/scans", [], 422),
    ],
)
def test_what_cannot_be_done_is_a_problem_in_words(
    desk: Served, method: str, path: str, body: object, status: int
) -> None:
    program = a_program(desk, desk.somebody())
    settings(desk)
    said = program.ask(method, path, body)
    assert said.status == status, said.text
    problem = json.loads(said.text)
    assert problem["status"] == status
    assert problem["detail"]
    assert ROOM not in said.text


def test_the_description_names_every_address(desk: Served) -> None:
    description = a_program(desk, desk.somebody()).get("/openapi.json")
    assert description["openapi"].startswith("3.1")
    served = {path for _, _, path in routes(desk) if path.startswith("/api/v1/")}
    described = set(description["paths"])
    assert described == served - {"/api/v1/openapi.json"}
    assert len(described) > 30
    assert description["security"] == [{"token": []}]
    assert all(path.startswith("/api/v1/") for path in description["paths"])


def test_the_client_in_the_documentation_works(desk: Served, tmp_path: Path) -> None:
    program = a_program(desk, desk.somebody())
    a_leak(desk, title="Choir")
    (tmp_path / "token").write_text(program.token)
    (tmp_path / "invitation").write_text(INVITATION)
    command = [
        sys.executable,
        CLIENT,
        f"http://127.0.0.1:{desk.port}",
        tmp_path / "token",
        tmp_path / "invitation",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "registered: Evening prayer\ncritical Choir Anybody can walk in.\n"
    assert program.get("/exposures")["items"] == []
