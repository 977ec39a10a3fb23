"""What becomes of an alert that a channel does not take: when it is tried again, and who takes it over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scanner.alerts.routing import instead
from scanner.errors import DeliveryError, LychgateError
from scanner.model import Delivery, DeliveryState, News

GIVE_UP_AFTER = timedelta(hours=72)
FEWEST_TRIES = 10
"""A machine that slept for days, or whose clock jumped, has not tried for 72 hours."""
TAKE_OVER_AFTER = timedelta(minutes=2)
"""How long people may wait for a channel before another one tells them."""
_LONGEST_PAUSE = timedelta(minutes=15)
"""How long a mail may be late after its server is back: a meeting may start in the meantime."""
_LONGEST_ASKED = timedelta(hours=24)


def next_try(delivery: Delivery, error: LychgateError, *, now: datetime) -> datetime | None:
    """Say when to try again, or None when there is no use: refused for good, or long in vain.

    Pauses double from one minute to a quarter of an hour, unless the other side asked for a longer one. In
    vain is what failed for 72 hours and at least ten times.
    """
    if isinstance(error, DeliveryError) and error.permanent:
        return None
    if now - delivery.created >= GIVE_UP_AFTER and delivery.attempts >= FEWEST_TRIES:
        return None
    pause = min(timedelta(minutes=2 ** min(delivery.attempts - 1, 10)), _LONGEST_PAUSE)
    if isinstance(error, DeliveryError) and error.retry_after is not None:
        pause = max(pause, min(error.retry_after, _LONGEST_ASKED))
    return now + pause


def substitute(delivery: Delivery, siblings: Sequence[Delivery], channels: Sequence[str]) -> str | None:
    """Return the channel that takes over an alert, None if every other one has it or had its chance.

    It is the next in the order of the settings. ``siblings`` are the deliveries about the same exposure:
    a takeover is told from its key, so a chain of failures visits each channel once and ends.
    """
    chain = _chain(delivery, siblings)
    tried, origin = {each.alert.channel for each in chain}, chain[-1]
    tried |= {other.alert.channel for other in siblings if same_news(other, origin)}
    names = list(channels)
    at = names.index(delivery.alert.channel) + 1 if delivery.alert.channel in names else 0
    return next((name for name in names[at:] + names[:at] if name not in tried), None)


def delivered_after_all(delivery: Delivery, siblings: Sequence[Delivery]) -> str | None:
    """Return the channel that carried an alert after another one was asked to take it over, if one did."""
    sent = (each for each in _chain(delivery, siblings)[1:] if each.state is DeliveryState.SENT)
    return next((each.alert.channel for each in sent), None)


def same_news(other: Delivery, delivery: Delivery) -> bool:
    """Tell whether two deliveries carry the same event by different channels: they were put together."""
    return (
        other.id != delivery.id
        and other.alert.news is not News.ESCALATED
        and other.alert.news is delivery.alert.news
        and other.created == delivery.created
    )


def _chain(delivery: Delivery, siblings: Sequence[Delivery]) -> list[Delivery]:
    """Return a delivery, the one that it took over, the one before that, and so on."""
    chain = [delivery]
    while (before := _taken_over_from(chain[-1], siblings)) is not None:
        chain.append(before)
    return chain


def _taken_over_from(delivery: Delivery, siblings: Sequence[Delivery]) -> Delivery | None:
    key, channel = delivery.alert.key, delivery.alert.channel
    return next((each for each in siblings if instead(each.alert, channel).key == key), None)
