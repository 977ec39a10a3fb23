import secrets
from datetime import UTC, datetime, timedelta

import pytest

from scanner.match.allowances import Allowed
from scanner.match.register import Register, RegisterEntry
from scanner.match.verdict import match
from scanner.model import Form, Link, Passcode, PasscodeKind, PasscodeMatch, Risk, Room, VerdictKind
from scanner.secret import KeyRing

KEYS = KeyRing(secrets.token_bytes(32))
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
YOGA = Room("zoom", "84155501234")


def entry(room: Room, *passcodes: str, meeting: int = 1) -> RegisterEntry:
    return RegisterEntry(
        fingerprint=KEYS.fingerprint(room),
        organisation=1,
        meeting=meeting,
        passcodes=frozenset(KEYS.fingerprint_passcode(room, text) for text in passcodes),
    )


def link(room: Room, passcode: Passcode | None = None) -> Link:
    return Link(room=room, form=Form.URL, where="href", passcode=passcode)


def compared(registered: tuple[str, ...], leaked: Passcode | None) -> PasscodeMatch:
    (verdict,) = match(link(YOGA, leaked), Register([entry(YOGA, *registered)]), KEYS, now=NOW)
    return verdict.passcode


def test_our_room_is_ours_with_a_reason() -> None:
    (verdict,) = match(link(YOGA), Register([entry(YOGA)]), KEYS, now=NOW)
    assert (verdict.organisation, verdict.meeting) == (1, 1)
    assert "link" in verdict.reason
    assert YOGA.key not in verdict.reason


def test_foreign_room_leaves_nothing() -> None:
    assert match(link(Room("zoom", "84155501235")), Register([entry(YOGA)]), KEYS, now=NOW) == ()


def test_same_digits_on_another_platform_are_another_room() -> None:
    assert match(link(Room("ringcentral", YOGA.key)), Register([entry(YOGA)]), KEYS, now=NOW) == ()


def test_room_shared_by_meetings_concerns_each_of_them() -> None:
    register = Register([entry(YOGA, meeting=1), entry(YOGA, meeting=2), entry(YOGA, meeting=3)])
    assert [verdict.meeting for verdict in match(link(YOGA), register, KEYS, now=NOW)] == [1, 2, 3]


def test_another_key_recognises_nothing() -> None:
    assert match(link(YOGA), Register([entry(YOGA)]), KeyRing(secrets.token_bytes(32)), now=NOW) == ()


def test_passcodes_are_compared() -> None:
    plain = Passcode("larks-77", PasscodeKind.PLAIN)
    assert compared(("larks-77",), None) is PasscodeMatch.NONE
    assert compared(("larks-77",), plain) is PasscodeMatch.CURRENT
    assert compared(("other-1", "larks-77"), plain) is PasscodeMatch.CURRENT
    assert compared(("wrens-12",), plain) is PasscodeMatch.DIFFERENT
    assert compared((), plain) is PasscodeMatch.UNKNOWN


def test_a_token_we_do_not_know_may_still_admit() -> None:
    token = Passcode("QWxsIHRoZSBsYXJrcw.1", PasscodeKind.TOKEN)
    assert compared(("larks-77",), token) is PasscodeMatch.UNKNOWN
    assert compared(("QWxsIHRoZSBsYXJrcw.1",), token) is PasscodeMatch.CURRENT


PLAIN = Passcode("larks-77", PasscodeKind.PLAIN)
TOMORROW, YESTERDAY = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("allowances", "leaked", "risk", "kind"),
    [
        ([], None, Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, None)], None, Risk.SCHEDULED, VerdictKind.INTENDED),
        ([(1, TOMORROW)], None, Risk.REUSABLE, VerdictKind.INTENDED),
        ([(1, NOW)], None, Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, YESTERDAY)], None, Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, YESTERDAY), (1, TOMORROW)], None, Risk.SCHEDULED, VerdictKind.INTENDED),
        ([(2, None)], None, Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, None)], PLAIN, Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, None)], Passcode("old-12", PasscodeKind.PLAIN), Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, None)], Passcode("QWxs.1", PasscodeKind.TOKEN), Risk.SCHEDULED, VerdictKind.OURS),
        ([(1, None)], None, Risk.HOST, VerdictKind.OURS),
        ([(1, None)], None, Risk.UNIQUE, VerdictKind.OURS),
    ],
    ids=[
        "none", "for good", "until tomorrow", "ends now", "over", "one of two is over", "another meeting's",
        "with the passcode", "with an old passcode", "with a token", "host's link", "one person's link",
    ],
)  # fmt: skip
def test_an_allowance_covers_the_bare_room_until_it_ends(allowances, leaked, risk, kind) -> None:
    seen = Link(room=YOGA, form=Form.URL, where="href", passcode=leaked, risk=risk)
    register = Register([entry(YOGA, PLAIN.text)])
    (verdict,) = match(seen, register, KEYS, now=NOW, allowed=Allowed(allowances))
    assert verdict.kind is kind
    assert ("allowed" in verdict.reason) == (kind is VerdictKind.INTENDED)


@pytest.mark.parametrize("kind", [VerdictKind.RETIRED, VerdictKind.CLOSED])
def test_a_room_that_its_meeting_left_is_not_an_allowed_one(kind) -> None:
    left = RegisterEntry(fingerprint=KEYS.fingerprint(YOGA), organisation=1, meeting=1, kind=kind)
    (verdict,) = match(link(YOGA), Register([left]), KEYS, now=NOW, allowed=Allowed([(1, None)]))
    assert verdict.kind is kind
    assert "another room now" in verdict.reason


def test_both_keys_are_tried_while_one_replaces_the_other() -> None:
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    both = KeyRing(new, old)
    for under in (old, new):
        single = KeyRing(under)
        registered = RegisterEntry(
            fingerprint=single.fingerprint(YOGA),
            organisation=1,
            meeting=1,
            passcodes=frozenset({single.fingerprint_passcode(YOGA, PLAIN.text)}),
        )
        (verdict,) = match(link(YOGA, PLAIN), Register([registered]), both, now=NOW)
        assert verdict.passcode is PasscodeMatch.CURRENT
