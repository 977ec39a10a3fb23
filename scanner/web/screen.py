"""Templates and their words. What a person or a page wrote is text here, whatever it looks like."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scanner.alerts.phrases import AS_WHAT, HOW_SURE
from scanner.alerts.plain import defanged
from scanner.durations import roughly
from scanner.invitations.repeating import repeats_in_words
from scanner.model import (
    DeliveryState,
    ExposureState,
    News,
    PasscodeMatch,
    SeverityLevel,
    SightingState,
    SourceState,
)
from scanner.web.desk import Call
from scanner.web.door import form_token

_HERE = Path(__file__).parent
STATIC: Final = {
    "pico.css": "text/css",
    "desk.css": "text/css",
    "live.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}

_JOINERS = "\u200c\u200d"

SEVERITY: Final = {
    SeverityLevel.CRITICAL: "Critical: act now",
    SeverityLevel.HIGH: "High: act today",
    SeverityLevel.MEDIUM: "Medium: act this week",
    SeverityLevel.LOW: "Low: nothing urgent",
}
STATE: Final = {
    ExposureState.OPEN: "needs review",
    ExposureState.ACKNOWLEDGED: "somebody is on it",
    ExposureState.SNOOZED: "snoozed",
    ExposureState.ROTATED: "closed: the meeting has a new link",
    ExposureState.REMOVED: "closed: the place was taken down",
    ExposureState.INTENDED: "closed: meant to be public",
    ExposureState.FALSE_POSITIVE: "closed: not our meeting",
    ExposureState.DUPLICATE: "closed: counted twice",
    ExposureState.GONE: "gone from every place",
    ExposureState.REGRESSED: "it is back",
}
STILL: Final = {
    SightingState.UP: "still there",
    SightingState.GONE: "gone",
    SightingState.UNREADABLE: "could not be read again",
}
PASSCODE: Final = {
    PasscodeMatch.NONE: "No passcode stands beside it.",
    PasscodeMatch.CURRENT: "The current passcode stands there too.",
    PasscodeMatch.DIFFERENT: "A passcode stands there, but not the current one.",
    PasscodeMatch.UNKNOWN: "A passcode stands there; none is registered to compare it with.",
}
SOURCE: Final = {
    SourceState.OK: "read in full",
    SourceState.PARTIAL: "read in part",
    SourceState.FAILED: "could not be read",
    SourceState.BLOCKED: "refuses to be read",
    SourceState.BLIND: "the planted test link was not found",
    SourceState.SUSPICIOUS: "looks different from what it was",
}
NEWS: Final = {news: news.value for news in News} | {
    News.OPENED: "link found",
    News.SPREAD: "more places",
    News.WORSE: "worse now",
    News.REGRESSED: "back again",
    News.GONE: "all clear",
    News.BLIND: "could not look",
    News.TEST: "test",
}
DELIVERY: Final = {state: state.value for state in DeliveryState} | {
    DeliveryState.DUE: "on its way",
    DeliveryState.SENT: "sent",
    DeliveryState.DEAD: "given up",
    DeliveryState.WITHHELD: "not sent",
}
DONE: Final = {
    "saved": "Saved.",
    "registered": "Registered. It is watched from now on.",
    "already": "That meeting was registered already. Nothing was changed.",
    "removed": "Removed from the register, with its secrets.",
    "rotated": "The new link is registered. The old one stays on watch for as long as it may open.",
    "acknowledged": "Noted: somebody is on it.",
    "closed": "Closed. You can reopen it at any time.",
    "snoozed": "Snoozed.",
    "reopened": "Reopened.",
    "noted": "Your note is in the timeline.",
    "queued": "The scan is queued and starts within seconds.",
    "nothing": "There are no sources yet, so there is nothing to look at.",
    "allowed": "Allowed to be public.",
    "ended": "That allowance is over.",
    "sent": "The test message was sent.",
    "password": "Your password is changed. You are signed out everywhere else.",
    "factor": "From now on signing in asks for a code too.",
    "nofactor": "Signing in asks for the password only. Sign in again.",
    "role": "The role is changed; they have to sign in again.",
    "disabled": "They are signed out and cannot sign in.",
    "enabled": "They can sign in again.",
    "again": "It is due again and goes out within seconds.",
    "silenced": "Silenced. Critical alerts come through, and what is held back is sent when it ends.",
    "unsilenced": "The silence is over: what it held goes out now.",
    "revoked": "That invitation is good no longer.",
}


def show(template: str, *, call: Call, status: int = 200, **values: object) -> HTMLResponse:
    """Render a page for somebody who is signed in."""
    return _render(template, values, call=call, secret=call.session, zone=call.zone, status=status)


def show_form(
    template: str, *, secret: str = "", status: int = 200, values: Mapping[str, object]
) -> HTMLResponse:
    """Render a page for nobody in particular. ``secret`` is what the token of its form is made from."""
    return _render(template, values, call=None, secret=secret, zone="UTC", status=status)


def _render(
    template: str, values: Mapping[str, object], *, call: Call | None, secret: str, zone: str, status: int
) -> HTMLResponse:
    page = _environment().get_template(template)
    return HTMLResponse(
        page.render(
            call=call,
            now=call.now if call else None,
            zone=zone,
            hidden=Markup('<input type="hidden" name="token" value="{}">').format(form_token(secret)),
            when=lambda moment: when(moment, zone),
            **values,
        ),
        status_code=status,
    )


@cache
def static_file(name: str) -> bytes:
    """Return one of the desk's own files, or KeyError."""
    if name not in STATIC:
        raise KeyError(name)
    return (_HERE / "static" / name).read_bytes()


@cache
def static_version() -> str:
    """Return what changes whenever one of these files does, so that browsers may keep them."""
    return sha256(b"".join(static_file(name) for name in sorted(STATIC))).hexdigest()[:10]


def harmless(text: str) -> str:
    """Return a text with each sign that is not to be seen, or that turns the writing round, made visible."""
    return "".join(
        sign if sign in "\n\t" + _JOINERS or unicodedata.category(sign)[0] != "C" else "\ufffd"
        for sign in text
    )


def _shown(value: object) -> object:
    return harmless(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def when(moment: datetime | None, zone: str) -> Markup:
    """Write a moment in a zone, for people and for machines."""
    if moment is None:
        return Markup("never")
    local = moment.astimezone(ZoneInfo(zone))
    shown = f"{local:%a %-d %b %Y, %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), shown)


def countdown(starts: datetime | None, now: datetime) -> str:
    """Say how far away a meeting is."""
    if starts is None:
        return "over"
    return "running now" if starts <= now else f"in {roughly(starts - now)}"


def not_read(failed: Mapping[str, int], skipped: Mapping[str, int]) -> str:
    """Write what a scan left out, with its reasons and counts."""
    return "; ".join(f"{why} ({count})" for why, count in {**failed, **skipped}.items())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"defanged": defanged, "repeating": repeats_in_words, "span": roughly}
    environment.globals |= {
        "version": static_version(),
        "SEVERITY": SEVERITY,
        "STATE": STATE,
        "STILL": STILL,
        "PASSCODE": PASSCODE,
        "SOURCE": SOURCE,
        "NEWS": NEWS,
        "DELIVERY": DELIVERY,
        "DONE": DONE,
        "AS_WHAT": AS_WHAT,
        "HOW_SURE": HOW_SURE,
        "countdown": countdown,
        "not_read": not_read,
    }
    return environment
