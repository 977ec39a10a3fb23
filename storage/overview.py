"""What lists and the front page need of many rows at once, opening only what is shown.

A club with ten thousand meetings sees a page of them; the rest is looked at in plain columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, ColumnElement, Row, Select, String, case, cast, exists, func, select

from scanner.model import (
    OPEN_STATES,
    Exposure,
    ExposureState,
    Lane,
    SeverityLevel,
    SightingState,
    SourceState,
)
from storage import tables, tables_lanes
from storage.exposure_rows import read_exposures
from storage.tables_drills import drills
from storage.transaction import Transaction

_meetings, _exposures, _scans, _coverages = (
    tables.meetings,
    tables.exposures,
    tables.scans,
    tables.coverages,
)
_RANK: Final = case({level.value: level.rank for level in SeverityLevel}, value=_exposures.c.severity)
_FULL = (SourceState.OK.value,)
_MANY: Final = 1000
"""So many ids are not named one by one in a query: databases bound the number of its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An open exposure, in plain columns only."""

    exposure: int
    severity: SeverityLevel
    state: ExposureState


class Series(NamedTuple):
    """When a meeting takes place."""

    starts: datetime
    ends: datetime | None
    repeats: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An exposure as a table of many shows it: its sightings are counted and not opened."""

    exposure: int
    meeting: str
    opened: datetime
    severity: SeverityLevel
    reason: str
    state: ExposureState
    places: int
    still_up: int


