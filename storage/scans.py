"""Scans and their coverage: what was read, what was not, and since when a source answers as it does."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, update

from scanner.model import Coverage, SourceState
from storage import tables
from storage.tables_lanes import fast_scans
from storage.transaction import Transaction, new_seal

_scans, _coverages = tables.scans, tables.coverages


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One run over sources. ``finished`` is None while it runs, and for ever if it was interrupted."""

    id: int
    trigger: str
    sources: tuple[str, ...]
    started: datetime
    finished: datetime | None
    coverages: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a source answered last, and since which scan it has answered so without a break."""

    source: str
    state: SourceState
    since: datetime
    scans: int
    """How many scans in a row, the last one included."""


class Scans:
    """The scan history of the installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def start(self, trigger: str, sources: Sequence[str], now: datetime, *, fast: bool = False) -> int:
        """Record that a scan begins and return its id; ``trigger`` is a schedule's name or "by hand".

        ``fast`` marks one that reads only what is new, so that nobody compares it with one of everything.
        """
        scan: int = self._transaction.connection.execute(
            insert(_scans).values(trigger=trigger, sources=list(sources), started=now).returning(_scans.c.id)
        ).scalar_one()
        if fast:
            self._transaction.connection.execute(insert(fast_scans).values(scan_id=scan))
        return scan

    def cover(self, scan: int, coverage: Coverage) -> None:
        """Record what a scan read of one source; a second record for the source replaces the first."""
        seal = new_seal()
        envelope = self._transaction.envelope(_coverages, seal, organisation=None)
        values = {
            "seal": seal,
            "state": coverage.state,
            "read": coverage.read,
            "unchanged": coverage.unchanged,
            "cut": coverage.cut,
            "skipped": dict(coverage.skipped),
            "failed": dict(coverage.failed),
            "rooms_seen": dict(coverage.rooms_seen),
            **envelope.seal(notes=json.dumps(coverage.notes)),
        }
        self._transaction.connection.execute(
            self._transaction.insert(_coverages)
            .values(scan_id=scan, source=coverage.source, **values)
            .on_conflict_do_update(index_elements=[_coverages.c.scan_id, _coverages.c.source], set_=values)
        )

    def finish(self, scan: int, now: datetime) -> None:
        """Record that a scan came to its end, whatever it could read."""
        self._transaction.connection.execute(update(_scans).where(_scans.c.id == scan).values(finished=now))

    def latest(self, source: str) -> Scan | None:
        """Return the last scan that says how a source answered."""
        query = (
            select(_scans)
            .join(_coverages, _coverages.c.scan_id == _scans.c.id)
            .where(_coverages.c.source == source)
        )
        found = self._read(query.order_by(_scans.c.id.desc()).limit(1))
        return found[0] if found else None

    def whole_readings(self, source: str, count: int) -> list[Coverage]:
        """Return what the last scans read of a source, newest first.

        Not the fast ones, and not those that left it out because it was paused.
        """
        rows = self._transaction.connection.execute(
            select(_coverages)
            .where(
                _coverages.c.source == source,
                _coverages.c.state != SourceState.PAUSED,
                _coverages.c.scan_id.not_in(select(fast_scans.c.scan_id)),
            )
            .order_by(_coverages.c.scan_id.desc())
            .limit(count)
        )
        return [self._coverage(row) for row in rows]

    def recent(self, count: int) -> list[Scan]:
        """Return the last scans, newest first."""
        return self._read(select(_scans).order_by(_scans.c.id.desc()).limit(count))

    def forget(self, before: datetime) -> None:
        """Delete scans that began before a time, with their coverage."""
        self._transaction.connection.execute(delete(_scans).where(_scans.c.started < before))

    def remove(self, trigger: str) -> None:
        """Delete the scans that were begun for one reason, with their coverage."""
        self._transaction.connection.execute(delete(_scans).where(_scans.c.trigger == trigger))

    def standing(self, source: str, *, alike: Collection[SourceState] = ()) -> Standing | None:
        """Return how a source stands, or None if no scan says.

        States of ``alike`` count as one if it stands in one of them, so that a source that fails in one scan
        and is blocked in the next has not changed.
        """
        connection = self._transaction.connection
        of_source = select(_coverages.c.scan_id).where(_coverages.c.source == source)
        state = connection.execute(
            select(_coverages.c.state)
            .where(_coverages.c.source == source)
            .order_by(_coverages.c.scan_id.desc())
            .limit(1)
        ).scalar_one_or_none()
        if state is None:
            return None
        same = list(alike) if state in alike else [state]
        last_other = select(func.coalesce(func.max(_coverages.c.scan_id), 0)).where(
            _coverages.c.source == source, _coverages.c.state.not_in(same)
        )
        row = connection.execute(
            select(
                func.min(_scans.c.started, type_=tables.Moment()).label("since"),
                func.count().label("scans"),
            ).where(_scans.c.id.in_(of_source), _scans.c.id > last_other.scalar_subquery())
        ).one()
        return Standing(source=source, state=SourceState(state), since=row.since, scans=row.scans)

    def _read(self, query: Select[Any]) -> list[Scan]:
        connection = self._transaction.connection
        rows = connection.execute(query).all()
        coverages: dict[int, list[Coverage]] = {}
        for row in connection.execute(
            select(_coverages)
            .where(_coverages.c.scan_id.in_([row.id for row in rows]))
            .order_by(_coverages.c.id)
        ):
            coverages.setdefault(row.scan_id, []).append(self._coverage(row))
        return [
            Scan(
                id=row.id,
                trigger=row.trigger,
                sources=tuple(row.sources),
                started=row.started,
                finished=row.finished,
                coverages=tuple(coverages.get(row.id, ())),
            )
            for row in rows
        ]

    def _coverage(self, row: Row[Any]) -> Coverage:
        envelope = self._transaction.envelope(_coverages, row.seal, organisation=None)
        return Coverage(
            source=row.source,
            state=SourceState(row.state),
            read=row.read,
            unchanged=row.unchanged,
            cut=row.cut,
            skipped=row.skipped,
            failed=row.failed,
            notes=tuple(json.loads(envelope.open(row, "notes"))),
            rooms_seen=row.rooms_seen,
        )
