from __future__ import annotations

import threading
from datetime import timedelta

from storage.people import AccountRole
from storage.store import create_store
from tests.builders import NOON

TOKEN, OTHER = b"t" * 32, b"o" * 32


def an_account(work, organisation, email="ann@mail.example"):
    return work.people.add(organisation.id, email=email, role=AccountRole.OWNER, password="hash", now=NOON)


def test_an_account_comes_back_as_it_was_stored(work, club, choir):
    ann = an_account(work, club)
    assert work.people.get(club.id, ann.id) == ann
    assert work.people.get(choir.id, ann.id) is None
    assert (ann.email, ann.password, ann.second_factor, ann.disabled) == (
        "ann@mail.example",
        "hash",
        "",
        None,
    )
    work.people.set_password(ann, "other")
    work.people.set_second_factor(ann, "SECRET")
    work.people.set_role(ann.id, AccountRole.READER)
    work.people.set_disabled(ann.id, NOON)
    changed = work.people.get(club.id, ann.id)
    assert (changed.password, changed.second_factor, changed.role, changed.disabled) == (
        "other",
        "SECRET",
        AccountRole.READER,
        NOON,
    )
    assert [account.id for account in work.people.everybody()] == [ann.id]
    assert "hash" not in repr(ann)


def test_who_decides_about_all_of_them_waits_for_the_other(store):
    """Two owners who take each other's role at once would leave none."""
    with store.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
    entered = threading.Event()

    def enter():
        with store.begin() as work:
            work.people.wait_for_turn(club.id)
            entered.set()

    other = threading.Thread(target=enter)
    with store.begin() as work:
        work.people.wait_for_turn(club.id)
        other.start()
        assert not entered.wait(0.3)
    assert entered.wait(60)
    other.join(60)


def test_a_code_is_taken_once_and_no_earlier_one_after_it(work, club):
    ann = an_account(work, club)
    assert work.people.take_code(ann.id, 100)
    assert not work.people.take_code(ann.id, 100)
    assert not work.people.take_code(ann.id, 99)
    assert work.people.take_code(ann.id, 101)


def test_an_invitation_is_used_up_once(work, club, choir):
    def invite(token, email):
        work.people.invite(
            club.id,
            token_fingerprint=token,
            role=AccountRole.READER,
            email=email,
            until=NOON + timedelta(days=1),
            account=None,
        )

    invite(TOKEN, "bea@mail.example")
    found = work.people.invited(TOKEN, NOON)
    assert (found.email, found.role, found.organisation) == ("bea@mail.example", AccountRole.READER, club.id)
    assert work.people.invited(TOKEN, NOON + timedelta(days=1)) is None
    assert not work.people.revoke(choir.id, found.id)
    assert work.people.revoke(club.id, found.id)
    assert not work.people.revoke(club.id, found.id)
    invite(TOKEN, "bea@mail.example")
    invite(OTHER, "bea@mail.example")
    assert work.people.invited(TOKEN, NOON) is None, "the newer one takes its place"


def test_sessions_end_one_by_one_all_at_once_and_with_time(work, club):
    ann = an_account(work, club)
    work.sessions.start(TOKEN, ann.id, proven=True, now=NOON)
    work.sessions.start(OTHER, ann.id, proven=False, now=NOON)
    assert work.sessions.find(TOKEN).proven
    assert not work.sessions.find(OTHER).proven
    work.sessions.end_all(ann.id, but=TOKEN)
    assert work.sessions.find(OTHER) is None
    later = NOON + timedelta(minutes=20)
    work.sessions.touch(TOKEN, later)
    work.sessions.forget(
        later + timedelta(minutes=20), idle=timedelta(minutes=30), longest=timedelta(hours=12)
    )
    assert work.sessions.find(TOKEN).seen == later
    work.people.set_disabled(ann.id, NOON)
    assert work.sessions.find(TOKEN) is None
    work.people.set_disabled(ann.id, None)
    work.sessions.forget(NOON + timedelta(hours=12), idle=timedelta(days=1), longest=timedelta(hours=12))
    assert work.sessions.find(TOKEN) is None


def test_no_address_and_no_hash_of_a_password_stands_in_the_file(tmp_path, keys):
    with create_store(f"sqlite:///{tmp_path}/lychgate.db", keys) as store, store.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
        ann = work.people.add(
            club.id, email="ann@mail.example", role=AccountRole.OWNER, password="$argon2id$hash", now=NOON
        )
        work.people.set_second_factor(ann, "JBSWY3DPEHPK3PXP")
        work.people.invite(
            club.id,
            token_fingerprint=TOKEN,
            role=AccountRole.OWNER,
            email="bea@mail.example",
            until=NOON,
            account=None,
        )
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"owner" in written, "the search finds what is in plain"
    for secret in (b"ann@mail", b"bea@mail", b"argon2id", b"JBSWY3DP"):
        assert secret not in written
