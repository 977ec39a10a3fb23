from __future__ import annotations

from datetime import timedelta

from storage.people import AccountRole
from storage.store import create_store
from tests.builders import NOON

TOKEN, OTHER = b"t" * 32, b"o" * 32
CREDENTIAL, PUBLIC_KEY, HANDLE = b"credential" * 3, b"public key" * 8, b"handle" * 5


def an_account(work, organisation, email="ann@mail.example"):
    return work.people.add(organisation.id, email=email, role=AccountRole.OWNER, password="hash", now=NOON)


def add_passkey(work, account, credential=CREDENTIAL, name="my phone"):
    work.passkeys.add(
        account.organisation,
        account.id,
        credential=credential,
        public_key=PUBLIC_KEY,
        handle=HANDLE,
        name=name,
        sign_count=2**32 - 2,
        now=NOON,
    )


def test_a_passkey_comes_back_as_it_was_stored(work, club, choir):
    ann = an_account(work, club)
    add_passkey(work, ann)
    add_passkey(work, ann, b"another", "a stick")
    first, second = work.passkeys.of(club.id, ann.id)
    assert (first.name, first.credential, first.public_key, first.handle) == (
        "my phone",
        CREDENTIAL,
        PUBLIC_KEY,
        HANDLE,
    )
    assert (first.organisation, first.account, first.sign_count) == (club.id, ann.id, 2**32 - 2)
    assert (first.made, first.used) == (NOON, None)
    assert work.passkeys.of(choir.id, ann.id) == []
    assert work.passkeys.find(b"another") == second
    assert work.passkeys.find(b"never made") is None
    work.people.set_disabled(ann.id, NOON)
    assert work.passkeys.find(b"another") is None


def test_a_passkey_takes_its_sessions_with_it_and_no_others(work, club):
    ann = an_account(work, club)
    add_passkey(work, ann)
    (passkey,) = work.passkeys.of(club.id, ann.id)
    for token in (TOKEN, OTHER):
        work.sessions.start(token, ann.id, proven=True, now=NOON)
    later = NOON + timedelta(minutes=1)
    assert work.passkeys.use(passkey, sign_count=2**32 - 1, token_fingerprint=TOKEN, now=later)
    (used,) = work.passkeys.of(club.id, ann.id)
    assert (used.sign_count, used.used) == (2**32 - 1, later)
    assert not work.passkeys.use(passkey, sign_count=2**32 - 1, token_fingerprint=OTHER, now=later), (
        "the count is not what it was when this answer was checked"
    )
    work.passkeys.remove(passkey.id)
    assert work.passkeys.of(club.id, ann.id) == []
    assert work.sessions.find(TOKEN) is None
    assert work.sessions.find(OTHER) is not None


def test_a_session_that_ends_leaves_its_passkey(work, club):
    ann = an_account(work, club)
    add_passkey(work, ann)
    (passkey,) = work.passkeys.of(club.id, ann.id)
    work.sessions.start(TOKEN, ann.id, proven=True, now=NOON)
    work.passkeys.use(passkey, sign_count=2**32 - 1, token_fingerprint=TOKEN, now=NOON)
    work.sessions.end_all(ann.id)
    assert len(work.passkeys.of(club.id, ann.id)) == 1


def test_an_account_is_one_subject_at_a_provider(work, club, choir):
    ann, bea = an_account(work, club), an_account(work, club, "bea@mail.example")
    for account, subject in ((ann, "1"), (bea, "2"), (ann, "3")):
        work.identities.add(
            club.id,
            account.id,
            issuer="https://id.example",
            subject=subject,
            by_rule=account is bea,
            now=NOON,
        )
    found = {each.account: (each.issuer, each.subject, each.by_rule) for each in work.identities.all(club.id)}
    assert found == {
        ann.id: ("https://id.example", "3", False),
        bea.id: ("https://id.example", "2", True),
    }
    assert work.identities.all(choir.id) == []
    work.identities.forget(ann.id)
    assert [each.account for each in work.identities.all(club.id)] == [bea.id]


def test_nothing_of_it_stands_in_the_file(tmp_path, keys):
    with create_store(f"sqlite:///{tmp_path}/lychgate.db", keys) as store, store.begin() as work:
        ann = an_account(work, work.organisations.add(name="x", timezone="UTC", email="e"))
        add_passkey(work, ann)
        work.identities.add(
            ann.organisation, ann.id, issuer="https://id.example", subject="s-1234", by_rule=True, now=NOON
        )
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"owner" in written, "the search finds what is in plain"
    for secret in (CREDENTIAL, PUBLIC_KEY, HANDLE, b"my phone", b"id.example", b"s-1234"):
        assert secret not in written
        assert secret.hex().encode() not in written
