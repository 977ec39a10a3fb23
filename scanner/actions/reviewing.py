"""What the review desk shows: the front page, pages of exposures, sources with their history, a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scanner.actions.exposures import ListedExposure
from scanner.errors import InputError
from scanner.model import (
    Allowance,
    Coverage,
    Delivery,
    Exposure,
    ExposureEvent,
    ExposureState,
    Meeting,
    SourceState,
)
from storage.audit import AuditEntry
from storage.overview import Reported
from storage.paused_sources import PausedSource
from storage.scans import Scan
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """How a source of the settings answers. ``state`` is None before its first scan."""

    name: str
    state: SourceState | None
    since: datetime | None
    last: Coverage | None
    last_read: datetime | None
    """When the last scan began that read it in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the front page says about looking."""

    last: Scan | None
    waiting: tuple[str, ...]
    not_read: tuple[SourceStanding, ...]
    paused: tuple[PausedSource, ...]
    needs_review: int


NEEDS_REVIEW = (ExposureState.REGRESSED, ExposureState.OPEN)
IN_HAND = (ExposureState.ACKNOWLEDGED,)
SNOOZED = (ExposureState.SNOOZED,)
DONE = tuple(state for state in ExposureState if state not in (*NEEDS_REVIEW, *IN_HAND, *SNOOZED))
_MOST_SCANS = 5000


def front(store: Store, *, organisation: int, sources: Iterable[str]) -> Front:
    """Return what was looked at last, what could not be, and how much waits for people."""
    standings = source_standings(store, sources=sources)
    with store.reading() as work:
        recent = work.scans.recent(1)
        states = work.overview.states(organisation)
        waiting = work.overview.waiting()
        paused = work.paused_sources.all()
    return Front(
        last=recent[0] if recent else None,
        waiting=waiting,
        not_read=tuple(
            entry
            for entry in standings
            if entry.state not in (SourceState.OK, None) and entry.name not in paused
        ),
        paused=tuple(paused[entry.name] for entry in standings if entry.name in paused),
        needs_review=sum(states.get(state, 0) for state in NEEDS_REVIEW),
    )


def source_standings(store: Store, *, sources: Iterable[str]) -> list[SourceStanding]:
    """Return how each of these sources answers, and since when."""
    names = list(sources)
    with store.reading() as work:
        read = work.overview.read_in_full()
        standing = {name: work.scans.standing(name) for name in names}
        latest = {name: work.scans.latest(name) for name in names}
    found = []
    for name in names:
        now, scan = standing[name], latest[name]
        last = None if scan is None else next(c for c in scan.coverages if c.source == name)
        found.append(
            SourceStanding(
                name=name,
                state=now.state if now else None,
                since=now.since if now else None,
                last=last,
                last_read=read.get(name),
            )
        )
    return found


def source_looks(store: Store, *, since: datetime) -> dict[str, list[tuple[datetime, SourceState]]]:
    """Return, by source, when it was looked at in full since a time, and how it answered, oldest first."""
    with store.reading() as work:
        return work.overview.looks(since)


def told_of(store: Store, exposures: Iterable[Exposure]) -> list[Delivery]:
    """Return the alerts about these exposures."""
    with store.reading() as work:
        return [
            delivery
            for exposure in exposures
            for delivery in work.outbox.about(exposure.organisation, exposure.id)
        ]


def some_exposures(
    store: Store, *, organisation: int, states: Iterable[ExposureState], first: int, count: int
) -> list[ListedExposure]:
    """Return a page of the exposures in these states, worst first."""
    with store.reading() as work:
        found = work.overview.exposures(organisation, tuple(states), first=first, count=count)
        titles = work.overview.titles(organisation, {entry.meeting for entry in found})
    return [ListedExposure(exposure=entry, meeting=titles.get(entry.meeting, "")) for entry in found]


def newest_exposures(
    store: Store, *, organisation: int, states: Iterable[ExposureState], below: int | None, count: int
) -> list[ListedExposure]:
    """Return exposures in these states, newest first, from those numbered below a number."""
    with store.reading() as work:
        found = work.overview.newest_exposures(organisation, tuple(states), below=below, count=count)
        titles = work.overview.titles(organisation, {entry.meeting for entry in found})
    return [ListedExposure(exposure=entry, meeting=titles.get(entry.meeting, "")) for entry in found]


def some_meetings(store: Store, *, organisation: int, above: int | None, count: int) -> list[Meeting]:
    """Return meetings, oldest entry first, from those numbered above a number."""
    with store.reading() as work:
        ids = work.overview.meetings_above(organisation, above or 0, count=count)
        found = [work.meetings.get(organisation, id_) for id_ in ids]
    return [meeting for meeting in found if meeting is not None]


def exposure_counts(store: Store, *, organisation: int) -> dict[ExposureState, int]:
    """Return how many exposures are in each state."""
    with store.reading() as work:
        return work.overview.states(organisation)


def exposures_of(store: Store, meeting: int, *, organisation: int) -> list[Exposure]:
    """Return everything that was ever found of a meeting."""
    with store.reading() as work:
        return work.overview.exposures_of(organisation, meeting)


def exposures_of_month(
    store: Store, *, organisation: int, start: datetime, end: datetime, count: int
) -> tuple[list[ListedExposure], int]:
    """Return the worst of what was found first in ``start <= opened < end``, and how many there were."""
    with store.reading() as work:
        found = work.overview.exposures_between(organisation, start, end, count=count)
        total = work.overview.count_between(organisation, start, end)
        titles = work.overview.titles(organisation, {entry.meeting for entry in found})
    listed = [ListedExposure(exposure=entry, meeting=titles.get(entry.meeting, "")) for entry in found]
    return listed, total


def table_of_month(
    store: Store, *, organisation: int, start: datetime, end: datetime, count: int
) -> list[Reported]:
    """Return the same as rows of a table, whose places are only counted."""
    with store.reading() as work:
        return work.overview.reported_between(organisation, start, end, count=count)


def add_note(store: Store, exposure: int, *, organisation: int, actor: str, note: str, now: datetime) -> None:
    """Write a note into the history of an exposure."""
    if not note.strip():
        raise InputError("The note is empty.")
    with store.begin() as work:
        event = ExposureEvent(at=now, actor=actor, what="note", note=note.strip())
        work.exposures.note(organisation, exposure, event)


def allowances_of(store: Store, meeting: int, *, organisation: int) -> list[Allowance]:
    """Return the allowances of a meeting, expired ones too."""
    with store.reading() as work:
        return [entry for entry in work.allowances.all(organisation) if entry.meeting == meeting]


def some_scans(store: Store, *, count: int) -> list[Scan]:
    """Return the last scans with their coverage, newest first."""
    with store.reading() as work:
        return work.scans.recent(count)


def scans_of_month(store: Store, *, start: datetime, end: datetime) -> list[Scan]:
    """Return the scans that began in ``start <= started < end``, newest first."""
    with store.reading() as work:
        return [scan for scan in work.scans.recent(_MOST_SCANS) if start <= scan.started < end]


def note_reveal(store: Store, *, organisation: int, what: str, actor: str, now: datetime) -> None:
    """Write into the audit that somebody had secrets shown in full."""
    with store.begin() as work:
        work.audit.write(organisation, what="revealed", actor=actor, note=what, now=now)


def note_change(store: Store, *, organisation: int, what: str, note: str, actor: str, now: datetime) -> None:
    """Write a change into the audit that leaves no trace of its own elsewhere."""
    with store.begin() as work:
        work.audit.write(organisation, what=what, actor=actor, note=note, now=now)


def audit_entries(
    store: Store, *, organisation: int, count: int, below: int | None = None
) -> list[AuditEntry]:
    """Return the newest entries of the audit, of those numbered below a number."""
    with store.reading() as work:
        return work.audit.all(organisation, count=count, below=below)


def waiting_sources(store: Store) -> tuple[str, ...]:
    """Return the sources that are queued or being looked at now."""
    with store.reading() as work:
        return work.overview.waiting()


def look_soon(store: Store, sources: Iterable[str], *, now: datetime) -> int:
    """Queue these sources for whoever serves; return how many were not queued already."""
    names = list(sources)
    if not names:
        raise InputError("There are no sources yet: there is nothing to look at.")
    with store.begin() as work:
        waiting = work.overview.waiting()
        queued = [
            name
            for name in names
            if name not in waiting
            and work.units.queue("by hand", name, now, now, reason="somebody asked for it")
        ]
    return len(queued)
