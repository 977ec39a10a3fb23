"""When meetings take place, for planning: nothing else of them is opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from scanner.model import Meeting
from storage import tables
from storage.transaction import Transaction

_meetings = tables.meetings

_LONGEST = timedelta(days=1)
"""A meeting that began longer ago is over, whatever it says."""


class Times:
    """The times of all meetings of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def between(self, begin: datetime, end: datetime) -> list[Meeting]:
        """Return the meetings that may take place between two times, without titles, rooms and passcodes.

        A series is among them from its first occurrence on, whether or not it is over.
        """
        columns = _meetings.c
        once = and_(columns.repeats == "", columns.starts > begin - _LONGEST)
        rows = self._transaction.connection.execute(
            select(
                columns.id,
                columns.organisation_id,
                columns.starts,
                columns.ends,
                columns.repeats,
                columns.timezone,
            ).where(columns.starts < end, or_(once, columns.repeats != ""))
        )
        return [
            Meeting(
                id=row.id,
                organisation=row.organisation_id,
                title="",
                starts=row.starts,
                ends=row.ends,
                repeats=row.repeats,
                timezone=row.timezone,
            )
            for row in rows
        ]
