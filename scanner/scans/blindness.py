"""Tell people about sources that could not be read: what nobody looks at is not clear of leaks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scanner.alerts.routing import route
from scanner.model import Coverage, News, SourceState
from storage.store import Work

UNREAD = frozenset({SourceState.FAILED, SourceState.BLOCKED, SourceState.BLIND})
"""States of a source of which nothing was read."""

_SCANS = 2
"""One bad scan may be a restart of their server; a second one is news."""


def tell_blindness(
    work: Work, coverage: Iterable[Coverage], *, channels: Sequence[str], now: datetime
) -> None:
    """Queue one alert for each source that could not be read twice in a row, once until it can be read again.

    Call it when the coverage of the scan is written. The alert is keyed on the beginning of the dark time,
    so later scans add nothing to it.
    """
    for entry in coverage:
        if entry.state not in UNREAD:
            continue
        standing = work.scans.standing(entry.source, alike=UNREAD)
        if standing is None or standing.scans < _SCANS:
            continue
        for organisation in work.organisations.all():
            alerts = route(
                None,
                News.BLIND,
                (),
                organisation=organisation.id,
                channels=channels,
                cause=f"{entry.source} since {standing.since.isoformat()}",
                detail=_detail(entry, standing.since, zone=ZoneInfo(organisation.timezone)),
            )
            for alert in alerts:
                work.outbox.put(alert, now, now)


def _detail(entry: Coverage, since: datetime, *, zone: ZoneInfo) -> str:
    local = since.astimezone(zone)
    why = max(entry.failed, key=lambda reason: entry.failed[reason], default="nothing came back")
    return f"{entry.source}, since {local:%H:%M} on {local:%A} {local.day} {local:%B}: {why}"
