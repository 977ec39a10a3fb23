"""Who may open what: every route without login, with every role, with another organisation's numbers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from scanner.actions.organisations import add_organisation
from scanner.actions.people import AccountRole
from scanner.model import PasscodeMatch
from scanner.web.door import BY_ADDRESS, FOR_EVERYBODY, OPEN, OPERATOR_ONLY, OWNERS_ONLY
from tests.builders import a_meeting, a_passcode, a_severity, a_sighting
from tests.web.desk import PASSWORD, Browser, Said, Served

PAGES = (
    "/",
    "/exposures",
    "/exposures?only=done",
    "/meetings",
    "/report",
    "/people",
    "/people/audit",
    "/alerts",
)


def routes(desk: Served) -> list[tuple[str, str, str]]:
    """Every route as (name, method, path with its parts still open)."""
    found: list[tuple[str, str, str]] = []
    waiting = list(desk.app.routes)
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, APIRoute):
            found += [(route.name, method, route.path) for method in sorted(route.methods - {"HEAD"})]
        else:
            # What else could answer, a mounted application say, would be past the door.
            waiting += route.original_router.routes
    return found


def filled(path: str, number: int = 1) -> str:
    return re.sub(r"\{\w+\}", str(number), path)


def ask(browser: Browser, method: str, path: str, form: dict[str, str]) -> Said:
    return browser.get(path) if method == "GET" else browser.send(path, form)


def knock(browser: Browser, method: str, path: str, **form: str) -> Said:
    """Ask for a route, a POST with the session's own token."""
    return ask(browser, method, path, {"token": browser.get("/help").token, **form})


def test_only_these_routes_are_open(desk: Served) -> None:
    everybody = {name for name, _, _ in routes(desk)}
    assert len(everybody) > 45
    assert everybody >= OPEN | BY_ADDRESS | OWNERS_ONLY | FOR_EVERYBODY | OPERATOR_ONLY, (
        "a name that no route has"
    )
    stranger = desk.browser()
    for name, method, path in routes(desk):
        said = (
            stranger.get(filled(path))
            if method == "GET"
            else stranger.send(filled(path), {"token": "0" * 64})
        )
        if name in OPEN | BY_ADDRESS:
            assert said.status in (200, 400, 403, 404), (name, said.status)
            assert "St Mary" not in said.text
        elif path.startswith("/api/"):
            assert said.status == 401, (name, said.status)
        else:
            assert (said.status, said.where[:8]) == (303, "/sign-in"), (name, said.status)
            assert said.body == b""


def test_every_change_refuses_a_foreign_form(desk: Served) -> None:
    """No token, another session's token, no origin, another site: with a good session none of them works."""
    ann, bea = desk.somebody(), desk.somebody("bea@example.org")
    good, others = ann.get("/help").token, bea.get("/help").token
    assert good != others
    for name, method, path in routes(desk):
        where = filled(path)
        if path.startswith("/api/"):
            assert ask(ann, method, where, {"token": good}).status == 401, "a cookie counts for nothing there"
            continue
        if method == "GET" or name in BY_ADDRESS:
            continue
        for token, site in (
            (None, "same-origin"),
            (others, "same-origin"),
            (good, "cross-site"),
            (good, "same-site"),
            (good, "none"),
            (good, None),
        ):
            said = ann.send(where, {} if token is None else {"token": token}, site=site)
            assert said.status == 403, (name, token, site, said.status)
    same = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{desk.port}"}
    assert ann.ask("POST", "/sign-out", body=f"token={good}", headers=same).status == 303
    assert ann.get("/").where.startswith("/sign-in")


@pytest.mark.parametrize("role", [AccountRole.READER, AccountRole.REVIEWER])
def test_each_role_may_do_its_own_and_no_more(desk: Served, role: AccountRole) -> None:
    somebody = desk.somebody("bea@example.org", role)
    for name, method, path in routes(desk):
        if name in OPEN | BY_ADDRESS or name == "sign_out_now" or path.startswith("/api/"):
            continue
        said = knock(somebody, method, filled(path, 99))
        only_owners = name in OWNERS_ONLY
        only_changers = method == "POST" and name not in FOR_EVERYBODY and role is AccountRole.READER
        if only_owners or only_changers:
            assert said.status == 403, (name, said.status)
        else:
            assert said.status in (200, 303, 400, 404), (name, said.status, said.words)
            if name == "drop_factor":
                assert said.status == 400, "not without the password"


