from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest

from scanner.actions.organisations import add_organisation
from scanner.actions.passwords import check_password
from scanner.actions.people import AccountRole, first_invite, invite
from scanner.actions.workspace import Workspace
from scanner.errors import InputError
from scanner.web.throttle import PER_PAIR
from tests.web.desk import PASSWORD, Clock, Served, served


def test_the_first_link_works_once(desk: Served) -> None:
    store, organisation = desk.workspace.store, desk.workspace.organisation.id
    link = first_invite(store, organisation=organisation, email="clerk@example.org", now=desk.clock())
    later = first_invite(store, organisation=organisation, email="clerk@example.org", now=desk.clock())
    browser = desk.browser()
    assert browser.get(f"/join/{link}").status == 400, "a newer link takes the place of an older one"
    page = browser.get(f"/join/{later}")
    assert "clerk@example.org" in page.words
    said = browser.send(f"/join/{later}", {"token": page.token, "password": "short", "again": "short"})
    assert said.status == 400
    assert "15 letters" in said.words
    said = browser.post(f"/join/{later}", on=f"/join/{later}", password=PASSWORD, again=PASSWORD + "x")
    assert "not the same" in said.words
    said = browser.post(f"/join/{later}", on=f"/join/{later}", password=PASSWORD, again=PASSWORD)
    assert (said.status, said.where) == (303, "/start")
    assert browser.get("/start").status == 200
    assert desk.browser().get(f"/join/{later}").status == 400
    assert first_invite(store, organisation=organisation, email="x@example.org", now=desk.clock()) is None


def test_an_invitation_is_too_old_after_a_week(desk: Served) -> None:
    ann = desk.somebody()
    said = ann.post("/people/invite", on="/people", email="bea@example.org", role="read-only")
    link = re.search(r"/join/[\w-]{43}", said.text)
    assert link is not None
    assert link[0] not in ann.get("/people").text, "shown once"
    desk.clock.advance(timedelta(days=6))
    assert desk.browser().get(link[0]).status == 200
    desk.clock.advance(timedelta(days=2))
    assert desk.browser().get(link[0]).status == 400


def test_an_invitation_can_be_taken_back(desk: Served) -> None:
    ann = desk.somebody()
    said = ann.post("/people/invite", on="/people", email="bea@example.org", role="owner")
    link = re.search(r"/join/[\w-]{43}", said.text)
    number = re.search(r"/people/invitations/(\d+)/revoke", said.text)
    assert link is not None
    assert number is not None
    assert ann.post(number[0], on="/people").status == 303
    assert desk.browser().get(link[0]).status == 400


def test_the_cookie_insists_on_what_can_be_insisted_on(workspace: Workspace, clock: Clock) -> None:
    with served(workspace, clock, public_address="https://desk.example") as desk:
        token = first_invite(
            workspace.store, organisation=workspace.organisation.id, email="a@example.org", now=clock()
        )
        browser = desk.browser()
        page = browser.get(f"/join/{token}", Host="desk.example")
        set_ = page.headers["Set-Cookie"]
        assert set_.startswith("__Host-lychgate-form=")
        for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in set_
        assert "Domain" not in set_
        headers = {"Host": "desk.example", "Origin": "https://desk.example"}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = f"token={page.token}&password={PASSWORD}&again={PASSWORD}".replace(" ", "+")
        said = browser.ask("POST", f"/join/{token}", body=body, headers=headers)
        assert said.status == 303
        assert said.headers["Set-Cookie"].startswith("__Host-lychgate=")
        assert "Strict-Transport-Security" in said.headers


def test_each_sign_in_is_a_new_session(desk: Served) -> None:
    """What somebody planted in a browser before is of no use afterwards."""
    desk.somebody()
    browser = desk.browser()
    browser.cookies["lychgate"] = "planted" * 7
    browser.sign_in("ann@example.org")
    first = browser.cookies["lychgate"]
    assert first != "planted" * 7
    browser.sign_in("ANN@example.org ")
    assert browser.cookies["lychgate"] != first


def test_signing_out_ends_it_in_the_database_too(desk: Served) -> None:
    ann = desk.somebody()
    copy = dict(ann.cookies)
    assert ann.post("/sign-out", on="/").status == 303
    ann.cookies = copy
    assert ann.get("/").status == 303


