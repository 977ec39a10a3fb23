"""Every operation of the API with every kind of token, and with what is another organisation's."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scanner.actions.organisations import add_organisation
from scanner.actions.people import AccountRole, invite
from scanner.actions.stopping import stop_mail
from scanner.web.door import OPERATOR_ONLY, OWNERS_ONLY
from tests.web.desk import Served
from tests.web.test_api import Program, a_program
from tests.web.test_door import filled, routes
from tests.web.test_pages import INVITATION, ROOM, a_leak, settings

BODIES: dict[str, object] = {
    "api_close": {"how": "removed"},
    "api_note": {"note": "x"},
    "api_change_link": {"invitation": INVITATION},
    "api_answer_checklist": {"answers": {}},
    "api_allow": {"reason": "x"},
    "api_change_role": {"role": "owner"},
    "api_acknowledge": {},
    "api_reopen": {},
    "api_snooze": {"elsewhere": True},
}
BY_NAME = ("{name}",)
"""Channels and sources: they are the installation's, and have no number."""


def operations(desk: Served) -> list[tuple[str, str, str]]:
    return [
        (name, method, path.removeprefix("/api/v1"))
        for name, method, path in routes(desk)
        if path.startswith("/api/v1/")
    ]


def ask(program: Program, name: str, method: str, path: str, number: int = 99) -> tuple[int, str]:
    body = None if method == "GET" else BODIES.get(name)
    said = program.ask(method, filled(path, number), body)
    return said.status, said.text


def test_each_token_does_its_own_and_no_more(desk: Served) -> None:
    settings(desk)
    ann = desk.somebody()
    looking = a_program(desk, ann, write=False)
    reader = a_program(desk, desk.somebody("cy@example.org", AccountRole.READER))
    reviewer = a_program(desk, desk.somebody("bea@example.org", AccountRole.REVIEWER))
    assert len(operations(desk)) > 55
    owners = {name for name, _, _ in operations(desk)} & OWNERS_ONLY
    assert len(owners) >= 9
    for name, method, path in operations(desk):
        if name not in owners:
            continue
        assert ask(reader, name, method, path)[0] == 403, name
        assert ask(reviewer, name, method, path)[0] == 403, name
        assert (ask(looking, name, method, path)[0] == 403) == (method == "POST"), name
    for name, method, path in operations(desk):
        if name in owners:
            continue
        for program in (looking, reader):
            status, said = ask(program, name, method, path)
            if method == "POST":
                assert (status, "looking only" in said) == (403, True), (name, status)
            else:
                assert status in (200, 404), (name, status, said)


def test_what_another_organisation_has_is_not_there(desk: Served) -> None:
    """Its numbers answer, word for word, like numbers that were never given; and nothing of it changes."""
    store, now = desk.workspace.store, desk.clock()
    settings(desk)
    a_leak(desk, title="Secret rehearsal")
    desk.somebody("bob@example.org", AccountRole.REVIEWER)
    invite(store, organisation=1, email="dot@example.org", role=AccountRole.READER, actor="ann", now=now)
    with store.begin() as work:
        work.calendars.add(1, name="Club", address="https://cal.example/x.ics", now=now)
        work.drills.add(1, actor="ann", now=now)
        work.allowances.add(1, 1, until=None, reason="x", actor="ann", now=now)
        (token,) = work.recipients.tokens(1, "clerk", ["clerk@example.org"], now).values()
    stop_mail(store, token, now=now)
    ann = a_program(desk, desk.somebody())
    until = (now + timedelta(hours=8)).isoformat()
    assert ann.ask("POST", "/silences", {"until": until, "reason": "Secret rehearsal"}).status == 200
    lists = [path for _, method, path in operations(desk) if method == "GET" and "{" not in path]
    assert {"/people", "/audit", "/alerts/stopped", "/people/invitations", "/report"} <= set(lists)
    # Scans and sources are the installation's.
    before = {path: ann.get(path) for path in lists if path not in ("/audit", "/openapi.json")}

    club = add_organisation(store, name="Dale Choir", timezone="UTC", email="choir@example.org")
    choir = a_program(desk, desk.somebody("choir@example.org", organisation=club.id))
    tried = 0
    for name, method, path in operations(desk):
        if "{" not in path or any(part in path for part in BY_NAME):
            continue
        if name in OPERATOR_ONLY:
            continue
        theirs, never = ask(choir, name, method, path, 1), ask(choir, name, method, path, 4711)
        assert theirs[0] == never[0] == 404, (name, theirs, never)
        assert theirs[1] == never[1], name
        tried += 1
    assert tried > 25
    for path in lists:
        said = choir.ask("GET", path)
        assert said.status == 200, path
        for secret in ("Secret rehearsal", "ann@example.org", "dot@example.org", "clerk@example.org", ROOM):
            assert secret not in said.text, path
    assert {path: ann.get(path) for path in before} == before


def test_the_numbers_of_that_test_exist(desk: Served) -> None:
    """With the same settings their own owner is not told that nothing is there."""
    store, now = desk.workspace.store, desk.clock()
    a_leak(desk)
    program = a_program(desk, desk.somebody())
    desk.somebody("bob@example.org", AccountRole.REVIEWER)
    invite(store, organisation=1, email="dot@example.org", role=AccountRole.READER, actor="ann", now=now)
    for path, body in (
        ("/exposures/1/reveal", None),
        ("/meetings/1/reveal", None),
        ("/people/2/role", {"role": "read-only"}),
        ("/people/2/disable", None),
        ("/people/2/enable", None),
        ("/people/invitations/1/revoke", None),
    ):
        said = program.ask("POST", path, body)
        assert said.status == 200, (path, said.text)


@pytest.mark.parametrize("path", ["/people/2/second-factor/remove", "/people/2/passkeys/remove", "/account"])
def test_what_people_sign_in_with_is_not_for_programs(desk: Served, path: str) -> None:
    program = a_program(desk, desk.somebody())
    desk.somebody("bob@example.org")
    said = program.ask("POST", path, {})
    assert (said.status, json.loads(said.text)["title"]) == (404, "Not Found")
