"""Rooms in dial-in strings and video addresses: one-tap numbers, ``tel:`` links, SIP.

A one-tap string of no other context is Zoom's; Webex writes its own form; what follows the number in a
Teams, Meet or GoTo string is for the telephone only and names no room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from scanner.detect.budget import Budget
from scanner.detect.context import Context
from scanner.detect.mention import Mention
from scanner.model import Confidence, Form, Passcode, PasscodeKind, Risk
from scanner.platforms import Hit

_ONE_TAP = re.compile(
    r"(?<=[0-9)])[ ]?,{1,4}[ ]?(?P<id>[0-9]{9,11})#?(?![0-9])"
    r"(?:(?:,{1,8}(?:[01]?#|0(?=,))){0,2},{1,8}\*?(?P<passcode>[0-9]{3,10})#)?"
)
_WEBEX_TAP = re.compile(r",,\*01\*(?P<id>[0-9]{9,11})|,,(?P<tapped>[0-9]{11})(?=##)")
_ZOOM_SIP = re.compile(
    r"(?<![0-9.])(?P<id>[0-9]{9,11})(?:\.(?P<passcode>[A-Za-z0-9]{3,10}))?(?:\.[0-9.]{0,20})?(?:@|%40|\sat\s)(?=zoomcrc\.com(?![\w\-]|\.[a-z]))",
    re.IGNORECASE,
)
_WEBEX_SIP = re.compile(
    r"(?<![A-Za-z0-9._\-])(?P<user>[A-Za-z0-9._\-]{1,64})(?:@|(?<=[0-9]{8})\sat\s)(?P<site>[a-z0-9\-]{1,63}(?:\.my)?\.webex\.com)(?![\w\-]|\.[a-z])",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?:tel|sip)?:?[+0-9][0-9()\-. ]{4,20}(?:%2c|,){1,4}(?=[^\s\"'<>%]{0,60}%)[^\s\"'<>]{4,80}",
    re.IGNORECASE,
)
_CALLED = re.compile(r"(?:zoomcrc|webex)\.com", re.IGNORECASE)
"""Whose video addresses are read. Archives of mailing lists have " at " for the sign in them."""
_TELEPHONE = re.compile(r"[+(0-9](?:[().\- ]{0,3}[0-9]){6,15}\)?\Z")
_NOT_SITES = (
    *("help", "developer", "support", "web", "m", "www", "mail"),
    *("messenger", "email", "info", "my", "lync"),
)
_FOR_SKYPE = "lync.webex.com"
"""Where Skype for Business calls meetings: ``<number>.<site>@``."""
_MAILBOXES = frozenset(
    [
        *("noreply", "no-reply", "messenger", "support", "info", "webex", "postmaster", "webmaster", "admin"),
        *("help", "helpdesk", "events", "sales", "billing", "contact", "hello", "service", "abuse"),
    ]
)
"""Names before the ``@`` that are called nowhere, unless somebody says to."""
_USER_NAME = re.compile(r"//[^\s/?#]{0,58}\Z")
"""What stands before a user's name in an address, with its password or without."""
_TO_WRITE = re.compile(
    r"(?:mail|contact|question|write|kontakt|fragen|schreib|écri|correo|escrib|scriv)[^\n]{0,30}\Z",
    re.IGNORECASE,
)
_TO_CALL = re.compile(
    r"(?:\bsips?:|\b(?:dial|call|video|sip|join|wähl|anruf|einwahl|appel|compos|marc|chiam)\w{0,8}\b"
    r"[^\n]{0,40}[^\w\n])\Z",
    re.IGNORECASE,
)


def dialled(
    text: str, context: Context, budget: Budget, *, standing_at: int | None = None
) -> Iterator[Mention]:
    """Yield the rooms that dial-in strings name.

    ``text`` is a flow's own text, or an address of it that stands at the position ``standing_at``.
    """
    for mention in _dialled(text, context, standing_at):
        if not budget.allows():
            return
        yield mention if standing_at is None else replace(mention, at=standing_at, end=standing_at)


def _dialled(text: str, context: Context, standing_at: int | None) -> Iterator[Mention]:
    yield from _one_taps(text, context, standing_at)
    for encoded in _PERCENT.finditer(text):
        at = encoded.start() if standing_at is None else standing_at
        for tap in _one_taps(unquote(encoded.group()), context, at):
            yield replace(tap, at=at, end=at)
    if _CALLED.search(text):
        yield from _video_addresses(text)


def _one_taps(text: str, context: Context, standing_at: int | None) -> Iterator[Mention]:
    if "," not in text:
        return
    for found in _WEBEX_TAP.finditer(text):
        # The password in the string is the numeric one for telephones: Webex rooms take the stated one.
        key = found["id"] or found["tapped"]
        same = context.linked_as(found.start() if standing_at is None else standing_at, key)
        yield _mention(same.slug if same else "webex", "id", found, None, key=key)
    for found in _ONE_TAP.finditer(text):
        at = found.start() if standing_at is None else standing_at
        owner = _owner(context, at, found["id"])
        ends = text.startswith("#", found.end("id"))
        if owner == "" or text.startswith("##", found.end("id")) or not (ends or _is_dialled(text, found)):
            continue
        yield _mention(owner, "id", found, found["passcode"])


def _is_dialled(text: str, found: re.Match[str]) -> bool:
    """Tell a number that a telephone enters after a pause from one of a list."""
    paused = found.group().lstrip().startswith(",,")
    return paused and _TELEPHONE.search(text, max(0, found.start() - 24), found.start()) is not None


def _owner(context: Context, at: int, key: str) -> str:
    """Return the slug of the platform that a one-tap number names a room of, or an empty string."""
    same = context.linked_as(at, key)
    if same is not None:
        return same.slug
    if key in context.conferences:
        return ""
    for platform in (*context.linked(at), *context.named_around(at)):
        return platform.slug if platform.one_tap and len(key) in platform.digits else ""
    return "zoom"


def _video_addresses(text: str) -> Iterator[Mention]:
    for found in _ZOOM_SIP.finditer(text):
        yield _mention("zoom", "id", found, found["passcode"])
    for found in _WEBEX_SIP.finditer(text):
        user, site = found["user"].lower(), found["site"].lower()
        if site == _FOR_SKYPE:
            user = user.partition(".")[0]
        if user.isdigit() and 9 <= len(user) <= 11:
            yield _mention("webex", "id", found, None, key=user)
        elif site.split(".")[0] not in _NOT_SITES and not user.isdigit() and _is_called(text, found, user):
            yield _mention("webex", "personal", found, None, key=f"{site}/{user}", risk=Risk.REUSABLE)


def _is_called(text: str, found: re.Match[str], user: str) -> bool:
    """Tell a video address from one for mail, by the words before it."""
    before = text[max(0, found.start() - 60) : found.start()]
    if _USER_NAME.search(before):
        return False
    if _TO_CALL.search(before):
        return True
    return user not in _MAILBOXES and not _TO_WRITE.search(before)


def _mention(
    slug: str,
    kind: str,
    found: re.Match[str],
    passcode: str | None,
    *,
    key: str = "",
    risk: Risk = Risk.SCHEDULED,
) -> Mention:
    hit = Hit(
        platform=slug,
        key=key or found["id"],
        risk=risk,
        kind=kind,
        takes_stated=True,
        passcode=Passcode(passcode, PasscodeKind.PLAIN) if passcode else None,
    )
    return Mention(
        hit=hit,
        at=found.start(),
        end=found.end(),
        place="",
        form=Form.DIAL_IN,
        confidence=Confidence.HIGH,
        spare=True,
    )
