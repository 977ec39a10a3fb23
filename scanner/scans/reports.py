"""The monthly report for the committee and the weekly sign of life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanner.alerts.routing import alert_for
from scanner.model import OPEN_STATES, Coverage, News, Organisation
from storage.chores import SKEW
from storage.scans import Scan
from storage.store import Store, Work

_AT = time(8, 0)
_MOST_SCANS = 2000
_SHOWN = 10


def queue_reports(store: Store, *, monthly: Sequence[str], alive: Sequence[str], now: datetime) -> None:
    """Queue the sign of life on Monday and the report on the first of the month, at eight by local clocks.

    The first call of an installation only starts the count. Late is better than never: after a downtime
    what was missed is sent once.
    """
    with store.reading() as work:
        due = [
            (organisation, news, since, channels)
            for organisation in work.organisations.all()
            for news, since, channels in (
                (News.ALIVE, last_monday(now, ZoneInfo(organisation.timezone)), alive),
                (News.REPORT, first_of_month(now, ZoneInfo(organisation.timezone)), monthly),
            )
            if _is_due(work.chores.last(_chore(news, organisation)), since, now)
        ]
    for organisation, news, since, channels in due:
        with store.begin() as work:
            begun = work.chores.last(_chore(news, organisation))
            if work.chores.take_since(_chore(news, organisation), now, since=since) and begun is not None:
                _queue(work, organisation, news, begun=begun, channels=channels, now=now)


def last_monday(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last Monday, eight o'clock, at or before a moment."""
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    at = datetime.combine(monday, _AT, zone)
    return (at if at <= local else datetime.combine(monday - timedelta(days=7), _AT, zone)).astimezone(UTC)


def first_of_month(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last first of a month, eight o'clock, at or before a moment."""
    local = now.astimezone(zone)
    first = local.date().replace(day=1)
    at = datetime.combine(first, _AT, zone)
    before = (first - timedelta(days=1)).replace(day=1)
    return (at if at <= local else datetime.combine(before, _AT, zone)).astimezone(UTC)


def _is_due(last: datetime | None, since: datetime, now: datetime) -> bool:
    return last is None or last < since or last > now + SKEW


def _chore(news: News, organisation: Organisation) -> str:
    return f"{news} {organisation.id}"


def _queue(
    work: Work,
    organisation: Organisation,
    news: News,
    *,
    begun: datetime,
    channels: Sequence[str],
    now: datetime,
) -> None:
    detail = _report(work, organisation, news, begun=begun, now=now)
    for channel in channels:
        alert = alert_for(
            channel,
            "the settings send reports to this channel",
            None,
            news=news,
            organisation=organisation.id,
            cause=f"{news} {now.isoformat()}",
            detail=detail,
        )
        work.outbox.put(alert, now, now)


def _report(work: Work, organisation: Organisation, news: News, *, begun: datetime, now: datetime) -> str:
    """Return what happened since a time: one line for the subject, then a line for each fact."""
    scans = [scan for scan in work.scans.recent(_MOST_SCANS) if scan.started >= begun]
    latest = [_in_full(work, entry) for entry in _latest(scans)]
    read = sum(entry.read + entry.unchanged for entry in latest)
    unread = sum(sum(entry.failed.values()) for entry in latest)
    invented = work.drills.planted(organisation.id)
    exposures = [one for one in work.exposures.all(organisation.id) if one.meeting not in invented]
    new = [exposure for exposure in exposures if exposure.opened >= begun]
    still = [exposure for exposure in exposures if exposure.state in OPEN_STATES]
    month = begun.astimezone(ZoneInfo(organisation.timezone))
    title = "This week" if news is News.ALIVE else f"Since {month.day} {month:%B}"
    lines = [
        f"{title}: {_count(len(new), 'leak')}, {_count(read, 'page')} read, {unread} could not be read",
        f"Looked: {_count(len(scans), 'time')}, at {_count(len(latest), 'source')}",
        f"New: {_count(len(new), 'leak')}",
        f"Open now: {_count(len(still), 'leak')}",
        f"Meetings: {len(work.meetings.all(organisation.id)) - len(invented)} watched",
    ]
    for entry in latest[:_SHOWN]:
        failed = sum(entry.failed.values())
        rest = f", {failed} not" if failed else ""
        lines.append(f"Source: {entry.source}, {entry.state}, {entry.read + entry.unchanged} read{rest}")
    if not scans:
        lines.insert(1, "Note: nothing was looked at in this time. Is lychgate serve running?")
    return "\n".join(lines)


def _latest(scans: Sequence[Scan]) -> list[Coverage]:
    """Return how each source answered last; ``scans`` come newest first."""
    found: dict[str, Coverage] = {}
    for scan in scans:
        for entry in scan.coverages:
            found.setdefault(entry.source, entry)
    return sorted(found.values(), key=lambda entry: entry.source)


def _in_full(work: Work, entry: Coverage) -> Coverage:
    """Return how a source stands, with the counts of its last whole reading: a fast one reads a few pages."""
    whole = next(iter(work.scans.whole_readings(entry.source, 1)), entry)
    return replace(whole, state=entry.state)


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
