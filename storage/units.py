"""Due work as rows: queued once per due time, leased to a worker, taken again if that worker dies.

A clock that is wrong must not silence anything for years: due times, leases and pauses that only a clock
far ahead can have written do not count.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, func, or_, select, update

from scanner.model import Lane
from storage import tables
from storage.tables_lanes import heartbeats, pauses, unit_plans
from storage.transaction import Transaction

_units, _plans = tables.due_units, unit_plans

_CLOCKS_DIFFER = timedelta(minutes=5)
"""How far apart the clocks of two machines may be that work on one queue."""
_LONGEST_PAUSE = timedelta(days=1)
_ASLEEP = timedelta(minutes=2)
"""``serve`` records every two seconds that it is awake; after so long it has ended, and reads nothing."""

BY_HAND = "held by hand"
"""What stands for a schedule where a person looks at sources. Nobody takes over what they broke off.

What the desk queues is called "by hand", and workers take it: the two names have to differ.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueUnit:
    """A source to look at because a schedule said so. ``attempts`` counts how often it was claimed."""

    id: int
    schedule: str
    source: str
    due: datetime
    queued: datetime
    attempts: int
    lane: Lane = Lane.BROAD
    reason: str = ""
    nearest: datetime | None = None
    """The start of the meeting that makes it urgent."""


