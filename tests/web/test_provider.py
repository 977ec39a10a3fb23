"""Signing in with accounts from elsewhere, against a real OpenID provider on loopback that also lies."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from scanner.actions.organisations import add_organisation
from scanner.actions.passwords import new_second_factor
from scanner.actions.people import AccountRole, invite
from scanner.actions.workspace import Workspace
from scanner.web.throttle import PER_PAIR
from tests.web.desk import PASSWORD, Browser, Clock, Said, Served
from tests.web.provider import CLIENT, SECRET, Provider, configure, provider

ANN = {"email": "ann@stmarys.example", "email_verified": True}


@pytest.fixture
def parish(workspace: Workspace, clock: Clock) -> Iterator[Provider]:
    with provider(clock) as it:
        it.person = dict(ANN)
        configure(
            workspace, it, admit="{group: wardens, role: owner}, {domain: stmarys.example, role: reviewer}"
        )
        yield it


def leave(browser: Browser, back: str = "/") -> Said:
    return browser.get(f"/sign-in/provider?back={back}")


def come_back(browser: Browser, address: str) -> Said:
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def sign_in(browser: Browser, parish: Provider, back: str = "/") -> Said:
    left = leave(browser, back)
    assert left.status == 303, left.words
    return come_back(browser, parish.let_in(left.where))


def people(desk: Served) -> dict[str, AccountRole]:
    with desk.workspace.store.reading() as work:
        return {account.email: account.role for account in work.people.everybody()}


def test_whom_a_rule_admits_gets_an_account_and_its_role_of_the_day(desk: Served, parish: Provider) -> None:
    ann = desk.browser()
    assert "Sign in with the parish account" in ann.get("/sign-in").words
    said = sign_in(ann, parish, back="/meetings")
    assert (said.status, said.where) == (303, "/meetings")
    assert ann.get("/meetings").status == 200
    assert people(desk) == {"ann@stmarys.example": AccountRole.REVIEWER}
    assert "You have none." in ann.get("/account").words, "no password"
    assert desk.browser().sign_in("ann@stmarys.example", "").status == 403
    assert desk.browser().sign_in("ann@stmarys.example", PASSWORD).status == 403

    parish.person |= {"groups": ["choir", "wardens"], "email": "ann.new@elsewhere.example"}
    assert sign_in(desk.browser(), parish).status == 303
    assert people(desk) == {"ann@stmarys.example": AccountRole.OWNER}, "one account, by its subject"
    assert ann.get("/meetings").status == 303, "with another role one signs in again"
    parish.person = {**ANN, "groups": "choir"}
    owner = desk.browser()
    assert sign_in(owner, parish).status == 303
    assert people(desk) == {"ann@stmarys.example": AccountRole.OWNER}, "the last owner stays one"
    audit = owner.get("/people/audit").words
    for what in ("joined as reviewer", "role is now owner", "signed in"):
        assert what in audit, what

    desk.somebody("bea@example.org")
    parish.person = {**ANN, "email_verified": False}
    gone = desk.browser()
    said = sign_in(gone, parish)
    assert said.status == 403
    assert "no longer counts you among those who may come in" in said.words
    assert gone.get("/help").status == 303
    assert sign_in(desk.browser(), parish).status == 403
    parish.person = dict(ANN)
    assert sign_in(desk.browser(), parish).status == 303
    assert people(desk)["ann@stmarys.example"] is AccountRole.REVIEWER, "now there is another owner"


def test_who_is_unknown_needs_an_invitation(desk: Served, parish: Provider) -> None:
    parish.person = {"sub": "s-2", "email": "cid@example.org", "email_verified": True}
    cid = desk.browser()
    said = sign_in(cid, parish)
    assert said.status == 403
    assert "Nobody invited cid@example.org yet." in said.words
    assert people(desk) == {}
    store, organisation = desk.workspace.store, desk.workspace.organisation.id
    link = invite(
        store,
        organisation=organisation,
        email="Cid@example.org",
        role=AccountRole.READER,
        actor="x",
        now=desk.clock(),
    )
    parish.person |= {"email_verified": False, "xms_edov": True}
    said = sign_in(cid, parish)
    assert "did not say that it checked your e-mail address" in said.words
    parish.person["email_verified"] = True
    assert sign_in(cid, parish).status == 303
    assert people(desk) == {"cid@example.org": AccountRole.READER}
    assert desk.browser().get(f"/join/{link}").status == 400, "used up"
    parish.person["email_verified"] = False
    assert sign_in(desk.browser(), parish).status == 303, "known by the subject from now on"


def test_an_account_that_is_here_already_is_linked_to_one_subject(desk: Served, parish: Provider) -> None:
    ann = desk.somebody("ann@stmarys.example", AccountRole.READER)
    desk.somebody("bea@example.org")
    secret = new_second_factor()
    with desk.workspace.store.begin() as work:
        account = next(each for each in work.people.everybody() if each.email == "ann@stmarys.example")
        work.people.set_second_factor(account, secret)
    visitor = desk.browser()
    assert sign_in(visitor, parish).where.startswith("/sign-in/code"), "a second factor here counts here"
    assert visitor.get("/help").status == 303
    code = pyotp.TOTP(secret).at(desk.clock())
    assert visitor.post("/sign-in/code", on="/sign-in/code", code=code).status == 303
    assert people(desk)["ann@stmarys.example"] is AccountRole.READER, "an owner gave that role, no rule"
    assert ann.get("/help").status == 200

    parish.person["sub"] = "s-9"
    said = sign_in(desk.browser(), parish)
    assert said.status == 403
    assert "was another person's" in said.words
    bea = desk.browser()
    bea.sign_in("bea@example.org")
    page = bea.post("/people/invite", on="/people", email="ann@stmarys.example", role="read-only").text
    link = page[page.index("/join/") :][:49]
    new = "lantern gravel seventh owl"
    assert desk.browser().post(link, on=link, password=new, again=new).status == 303
    assert sign_in(desk.browser(), parish).where.startswith("/sign-in/code"), "an owner vouched for it"

    bea.post("/people/1/disable", on="/people")
    said = sign_in(desk.browser(), parish)
    assert "shut this account" in said.words


def test_the_provider_speaks_for_its_own_organisation_only(desk: Served, parish: Provider) -> None:
    club = add_organisation(
        desk.workspace.store, name="Dale Choir", timezone="Europe/Berlin", email="c@example.org"
    )
    desk.somebody("ann@stmarys.example", organisation=club.id)
    visitor = desk.browser()
    said = sign_in(visitor, parish)
    assert said.status == 403
    assert "another organisation" in said.words
    assert visitor.get("/help").status == 303


def test_an_answer_is_taken_once_from_whoever_was_sent(desk: Served, parish: Provider) -> None:
    ann, other = desk.browser(), desk.browser()
    back = parish.let_in(leave(ann).where)
    assert come_back(desk.browser(), back).status == 403, "somebody who never left"
    leave(other)
    assert come_back(other, back).status == 403, "somebody who left by themselves"
    assert other.get("/help").status == 303
    assert come_back(ann, back).status == 303
    assert come_back(ann, back).status == 403, "twice"
    slow = desk.browser()
    back = parish.let_in(leave(slow).where)
    desk.clock.advance(timedelta(minutes=5, seconds=1))
    assert "took too long" in come_back(slow, back).words


LIES = {
    "another-nonce": {"claims": {"nonce": "n" * 43}},
    "no-nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no-end": {"claims": {"exp": None}},
    "end-as-text": {"claims": {"exp": "tomorrow"}},
    "from-the-future": {"claims": {"nbf": 4_000_000_000}},
    "for-somebody-else": {"claims": {"aud": "another desk"}},
    "for-several-by-another": {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
    "for-several-by-nobody": {"claims": {"aud": ["another", CLIENT]}},
    "for-nobody": {"claims": {"aud": None}},
    "of-another-issuer": {"claims": {"iss": "https://evil.example"}},
    "no-issuer": {"claims": {"iss": None}},
    "nobody": {"claims": {"sub": None}},
    "empty-subject": {"claims": {"sub": ""}},
    "subject-a-list": {"claims": {"sub": ["s-1"]}},
    "subject-of-two-lines": {"claims": {"sub": "s\n1"}},
    "not-signed": {"header": {"alg": "none"}, "signed_with": "nothing"},
    "not-signed-None": {"header": {"alg": "None"}, "signed_with": "nothing"},
    "signature-left-out": {"signed_with": "nothing"},
    "signed-with-public-key": {"header": {"alg": "HS256"}, "signed_with": "its public key"},
    "signed-with-our-secret": {"header": {"alg": "HS256"}, "signed_with": "our secret"},
    "signed-by-another": {"signed_with": "another key"},
    "unknown-key": {"header": {"kid": "k9"}},
    "key-in-the-token": {"header": {"jwk": {"kty": "oct", "k": "AAAA"}, "kid": "k9"}},
    "access-token-of-another": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "code-not-taken": {"answers": {"token": (400, b'{"error": "invalid_grant"}')}},
    "token-500": {"answers": {"token": (500, b"oops")}},
    "token-elsewhere": {"answers": {"token": (302, b"")}},
    "token-cut-off": {"answers": {"token": (200, b'{"id_token": "abc')}},
    "token-a-list": {"answers": {"token": (200, b"[]")}},
    "token-deep": {"answers": {"token": (200, b"[" * 60_000)}},
    "token-endless": {"answers": {"token": (200, b'{"id_token": "' + b"a" * 200_000 + b'"}')}},
    "token-empty": {"answers": {"token": (200, b"{}")}},
    "token-of-one-part": {"answers": {"token": (200, b'{"id_token": "abc"}')}},
    "token-a-number": {"answers": {"token": (200, b'{"id_token": 7}')}},
    "keys-500": {"answers": {"keys": (500, b"")}},
    "keys-none": {"answers": {"keys": (200, b'{"keys": []}')}},
    "keys-odd": {
        "answers": {"keys": (200, b'{"keys": [7, {"kty": "RSA", "n": 1}, {"kty": "oct", "k": "AA"}]}')}
    },
    "keys-text": {"answers": {"keys": (200, b'{"keys": "k1"}')}},
    "keys-guarded": {"about": {"jwks_uri": "http://127.0.0.1:1/keys"}},
    "token-guarded": {"about": {"token_endpoint": "http://127.0.0.1:1/token"}},
    "two-people": {
        "person": {},
        "userinfo": {"sub": "s-2", "email": "eve@stmarys.example", "email_verified": True},
    },
}
AT_THE_DOOR = {
    "about-500": {"answers": {".well-known/openid-configuration": (500, b"")}},
    "about-cut-off": {"answers": {".well-known/openid-configuration": (200, b'{"issuer": "ht')}},
    "about-another": {"about": {"issuer": "https://evil.example"}},
    "no-page": {"about": {"authorization_endpoint": None}},
    "page-a-script": {"about": {"authorization_endpoint": "javascript:alert(1)"}},
    "page-of-another-port": {"about": {"authorization_endpoint": "http://127.0.0.1:1/"}},
    "no-token": {"about": {"token_endpoint": 7}},
}


def test_what_proves_nothing_lets_nobody_in(
    desk: Served, parish: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    honest = dict(vars(parish))
    assert sign_in(desk.browser(), parish).status == 303
    for how, lie in {**LIES, **AT_THE_DOOR}.items():
        desk.clock.advance(timedelta(minutes=16))
        visitor = desk.browser()
        vars(parish).update(lie)
        left = leave(visitor)
        said = left if how in AT_THE_DOOR else come_back(visitor, parish.let_in(left.where))
        assert said.status == 403, how
        assert "the parish account: " in said.words, how
        assert visitor.get("/help").status == 303, how
        vars(parish).update(honest)
        desk.clock.advance(timedelta(minutes=16))
        assert sign_in(desk.browser(), parish).status == 303, f"honest again after {how}"
    assert SECRET not in caplog.text
    assert "eyJ" not in caplog.text, "no token in the log"


def test_what_comes_back_changed_lets_nobody_in(desk: Served, parish: Provider) -> None:
    for how, change in {
        "another state": {"state": "s" * 43},
        "an empty state": {"state": ""},
        "another issuer": {"iss": "https://evil.example"},
        "refused there": {"error": "access_denied", "code": ""},
        "no code": {"code": ""},
        "another code": {"code": "x" * 20},
        "endless": {"code": "x" * 5_000},
    }.items():
        visitor = desk.browser()
        said = come_back(visitor, parish.let_in(leave(visitor).where, **change))
        assert said.status == 403, how
        assert visitor.get("/help").status == 303, how
    visitor = desk.browser()
    back = parish.let_in(leave(visitor).where, iss=parish.issuer)
    assert come_back(desk.browser(), back).status == 403
    asked = len(parish.asked)
    assert leave(desk.browser()).status == 429, "so many beginnings without an end"
    assert come_back(visitor, back).status == 429
    assert len(parish.asked) == asked, "strangers make us ask only so often"
    desk.clock.advance(timedelta(minutes=16))
    for _ in range(PER_PAIR + 1):
        assert leave(desk.browser()).status == 303
    assert len(parish.asked) == asked + 1, "what it says of itself is known for a while"


def test_ways_of_honest_providers(desk: Served, parish: Provider) -> None:
    """A secret in the form, an address by userinfo only, no key's name, several audiences, a late clock."""
    honest = dict(vars(parish))
    for way in (
        {"about": {"token_endpoint_auth_methods_supported": ["client_secret_post"]}},
        {"person": {}, "userinfo": {"sub": "s-1", "email": "ann@stmarys.example", "email_verified": "true"}},
        {"person": {"email": "ann@stmarys.example", "xms_edov": True}},
        {"header": {"kid": None}},
        {"claims": {"aud": [CLIENT, "another"], "azp": CLIENT}},
        {"claims": {"iat": int(desk.clock().timestamp()) + 5 * 660 + 60}},
        {"about": {"authorization_endpoint": f"{parish.issuer}/authorize?realm=a"}},
    ):
        vars(parish).update(way)
        desk.clock.advance(timedelta(minutes=11))
        assert sign_in(desk.browser(), parish).status == 303, way
        vars(parish).update(honest)
    assert people(desk) == {"ann@stmarys.example": AccountRole.REVIEWER}
    asked = parse_qs(urlsplit(leave(desk.browser()).where).query)
    assert asked["scope"] == ["openid email groups"]
    desk.clock.advance(timedelta(minutes=11))
    vars(parish).update(about={"scopes_supported": ["openid", "email"]})
    asked = parse_qs(urlsplit(leave(desk.browser()).where).query)
    assert asked["scope"] == ["openid email"], "some refuse a scope that they do not know"


