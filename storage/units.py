"""Due work as rows: queued once per due time, leased to a worker, taken again if that worker dies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, exists, func, or_, select, update

from storage import tables
from storage.transaction import Transaction

_table = tables.due_units


@dataclass(frozen=True, slots=True, kw_only=True)
class DueUnit:
    """A source to look at because a schedule said so. ``attempts`` counts how often it was claimed."""

    id: int
    schedule: str
    source: str
    due: datetime
    queued: datetime
    attempts: int


class Units:
    """The queue of due work of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def queue(self, schedule: str, source: str, due: datetime, now: datetime) -> bool:
        """Add due work; False if the same schedule, source and due time are there already, done or not."""
        added = self._transaction.connection.execute(
            self._transaction.insert(_table)
            .values(schedule=schedule, source=source, due=due, queued=now, attempts=0)
            .on_conflict_do_nothing()
            .returning(_table.c.id)
        ).one_or_none()
        return added is not None

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[DueUnit]:
        """Take up to ``limit`` units that are due and free, earliest first, for as long as the lease.

        A unit not finished when its lease ends is free again.
        """
        connection = self._transaction.connection
        free = or_(_table.c.leased_until.is_(None), _table.c.leased_until <= now)
        ids = connection.scalars(
            select(_table.c.id)
            .where(_table.c.finished.is_(None), _table.c.due <= now, free)
            .order_by(_table.c.due, _table.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        connection.execute(
            update(_table)
            .where(_table.c.id.in_(ids))
            .values(leased_until=now + lease, attempts=_table.c.attempts + 1)
        )
        rows = connection.execute(
            select(_table).where(_table.c.id.in_(ids)).order_by(_table.c.due, _table.c.id)
        )
        return [_unit(row) for row in rows]

    def finish(self, unit: int, now: datetime) -> None:
        """Record that a unit is done; it is never claimed again."""
        self._transaction.connection.execute(
            update(_table).where(_table.c.id == unit).values(finished=now, leased_until=None)
        )

    def release(self, unit: int) -> None:
        """Give a claimed unit back before its lease ends, for whoever claims next."""
        self._transaction.connection.execute(
            update(_table).where(_table.c.id == unit).values(leased_until=None)
        )

    def last_due(self, schedule: str, now: datetime) -> datetime | None:
        """Return the latest due time queued for a schedule, done or not, or None if there is none.

        Times after ``now`` do not count: a clock that was wrong once must not silence a schedule for years.
        """
        query = select(func.max(_table.c.due, type_=tables.Moment())).where(
            _table.c.schedule == schedule, _table.c.due <= now
        )
        latest: datetime | None = self._transaction.connection.execute(query).scalar_one()
        return latest

    def forget(self, before: datetime) -> None:
        """Delete what was done before a time, but never the last due time of a schedule."""
        others = _table.alias()
        newer = exists().where(others.c.schedule == _table.c.schedule, others.c.due > _table.c.due)
        self._transaction.connection.execute(delete(_table).where(_table.c.finished < before, newer))

    def pending(self) -> list[DueUnit]:
        """Return all work that is not done, earliest first, claimed or not."""
        rows = self._transaction.connection.execute(
            select(_table).where(_table.c.finished.is_(None)).order_by(_table.c.due, _table.c.id)
        )
        return [_unit(row) for row in rows]


def _unit(row: Row[Any]) -> DueUnit:
    return DueUnit(
        id=row.id,
        schedule=row.schedule,
        source=row.source,
        due=row.due,
        queued=row.queued,
        attempts=row.attempts,
    )
