"""Tell people about what was not looked at: what nobody looks at is not clear of leaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scanner.alerts.routing import route
from scanner.durations import in_words
from scanner.model import Coverage, News
from scanner.scans.coverage import ALL_ALIKE, CANARY_MISSING, FAR_FEWER, UNREAD
from storage.store import Work

_SCANS = 2
"""One bad scan may be a restart of their server; a second one is news."""
_LONGEST_DARK = timedelta(hours=24)
"""After so long one bad scan is news too: nobody looked since."""


def tell_blindness(work: Work, sources: Iterable[str], *, channels: Sequence[str], now: datetime) -> None:
    """Queue one alert for each source that could not be read twice in a row, or for a day.

    Once, until it can be read again: the alert is keyed on the beginning of the dark time, so asking again
    adds nothing to it. Never of what people have paused, since they know. Call it when the coverage of a
    scan is written, and from time to time.
    """
    paused = work.paused_sources.names()
    for source in sources:
        if source in paused:
            continue
        standing = work.scans.standing(source, alike=UNREAD)
        if standing is None or standing.state not in UNREAD:
            continue
        if standing.scans < _SCANS and now - standing.since < _LONGEST_DARK:
            continue
        last = work.scans.latest(source)
        assert last is not None
        why = next(_why(entry) for entry in last.coverages if entry.source == source)
        cause = f"{source} since {standing.since.isoformat()}"
        for zone, organisation in _organisations(work):
            detail = f"{source}, since {_local(standing.since, zone)}: {why}"
            _tell(work, organisation, News.BLIND, channels=channels, cause=cause, detail=detail, now=now)


def tell_gap(
    work: Work, begin: datetime, end: datetime, *, missed: int, channels: Sequence[str], now: datetime
) -> None:
    """Queue one alert that Lychgate itself did not run for a time in which ``missed`` looks were due."""
    cause = f"gap since {begin.isoformat()}"
    looks = "one look was" if missed == 1 else f"{missed} looks were"
    for zone, organisation in _organisations(work):
        detail = (
            f"for {in_words(end - begin)}, from {_local(begin, zone)} to {_local(end, zone)}: {looks} missed"
        )
        _tell(work, organisation, News.GAP, channels=channels, cause=cause, detail=detail, now=now)


def _organisations(work: Work) -> Iterable[tuple[ZoneInfo, int]]:
    return ((ZoneInfo(one.timezone), one.id) for one in work.organisations.all())


def _tell(
    work: Work,
    organisation: int,
    news: News,
    *,
    channels: Sequence[str],
    cause: str,
    detail: str,
    now: datetime,
) -> None:
    alerts = route(None, news, (), organisation=organisation, channels=channels, cause=cause, detail=detail)
    for alert in alerts:
        work.outbox.put(alert, now, now)


def _why(entry: Coverage) -> str:
    """Return the reason that explains the state, or else the most frequent one."""
    for reason in (CANARY_MISSING, FAR_FEWER, ALL_ALIKE):
        if reason in entry.failed:
            return reason
    return max(entry.failed, key=lambda reason: entry.failed[reason], default="nothing came back")


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%H:%M} on {local:%A} {local.day} {local:%B}"
