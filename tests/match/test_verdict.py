import secrets

from scanner.match.register import Register, RegisterEntry
from scanner.match.verdict import match
from scanner.model import Form, Link, Passcode, PasscodeKind, PasscodeMatch, Room
from scanner.secret import KeyRing

KEYS = KeyRing(secrets.token_bytes(32))
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
    (verdict,) = match(link(YOGA, leaked), Register([entry(YOGA, *registered)]), KEYS)
    return verdict.passcode


def test_our_room_is_ours_with_a_reason() -> None:
    (verdict,) = match(link(YOGA), Register([entry(YOGA)]), KEYS)
    assert (verdict.organisation, verdict.meeting) == (1, 1)
    assert "link" in verdict.reason
    assert YOGA.key not in verdict.reason


def test_foreign_room_leaves_nothing() -> None:
    assert match(link(Room("zoom", "84155501235")), Register([entry(YOGA)]), KEYS) == ()


def test_same_digits_on_another_platform_are_another_room() -> None:
    assert match(link(Room("ringcentral", YOGA.key)), Register([entry(YOGA)]), KEYS) == ()


def test_room_shared_by_meetings_concerns_each_of_them() -> None:
    register = Register([entry(YOGA, meeting=1), entry(YOGA, meeting=2), entry(YOGA, meeting=3)])
    assert [verdict.meeting for verdict in match(link(YOGA), register, KEYS)] == [1, 2, 3]


def test_another_key_recognises_nothing() -> None:
    assert match(link(YOGA), Register([entry(YOGA)]), KeyRing(secrets.token_bytes(32))) == ()


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
