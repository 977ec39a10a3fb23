"""Whose room is it? The matcher's answer, with its reason."""

from __future__ import annotations

from datetime import datetime

from scanner.match.allowances import Allowed
from scanner.match.register import Fingerprints, Register, RegisterEntry
from scanner.model import Form, Link, PasscodeKind, PasscodeMatch, Risk, Verdict, VerdictKind

_WRITTEN_AS = {
    Form.URL: "a link to a room of this meeting stands there",
    Form.WRITTEN: "the meeting's ID is written there",
    Form.DIAL_IN: "a dial-in line with the meeting's ID stands there",
    Form.BARE: "a number equal to the meeting's ID stands there, without a label",
    Form.IMAGE: "a picture there shows the way into this meeting",
    Form.REPORTED: "somebody reports that the way into this meeting stands there",
}

_PASSCODE_SAYS = {
    PasscodeMatch.NONE: "no passcode beside it",
    PasscodeMatch.CURRENT: "with its current passcode",
    PasscodeMatch.DIFFERENT: "with a passcode that is not the registered one",
    PasscodeMatch.UNKNOWN: "with a passcode that cannot be compared with a registered one",
}

_KIND_SAYS = {
    VerdictKind.OURS: "",
    VerdictKind.INTENDED: ", which is allowed",
    VerdictKind.RETIRED: "; the meeting uses another room now",
    VerdictKind.CLOSED: "; the meeting uses another room now and this one was deleted",
}

_NEVER_ALLOWED = frozenset({Risk.HOST, Risk.UNIQUE})
"""Links that let one person in as somebody: to publish one is a mistake, whatever is allowed."""


def match(
    link: Link,
    register: Register,
    fingerprints: Fingerprints,
    *,
    now: datetime,
    allowed: Allowed | None = None,
) -> tuple[Verdict, ...]:
    """Say which registered Meetings a Link opens: one Verdict each, none for a foreign room.

    A foreign room leaves no trace in the answer, so that callers have nothing of it to keep. An allowance
    covers the bare room; with any passcode beside it the link is an incident as ever.
    """
    verdicts = []
    for entry in [found for each in fingerprints.fingerprints(link.room) for found in register.look_up(each)]:
        passcode = _compare_passcode(link, entry, fingerprints)
        kind = entry.kind
        bare = passcode is PasscodeMatch.NONE and link.risk not in _NEVER_ALLOWED
        if kind is VerdictKind.OURS and bare and allowed and allowed.covers(entry.meeting, now):
            kind = VerdictKind.INTENDED
        verdicts.append(
            Verdict(
                organisation=entry.organisation,
                meeting=entry.meeting,
                passcode=passcode,
                kind=kind,
                reason=f"{_WRITTEN_AS[link.form]}, {_PASSCODE_SAYS[passcode]}{_KIND_SAYS[kind]}",
            )
        )
    return tuple(verdicts)


def _compare_passcode(link: Link, entry: RegisterEntry, fingerprints: Fingerprints) -> PasscodeMatch:
    if link.passcode is None:
        return PasscodeMatch.NONE
    if not entry.passcodes.isdisjoint(fingerprints.passcode_fingerprints(link.room, link.passcode.text)):
        return PasscodeMatch.CURRENT
    # A token and a typed passcode are two spellings of one secret: they can differ and both admit.
    if link.passcode.kind is PasscodeKind.TOKEN or not entry.passcodes:
        return PasscodeMatch.UNKNOWN
    return PasscodeMatch.DIFFERENT