def test_a_new_password_ends_every_other_session(desk: Served) -> None:
    ann, elsewhere = desk.somebody(), desk.browser()
    elsewhere.sign_in("ann@example.org")
    new = "lantern gravel seventh owl"
    wrong = ann.post("/account/password", on="/account", old="not it at all!!", password=new, again=new)
    assert wrong.status == 400
    assert elsewhere.get("/").status == 200
    done = ann.post("/account/password", on="/account", old=PASSWORD, password=new, again=new)
    assert done.status == 303
    assert ann.get("/").status == 200
    assert elsewhere.get("/").status == 303
    assert elsewhere.sign_in("ann@example.org").status == 403
    assert elsewhere.sign_in("ann@example.org", new).status == 303


def test_who_is_shut_out_is_out_at_once(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.REVIEWER)
    assert ann.post("/people/2/disable", on="/people").status == 303
    assert bea.get("/").status == 303
    assert bea.sign_in("bea@example.org").status == 403
    assert ann.post("/people/2/enable", on="/people").status == 303
    assert bea.sign_in("bea@example.org").status == 303
    assert ann.post("/people/2/role", on="/people", role="read-only").status == 303
    assert bea.get("/").status == 303
    for path, form in (("/people/1/disable", {}), ("/people/1/role", {"role": "reviewer"})):
        said = ann.post(path, on="/people", **form)
        assert said.status == 400
        assert "only owner" in said.words


def test_a_link_for_a_new_password_keeps_the_second_factor(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.REVIEWER)
    secret = _second_factor(bea, desk.clock)
    said = ann.post("/people/invite", on="/people", email="bea@example.org", role="owner")
    link = re.search(r"/join/[\w-]{43}", said.text)
    assert link is not None
    new = "lantern gravel seventh owl"
    fresh = desk.browser()
    said = fresh.post(link[0], on=link[0], password=new, again=new)
    assert said.where.startswith("/sign-in/code")
    assert fresh.get("/").status == 303, "half a session opens nothing"
    desk.clock.advance(timedelta(minutes=1))
    code = pyotp.TOTP(secret).at(desk.clock())
    assert fresh.post("/sign-in/code", on="/sign-in/code", code=code).status == 303
    assert "reviewer" in fresh.get("/account").words, "the role is not in the link"


def _second_factor(browser, clock: Clock) -> str:
    page = browser.get("/account")
    secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)
    assert secret is not None
    wrong = browser.send(
        "/account/second-factor", {"token": page.token, "secret": secret[1], "code": "000000"}
    )
    assert wrong.status == 400
    assert secret[1] in wrong.text, "the same secret again: the app has it already"
    code = pyotp.TOTP(secret[1]).at(clock())
    said = browser.send("/account/second-factor", {"token": page.token, "secret": secret[1], "code": code})
    assert said.status == 303
    return secret[1]


def test_a_code_is_good_once_and_not_for_long(desk: Served) -> None:
    ann = desk.somebody()
    secret = _second_factor(ann, desk.clock)
    assert ann.get("/").status == 200
    maker = pyotp.TOTP(secret)
    used = maker.at(desk.clock())
    again = desk.browser()
    assert again.sign_in("ann@example.org").where.startswith("/sign-in/code")
    said = again.post("/sign-in/code", on="/sign-in/code", code=used)
    assert said.status == 403
    assert "used already" in said.words
    desk.clock.advance(timedelta(seconds=60))
    assert (
        again.post(
            "/sign-in/code", on="/sign-in/code", code=maker.at(desk.clock() - timedelta(minutes=2))
        ).status
        == 403
    )
    half = again.cookies["lychgate"]
    code = maker.at(desk.clock())
    assert again.post("/sign-in/code", on="/sign-in/code", code=f"{code[:3]} {code[3:]}").status == 303
    assert again.cookies["lychgate"] != half
    assert again.get("/").status == 200
    slow = desk.browser()
    slow.sign_in("ann@example.org")
    desk.clock.advance(timedelta(minutes=6))
    assert slow.post("/sign-in/code", on="/sign-in/code", code=maker.at(desk.clock())).status == 403
    assert (
        ann.post("/account/second-factor/remove", on="/account", password="wrong one entirely").status == 400
    )
    assert ann.post("/account/second-factor/remove", on="/account", password=PASSWORD).status == 303
    assert desk.browser().sign_in("ann@example.org").where == "/"