def test_what_belongs_to_others_is_not_there(desk: Served) -> None:
    """Numbers of another organisation answer like numbers that were never given."""
    now = desk.clock()
    club = add_organisation(
        desk.workspace.store, name="Dale Choir", timezone="Europe/Berlin", email="choir@example.org"
    )
    with desk.workspace.store.begin() as work:
        kept = a_meeting(title="Secret rehearsal", passcodes=(a_passcode(),))
        meeting = work.meetings.add(club.id, kept, now)
        seen = work.exposures.see(
            club.id, meeting.id, a_sighting(passcode=PasscodeMatch.CURRENT), a_severity(), now
        )
        work.allowances.add(club.id, meeting.id, until=None, reason="x", actor="y", now=now)
    desk.somebody("choir@example.org", organisation=club.id)
    ann = desk.somebody()
    assert seen is not None
    tried = 0
    for name, method, path in routes(desk):
        if "{" not in path or name in OPEN | BY_ADDRESS or path.startswith("/api/"):
            continue
        number = seen.exposure_id if "exposures" in path else meeting.id
        if "people" in path:
            number = 1
        form = {"reason": "x", "as": "rotated", "role": "owner", "until": ""}
        theirs = knock(ann, method, filled(path, number), **form)
        never = knock(ann, method, filled(path, 4711), **form)
        assert theirs.status == never.status == 404, (name, theirs.status, never.status)
        assert theirs.body == never.body.replace(b"4711", str(number).encode())
        tried += 1
    assert tried > 15
    for path in PAGES:
        assert "Secret rehearsal" not in ann.get(path).text
        assert "choir@example.org" not in ann.get(path).text
    choir = desk.browser()
    assert choir.sign_in("choir@example.org").status == 303
    assert "Secret rehearsal" in choir.get("/").text
    for path, form in (
        ("/scans/now", {}),
        ("/sources/try", {"address": "https://a.example/"}),
        ("/alerts/test", {"channel": "clerk"}),
    ):
        assert knock(choir, "POST", path, **form).status == 403, "the operator's settings"


def test_every_answer_is_strict(desk: Served) -> None:
    ann = desk.somebody()
    for said in (
        ann.get("/"),
        ann.get("/nowhere"),
        desk.browser().get("/sign-in"),
        ann.get("/report.csv"),
        ann.send("/meetings/add", {}),
    ):
        policy = said.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert said.headers["Cache-Control"] == "no-store"
        assert said.headers["Referrer-Policy"] == "no-referrer"
        assert said.headers["X-Content-Type-Options"] == "nosniff"
        assert "server" not in {name.lower() for name in said.headers} - {"server"}
    style = re.search(r'href="(/static/[^"]+pico\.css)"', ann.get("/").text)
    assert style is not None
    kept = desk.browser().get(style[1])
    assert kept.status == 200
    assert "immutable" in kept.headers["Cache-Control"]
    for odd in (
        "/static/x/../app.py",
        "/static/x/..%2f..%2fapp.py",
        "/static/x/%2e%2e",
        "/static/x/base.html",
    ):
        assert desk.browser().get(odd).status == 404


def test_another_name_for_this_machine_is_refused(desk: Served) -> None:
    """A page elsewhere may let its own name lead here: its scripts would then be of our origin."""
    for host in (
        "evil.example",
        f"evil.example:{desk.port}",
        "127.0.0.1.evil.example",
        "",
        "localhost.evil.example:80",
    ):
        said = desk.browser().get("/sign-in", Host=host)
        assert said.status == 421, host
        assert "form" not in said.text
    assert desk.browser().get("/sign-in", Host=f"localhost:{desk.port}").status == 200


def test_too_much_at_once_is_refused(desk: Served) -> None:
    ann = desk.somebody()
    said = ann.ask("POST", "/meetings/add", body=b"a" * 10, headers={"Content-Length": "99999999"})
    assert said.status == 413
    chunked = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    said = ann.ask("POST", "/meetings/add", body=(b"a" * 65536 for _ in range(100)), headers=chunked)
    assert (said.status, said.headers["Cache-Control"]) == (400, "no-store")
    edge = 'multipart/form-data; boundary="edge"'
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    parts = [head, *[b"a" * 65536] * 100]
    said = ann.ask("POST", "/meetings/import", body=iter(parts), headers=chunked | {"Content-Type": edge})
    assert (said.status, said.headers["Cache-Control"]) == (413, "no-store")
    many = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    assert ann.ask("POST", "/meetings/add", body="a=1&" * 2000, headers=many).status == 400


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "/ä", "/\n"]
)
def test_after_signing_in_nobody_is_led_elsewhere(desk: Served, back: str) -> None:
    desk.somebody()
    browser = desk.browser()
    said = browser.post("/sign-in", on="/sign-in", email="ann@example.org", password=PASSWORD, back=back)
    assert (said.status, said.where) == (303, "/")


def test_a_session_ends(desk: Served) -> None:
    """Idle for half an hour, after twelve hours, by signing out."""
    ann = desk.somebody()
    desk.clock.advance(timedelta(minutes=29))
    assert ann.get("/").status == 200
    desk.clock.advance(timedelta(minutes=29))
    assert ann.get("/").status == 200, "each look begins the half hour anew"
    desk.clock.advance(timedelta(minutes=31))
    assert ann.get("/").status == 303
    ann = desk.browser()
    ann.sign_in("ann@example.org")
    for _ in range(28):
        desk.clock.advance(timedelta(minutes=25))
        assert ann.get("/").status == 200
    desk.clock.advance(timedelta(minutes=25))
    assert ann.get("/").status == 303, "twelve hours at most"
