"""Send what is due in the outbox: send first, mark after, so that a crash repeats and never loses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scanner.alerts.channel import Channel
from scanner.alerts.channels import send
from scanner.alerts.wording import write
from scanner.errors import DeliveryError, LychgateError
from scanner.model import Delivery
from storage.store import Store

LEASE = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)
_LONGEST_PAUSE = timedelta(hours=2)
_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one look into the outbox did. ``errors`` are sentences about who was not reached, and why."""

    sent: int = 0
    waiting: int = 0
    dead: int = 0
    errors: tuple[str, ...] = ()


def deliver_due(store: Store, channels: Mapping[str, Channel], *, clock: Callable[[], datetime]) -> Round:
    """Send every delivery that is due and write down what became of each."""
    sent = waiting = dead = 0
    errors: list[str] = []
    while True:
        with store.begin() as work:
            claimed = work.outbox.claim(clock(), LEASE, _AT_ONCE)
        if not claimed:
            return Round(sent=sent, waiting=waiting, dead=dead, errors=tuple(dict.fromkeys(errors)))
        for delivery in claimed:
            try:
                missed = _deliver(store, channels, delivery, now=clock())
            except LychgateError as error:
                errors.append(f"{delivery.alert.channel}: {error}")
                again = next_try(delivery, error, now=clock())
                with store.begin() as work:
                    if again is None:
                        work.outbox.dead(delivery.id, str(error), clock())
                        dead += 1
                    else:
                        work.outbox.retry(delivery.id, str(error), again)
                        waiting += 1
            else:
                sent += 1
                errors.extend(f"{delivery.alert.channel}: {sentence}" for sentence in missed)


def _deliver(
    store: Store, channels: Mapping[str, Channel], delivery: Delivery, *, now: datetime
) -> tuple[str, ...]:
    """Write the message as things stand now, send it, and mark it sent."""
    alert = delivery.alert
    channel = channels.get(alert.channel)
    if channel is None:
        raise DeliveryError("the settings name no such channel any more", permanent=False)
    with store.reading() as work:
        organisation = work.organisations.get(alert.organisation)
        exposure = work.exposures.get(alert.organisation, alert.exposure) if alert.exposure else None
        meeting = work.meetings.get(alert.organisation, exposure.meeting) if exposure else None
    if organisation is None or (alert.exposure and meeting is None):
        raise DeliveryError("its meeting was removed", permanent=True)
    message = write(alert, exposure=exposure, meeting=meeting, organisation=organisation, now=now)
    missed = send(message, channel, now=now)
    with store.begin() as work:
        work.outbox.sent(delivery.id, now)
    return missed


def next_try(delivery: Delivery, error: LychgateError, *, now: datetime) -> datetime | None:
    """Say when to try again, or None when there is no use: refused for good, or 72 hours in vain.

    Pauses double from one minute to two hours, unless the other side asked for a longer one.
    """
    if isinstance(error, DeliveryError) and error.permanent:
        return None
    if now - delivery.created >= GIVE_UP_AFTER:
        return None
    pause = min(timedelta(minutes=2 ** min(delivery.attempts - 1, 10)), _LONGEST_PAUSE)
    if isinstance(error, DeliveryError) and error.retry_after is not None:
        pause = max(pause, min(error.retry_after, _LONGEST_PAUSE * 12))
    return now + pause
