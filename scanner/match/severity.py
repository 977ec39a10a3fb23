"""How urgent a sighting is: what an outsider could do with it, and how soon the meeting starts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import IntEnum

from scanner.durations import roughly
from scanner.model import Form, Passcode, PasscodeMatch, Protection, Risk, Room, Severity, SeverityLevel

_RAID_BOARDS = re.compile(
    r"https?://(?:[\w-]+\.)*(?:4chan|4channel|8kun|8ch|endchan|kiwifarms|soyjak)\.[a-z]{2,6}(?:[:/]|$)",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"\b(?:zoom-?bomb\w{0,4}|raid (?:it|them|this|time|now|tonight)|let'?s raid"
    r"|raid(?:ers)? (?:needed|wanted)"
    r"|crash (?:it|them|their|this)|troll (?:them|this|it)|(?:do a|get) trolling|cause (?:chaos|havoc|mayhem)"
    r"|make (?:them|it) (?:cry|hell)|disrupt (?:it|them|this|their)"
    r"|(?:go|come) (?:wild|nuts|crazy) in (?:there|here)|spam (?:them|this|the chat)|no mercy"
    r"|bombarde[rz]?|troll(?:en|t) (?:sie|die|das)|st(?:ö|oe)rt (?:sie|die|das)|sprengt (?:sie|die|das)"
    r"|saboteren|boicotea\w{0,3}|trolear?(?:los|las)?|reventar(?:lo|la|los)?|troller|foutre le bordel)\b",
    re.IGNORECASE,
)

SOON = timedelta(hours=24)
THIS_WEEK = timedelta(days=7)

BARRIERS = frozenset({Protection.WAITING_ROOM, Protection.SIGN_IN, Protection.REGISTRATION})
"""Declared protections that stand between somebody with the link and its passcode and the meeting."""

_ALWAYS_OPEN = {
    Protection.JOIN_BEFORE_HOST: "people can join before the host",
    Protection.PERSONAL_ID: "the room is a personal one that all its owner's meetings use",
}
_NO_PASSCODE_PLATFORMS = frozenset({"google-meet", "jitsi"})

_WHAT_STANDS_THERE = {
    Form.URL: "the link",
    Form.WRITTEN: "the meeting ID",
    Form.DIAL_IN: "the number to dial in",
    Form.BARE: "a number that is your meeting ID",
    Form.IMAGE: "the link, in a picture,",
    Form.REPORTED: "the way in, as was reported,",
}


class Reach(IntEnum):
    """How far an outsider gets with what stands there; more is worse."""

    NOWHERE = 0
    DOOR = 1
    PERHAPS_IN = 2
    IN = 3
    IN_CHARGE = 4


def needs_passcode(
    room: Room, passcodes: tuple[Passcode, ...], protections: frozenset[Protection] = frozenset()
) -> bool:
    """Say whether this door asks for a passcode that the link alone does not bring along.

    ``passcodes`` are the meeting's registered ones. With none registered and none declared the door counts
    as open, since nothing says otherwise. Google Meet and Jitsi links ask for none; a Teams thread link and
    a Webex ``mtid`` link carry their own admission, whatever passcode the invitation states for typing
    (meeting-link specification, sections 2.8 and 3).
    """
    if room.platform in _NO_PASSCODE_PLATFORMS:
        return False
    if room.platform == "teams" and room.key.startswith("19:"):
        return False
    if room.platform == "webex" and room.key.startswith("mtid:"):
        return False
    return bool(passcodes) or Protection.PASSCODE in protections


def grade(
    *,
    risk: Risk,
    form: Form,
    passcode: PasscodeMatch,
    passcode_needed: bool,
    protections: frozenset[Protection],
    next_start: datetime | None,
    running: bool,
    now: datetime,
    hostile: bool = False,
) -> Severity:
    """Grade by how far an outsider gets, then by how soon, and say so in one sentence.

    ``passcode_needed`` comes from :func:`needs_passcode`. ``next_start`` is the start of the occurrence
    that runs or comes next, None when the series is over.

    =============================================  ==================  ===========  =====================
    An outsider                                    running or < 24 h   < 7 days     later
    =============================================  ==================  ===========  =====================
    takes over: a host's link                      critical            critical     high
    walks in: the current passcode stands there,   critical            high         medium; high when the
    or one we cannot compare, or none is needed                                     room is used again
    perhaps gets in: another passcode stands       high                medium       medium
    there, or a declared protection holds back
    those who could walk in
    stands at the door: the passcode is missing    medium              medium       low
    gets nowhere: registration page, members'      low                 low          low
    link, ended service
    =============================================  ==================  ===========  =====================

    Where people can join before the host, or the room is a personal one, it counts as used again. A series
    that is over is low whatever stands there. A declared protection (waiting room, sign-in,
    registration) lowers the row by one, and so does a bare number, which nothing marks as a meeting;
    neither goes below the door. ``hostile`` (:func:`calls_to_disrupt`) raises what leads to the meeting by a
    level: whoever reads it there has been asked to come and do harm, whatever the page was made for.

    A host passes every protection, and a registrant's own link has passed registration, so there they do not
    count. A passcode beside the link never lowers the grade: most leaks come from insiders who post both. How
    sure the detector was is no part of it, because the room has been compared with the register by then.
    """
    what, reach = _reach(
        risk=risk, form=form, passcode=passcode, passcode_needed=passcode_needed, protections=protections
    )
    if next_start is None:
        return Severity(
            SeverityLevel.LOW,
            "The meeting is over, so nobody can walk in now; change the link before you use it again.",
        )
    away = timedelta(0) if running else max(next_start - now, timedelta(0))
    when = "the meeting is running now" if running else f"the meeting starts in {roughly(away)}"
    level = _level(reach, away=away, reusable=risk is Risk.REUSABLE)
    if hostile and reach > Reach.NOWHERE:
        level = SeverityLevel(list(SeverityLevel)[min(level.rank + 1, SeverityLevel.CRITICAL.rank)])
        what = f"{what}, where people are called to disrupt meetings"
    always_open = [says for weakness, says in _ALWAYS_OPEN.items() if weakness in protections]
    if always_open and (worse := _level(reach, away=away, reusable=True)).rank > level.rank:
        return Severity(worse, f"{what}, and {always_open[0]}; {when}.")
    return Severity(level, f"{what}, and {when}.")


def calls_to_disrupt(excerpt: str, address: str) -> bool:
    """Say whether a link stands on a raid board, or beside words that call people to disrupt a meeting.

    Misses are harmless: the grade is what it would be anywhere. ``raid`` alone is no call, since games and
    churches use the word too.
    """
    return bool(_RAID_BOARDS.match(address) or _CALLS.search(excerpt))


def grade_retired(*, deleted: bool) -> Severity:
    """Grade a room that its meeting has left: low, since nobody meets there, with what is left to do.

    ``deleted`` is the owner's word that the old meeting was deleted; without it the link may still open.
    """
    if deleted:
        reason = "The old link stands there. You said that its meeting was deleted, so it opens nothing."
    else:
        reason = (
            "The old link stands there. Your meeting uses another one now, but the old one may still open: "
            "delete the old meeting where you made it."
        )
    return Severity(SeverityLevel.LOW, reason)


def _level(reach: Reach, *, away: timedelta, reusable: bool) -> SeverityLevel:
    later = SeverityLevel.HIGH if reusable else SeverityLevel.MEDIUM
    soon, this_week, after = {
        Reach.IN_CHARGE: (SeverityLevel.CRITICAL, SeverityLevel.CRITICAL, SeverityLevel.HIGH),
        Reach.IN: (SeverityLevel.CRITICAL, SeverityLevel.HIGH, later),
        Reach.PERHAPS_IN: (SeverityLevel.HIGH, SeverityLevel.MEDIUM, SeverityLevel.MEDIUM),
        Reach.DOOR: (SeverityLevel.MEDIUM, SeverityLevel.MEDIUM, SeverityLevel.LOW),
        Reach.NOWHERE: (SeverityLevel.LOW, SeverityLevel.LOW, SeverityLevel.LOW),
    }[reach]
    if away < SOON:
        return soon
    return this_week if away < THIS_WEEK else after


def _reach(
    *,
    risk: Risk,
    form: Form,
    passcode: PasscodeMatch,
    passcode_needed: bool,
    protections: frozenset[Protection],
) -> tuple[str, Reach]:
    """Return what an outsider could do, as the first half of the sentence, and how far that goes."""
    match risk:
        case Risk.DEFUNCT:
            return "Nobody can get in: the service behind the link that stands there has ended", Reach.NOWHERE
        case Risk.PUBLIC:
            return "Strangers can only ask to register: the registration page stands there", Reach.NOWHERE
        case Risk.MEMBERS:
            return "Only members of your workspace can get in with the link that stands there", Reach.NOWHERE
        case Risk.HOST:
            return "Anyone can take the meeting over: a host's own link stands there", Reach.IN_CHARGE
        case Risk.UNIQUE:
            held = protections - {Protection.REGISTRATION}
            who = "A stranger can walk in under someone else's name"
            return _held_back(f"{who}: that person's own link stands there", Reach.IN, held, form)
    thing = _WHAT_STANDS_THERE[form]
    if not passcode_needed:
        found = f"Anyone can walk in: {thing} stands there and we know of no passcode that would stop them"
        reach = Reach.IN
    elif passcode is PasscodeMatch.CURRENT:
        found, reach = f"Anyone can walk in: {thing} and its current passcode stand there", Reach.IN
    elif passcode is PasscodeMatch.UNKNOWN:
        found = f"Anyone may walk in: {thing} stands there with a passcode that we cannot compare with yours"
        reach = Reach.IN
    elif passcode is PasscodeMatch.DIFFERENT:
        found = f"Strangers may get in: {thing} stands there with a passcode that is not your current one"
        reach = Reach.PERHAPS_IN
    else:
        found, reach = f"Strangers can try the door: {thing} stands there without its passcode", Reach.DOOR
    return _held_back(found, reach, protections, form)


def _held_back(found: str, reach: Reach, protections: frozenset[Protection], form: Form) -> tuple[str, Reach]:
    """Lower the reach by what stands between the outsider and the meeting, and say what that is."""
    if reach > Reach.DOOR and protections & BARRIERS:
        barrier = _barrier(protections)
        found = f"{barrier}: {found.partition(': ')[2]}"
        reach = Reach(reach - 1)
    if reach > Reach.DOOR and form is Form.BARE:
        reach = Reach(reach - 1)
    return found, reach


def _barrier(protections: frozenset[Protection]) -> str:
    if Protection.WAITING_ROOM in protections:
        return "Strangers can come as far as your waiting room"
    if Protection.SIGN_IN in protections:
        return "Strangers who sign in may get in"
    return "Strangers who register may get in"
