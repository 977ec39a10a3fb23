from __future__ import annotations

import re
from datetime import UTC, datetime

from scanner.actions.passwords import new_second_factor
from scanner.actions.people import accept_invite
from scanner.actions.signing_in import Step, sign_in
from scanner.actions.workspace import opened
from tests.cli.clerk import Clerk


def test_an_invitation_is_a_link_that_is_listed_without_its_token(clerk: Clerk) -> None:
    said = clerk.run("users", "invite", "ann@example.org", "--role", "owner")
    link = re.search(r"http://127\.0\.0\.1:8000/join/([\w-]{43})", said.out)
    assert link is not None
    listed = clerk.run("users", "list")
    assert "ann@example.org" in listed.out
    assert "invited until" in listed.out
    assert link[1] not in listed.out
    assert clerk.run("users", "list", "--json").lines() == []


def test_the_link_leads_to_the_public_address(clerk: Clerk) -> None:
    settings = clerk.data / "schedules.yaml"
    settings.write_text("version: 1\nweb: {public_address: https://Desk.Example/}\n")
    said = clerk.run("users", "invite", "ann@example.org")
    assert "https://desk.example/join/" in said.out


def test_faults_are_said_in_words(clerk: Clerk) -> None:
    assert "no e-mail address" in clerk.run("users", "invite", "not one", code=2).err
    assert (
        "'chief' is not one of"
        in clerk.run("users", "invite", "a@example.org", "--role", "chief", code=2).err
    )
    assert "nobody with the number 7" in clerk.run("users", "disable", "7", code=2).err
    assert "Nobody yet" in clerk.run("users", "list").out
    settings = clerk.data / "schedules.yaml"
    for address in ("desk.example", "https://desk.example/path", "https://a@b.example", "ftp://desk.example"):
        settings.write_text(f"version: 1\nweb: {{public_address: {address}}}\n")
        assert "without a path" in clerk.run("doctor", code=2).out


def test_the_only_owner_who_lost_the_phone_comes_in_again_with_the_password(clerk: Clerk) -> None:
    link = clerk.run("users", "invite", "ann@example.org", "--role", "owner").out
    token = link.rpartition("/join/")[2].strip()
    password, now = "the organ is out of tune", datetime.now(UTC)
    with opened({}, clerk.data) as workspace:
        ann = accept_invite(workspace.store, token, password=password, now=now)
        with workspace.store.begin() as work:
            account = work.people.get(workspace.organisation.id, ann.id)
            work.people.set_second_factor(account, new_second_factor())
        asked = sign_in(workspace.store, email=ann.email, password=password, now=now)
        assert asked is not None
        assert asked.lacks is Step.CODE
    said = clerk.run("users", "lost-phone", str(ann.id)).out
    assert "signs in with the password alone" in said
    with opened({}, clerk.data) as workspace:
        signed_in = sign_in(workspace.store, email=ann.email, password=password, now=datetime.now(UTC))
        assert signed_in is not None
        assert signed_in.lacks is Step.NOTHING
        with workspace.store.reading() as work:
            audit = {(entry.what, entry.note) for entry in work.audit.all(workspace.organisation.id)}
        assert ("second factor removed", "ann@example.org") in audit
    assert "has no second factor" in clerk.run("users", "lost-phone", str(ann.id), code=2).err
    assert "nobody with the number 77" in clerk.run("users", "lost-phone", "77", code=2).err
