"""Decide, when an alert's turn comes, whether it goes out now: silences, quiet hours, digests.

Everything is decided at the last moment, so a silence counts for what waits already, and an alert that is no
news any more is not sent. Nothing is dropped without a reason that people can read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanner.alerts.routing import Digest, QuietHours, Route, matching
from scanner.model import (
    OPEN_STATES,
    Delivery,
    Exposure,
    ExposureState,
    News,
    SeverityLevel,
    Silence,
)

DIGEST_TIME = time(8, 0)
"""When digests go out, by the organisation's clock; the weekly ones on Monday."""

UNANSWERED = frozenset({ExposureState.OPEN, ExposureState.REGRESSED})
"""States in which nobody has said yet that they deal with it."""

_NAGGING = frozenset({News.REMINDER, News.ESCALATED})
_CAN_BE_GROUPED = frozenset({News.OPENED, News.SPREAD, News.WORSE, News.REGRESSED, News.GONE, News.REMINDER})


@dataclass(frozen=True, slots=True)
class SendNow:
    """It goes out alone, now."""


@dataclass(frozen=True, slots=True)
class SendInDigest:
    """It goes out now, in one message with whatever else is due for this channel's digest."""

    digest: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """It waits until a time, and is decided anew then."""

    until: datetime
    why: str
    silence: int | None = None


@dataclass(frozen=True, slots=True)
class Withhold:
    """It is not sent any more."""

    why: str


Turn = SendNow | SendInDigest | Hold | Withhold


def decide(
    delivery: Delivery,
    exposure: Exposure | None,
    *,
    next_start: datetime | None,
    routes: Sequence[Route],
    silences: Sequence[Silence],
    zone: ZoneInfo,
    now: datetime,
) -> Turn:
    """Say what becomes of an alert whose turn has come.

    Reminders that somebody has answered meanwhile are withheld, and so is what a silence hid until it was
    dealt with. A critical exposure breaks quiet hours, digests and ordinary silences, and one whose meeting
    starts before the quiet hours end breaks those; an all-clear breaks nothing. What was tried once goes on.
    """
    alert = delivery.alert
    if alert.news in _NAGGING and (exposure is None or exposure.state not in UNANSWERED):
        return Withhold("somebody had answered before it was sent")
    urgent = (
        exposure is not None
        and exposure.severity.level is SeverityLevel.CRITICAL
        and exposure.state in OPEN_STATES
        and alert.news is not News.GONE
    )
    silence = _silenced_by(delivery, exposure, silences, urgent=urgent, now=now)
    if silence is not None:
        why = f"silence {silence.id} holds it until it ends: {silence.reason}"
        return Hold(until=silence.until, why=why, silence=silence.id)
    if delivery.silence is not None and exposure is not None and exposure.state not in OPEN_STATES:
        return Withhold(
            f"silence {delivery.silence} held it, and the exposure was {exposure.state} by its end"
        )
    if urgent:
        return SendNow()
    named = _routes_to(alert.channel, exposure, routes)
    if alert.news is News.GONE and not named:
        named = [route for _, route in matching(exposure, routes)] if exposure else []
    quiet = _common_quiet([route for route in named if route.digest is None])
    if quiet is not None and delivery.attempts <= 1 and alert.news not in (News.ESCALATED, News.TEST):
        until = _end_of_quiet(quiet, zone=zone, now=now)
        if until is not None and not (next_start is not None and next_start <= until and exposure):
            return Hold(until=until, why="the quiet hours of its route are not over")
    digests = [route.digest for route in named]
    if not digests or None in digests or exposure is None or alert.news not in _CAN_BE_GROUPED:
        return SendNow()
    digest = Digest.DAILY if Digest.DAILY in digests else Digest.WEEKLY
    until = digest_after(delivery.created, digest, zone=zone)
    if now < until:
        return Hold(until=until, why=f"it goes into the {digest} digest")
    return SendInDigest(digest)


def digest_after(moment: datetime, digest: Digest, *, zone: ZoneInfo) -> datetime:
    """Return when the next digest after a moment goes out, in UTC."""
    local = moment.astimezone(zone)
    day = local.date()
    for _ in range(9):
        at = datetime.combine(day, DIGEST_TIME, zone)
        if at > local and (digest is Digest.DAILY or day.weekday() == 0):
            return at.astimezone(UTC)
        day += timedelta(days=1)
    raise AssertionError("a week has a Monday")


def _silenced_by(
    delivery: Delivery,
    exposure: Exposure | None,
    silences: Sequence[Silence],
    *,
    urgent: bool,
    now: datetime,
) -> Silence | None:
    """Return the silence that holds an alert longest, if one does."""
    alert = delivery.alert
    holding = [
        silence
        for silence in silences
        if silence.organisation == alert.organisation
        and silence.made <= now < silence.until
        and silence.channel in (None, alert.channel)
        and (silence.meeting is None or (exposure is not None and exposure.meeting == silence.meeting))
        and (silence.even_critical or not urgent)
        and alert.news is not News.TEST
    ]
    return max(holding, key=lambda silence: silence.until, default=None)


def _routes_to(channel: str, exposure: Exposure | None, routes: Sequence[Route]) -> list[Route]:
    taken = [route for _, route in matching(exposure, routes)] if exposure else list(routes)
    return [route for route in taken if channel in route.to]


def _common_quiet(routes: Sequence[Route]) -> QuietHours | None:
    """Return the quiet hours of the routes to a channel, None if one of them has none."""
    if not routes or any(route.quiet is None for route in routes):
        return None
    return routes[0].quiet


def _end_of_quiet(quiet: QuietHours, *, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return when the quiet hours that are on now end, None if none are."""
    local = now.astimezone(zone)
    at = local.time()
    over_midnight = quiet.end <= quiet.start
    inside = at >= quiet.start or at < quiet.end if over_midnight else quiet.start <= at < quiet.end
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if over_midnight and at >= quiet.start else 0)
    return datetime.combine(day, quiet.end, zone).astimezone(UTC)
