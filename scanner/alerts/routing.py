"""Decide who is told: from news about an exposure to one alert per channel, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from scanner.model import Alert, Exposure, News, SeverityLevel

_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which news goes to which channels: exposures of at least ``severity``, or all of them if None."""

    to: tuple[str, ...]
    severity: SeverityLevel | None = None


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
        Alert(
            key=alert_key(
                exposure=exposure, news=news, organisation=organisation, cause=cause, channel=channel
            ),
            organisation=organisation,
            news=news,
            channel=channel,
            reason=reason,
            exposure=exposure.id if exposure else None,
            detail=detail,
        )
        for channel, reason in reasons.items()
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


def _reasons(exposure: Exposure | None, routes: Sequence[Route]) -> dict[str, str]:
    if exposure is None:
        return {}
    level = exposure.severity.level
    reasons: dict[str, str] = {}
    for number, candidate in enumerate(routes, start=1):
        if candidate.severity is None:
            why = f"route {number} takes every exposure"
        elif level.rank >= candidate.severity.rank:
            why = f"severity {level} reaches route {number}, which starts at {candidate.severity}"
        else:
            continue
        for channel in candidate.to:
            reasons.setdefault(channel, why)
    return reasons


def _everybody(exposure: Exposure | None, news: News) -> str:
    if exposure:
        return f"no route takes severity {exposure.severity.level}, so every channel is told"
    if news is News.TEST:
        return "somebody asked for a test"
    return "what could not be looked at concerns everyone, so every channel is told"


def _second(moment: datetime) -> str:
    """Name a moment to the second: databases may not keep more."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