def test_a_slow_provider_takes_only_so_many_hands(desk: Served, parish: Provider) -> None:
    parish.awake.clear()
    with ThreadPoolExecutor(4) as visitors:
        waiting = [visitors.submit(leave, desk.browser()) for _ in range(4)]
        end = time.monotonic() + 60
        while len(parish.asked) < 4 and time.monotonic() < end:
            time.sleep(0.01)
        said = leave(desk.browser())
        parish.awake.set()
        assert said.status == 403
        assert "Too many people sign in at this moment" in said.words
        assert [each.result().status for each in waiting] == [303] * 4


def test_what_is_not_set_up_is_said(
    desk: Served, parish: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    folder = desk.workspace.environment.folder
    visitor = desk.browser()
    back = parish.let_in(leave(visitor).where)
    (folder / "provider").unlink()
    said = come_back(visitor, back)
    assert "not set up in full" in said.words
    assert str(folder) not in said.words
    assert "No such file" in caplog.text
    configure(desk.workspace, parish, allow="'127.0.0.1:1'")
    said = leave(desk.browser())
    assert said.status == 403
    assert "private address" in said.words
    configure(desk.workspace, parish)
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "authlib.oidc.core", None)
        said = leave(desk.browser())
        assert "lychgate[oidc]" in said.words
    (folder / "schedules.yaml").write_text("version: 1\n")
    assert leave(desk.browser()).status == 404
    assert "parish" not in desk.browser().get("/sign-in").words
    (folder / "schedules.yaml").write_text("version: oops")
    assert desk.browser().get("/sign-in").status == 200, "a bad edit keeps nobody out"
