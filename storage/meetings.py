"""Meetings, their rooms and passcodes: fingerprints for matching, ciphertext for their owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, or_, select, update

from scanner.errors import InputError
from scanner.match.register import RegisterEntry
from scanner.model import Meeting, Passcode, PasscodeKind, Protection, Room, VerdictKind
from storage import tables
from storage.transaction import Transaction, new_seal

_meetings, _rooms, _passcodes = tables.meetings, tables.rooms, tables.passcodes
_STREAM_ROWS = 5000
_IN_USE = _rooms.c.id.not_in(select(tables.retirements.c.room_id))
_KIND = {None: VerdictKind.OURS, False: VerdictKind.RETIRED, True: VerdictKind.CLOSED}
"""What a retirement's ``deleted`` makes of a room; None where there is no retirement."""


@dataclass(frozen=True, slots=True)
class Door:
    """A room of a meeting with the passcodes that open it. One passcode may open several rooms."""

    room: Room
    passcodes: tuple[Passcode, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMeeting:
    """A meeting before it has an id. A room named twice is one door with the passcodes of both."""

    title: str
    starts: datetime
    ends: datetime | None = None
    repeats: str = ""
    timezone: str = "UTC"
    doors: tuple[Door, ...] = ()
    protections: frozenset[Protection] = frozenset()


class Meetings:
    """The register. Everything but ``register`` and ``changed`` stays within one organisation.

    The rooms of a meeting are those it uses; ``storage.retirements`` knows those it has left.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, organisation: int, meeting: NewMeeting, now: datetime) -> Meeting:
        """Store a meeting with its rooms and passcodes; it is watched from ``now`` on."""
        seal = new_seal()
        envelope = self._transaction.envelope(_meetings, seal, organisation=organisation)
        id_ = self._transaction.connection.execute(
            insert(_meetings)
            .values(
                organisation_id=organisation,
                seal=seal,
                starts=meeting.starts,
                ends=meeting.ends,
                repeats=meeting.repeats,
                timezone=meeting.timezone,
                protections=sorted(meeting.protections),
                registered=now,
                **envelope.seal(title=meeting.title),
            )
            .returning(_meetings.c.id)
        ).scalar_one()
        doors = _merged(meeting.doors)
        for room, passcodes in doors.items():
            self._add_room(organisation, id_, Door(room, passcodes))
        self._rooms_changed(organisation, now)
        # As it would be read back, without reading it back: many are registered at once.
        return Meeting(
            id=id_,
            organisation=organisation,
            title=meeting.title,
            starts=meeting.starts.astimezone(UTC),
            ends=meeting.ends.astimezone(UTC) if meeting.ends else None,
            repeats=meeting.repeats,
            timezone=meeting.timezone,
            rooms=tuple(doors),
            passcodes=tuple(dict.fromkeys(chain.from_iterable(doors.values()))),
            protections=meeting.protections,
            registered=now.astimezone(UTC),
        )

    def get(self, organisation: int, meeting: int) -> Meeting | None:
        """Return the meeting, or None if this organisation has none with this id."""
        found = self._read(organisation, select(_meetings).where(_meetings.c.id == meeting))
        return found[0] if found else None

    def all(self, organisation: int) -> list[Meeting]:
        """Return the organisation's meetings, oldest entry first."""
        return self._read(organisation, select(_meetings))

    def with_room(self, organisation: int, room: Room) -> list[Meeting]:
        """Return the organisation's meetings behind this door, for instance to warn of a double entry."""
        fingerprints = self._transaction.keys.fingerprints(room)
        holders = self._transaction.connection.scalars(
            select(_rooms.c.meeting_id).where(_rooms.c.fingerprint.in_(fingerprints))
        ).all()
        if not holders:
            return []
        return self._read(organisation, select(_meetings).where(_meetings.c.id.in_(holders)))

    def change(self, organisation: int, meeting: int, changed: NewMeeting) -> Meeting:
        """Give a meeting another title and other times. Its rooms are replaced through ``Retirements``."""
        connection = self._transaction.connection
        row = connection.execute(
            select(_meetings.c.seal).where(
                _meetings.c.id == meeting, _meetings.c.organisation_id == organisation
            )
        ).one_or_none()
        if row is None:
            raise InputError(f"There is no meeting {meeting}.")
        envelope = self._transaction.envelope(_meetings, row.seal, organisation=organisation)
        connection.execute(
            update(_meetings)
            .where(_meetings.c.id == meeting)
            .values(
                starts=changed.starts,
                ends=changed.ends,
                repeats=changed.repeats,
                timezone=changed.timezone,
                **envelope.seal(title=changed.title),
            )
        )
        return self._written(organisation, meeting)

    def put_rooms(self, organisation: int, meeting: int, doors: tuple[Door, ...], now: datetime) -> Meeting:
        """Add rooms, and give those that are there the passcodes they come with now."""
        for room, passcodes in _merged(doors).items():
            self._put_room(organisation, meeting, Door(room, passcodes))
        self._rooms_changed(organisation, now)
        return self._written(organisation, meeting)

    def remove(self, organisation: int, meeting: int, now: datetime) -> None:
        """Delete a meeting with its secrets, its exposures and the alerts about them."""
        removed = self._transaction.connection.execute(
            delete(_meetings).where(_meetings.c.id == meeting, _meetings.c.organisation_id == organisation)
        )
        if not removed.rowcount:
            raise InputError(f"There is no meeting {meeting}.")
        self._rooms_changed(organisation, now)

    def register(self, now: datetime) -> Iterator[RegisterEntry]:
        """Yield every room of every organisation, a few thousand in memory at a time, none decrypted.

        A room that its meeting has left is among them until its platform has forgotten it.
        """
        retired = tables.retirements.c
        rows = self._transaction.connection.execute(
            select(
                _rooms.c.id,
                _rooms.c.fingerprint,
                _meetings.c.organisation_id,
                _rooms.c.meeting_id,
                _passcodes.c.fingerprint.label("passcode"),
                retired.deleted,
            )
            .join(_meetings, _meetings.c.id == _rooms.c.meeting_id)
            .outerjoin(_passcodes, _passcodes.c.room_id == _rooms.c.id)
            .outerjoin(tables.retirements, retired.room_id == _rooms.c.id)
            .where(or_(retired.watched_until.is_(None), retired.watched_until > now))
            .order_by(_rooms.c.id),
            execution_options={"yield_per": _STREAM_ROWS},
        )
        for _, same_room in groupby(rows, key=lambda row: row.id):
            first, *more = same_room
            yield RegisterEntry(
                fingerprint=first.fingerprint,
                organisation=first.organisation_id,
                meeting=first.meeting_id,
                passcodes=frozenset(row.passcode for row in (first, *more) if row.passcode is not None),
                kind=_KIND[first.deleted],
            )

    def changed(self, organisation: int | None = None) -> datetime | None:
        """Return when a room was last added or removed, here or (None) in any organisation."""
        changed = tables.organisations.c.rooms_changed
        query = select(func.max(changed, type_=tables.Moment()))
        if organisation is not None:
            query = query.where(tables.organisations.c.id == organisation)
        latest: datetime | None = self._transaction.connection.execute(query).scalar_one()
        return latest

    def _add_room(self, organisation: int, meeting: int, door: Door) -> None:
        keys, connection = self._transaction.keys, self._transaction.connection
        seal = new_seal()
        envelope = self._transaction.envelope(_rooms, seal, organisation=organisation)
        room_id = connection.execute(
            insert(_rooms)
            .values(
                meeting_id=meeting,
                seal=seal,
                platform=door.room.platform,
                fingerprint=keys.fingerprint(door.room),
                **envelope.seal(key=door.room.key),
            )
            .returning(_rooms.c.id)
        ).scalar_one()
        rows = [self._passcode_row(organisation, room_id, door.room, passcode) for passcode in door.passcodes]
        if rows:
            connection.execute(insert(_passcodes), rows)

    def _put_room(self, organisation: int, meeting: int, door: Door) -> None:
        """Add a room, or give the room that is there its passcodes."""
        keys, connection = self._transaction.keys, self._transaction.connection
        room_id = connection.execute(
            select(_rooms.c.id).where(
                _rooms.c.meeting_id == meeting, _rooms.c.fingerprint.in_(keys.fingerprints(door.room))
            )
        ).scalar_one_or_none()
        if room_id is None:
            self._add_room(organisation, meeting, door)
            return
        stored = set(
            connection.scalars(select(_passcodes.c.fingerprint).where(_passcodes.c.room_id == room_id))
        )
        rows = [self._passcode_row(organisation, room_id, door.room, passcode) for passcode in door.passcodes]
        if stored == {row["fingerprint"] for row in rows}:
            return
        connection.execute(delete(_passcodes).where(_passcodes.c.room_id == room_id))
        if rows:
            connection.execute(insert(_passcodes), rows)

    def _passcode_row(
        self, organisation: int, room_id: int, room: Room, passcode: Passcode
    ) -> dict[str, object]:
        seal = new_seal()
        envelope = self._transaction.envelope(_passcodes, seal, organisation=organisation)
        return {
            "room_id": room_id,
            "seal": seal,
            "kind": passcode.kind,
            "fingerprint": self._transaction.keys.fingerprint_passcode(room, passcode.text),
            **envelope.seal(text=passcode.text),
        }

    def _written(self, organisation: int, meeting: int) -> Meeting:
        found = self.get(organisation, meeting)
        if found is None:
            raise RuntimeError("a meeting is not there right after it was written")
        return found

    def _rooms_changed(self, organisation: int, now: datetime) -> None:
        self._transaction.connection.execute(
            update(tables.organisations)
            .where(tables.organisations.c.id == organisation)
            .values(rooms_changed=now)
        )

    def _read(self, organisation: int, query: Select[Any]) -> list[Meeting]:
        connection = self._transaction.connection
        wanted = query.where(_meetings.c.organisation_id == organisation)
        ids = wanted.with_only_columns(_meetings.c.id)
        rooms: dict[int, list[Room]] = {}
        for row in connection.execute(
            select(_rooms).where(_rooms.c.meeting_id.in_(ids), _IN_USE).order_by(_rooms.c.id)
        ):
            envelope = self._transaction.envelope(_rooms, row.seal, organisation=organisation)
            rooms.setdefault(row.meeting_id, []).append(Room(row.platform, envelope.open(row, "key")))
        passcodes: dict[int, dict[Passcode, None]] = {}
        for row in connection.execute(
            select(_passcodes, _rooms.c.meeting_id)
            .join(_rooms, _rooms.c.id == _passcodes.c.room_id)
            .where(_rooms.c.meeting_id.in_(ids), _IN_USE)
            .order_by(_passcodes.c.id)
        ):
            envelope = self._transaction.envelope(_passcodes, row.seal, organisation=organisation)
            passcode = Passcode(envelope.open(row, "text"), PasscodeKind(row.kind))
            passcodes.setdefault(row.meeting_id, {})[passcode] = None
        return [
            self._meeting(row, tuple(rooms.get(row.id, ())), tuple(passcodes.get(row.id, ())))
            for row in connection.execute(wanted.order_by(_meetings.c.id))
        ]

    def _meeting(self, row: Row[Any], rooms: tuple[Room, ...], passcodes: tuple[Passcode, ...]) -> Meeting:
        envelope = self._transaction.envelope(_meetings, row.seal, organisation=row.organisation_id)
        return Meeting(
            id=row.id,
            organisation=row.organisation_id,
            title=envelope.open(row, "title"),
            starts=row.starts,
            ends=row.ends,
            repeats=row.repeats,
            timezone=row.timezone,
            rooms=rooms,
            passcodes=passcodes,
            protections=frozenset(Protection(protection) for protection in row.protections),
            registered=row.registered,
        )


def _merged(doors: tuple[Door, ...]) -> dict[Room, tuple[Passcode, ...]]:
    merged: dict[Room, tuple[Passcode, ...]] = {}
    for door in doors:
        merged[door.room] = tuple(dict.fromkeys(merged.get(door.room, ()) + door.passcodes))
    return merged
