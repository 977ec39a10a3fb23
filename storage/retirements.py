"""Rooms that their meeting has left: replaced by others, and still watched for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from scanner.errors import InputError
from scanner.model import Meeting, Room
from storage import tables
from storage.meetings import Door, Meetings
from storage.transaction import Transaction

_table, _rooms = tables.retirements, tables.rooms


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredRoom:
    """A room that a meeting used before. ``deleted`` is the owner's word that it opens nothing any more."""

    room: Room
    retired: datetime
    watched_until: datetime
    deleted: bool


class Retirements:
    """The rooms that meetings have left."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._meetings = Meetings(transaction)

    def all(self, organisation: int, meeting: int) -> list[RetiredRoom]:
        """Return the rooms that a meeting has left, the earliest first."""
        rows = self._transaction.connection.execute(
            select(_rooms, _table.c.retired, _table.c.watched_until, _table.c.deleted)
            .join(_table, _table.c.room_id == _rooms.c.id)
            .join(tables.meetings, tables.meetings.c.id == _rooms.c.meeting_id)
            .where(_rooms.c.meeting_id == meeting, tables.meetings.c.organisation_id == organisation)
            .order_by(_table.c.retired, _rooms.c.id)
        )
        found = []
        for row in rows:
            envelope = self._transaction.envelope(_rooms, row.seal, organisation=organisation)
            found.append(
                RetiredRoom(
                    room=Room(row.platform, envelope.open(row, "key")),
                    retired=row.retired,
                    watched_until=row.watched_until,
                    deleted=row.deleted,
                )
            )
        return found

    def replace_rooms(
        self,
        organisation: int,
        meeting: int,
        doors: tuple[Door, ...],
        *,
        watched_until: Callable[[Room], datetime],
        deleted: bool,
        now: datetime,
    ) -> Meeting:
        """Give a meeting these rooms; those it had and has no more are retired.

        A room in both gets the passcodes it comes with now. A retired room that comes back is in use again.
        """
        if self._meetings.get(organisation, meeting) is None:
            raise InputError(f"There is no meeting {meeting}.")
        keys, connection = self._transaction.keys, self._transaction.connection
        kept = {fingerprint for door in doors for fingerprint in keys.fingerprints(door.room)}
        left = connection.execute(
            select(_rooms, _table.c.room_id.label("retirement"))
            .outerjoin(_table, _table.c.room_id == _rooms.c.id)
            .where(_rooms.c.meeting_id == meeting)
        ).all()
        for row in left:
            if row.fingerprint in kept:
                connection.execute(delete(_table).where(_table.c.room_id == row.id))
            elif row.retirement is None:
                envelope = self._transaction.envelope(_rooms, row.seal, organisation=organisation)
                room = Room(row.platform, envelope.open(row, "key"))
                connection.execute(
                    insert(_table).values(
                        room_id=row.id, retired=now, watched_until=watched_until(room), deleted=deleted
                    )
                )
        return self._meetings.put_rooms(organisation, meeting, doors, now)