def test_guessing_gets_slower_and_the_owner_still_gets_in(desk: Served) -> None:
    desk.somebody()
    thief = desk.browser()
    for _ in range(PER_PAIR):
        assert thief.sign_in("ann@example.org", "guess after guess").status == 403
    said = thief.sign_in("ann@example.org")
    assert said.status == 429, "even the right password has to wait"
    assert 0 < int(said.headers["Retry-After"]) <= 901
    assert thief.sign_in("bea@example.org", "somebody else's").status == 403
    desk.clock.advance(timedelta(minutes=16))
    assert thief.sign_in("ann@example.org").status == 303


def test_guessing_codes_is_slowed_down_however_often_one_begins_anew(desk: Served) -> None:
    ann = desk.somebody()
    secret = _second_factor(ann, desk.clock)
    desk.clock.advance(timedelta(minutes=2))
    thief = desk.browser()
    for _ in range(PER_PAIR):
        assert thief.sign_in("ann@example.org").where.startswith("/sign-in/code")
        assert thief.post("/sign-in/code", on="/sign-in/code", code="000000").status == 403
    thief.sign_in("ann@example.org")
    right = pyotp.TOTP(secret).at(desk.clock())
    assert thief.post("/sign-in/code", on="/sign-in/code", code=right).status == 429
    assert ann.get("/people/audit").words.count("code refused (ann@example.org)") == PER_PAIR


def test_an_unknown_address_answers_like_a_known_one(desk: Served) -> None:
    desk.somebody()
    known = desk.browser().sign_in("ann@example.org", "x" * 20)
    unknown = desk.browser().sign_in("eve@example.org", "x" * 20)
    assert known.status == unknown.status == 403
    assert known.words.replace("ann@", "") == unknown.words.replace("eve@", "")


def test_an_address_has_one_account(desk: Served) -> None:
    club = add_organisation(desk.workspace.store, name="Choir", timezone="UTC", email="c@example.org")
    desk.somebody()
    with pytest.raises(InputError, match="another organisation"):
        invite(
            desk.workspace.store,
            organisation=club.id,
            email="Ann@Example.org",
            role=AccountRole.OWNER,
            actor="x",
            now=desk.clock(),
        )


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "aaaaaaaaaaaaaaaaaa",
        "passwordpassword1",
        "123456789012345678",
        "qwertyuiopasdfgh",
        "Ann.Example2024!!",
        "LychgateLychgate1",
        "letmein-letmein-1",
        "correcthorsebatterystaple",
        "abcabcabcabcabcabc",
        "x" * 1001,
    ],
)
def test_passwords_that_are_tried_first_are_refused(password: str) -> None:
    with pytest.raises(InputError):
        check_password(password, email="ann@example.org", second_factor=False)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "Gwdihŵ yn y goeden fawr",
        "пять зелёных фонарей",
        "竹の庭に雨が静かに降る夜の音楽",
        "tR9$kk!mQ2zz#Lp0v",
    ],
)
def test_long_passwords_of_any_letters_are_taken(password: str) -> None:
    assert check_password(password, email="ann@example.org", second_factor=False) == password


SHORT = "otter-gate"