class Units:
    """The queue of due work of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def queue(
        self,
        schedule: str,
        source: str,
        due: datetime,
        now: datetime,
        *,
        lane: Lane = Lane.BROAD,
        reason: str = "",
        nearest: datetime | None = None,
    ) -> bool:
        """Add due work; False if the same schedule, source and due time are there already, done or not.

        ``reason`` is kept in plain: it must name no meeting.
        """
        connection = self._transaction.connection
        added = connection.execute(
            self._transaction.insert(_units)
            .values(schedule=schedule, source=source, due=due, queued=now, attempts=0)
            .on_conflict_do_nothing()
            .returning(_units.c.id)
        ).scalar_one_or_none()
        if added is None:
            return False
        connection.execute(
            self._transaction.insert(_plans).values(unit_id=added, lane=lane, reason=reason, nearest=nearest)
        )
        return True

    def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        lane: Lane | None = None,
        without: Collection[str] = (),
    ) -> list[DueUnit]:
        """Take up to ``limit`` units that are due and free, for as long as the lease.

        Those of the nearest meetings come first, then the earliest. A unit not finished when its lease ends
        is free again. ``without`` names sources to leave alone; those that asked for a pause are too.
        """
        connection = self._transaction.connection
        wanted = [
            _units.c.finished.is_(None),
            _units.c.schedule != BY_HAND,
            _units.c.due <= now,
            ~_leased(now),
            _units.c.source.not_in(list(without)),
            ~exists().where(
                pauses.c.source == _units.c.source,
                pauses.c.until > now,
                pauses.c.asked <= now + _CLOCKS_DIFFER,
            ),
        ]
        if lane is not None:
            wanted.append(func.coalesce(_plans.c.lane, Lane.BROAD.value) == lane.value)
        order = (_plans.c.nearest.is_(None), _plans.c.nearest, _units.c.due, _units.c.id)
        rows = connection.execute(
            _query().where(*wanted).order_by(*order).limit(limit).with_for_update(of=_units, skip_locked=True)
        ).all()
        ids = [row.id for row in rows]
        connection.execute(
            update(_units)
            .where(_units.c.id.in_(ids))
            .values(leased_until=now + lease, attempts=_units.c.attempts + 1)
        )
        connection.execute(update(_plans).where(_plans.c.unit_id.in_(ids)).values(claimed=now))
        return [_unit(row, attempts=row.attempts + 1) for row in rows]

    def running(self, now: datetime) -> frozenset[str]:
        """Return the sources that somebody is reading now."""
        return frozenset(source for source, _ in self._held(now))

    def busy(self, sources: Collection[str], now: datetime) -> frozenset[str]:
        """Return which of these sources are being read now.

        What a ``serve`` held that is no longer awake does not count: nobody reads it.
        """
        awake = (at := self.last_beat()) is not None and now - at < _ASLEEP
        schedules = dict(self._held(now))
        return frozenset(
            name for name in sources if schedules.get(name, "") and (awake or schedules[name] == BY_HAND)
        )

    def take_by_hand(self, source: str, now: datetime, lease: timedelta) -> int:
        """Hold a source for somebody who looks at it themselves, and return what to ``finish``."""
        connection = self._transaction.connection
        values = {"schedule": BY_HAND, "source": source, "due": now, "queued": now, "attempts": 1}
        held: int = connection.execute(
            self._transaction.insert(_units).values(**values, leased_until=now + lease).returning(_units.c.id)
        ).scalar_one()
        plan = self._transaction.insert(_plans)
        connection.execute(plan.values(unit_id=held, lane=Lane.BROAD, reason=BY_HAND, claimed=now))
        return held

    def renew(self, units: Collection[int], now: datetime, lease: timedelta) -> None:
        """Hold on to what was taken and is not done, from now for as long as the lease."""
        mine = and_(_units.c.id.in_(units), _units.c.finished.is_(None))
        self._transaction.connection.execute(update(_units).where(mine).values(leased_until=now + lease))

    def _held(self, now: datetime) -> list[tuple[str, str]]:
        """Return the sources that are being read now, and by which schedule."""
        query = (
            select(_units.c.source, _units.c.schedule)
            .outerjoin(_plans, _plans.c.unit_id == _units.c.id)
            .where(_units.c.finished.is_(None), _leased(now))
        )
        return [(source, schedule) for source, schedule in self._transaction.connection.execute(query)]

    def waiting(self, lane: Lane, now: datetime) -> frozenset[str]:
        """Return the sources with work of a lane that is due and not done."""
        query = (
            select(_units.c.source)
            .join(_plans, _plans.c.unit_id == _units.c.id)
            .where(_units.c.finished.is_(None), _units.c.due <= now, _plans.c.lane == lane.value)
        )
        return frozenset(self._transaction.connection.scalars(query))

    def finish(self, unit: int, now: datetime) -> None:
        """Record that a unit is done; it is never claimed again."""
        self._transaction.connection.execute(
            update(_units).where(_units.c.id == unit).values(finished=now, leased_until=None)
        )

    def release(self, unit: int) -> None:
        """Give a claimed unit back before its lease ends, done or not, for whoever claims next."""
        self._transaction.connection.execute(
            update(_units).where(_units.c.id == unit).values(leased_until=None, finished=None)
        )

    def pause(self, source: str, until: datetime, now: datetime) -> None:
        """Leave a source alone until a time, a day at most, because its server asked for that."""
        insert = self._transaction.insert(pauses).values(
            source=source, until=min(until, now + _LONGEST_PAUSE), asked=now
        )
        self._transaction.connection.execute(
            insert.on_conflict_do_update(
                index_elements=[pauses.c.source],
                set_={"until": insert.excluded.until, "asked": insert.excluded.asked},
            )
        )

    def last_due(self, now: datetime) -> dict[tuple[str, str], datetime]:
        """Return the latest due time queued for each schedule and source, done or not.

        Times after ``now`` do not count: a clock that was wrong once must not silence a schedule for years.
        """
        query = (
            select(_units.c.schedule, _units.c.source, func.max(_units.c.due, type_=tables.Moment()))
            .where(_units.c.due <= now)
            .group_by(_units.c.schedule, _units.c.source)
        )
        return {
            (schedule, source): due for schedule, source, due in self._transaction.connection.execute(query)
        }

    def beat(self, now: datetime) -> datetime | None:
        """Record that ``serve`` is awake, and return when it last was; None if it never was."""
        connection = self._transaction.connection
        before: datetime | None = connection.execute(select(heartbeats.c.at)).scalar_one_or_none()
        insert = self._transaction.insert(heartbeats).values(id=1, at=now)
        connection.execute(
            insert.on_conflict_do_update(index_elements=[heartbeats.c.id], set_={"at": insert.excluded.at})
        )
        return before

    def last_beat(self) -> datetime | None:
        """Return when ``serve`` was last awake, or None if it never was."""
        at: datetime | None = self._transaction.connection.execute(
            select(heartbeats.c.at)
        ).scalar_one_or_none()
        return at

    def forget(self, before: datetime) -> None:
        """Delete what was done before a time, but never the last due time of a source in a schedule."""
        others = _units.alias()
        newer = exists().where(
            others.c.schedule == _units.c.schedule,
            others.c.source == _units.c.source,
            others.c.due > _units.c.due,
        )
        self._transaction.connection.execute(delete(_units).where(_units.c.finished < before, newer))

    def pending(self) -> list[DueUnit]:
        """Return all work that is not done, earliest first, claimed or not."""
        rows = self._transaction.connection.execute(
            _query()
            .where(_units.c.finished.is_(None), _units.c.schedule != BY_HAND)
            .order_by(_units.c.due, _units.c.id)
        )
        return [_unit(row, attempts=row.attempts) for row in rows]


def _query() -> Select[Any]:
    return select(_units, _plans.c.lane, _plans.c.reason, _plans.c.nearest).outerjoin(
        _plans, _plans.c.unit_id == _units.c.id
    )


def _leased(now: datetime) -> ColumnElement[bool]:
    """Somebody holds it, by a clock that was not ahead of this one."""
    in_time = or_(_plans.c.claimed.is_(None), _plans.c.claimed <= now + _CLOCKS_DIFFER)
    return and_(_units.c.leased_until.is_not(None), _units.c.leased_until > now, in_time)


def _unit(row: Row[Any], *, attempts: int) -> DueUnit:
    return DueUnit(
        id=row.id,
        schedule=row.schedule,
        source=row.source,
        due=row.due,
        queued=row.queued,
        attempts=attempts,
        lane=Lane(row.lane or Lane.BROAD),
        reason=row.reason or "",
        nearest=row.nearest,
    )
