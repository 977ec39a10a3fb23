"""What people are told again: reminders until somebody acknowledges, and whom to tell when nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scanner.alerts.routing import Escalation, Route, alert_for, matching
from scanner.alerts.timing import UNANSWERED
from scanner.durations import in_words, roughly
from scanner.model import Alert, Delivery, DeliveryState, Exposure, ExposureState, News, SeverityLevel

_SOON = timedelta(hours=24)
_DAY = timedelta(days=1)
_URGENT = frozenset({SeverityLevel.HIGH, SeverityLevel.CRITICAL})
_STARTS_ANEW = frozenset({"opened", "regressed", ExposureState.OPEN.value, "the snooze is over"})


def follow_ups(
    exposure: Exposure,
    deliveries: Sequence[Delivery],
    *,
    next_start: datetime | None,
    routes: Sequence[Route],
    channels: Sequence[str],
    now: datetime,
) -> tuple[Alert, ...]:
    """Return the reminders and escalations that are due about an exposure nobody has acknowledged.

    Unless its route says otherwise, a high or critical one is told again after 15 minutes (5 if the meeting
    starts within a day), after an hour, then daily. Time counts from when the people of the route were told,
    so what waits for the morning wakes nobody else either. Where a channel has not yet delivered what it
    holds, it gets nothing more. Asking again adds nothing: each reminder has one key.
    """
    if exposure.state not in UNANSWERED:
        return ()
    since = _last_rise(exposure, deliveries)
    busy = {
        delivery.alert.channel
        for delivery in deliveries
        if delivery.state is DeliveryState.DUE and not delivery.has_arrived
    }
    taken = matching(exposure, routes) or [(0, Route(to=tuple(channels)))]
    alerts: dict[str, Alert] = {}
    for number, route in taken:
        told = _told(route, deliveries, since=since, now=now)
        count = _reminders(route, exposure, waited=now - told, next_start=next_start, now=now)
        for channel in route.to if count else ():
            reason = f"nobody has acknowledged it for {roughly(now - told)}"
            alerts[channel] = alert_for(
                channel,
                reason,
                exposure,
                news=News.REMINDER,
                organisation=exposure.organisation,
                cause=f"reminder {count} since {since.isoformat()}",
            )
        if route.escalate and (why := _overdue(route.escalate, since=told, next_start=next_start, now=now)):
            for channel in route.escalate.to:
                alerts[channel] = alert_for(
                    channel,
                    f"{why}, and route {number} names you then",
                    exposure,
                    news=News.ESCALATED,
                    organisation=exposure.organisation,
                    cause=f"unanswered since {since.isoformat()}",
                    detail=f"{why[0].upper()}{why[1:]}.",
                )
    known = {delivery.alert.key for delivery in deliveries}
    return tuple(
        alert
        for channel, alert in alerts.items()
        if alert.key not in known and (channel not in busy or alert.news is News.ESCALATED)
    )


def unanswered_since(exposure: Exposure) -> datetime:
    """Return since when an exposure waits for somebody to acknowledge it."""
    begun = [event.at for event in exposure.events if event.what in _STARTS_ANEW]
    return max(begun, default=exposure.opened)


def _last_rise(exposure: Exposure, deliveries: Sequence[Delivery]) -> datetime:
    """Return since when it waits for an answer to what is known now: a rise in severity asks anew."""
    rises = (delivery.created for delivery in deliveries if delivery.alert.news is News.WORSE)
    return max((unanswered_since(exposure), *rises))


def _told(route: Route, deliveries: Sequence[Delivery], *, since: datetime, now: datetime) -> datetime:
    """Return when the people of a route were told: ``now`` while that can wait, ``since`` if it failed."""
    theirs = [each for each in deliveries if each.alert.channel in route.to and each.created >= since]
    sent = [each.settled or each.created for each in theirs if each.has_arrived]
    waits = any(each.state is DeliveryState.DUE and each.why_not and not each.attempts for each in theirs)
    return min(sent, default=now if waits else since)


def _reminders(
    route: Route, exposure: Exposure, *, waited: timedelta, next_start: datetime | None, now: datetime
) -> int:
    """Count the reminders that should have gone out by now; only the last one is sent."""
    if route.repeat is not None:
        return int(waited / route.repeat) if route.repeat else 0
    if route.digest is not None or exposure.severity.level not in _URGENT:
        return 0
    soon = next_start is not None and next_start - now <= _SOON
    first = timedelta(minutes=5 if soon else 15)
    if waited < first:
        return 0
    return 1 if waited < timedelta(hours=1) else 2 + int(waited / _DAY)


def _overdue(
    escalation: Escalation, *, since: datetime, next_start: datetime | None, now: datetime
) -> str | None:
    if escalation.after is not None and now - since >= escalation.after:
        return f"nobody has acknowledged it within {in_words(escalation.after)}"
    if escalation.before is not None and next_start is not None and next_start - now <= escalation.before:
        return f"nobody has acknowledged it, and the meeting starts within {in_words(escalation.before)}"
    return None