class Overview:
    """Summaries. Every method that takes an organisation stays within it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def times(self, organisation: int) -> list[tuple[int, str]]:
        """Return the numbers of all meetings, each with the times of its series as one text.

        Equal texts mean equal times, and they sort by the first of them. For ten thousand this takes a third
        of what ``series`` takes.
        """
        at = _meetings.c
        ends = func.coalesce(cast(at.ends, String), "")
        text = cast(at.starts, String).concat("|").concat(ends).concat("|").concat(at.repeats)
        query = select(at.id, text.concat("|").concat(at.timezone)).where(
            at.organisation_id == organisation, _in_earnest(at.id)
        )
        return [(row[0], row[1]) for row in self._transaction.connection.execute(query).all()]

    def series(self, organisation: int, only: Collection[int]) -> dict[int, Series]:
        """Return when each of these meetings takes place."""
        at = _meetings.c
        query = select(at.id, at.starts, at.ends, at.repeats, at.timezone).where(
            at.organisation_id == organisation
        )
        if len(only) < _MANY:
            query = query.where(at.id.in_(list(only)))
        rows = self._transaction.connection.execute(query).all()
        return {row[0]: Series._make(row[1:]) for row in rows if row[0] in only}

    def registered(self, organisation: int, meetings: Iterable[int]) -> dict[int, datetime]:
        """Return since when each of these meetings is in the register."""
        rows = self._transaction.connection.execute(
            select(_meetings.c.id, _meetings.c.registered).where(
                _meetings.c.organisation_id == organisation, _meetings.c.id.in_(list(meetings))
            )
        )
        return {row.id: row.registered for row in rows}

    def titles(self, organisation: int, meetings: Iterable[int]) -> dict[int, str]:
        """Return the titles of these meetings by their ids."""
        query: Select[Any] = select(_meetings.c.id, _meetings.c.seal, _meetings.c.title).where(
            _meetings.c.organisation_id == organisation, _meetings.c.id.in_(list(meetings))
        )
        found = {}
        for row in self._transaction.connection.execute(query):
            envelope = self._transaction.envelope(_meetings, row.seal, organisation=organisation)
            found[row.id] = envelope.open(row, "title")
        return found

    def open_exposures(self, organisation: int, meetings: Iterable[int]) -> dict[int, Standing]:
        """Return the open exposure of each of these meetings that has one, by meeting."""
        rows = self._transaction.connection.execute(
            select(_exposures.c.id, _exposures.c.meeting_id, _exposures.c.severity, _exposures.c.state).where(
                _exposures.c.organisation_id == organisation,
                _exposures.c.meeting_id.in_(list(meetings)),
                _exposures.c.state.in_(list(OPEN_STATES)),
            )
        )
        return {
            row.meeting_id: Standing(
                exposure=row.id, severity=SeverityLevel(row.severity), state=ExposureState(row.state)
            )
            for row in rows
        }

    def links_changed(self, organisation: int, meetings: Iterable[int]) -> dict[int, datetime]:
        """Return when each of these meetings got another link last; those that never did are not in it."""
        rows = self._transaction.connection.execute(
            select(
                tables.rooms.c.meeting_id,
                func.max(tables.retirements.c.retired, type_=tables.Moment()).label("changed"),
            )
            .join(tables.rooms, tables.rooms.c.id == tables.retirements.c.room_id)
            .join(_meetings, _meetings.c.id == tables.rooms.c.meeting_id)
            .where(_meetings.c.organisation_id == organisation, _meetings.c.id.in_(list(meetings)))
            .group_by(tables.rooms.c.meeting_id)
        )
        return {row.meeting_id: row.changed for row in rows}

    def exposures(
        self, organisation: int, states: Collection[ExposureState], *, first: int, count: int
    ) -> list[Exposure]:
        """Return a page of the exposures in these states, worst first, then newest first."""
        ids = self._transaction.connection.scalars(
            select(_exposures.c.id)
            .where(
                _exposures.c.organisation_id == organisation,
                _exposures.c.state.in_(list(states)),
                _in_earnest(_exposures.c.meeting_id),
            )
            .order_by(_RANK.desc(), _exposures.c.id.desc())
            .limit(count)
            .offset(first)
        ).all()
        return read_exposures(self._transaction, organisation, _exposures.c.id.in_(ids)) if ids else []

    def newest_exposures(
        self, organisation: int, states: Collection[ExposureState], *, below: int | None, count: int
    ) -> list[Exposure]:
        """Return exposures in these states, newest first, from those numbered below a number."""
        wanted = [
            _exposures.c.organisation_id == organisation,
            _exposures.c.state.in_(list(states)),
            _in_earnest(_exposures.c.meeting_id),
        ]
        if below is not None:
            wanted.append(_exposures.c.id < below)
        query = select(_exposures.c.id).where(*wanted).order_by(_exposures.c.id.desc()).limit(count)
        ids = self._transaction.connection.scalars(query).all()
        found = read_exposures(self._transaction, organisation, _exposures.c.id.in_(ids)) if ids else []
        return sorted(found, key=lambda exposure: exposure.id, reverse=True)

    def meetings_above(self, organisation: int, number: int, *, count: int) -> list[int]:
        """Return the numbers of meetings above a number, smallest first."""
        query = select(_meetings.c.id).where(
            _meetings.c.organisation_id == organisation,
            _meetings.c.id > number,
            _in_earnest(_meetings.c.id),
        )
        return list(self._transaction.connection.scalars(query.order_by(_meetings.c.id).limit(count)))

    def exposures_of(self, organisation: int, meeting: int) -> list[Exposure]:
        """Return every exposure of a meeting."""
        return read_exposures(self._transaction, organisation, _exposures.c.meeting_id == meeting)

    def exposures_between(
        self, organisation: int, start: datetime, end: datetime, *, count: int
    ) -> list[Exposure]:
        """Return the worst of the exposures that were opened in ``start <= opened < end``."""
        ids = self._transaction.connection.scalars(
            select(_exposures.c.id)
            .where(*_opened_between(organisation, start, end))
            .order_by(_RANK.desc(), _exposures.c.id.desc())
            .limit(count)
        ).all()
        return read_exposures(self._transaction, organisation, _exposures.c.id.in_(ids)) if ids else []

    def reported_between(
        self, organisation: int, start: datetime, end: datetime, *, count: int
    ) -> list[Reported]:
        """Return what ``exposures_between`` does, as rows of a table."""
        places = tables.sightings
        counted = (
            select(
                places.c.exposure_id,
                func.count().label("places"),
                func.sum(case((places.c.state == SightingState.UP.value, 1), else_=0)).label("still_up"),
            )
            .group_by(places.c.exposure_id)
            .subquery()
        )
        query: Select[Any] = (
            select(
                _exposures.c.id,
                _exposures.c.meeting_id,
                _exposures.c.seal,
                _exposures.c.state,
                _exposures.c.severity,
                _exposures.c.reason,
                _exposures.c.opened,
                counted.c.places,
                counted.c.still_up,
            )
            .outerjoin(counted, counted.c.exposure_id == _exposures.c.id)
            .where(*_opened_between(organisation, start, end))
            .order_by(_RANK.desc(), _exposures.c.id.desc())
            .limit(count)
        )
        rows = self._transaction.connection.execute(query).all()
        titles = self.titles(organisation, {row.meeting_id for row in rows})
        return [
            self._reported(row, title=titles.get(row.meeting_id, ""), organisation=organisation)
            for row in rows
        ]

    def count_between(self, organisation: int, start: datetime, end: datetime) -> int:
        """Return how many exposures were opened in ``start <= opened < end``."""
        counted: int = self._transaction.connection.execute(
            select(func.count()).select_from(_exposures).where(*_opened_between(organisation, start, end))
        ).scalar_one()
        return counted

    def states(self, organisation: int) -> dict[ExposureState, int]:
        """Return how many exposures are in each state."""
        rows = self._transaction.connection.execute(
            select(_exposures.c.state, func.count().label("number"))
            .where(_exposures.c.organisation_id == organisation, _in_earnest(_exposures.c.meeting_id))
            .group_by(_exposures.c.state)
        )
        return {ExposureState(row.state): row.number for row in rows}

    def read_in_full(self) -> dict[str, datetime]:
        """Return, by source, when the last scan began that read it in full; the others are not in it."""
        rows = self._transaction.connection.execute(
            select(_coverages.c.source, func.max(_scans.c.started, type_=tables.Moment()).label("started"))
            .join(_scans, _scans.c.id == _coverages.c.scan_id)
            .where(
                _coverages.c.state.in_(_FULL),
                _scans.c.finished.is_not(None),
                _scans.c.id.not_in(select(tables_lanes.fast_scans.c.scan_id)),
            )
            .group_by(_coverages.c.source)
        )
        return {row.source: row.started for row in rows}

    def looks(self, since: datetime) -> dict[str, list[tuple[datetime, SourceState]]]:
        """Return, by source, when scans of everything began that came to their end, and how it answered."""
        rows = self._transaction.connection.execute(
            select(_coverages.c.source, _scans.c.started, _coverages.c.state)
            .join(_scans, _scans.c.id == _coverages.c.scan_id)
            .where(
                _scans.c.started >= since,
                _scans.c.finished.is_not(None),
                _scans.c.id.not_in(select(tables_lanes.fast_scans.c.scan_id)),
            )
            .order_by(_scans.c.id)
        )
        found: dict[str, list[tuple[datetime, SourceState]]] = {}
        for row in rows:
            found.setdefault(row.source, []).append((row.started, SourceState(row.state)))
        return found

    def waiting(self) -> tuple[str, ...]:
        """Return the sources that are queued to be read in full, or being read so now."""
        due, plans = tables.due_units, tables_lanes.unit_plans
        query = (
            select(due.c.source)
            .outerjoin(plans, plans.c.unit_id == due.c.id)
            .where(
                due.c.finished.is_(None), func.coalesce(plans.c.lane, Lane.BROAD.value) == Lane.BROAD.value
            )
        )
        return tuple(self._transaction.connection.scalars(query.distinct().order_by(due.c.source)))

    def _reported(self, row: Row[Any], *, title: str, organisation: int) -> Reported:
        envelope = self._transaction.envelope(_exposures, row.seal, organisation=organisation)
        return Reported(
            exposure=row.id,
            meeting=title,
            opened=row.opened,
            severity=SeverityLevel(row.severity),
            reason=envelope.open(row, "reason"),
            state=ExposureState(row.state),
            places=row.places or 0,
            still_up=row.still_up or 0,
        )


def _opened_between(organisation: int, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _exposures.c.organisation_id == organisation,
        _in_earnest(_exposures.c.meeting_id),
        _exposures.c.opened >= start,
        _exposures.c.opened < end,
    )


def _in_earnest(meeting: Column[int]) -> ColumnElement[bool]:
    """The meeting was not invented for a drill that goes on now."""
    return ~exists().where(drills.c.meeting_id == meeting)