def test_a_short_password_is_good_with_a_second_factor_only(desk: Served) -> None:
    """NIST SP 800-63B-4, section 3.1.1.2: 15 letters where it is all that is asked for, 8 beside a factor."""
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.REVIEWER)
    change = {"on": "/account", "old": PASSWORD, "password": SHORT, "again": SHORT}
    said = bea.post("/account/password", **change)
    assert said.status == 400
    assert "at least 15 letters, or 8 once you have a second factor" in said.words
    secret = _second_factor(bea, desk.clock)
    assert "at least 8 letters" in bea.get("/account").words
    tiny = bea.post("/account/password", on="/account", old=PASSWORD, password="otter-g", again="otter-g")
    assert "at least 8 letters" in tiny.words
    assert bea.post("/account/password", **change).status == 303
    said = bea.post("/account/second-factor/remove", on="/account", password=SHORT)
    assert said.status == 400
    assert "too short to be all that is asked for" in said.words
    assert bea.get("/help").status == 200, "nothing happened"

    # Her phone is lost: an owner takes the factor away, and the short password alone opens nothing.
    assert ann.post("/people/2/second-factor/remove", on="/people").status == 303
    late = desk.browser()
    assert late.sign_in("bea@example.org", SHORT).where.startswith("/sign-in/longer")
    half = late.cookies["lychgate"]
    assert late.get("/help").status == 303
    said = late.post("/sign-in/code", on="/sign-in/code", code="000000")
    assert said.status == 403, "there is no secret that a code could be of"
    for password, again in ((SHORT + "s", SHORT + "s"), (PASSWORD, "another"), ("a" * 20, "a" * 20)):
        said = late.post("/sign-in/longer", on="/sign-in/longer", password=password, again=again)
        assert said.status == 400
    said = late.post(
        "/sign-in/longer?x=1", on="/sign-in/longer?back=/meetings", password=PASSWORD, again=PASSWORD
    )
    assert said.status == 303
    assert late.cookies["lychgate"] != half
    assert late.get("/help").status == 200
    late.cookies["lychgate"] = half
    said = late.post("/sign-in/longer", on="/sign-in/longer", password=PASSWORD, again=PASSWORD)
    assert "took too long" in said.words
    assert desk.browser().sign_in("bea@example.org", SHORT).status == 403
    assert desk.browser().sign_in("bea@example.org").where == "/"
    assert secret not in ann.get("/people/audit").text


def test_half_a_session_lengthens_no_password_that_has_a_second_factor(desk: Served) -> None:
    ann = desk.somebody()
    _second_factor(ann, desk.clock)
    thief = desk.browser()
    assert thief.sign_in("ann@example.org").where.startswith("/sign-in/code")
    new = "lantern gravel seventh owl"
    assert thief.post("/sign-in/longer", on="/sign-in/longer", password=new, again=new).status == 400
    assert thief.get("/help").status == 303
    assert desk.browser().sign_in("ann@example.org", new).status == 403


def test_a_link_asks_for_as_much_as_the_account_needs(desk: Served) -> None:
    ann, bea = desk.somebody(), desk.somebody("bea@example.org", AccountRole.REVIEWER)
    _second_factor(bea, desk.clock)
    for email, letters, status in (("bea@example.org", 8, 303), ("cid@example.org", 15, 400)):
        said = ann.post("/people/invite", on="/people", email=email, role="reviewer")
        link = re.search(r"/join/[\w-]{43}", said.text)
        assert link is not None
        fresh = desk.browser()
        assert f'minlength="{letters}"' in fresh.get(link[0]).text
        assert fresh.post(link[0], on=link[0], password=SHORT, again=SHORT).status == status


@pytest.mark.parametrize("password", ["tR9$kk!m", "otter-gate", "竹の庭に雨が静かに"])
def test_short_ones_are_taken_beside_a_second_factor(password: str) -> None:
    assert check_password(password, email="ann@example.org", second_factor=True) == password
    with pytest.raises(InputError, match="15 letters"):
        check_password(password, email="ann@example.org", second_factor=False)


@pytest.mark.parametrize(
    "password",
    [
        "tR9$kk!",
        "password",
        "Summer1!",
        "zebra123",
        "qwertz12",
        "12345678",
        "ann-2024!",
        "aaaaaaaa1!x?",
        "Lychgate1!",
    ],
)
def test_short_ones_that_are_tried_first_are_refused_beside_it_too(password: str) -> None:
    with pytest.raises(InputError):
        check_password(password, email="ann@example.org", second_factor=True)


def test_the_audit_tells_who_did_what(desk: Served) -> None:
    ann = desk.somebody()
    desk.browser().sign_in("ann@example.org", "not the right one")
    ann.post("/people/invite", on="/people", email="bea@example.org", role="owner")
    said = ann.get("/people/audit").words
    for what in ("invited as owner", "signed in", "sign-in refused"):
        assert what in said
