"""Decide who is told: from news about an exposure to one alert per channel, each with its reason.

When an alert goes out, and whether it still should, is decided when its turn comes
(``scanner.alerts.timing``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from scanner.model import Alert, Exposure, Meeting, News, SeverityLevel

_KEY_LENGTH = 32


class Digest(StrEnum):
    """How often what can wait is put into one message."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, by the organisation's clock, nobody wants to be woken; may go over midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Whom else to tell when nobody acknowledges: ``after`` so long, or ``before`` the start, or either."""

    to: tuple[str, ...]
    after: timedelta | None = None
    before: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which news goes to which channels, and how.

    It takes exposures of at least ``severity``, of these ``meetings`` and ``organisations`` (by number);
    whatever is None takes all. ``titles`` name meetings too, once they are looked up (``looked_up``).
    ``repeat`` is how often people are reminded until somebody acknowledges: None
    leaves that to ``scanner.alerts.reminding``, zero is never.
    """

    to: tuple[str, ...]
    severity: SeverityLevel | None = None
    meetings: frozenset[int] | None = None
    titles: frozenset[str] = frozenset()
    organisations: frozenset[int] | None = None
    quiet: QuietHours | None = None
    digest: Digest | None = None
    repeat: timedelta | None = None
    escalate: Escalation | None = None


def looked_up(routes: Sequence[Route], meetings: Sequence[Meeting]) -> tuple[tuple[Route, ...], list[str]]:
    """Return the routes with the numbers of the meetings that they name by title, and a sentence for each
    title that names none, or more than one, of an organisation that the route takes.

    Such a route takes nothing on account of that title: what it was to be told of goes where other routes
    send it, or to all. So somebody has to hear of these sentences.
    """
    found, faults = [], []
    for number, candidate in enumerate(routes, start=1):
        numbers = set()
        for title in sorted(candidate.titles):
            named = [
                meeting.id
                for meeting in meetings
                if _alike(meeting.title) == _alike(title)
                and (candidate.organisations is None or meeting.organisation in candidate.organisations)
            ]
            if len(named) == 1:
                numbers.update(named)
            elif named:
                which = ", ".join(map(str, sorted(named)))
                says = f"and several have this title: name it by number ({which})"
                faults.append(f"route {number} names a meeting “{title}”, {says}")
            else:
                faults.append(f"route {number} names a meeting “{title}”, and none has this title")
        if candidate.meetings is not None:
            candidate = replace(candidate, meetings=candidate.meetings | numbers)
        found.append(candidate)
    return tuple(found), faults


def route(
    exposure: Exposure | None,
    news: News,
    routes: Sequence[Route],
    *,
    organisation: int,
    channels: Sequence[str],
    cause: str,
    detail: str = "",
) -> tuple[Alert, ...]:
    """Return one alert for each channel that should carry this news, none twice.

    Every route that matches contributes; the first one to name a channel gives the reason. News that no
    route takes, and news that is about no exposure (a source that cannot be read, a test), goes to all of
    ``channels``: silence is worse than one mail too many. Only without any channel is the result empty.

    ``cause`` names the event behind the news ("sighting 17", "village-forum since 2026-11-22T03:10Z"): the
    same cause always gives the same keys, a new one gives new keys. Without an exposure it should hold a
    time, so that no other installation's mail has the same key.
    """
    reasons = _reasons(exposure, routes) or {channel: _everybody(exposure, news) for channel in channels}
    return tuple(
        alert_for(channel, reason, exposure, news=news, organisation=organisation, cause=cause, detail=detail)
        for channel, reason in reasons.items()
    )


def alert_for(
    channel: str,
    reason: str,
    exposure: Exposure | None,
    *,
    news: News,
    organisation: int,
    cause: str,
    detail: str = "",
) -> Alert:
    """Return the alert that carries news through one channel; ``cause`` as for ``route``."""
    return Alert(
        key=alert_key(exposure=exposure, news=news, organisation=organisation, cause=cause, channel=channel),
        organisation=organisation,
        news=news,
        channel=channel,
        reason=reason,
        exposure=exposure.id if exposure else None,
        detail=detail,
    )


def alert_key(*, exposure: Exposure | None, news: News, organisation: int, cause: str, channel: str) -> str:
    """Return the idempotency key of an alert: 32 hexadecimal digits that give nothing away.

    An exposure opens once, so its first alert has the same key whatever the cause; that makes it the
    anchor its follow-ups thread with. The time of opening is part of the key because a new database counts
    exposures from 1 again, and mail servers drop a message whose ID they have seen before.
    """
    subject: list[str | int] = [organisation, news.value, channel]
    if exposure:
        subject += [exposure.id, _second(exposure.opened)]
    if news is not News.OPENED:
        subject.append(cause)
    return sha256(json.dumps(subject).encode()).hexdigest()[:_KEY_LENGTH]


def instead(alert: Alert, channel: str) -> Alert:
    """Return the alert by which another channel takes over from one that cannot carry it."""
    subject = json.dumps([alert.key, "instead", channel])
    return Alert(
        key=sha256(subject.encode()).hexdigest()[:_KEY_LENGTH],
        organisation=alert.organisation,
        news=alert.news,
        channel=channel,
        reason=f"channel {alert.channel} could not deliver it; `lychgate alerts list` says why",
        exposure=alert.exposure,
        detail=alert.detail,
    )


def matching(exposure: Exposure, routes: Sequence[Route]) -> list[tuple[int, Route]]:
    """Return the routes that take an exposure, numbered as in the settings."""
    return [
        (number, candidate)
        for number, candidate in enumerate(routes, start=1)
        if _why_not(exposure, candidate) is None
    ]


def not_told(exposure: Exposure, routes: Sequence[Route], channels: Sequence[str]) -> Mapping[str, str]:
    """Return each channel that the routes tell nothing of this exposure, with the reason."""
    if not matching(exposure, routes):
        return {}
    told = {channel for _, taken in matching(exposure, routes) for channel in taken.to}
    reasons = {}
    for channel in channels:
        if channel in told:
            continue
        refusals = [
            f"route {number} {_why_not(exposure, candidate)}"
            for number, candidate in enumerate(routes, start=1)
            if channel in candidate.to
        ]
        reasons[channel] = "; ".join(refusals) or "no route names it"
    return reasons


def _reasons(exposure: Exposure | None, routes: Sequence[Route]) -> dict[str, str]:
    if exposure is None:
        return {}
    reasons: dict[str, str] = {}
    for number, taken in matching(exposure, routes):
        for channel in taken.to:
            reasons.setdefault(channel, _why(exposure, number, taken))
    return reasons


def _why(exposure: Exposure, number: int, taken: Route) -> str:
    if taken.severity is not None:
        worse = "" if taken.severity is SeverityLevel.CRITICAL else " or worse"
        reached = f"it is {exposure.severity.level}, and route {number} takes what is {taken.severity}{worse}"
    else:
        reached = f"route {number} takes every exposure"
    if taken.meetings is not None:
        reached += f" of meeting {exposure.meeting}"
    return reached


def _why_not(exposure: Exposure, candidate: Route) -> str | None:
    level = exposure.severity.level
    if candidate.severity is not None and level.rank < candidate.severity.rank:
        return f"starts at {candidate.severity}, and this is {level}"
    if candidate.meetings is not None and exposure.meeting not in candidate.meetings:
        return "is about other meetings"
    if candidate.organisations is not None and exposure.organisation not in candidate.organisations:
        return "is about other organisations"
    return None


def _everybody(exposure: Exposure | None, news: News) -> str:
    if exposure:
        return f"no route takes severity {exposure.severity.level}, so every channel is told"
    if news is News.TEST:
        return "somebody asked for a test"
    if news is News.TROUBLE:
        return "what keeps Lychgate from its work concerns everyone, so every channel is told"
    if news is News.GAP:
        return "a time without Lychgate concerns everyone, so every channel is told"
    return "what could not be looked at concerns everyone, so every channel is told"


def _alike(title: str) -> str:
    return " ".join(title.split()).casefold()


def _second(moment: datetime) -> str:
    """Name a moment to the second: databases may not keep more."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
