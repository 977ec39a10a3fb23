"""Passkeys at the level of HTTP, with a security key in software; the browser's part is in tests/e2e."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from scanner.actions.passkeys import Place, place_of
from scanner.actions.people import AccountRole
from scanner.actions.workspace import Workspace
from scanner.web.pending import Pending
from scanner.web.throttle import PER_PAIR
from tests.web.authenticator import PRESENT, VERIFIED, Authenticator, to_bytes, to_text
from tests.web.desk import PASSWORD, Browser, Clock, Said, Served, served


@pytest.fixture
def ann(desk: Served) -> Browser:
    """An owner who sits at this machine."""
    ann = desk.somebody()
    ann.host = "localhost"
    return ann


def at_home(desk: Served) -> Browser:
    return replace(desk.browser(), host="localhost")


def act(browser: Browser, path: str, **form: str) -> Said:
    """Send a form of somebody who is signed in, with the token that all their forms have."""
    return browser.post(path, on="/help", **form)


def question_for_new(browser: Browser, password: str = PASSWORD) -> Said:
    return act(browser, "/account/passkeys/question", password=password)


def enrol(browser: Browser, name: str = "my phone") -> Authenticator:
    key = Authenticator(origin=f"http://localhost:{browser.port}")
    made = key.made(json.loads(question_for_new(browser).text))
    said = act(browser, "/account/passkeys", name=name, credential=made)
    assert (said.status, said.where) == (303, "/account?done=passkey"), said.words
    return key


def question(browser: Browser) -> dict[str, Any]:
    said = browser.post("/sign-in/passkey/question", on="/sign-in")
    assert said.status == 200, said.words
    asked: dict[str, Any] = json.loads(said.text)
    return asked


def show(browser: Browser, answer: str, **form: str) -> Said:
    return browser.post("/sign-in/passkey", on="/sign-in", credential=answer, **form)


def test_a_passkey_signs_in_by_itself(desk: Served, ann: Browser) -> None:
    """No address, no password, and no code although there is a second factor."""
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', ann.get("/account").text)
    assert secret is not None
    code = pyotp.TOTP(secret[1]).at(desk.clock())
    assert ann.post("/account/second-factor", on="/account", secret=secret[1], code=code).status == 303
    key = enrol(ann)
    page = ann.get("/account").words
    assert "my phone: not used yet" in page
    visitor = at_home(desk)
    asked = question(visitor)
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"
    assert asked.get("allowCredentials", []) == [], "which keys somebody has is told to nobody"
    said = show(visitor, key.answer(asked), back="/meetings")
    assert (said.status, said.where) == (303, "/meetings")
    assert visitor.get("/meetings").status == 200
    assert "last used" in visitor.get("/account").words
    audit = visitor.get("/people/audit").words
    assert "passkey added" in audit
    assert "signed in with a passkey" in audit


def test_a_passkey_is_made_to_stand_for_both_factors(ann: Browser) -> None:
    asked = json.loads(question_for_new(ann).text)
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["attestation"] == "none"
    assert len(to_bytes(asked["user"]["id"])) == 32
    key = enrol(ann)
    again = json.loads(question_for_new(ann).text)
    assert [to_bytes(each["id"]) for each in again["excludeCredentials"]] == [key.credential]
    assert to_bytes(again["user"]["id"]) == key.handle, "one name for the account on every key"


def test_what_makes_no_passkey(desk: Served, ann: Browser) -> None:
    wrong = question_for_new(ann, "not it at all")
    assert (wrong.status, wrong.text) == (400, "That is not your present password.")
    home = f"http://localhost:{desk.port}"
    for key, why in (
        (Authenticator("http://localhost:1"), "another program on this machine"),
        (Authenticator(f"https://localhost:{desk.port}"), "another scheme"),
        (Authenticator(home, host="evil.example"), "another host's key"),
        (Authenticator(home, flags=PRESENT), "nobody showed who they are"),
        (Authenticator(home, flags=VERIFIED), "nobody is there"),
    ):
        made = key.made(json.loads(question_for_new(ann).text))
        said = act(ann, "/account/passkeys", name="x", credential=made)
        assert said.status == 400, why
        assert "no passkey that is good here" in said.words, why
    good = Authenticator(home)
    made = good.made(json.loads(question_for_new(ann).text))
    for name in ("   ", "x" * 61):
        question_for_new(ann)
        assert act(ann, "/account/passkeys", name=name, credential=made).status == 400
    for odd in ("", "[" * 15_000, made[:-40], made.replace("attestationObject", "other")):
        question_for_new(ann)
        assert act(ann, "/account/passkeys", name="x", credential=odd).status == 400, odd[:40]
    assert "my phone" not in ann.get("/account").words
    made = good.made(json.loads(question_for_new(ann).text))
    assert act(ann, "/account/passkeys", name="x", credential=made).status == 303
    said = act(ann, "/account/passkeys", name="x", credential=made)
    assert "took too long" in said.words, "an answer is taken once"
    said = act(
        ann,
        "/account/passkeys",
        name="x",
        credential=good.made(json.loads(question_for_new(ann).text)),
    )
    assert "known already" in said.words


def test_a_question_belongs_to_one_session_and_is_soon_over(desk: Served, ann: Browser) -> None:
    bea = desk.somebody("bea@example.org")
    bea.host = "localhost"
    key = Authenticator(f"http://localhost:{desk.port}")
    made = key.made(json.loads(question_for_new(ann).text))
    said = act(bea, "/account/passkeys", name="x", credential=made)
    assert said.status == 400, "asked of Ann, answered by Bea"
    desk.clock.advance(timedelta(minutes=5, seconds=1))
    assert act(ann, "/account/passkeys", name="x", credential=made).status == 400
    key = enrol(ann)
    visitor, other = at_home(desk), at_home(desk)
    answer = key.answer(question(visitor))
    question(other)
    assert show(other, answer).status == 403, "asked of another visitor"
    assert show(at_home(desk), answer).status == 403, "asked of nobody"
    desk.clock.advance(timedelta(minutes=5, seconds=1))
    assert show(visitor, answer).status == 403, "too late"
    assert visitor.get("/help").status == 303


def test_an_answer_is_good_once(desk: Served, ann: Browser) -> None:
    key = enrol(ann)
    visitor = at_home(desk)
    answer = key.answer(question(visitor))
    assert show(visitor, answer).status == 303
    form_cookie = visitor.cookies["lychgate-form"]
    thief = at_home(desk)
    thief.cookies["lychgate-form"] = form_cookie
    assert show(thief, answer).status == 403, "the same visitor's cookie, the same answer"
    question(thief)
    assert show(thief, answer).status == 403, "an old answer to a new question"
    assert thief.get("/help").status == 303


SPOILT = {
    "foreign-origin": lambda key, asked: replace(key, origin="https://desk.evil.example").answer(asked),
    "other-port": lambda key, asked: replace(key, origin="http://localhost:1").answer(asked),
    "other-host": lambda key, asked: replace(key, host="evil.example").answer(asked),
    "other-challenge": lambda key, asked: key.answer({"challenge": to_text(b"mine" * 8)}),
    "spoilt-signature": lambda key, asked: key.answer(asked, spoil=b"\x00\x01"),
    "longer-signature": lambda key, asked: key.answer(asked, spoil=b"").replace(
        '"signature": "', '"signature": "AAAA'
    ),
    "other-key": lambda key, asked: replace(key, key=Authenticator("").key).answer(asked),
    "nobody-verified": lambda key, asked: replace(key, flags=PRESENT).answer(asked),
    "nobody-present": lambda key, asked: replace(key, flags=VERIFIED).answer(asked),
    "made-not-got": lambda key, asked: key.answer(asked, kind="webauthn.create"),
    "other-person": lambda key, asked: key.answer(asked, handle=b"b" * 32),
    "no-person": lambda key, asked: key.answer(asked, handle=b""),
    "count-goes-back": lambda key, asked: replace(key, count=3).answer(asked),
    "unknown-key": lambda key, asked: replace(key, credential=b"u" * 32).answer(asked),
    "nonsense": lambda key, asked: "[" * 15_000,
    "nothing": lambda key, asked: "",
}


def test_an_answer_that_proves_nothing_is_refused(desk: Served, ann: Browser) -> None:
    key = enrol(ann)
    key.count = 6
    visitor = at_home(desk)
    refused = 0
    for how, spoil in SPOILT.items():
        assert show(visitor, key.answer(question(visitor))).status == 303, f"the honest one, before {how}"
        visitor = at_home(desk)
        said = show(visitor, spoil(key, question(visitor)))
        assert said.status == 403, how
        assert visitor.get("/help").status == 303, how
        refused += how not in ("unknown-key", "nonsense", "nothing")
        assert ann.get("/people/audit").words.count("passkey refused") == refused, how


def test_who_tries_many_waits(desk: Served, ann: Browser) -> None:
    key = enrol(ann)
    thief = at_home(desk)
    for _ in range(PER_PAIR):
        assert show(thief, "{}").status == 403
    assert thief.post("/sign-in/passkey/question", on="/sign-in").status == 429
    assert show(thief, "{}").status == 429
    desk.clock.advance(timedelta(minutes=16))
    assert show(thief, key.answer(question(thief))).status == 303
    for _ in range(PER_PAIR):
        assert question_for_new(ann, "guess after guess").status == 400
    assert question_for_new(ann).status == 429, "the password is not to be guessed here either"


def test_a_removed_passkey_ends_what_it_began_and_nothing_else(desk: Served, ann: Browser) -> None:
    key = enrol(ann)
    visitor = at_home(desk)
    show(visitor, key.answer(question(visitor)))
    assert visitor.get("/help").status == 200
    assert ann.post("/account/passkeys/1/remove", on="/account").status == 303
    assert visitor.get("/help").status == 303
    assert ann.get("/help").status == 200
    assert show(at_home(desk), key.answer(question(visitor))).status == 403
    assert "passkey removed" in ann.get("/people/audit").words


def test_whoever_is_shut_out_has_no_passkey_either(desk: Served, ann: Browser) -> None:
    bea = desk.somebody("bea@example.org", AccountRole.READER)
    bea.host = "localhost"
    key = enrol(bea)
    assert ann.post("/account/passkeys/1/remove", on="/account").status == 404, "somebody else's"
    visitor = at_home(desk)
    assert show(visitor, key.answer(question(visitor))).status == 303
    ann.post("/people/2/disable", on="/people")
    assert visitor.get("/help").status == 303
    assert show(visitor, key.answer(question(visitor))).status == 403
    ann.post("/people/2/enable", on="/people")
    assert show(visitor, key.answer(question(visitor))).status == 303
    assert "the password alone works too" in ann.get("/people").words
    assert ann.post("/people/2/passkeys/remove", on="/people").status == 303
    assert visitor.get("/help").status == 303
    assert show(visitor, key.answer(question(visitor))).status == 403


def test_the_last_way_in_stays(desk: Served, ann: Browser) -> None:
    """Somebody whom a provider brought has no password: their only passkey cannot be removed."""
    store = desk.workspace.store
    enrol(ann)
    with store.begin() as work:
        (account,) = work.people.everybody()
        work.people.set_password(account, "")
    said = ann.post("/account/passkeys/1/remove", on="/account")
    assert said.status == 400
    assert "only way in" in said.words
    assert ann.get("/help").status == 200
    assert question_for_new(ann, "").status == 200, "there is no password to ask for"
    enrol(ann, "a stick")
    assert ann.post("/account/passkeys/1/remove", on="/account").status == 303
    assert ann.post("/account/passkeys/2/remove", on="/account").status == 400
    assert desk.browser().sign_in("ann@example.org", "").status == 403


def test_passkeys_are_offered_only_where_they_are_good(
    desk: Served, ann: Browser, workspace: Workspace, clock: Clock
) -> None:
    ann.host = "127.0.0.1"
    assert "localhost on this machine" in ann.get("/account").words
    assert "passkey.js" not in desk.browser().get("/sign-in").text
    assert desk.browser().post("/sign-in/passkey/question", on="/sign-in").status == 404
    assert question_for_new(ann).status == 404
    assert "passkey.js" in at_home(desk).get("/sign-in").text
    elsewhere = at_home(desk).get("/sign-in", Host="localhost:1")
    assert "passkey.js" not in elsewhere.text, "what is relayed from another port"
    with served(workspace, clock, public_address="https://desk.example") as public:
        visitor = public.browser()
        page = visitor.get("/sign-in", Host="desk.example")
        assert "passkey.js" in page.text
        headers = {"Host": "desk.example", "Sec-Fetch-Site": "same-origin"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        asked = visitor.ask("POST", "/sign-in/passkey/question", body=f"token={page.token}", headers=headers)
        assert json.loads(asked.text)["rpId"] == "desk.example"
        assert "passkey.js" not in public.browser().get("/sign-in", Host="localhost").text


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("https://desk.example", Place("desk.example", "https://desk.example")),
        ("https://desk.example:8443", Place("desk.example", "https://desk.example:8443")),
        ("https://desk.example:443", Place("desk.example", "https://desk.example")),
        ("http://localhost:8000", Place("localhost", "http://localhost:8000")),
        ("http://desk.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]", None),
        ("", None),
    ],
)
def test_browsers_want_a_name_and_https(address: str, place: Place | None) -> None:
    assert place_of(address) == place


def test_only_so_many_questions_are_kept(clock: Clock) -> None:
    pending: Pending[int] = Pending()
    for number in range(20_001):
        pending.keep(f"visitor {number}", number, clock())
    assert pending.take("visitor 0", clock()) is None
    assert pending.take("visitor 1", clock()) == 1
    assert pending.take("visitor 1", clock()) is None
    pending.keep("visitor 2", 7, clock() + timedelta(hours=1))
    assert pending.take("visitor 2", clock()) is None, "a clock that was put back"
    pending.keep("", 9, clock())
    assert pending.take("", clock()) is None
