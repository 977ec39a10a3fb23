"""When things were done that are done now and then: whoever takes a chore does it, and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from storage import tables_alerts
from storage.transaction import Transaction

_table = tables_alerts.chores

SKEW = timedelta(minutes=10)
"""How far ahead of ours the clock of another process may go without being wrong."""


class Chores:
    """What was done when."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def last(self, name: str) -> datetime | None:
        """Return when a chore was taken last."""
        done: datetime | None = self._transaction.connection.execute(
            select(_table.c.done).where(_table.c.name == name)
        ).scalar_one_or_none()
        return done

    def take(self, name: str, now: datetime, *, every: timedelta) -> bool:
        """Take a chore if it was not taken within ``every``; whoever gets True does it.

        One that was taken far in the future was taken by a clock that was wrong, so it is due.
        """
        return self.take_since(name, now, since=now - every)

    def take_since(self, name: str, now: datetime, *, since: datetime) -> bool:
        """Take a chore if it was not taken after ``since``."""
        taken = self._transaction.connection.execute(
            self._transaction.insert(_table)
            .values(name=name, done=now)
            .on_conflict_do_update(
                index_elements=[_table.c.name],
                set_={"done": now},
                where=or_(_table.c.done <= since, _table.c.done > now + SKEW),
            )
            .returning(_table.c.name)
        ).one_or_none()
        return taken is not None
