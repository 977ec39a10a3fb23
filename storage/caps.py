"""How much an organisation may register, and what is known of how it does so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, insert, select

from scanner.model import Room
from storage import tables
from storage.transaction import Transaction

_table, _meetings, _rooms = tables.caps, tables.meetings, tables.rooms
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most meetings an organisation may have, and may register within an hour."""

    meetings: int
    per_hour: int


class Caps:
    """Caps by organisation. The first organisation of an installation has none: it is the operator's own."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, organisation: int, cap: Cap) -> None:
        """Give a new organisation its cap."""
        self._transaction.connection.execute(
            insert(_table).values(organisation_id=organisation, meetings=cap.meetings, per_hour=cap.per_hour)
        )

    def get(self, organisation: int) -> Cap | None:
        """Return the organisation's cap, or None if nothing binds it."""
        row = self._transaction.connection.execute(
            select(_table).where(_table.c.organisation_id == organisation)
        ).one_or_none()
        return None if row is None else Cap(meetings=row.meetings, per_hour=row.per_hour)

    def registered(self, organisation: int, now: datetime) -> tuple[int, int]:
        """Return how many meetings the organisation has, and how many of them are not an hour old."""
        own = _meetings.c.organisation_id == organisation
        connection = self._transaction.connection
        everything = connection.execute(select(func.count()).select_from(_meetings).where(own)).scalar_one()
        recent = connection.execute(
            select(func.count()).select_from(_meetings).where(own, _meetings.c.registered > now - _HOUR)
        ).scalar_one()
        return everything, recent

    def run_with(self, organisation: int, room: Room, *, longest: int) -> int:
        """Return how many consecutive IDs the organisation would have with this room, counted to ``longest``.

        The IDs are counted by their fingerprints: none is decrypted. 1 for a key that is no number.
        """
        if not (room.key.isascii() and room.key.isdigit()):
            return 1
        neighbours = [_like(room, number) for number in (int(room.key) - 1, int(room.key) + 1) if number >= 0]
        if not self._has(organisation, *neighbours):
            return 1
        length = 1
        for step in (-1, 1):
            number = int(room.key) + step
            while length < longest and number >= 0 and self._has(organisation, _like(room, number)):
                length += 1
                number += step
        return length

    def _has(self, organisation: int, *rooms: Room) -> bool:
        keys = self._transaction.keys
        query = exists().where(
            _rooms.c.fingerprint.in_([each for room in rooms for each in keys.fingerprints(room)]),
            _rooms.c.meeting_id == _meetings.c.id,
            _meetings.c.organisation_id == organisation,
        )
        return bool(self._transaction.connection.execute(select(query)).scalar_one())


def _like(room: Room, number: int) -> Room:
    return Room(room.platform, str(number).zfill(len(room.key)))
