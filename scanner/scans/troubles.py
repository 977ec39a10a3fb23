"""What keeps Lychgate itself from looking or telling, as news for people. Blind sources are elsewhere
(``scanner.scans.blindness``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scanner.alerts.channel import Channel
from scanner.alerts.routing import route
from scanner.model import DeliveryState, News, Organisation
from scanner.scans.mailing import deserted
from storage.store import Store, Work

_EVERY = timedelta(minutes=5)
_STUCK = timedelta(hours=1)
_CALENDAR = timedelta(hours=24)
_CLOCK = timedelta(minutes=10)
LEAST_FREE = 100 * 1024 * 1024
"""Bytes below which the disk counts as full: the database and its log need room to write an alert."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong. ``channel`` is the one that is itself the trouble, and is not told."""

    what: str
    says: str
    channel: str = ""


def tell_troubles(
    store: Store,
    elsewhere: Callable[[], Sequence[Trouble]],
    *,
    channels: Mapping[str, Channel],
    now: datetime,
) -> tuple[Trouble, ...]:
    """Look for troubles in the database, add those found ``elsewhere``, and queue news of them daily.

    Returns what it found, nothing if it looked less than five minutes ago.
    """
    with store.reading() as work:
        last = work.chores.last("troubles")
    if last is not None and timedelta(0) <= now - last < _EVERY:
        return ()
    found = elsewhere()
    with store.begin() as work:
        if not work.chores.take("troubles", now, every=_EVERY):
            return ()
        common = [*found, *_clock_went_back(last, now)]
        told: list[Trouble] = []
        for organisation in work.organisations.all():
            troubles = [*common, *troubles_of(work, organisation, channels, now)]
            troubles += _stopped(work, organisation, channels)
            told.extend(troubles)
            for trouble in troubles:
                _tell(work, organisation, trouble, tuple(channels), now)
    return tuple(dict.fromkeys(told))


def troubles_of(
    work: Work, organisation: Organisation, channels: Mapping[str, Channel], now: datetime
) -> list[Trouble]:
    """Return the troubles that an organisation's outbox, recipients and calendars show."""
    troubles = []
    for name in deserted(work, organisation.id, channels):
        says = f"nobody gets the mail of channel {name} any more: all have stopped it"
        troubles.append(Trouble(f"deserted {name}", says, channel=name))
    due = work.outbox.all(organisation.id, [DeliveryState.DUE])
    late = [each for each in due if each.attempts and now - each.created >= _STUCK]
    for name in dict.fromkeys(each.alert.channel for each in late):
        mine = [each for each in late if each.alert.channel == name]
        says = f"channel {name} has not delivered {_alerts(len(mine))} for over an hour: {mine[0].last_error}"
        troubles.append(Trouble(f"stuck {name}", says, channel=name))
    dead = work.outbox.all(organisation.id, [DeliveryState.DEAD])
    for name in dict.fromkeys(each.alert.channel for each in dead):
        mine = [each for each in dead if each.alert.channel == name]
        says = f"channel {name} could not deliver {_alerts(len(mine))} at all: {mine[0].last_error}"
        troubles.append(Trouble(f"dead {name} {mine[0].id}", says, channel=name))
    for calendar in work.calendars.all(organisation.id):
        since = calendar.failing_since
        if since is not None and now - since >= _CALENDAR and calendar.paused_since is None:
            says = f"the calendar {calendar.name} cannot be read since {since:%d %B}: {calendar.fault}"
            troubles.append(Trouble(f"calendar {calendar.id} {since.isoformat()}", says))
    return troubles


def _stopped(work: Work, organisation: Organisation, channels: Mapping[str, Channel]) -> list[Trouble]:
    """Return that somebody stopped their mail, where others are left who get it: no fault, yet to be known.

    Their address stands in the list of those who did, not in a message that goes round.
    """
    empty = deserted(work, organisation.id, channels)
    return [
        Trouble(
            f"stopped {each.id} {each.stopped.isoformat()}",
            f"one of the people who get the mail of channel {each.channel} has stopped it; "
            f"undo it: lychgate alerts resume {each.id}",
        )
        for each in work.recipients.stopped(organisation.id)
        if each.stopped is not None and each.channel in channels and each.channel not in empty
    ]


def _clock_went_back(last: datetime | None, now: datetime) -> list[Trouble]:
    if last is None or last - now < _CLOCK:
        return []
    says = (
        f"the clock was put back from {last:%d %B %Y %H:%M} to {now:%d %B %Y %H:%M} UTC; see that it is right"
    )
    return [Trouble("clock", says)]


def _tell(
    work: Work, organisation: Organisation, trouble: Trouble, channels: Sequence[str], now: datetime
) -> None:
    others = [name for name in channels if name != trouble.channel] or list(channels)
    for_good = trouble.what.startswith(("dead", "calendar", "stopped"))
    for alert in route(
        None,
        News.TROUBLE,
        (),
        organisation=organisation.id,
        channels=others,
        cause=trouble.what if for_good else f"{trouble.what} {now:%Y-%m-%d}",
        detail=trouble.says,
    ):
        work.outbox.put(alert, now, now)


def _alerts(count: int) -> str:
    return "1 alert" if count == 1 else f"{count} alerts"
