"""Calendars that are followed. Whoever has the address of one can read it: it is sealed like a passcode."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from scanner.errors import InputError
from scanner.invitations.following import Followed
from scanner.secret import Secret
from storage import tables, tables_lanes
from storage.transaction import Transaction, new_seal

_calendars, _events = tables.calendars, tables.calendar_events
_pauses = tables_lanes.paused_calendars


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar feed that an organisation follows.

    ``tried`` is when it was last asked for, ``read`` when it last answered well (or said that nothing had
    changed); ``failing_since`` and ``fault`` say since when it does not, and why.
    """

    id: int
    organisation: int
    name: str
    address: Secret
    added: datetime
    etag: str = ""
    last_modified: str = ""
    tried: datetime | None = None
    read: datetime | None = None
    failing_since: datetime | None = None
    fault: str = ""
    paused_since: datetime | None = None
    """Since when somebody does not want it read."""


class Calendars:
    """The calendars of organisations, and which meeting each of their events became."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, organisation: int, *, name: str, address: str, now: datetime) -> Calendar:
        """Store a calendar that was not read yet."""
        seal = new_seal()
        envelope = self._transaction.envelope(_calendars, seal, organisation=organisation)
        id_ = self._transaction.connection.execute(
            insert(_calendars)
            .values(
                organisation_id=organisation,
                seal=seal,
                added=now,
                **envelope.seal(name=name, address=address, validators=json.dumps(["", ""]), fault=""),
            )
            .returning(_calendars.c.id)
        ).scalar_one()
        return Calendar(id=id_, organisation=organisation, name=name, address=Secret(address), added=now)

    def get(self, organisation: int, calendar: int) -> Calendar | None:
        """Return the calendar, or None if this organisation has none with this id."""
        return next((found for found in self.all(organisation) if found.id == calendar), None)

    def all(self, organisation: int) -> list[Calendar]:
        """Return the calendars of an organisation, oldest first."""
        rows = self._transaction.connection.execute(
            select(_calendars, _pauses.c.since.label("paused_since"))
            .outerjoin(_pauses, _pauses.c.calendar_id == _calendars.c.id)
            .where(_calendars.c.organisation_id == organisation)
            .order_by(_calendars.c.id)
        )
        return [self._read(row) for row in rows]

    def remove(self, organisation: int, calendar: int) -> None:
        """Forget a calendar with its address. The meetings that came out of it stay."""
        removed = self._transaction.connection.execute(
            delete(_calendars).where(
                _calendars.c.id == calendar, _calendars.c.organisation_id == organisation
            )
        )
        if not removed.rowcount:
            raise InputError(f"There is no calendar {calendar}.")

    def pause(self, calendar: Calendar, now: datetime) -> None:
        """Record that a calendar is not to be read; one that is paused already stays as it was."""
        self._transaction.connection.execute(
            self._transaction.insert(_pauses)
            .values(calendar_id=calendar.id, since=now)
            .on_conflict_do_nothing()
        )

    def resume(self, calendar: Calendar) -> None:
        """Record that a calendar is to be read again."""
        self._transaction.connection.execute(delete(_pauses).where(_pauses.c.calendar_id == calendar.id))

    def answered(self, calendar: Calendar, now: datetime, *, etag: str, last_modified: str) -> None:
        """Record that a calendar was read, with the validators to ask with the next time."""
        self._note(
            calendar,
            {"tried": now, "read": now, "failing_since": None},
            {"validators": json.dumps([etag, last_modified]), "fault": ""},
        )

    def failed(self, calendar: Calendar, now: datetime, *, fault: str) -> None:
        """Record that a calendar could not be read, and since when that is so."""
        self._note(calendar, {"tried": now, "failing_since": calendar.failing_since or now}, {"fault": fault})

    def followed(self, calendar: Calendar) -> list[Followed]:
        """Return the events of a calendar that became meetings, those without a meeting too."""
        rows = self._transaction.connection.execute(
            select(_events).where(_events.c.calendar_id == calendar.id).order_by(_events.c.id)
        )
        found = []
        for row in rows:
            envelope = self._transaction.envelope(_events, row.seal, organisation=calendar.organisation)
            uid, title, *doors = json.loads(envelope.open(row, "event"))
            found.append(
                Followed(id=row.id, uid=uid, meeting=row.meeting_id, title=title, doors="".join(doors))
            )
        return found

    def follow(self, calendar: Calendar, *, uid: str, meeting: int, title: str, doors: str) -> None:
        """Remember which meeting an event became, and the title and doors that the calendar gave it."""
        seal = new_seal()
        envelope = self._transaction.envelope(_events, seal, organisation=calendar.organisation)
        self._transaction.connection.execute(
            insert(_events).values(
                organisation_id=calendar.organisation,
                calendar_id=calendar.id,
                meeting_id=meeting,
                seal=seal,
                **envelope.seal(event=json.dumps([uid, title, doors])),
            )
        )

    def says(self, calendar: Calendar, followed: Followed, *, title: str, doors: str) -> None:
        """Remember that the calendar gives an event another title or other doors now."""
        seal = self._transaction.connection.execute(
            select(_events.c.seal).where(_events.c.id == followed.id)
        ).scalar_one()
        self._put_event(calendar.organisation, followed.id, seal, followed.uid, title, doors)

    def strip_events(self, organisation: int, meeting: int) -> int:
        """Forget the titles and doors of a meeting's events, before it is removed; return how many they are.

        Their identifiers stay, or the next reading would register the meeting again.
        """
        rows = self._transaction.connection.execute(
            select(_events).where(_events.c.meeting_id == meeting, _events.c.organisation_id == organisation)
        ).all()
        for row in rows:
            envelope = self._transaction.envelope(_events, row.seal, organisation=organisation)
            uid = json.loads(envelope.open(row, "event"))[0]
            self._put_event(organisation, row.id, row.seal, uid, "", "")
        return len(rows)

    def _put_event(self, organisation: int, id_: int, seal: bytes, uid: str, title: str, doors: str) -> None:
        envelope = self._transaction.envelope(_events, seal, organisation=organisation)
        self._transaction.connection.execute(
            update(_events)
            .where(_events.c.id == id_)
            .values(**envelope.seal(event=json.dumps([uid, title, doors])))
        )

    def _note(self, calendar: Calendar, plain: dict[str, datetime | None], sealed: dict[str, str]) -> None:
        seal = self._transaction.connection.execute(
            select(_calendars.c.seal).where(_calendars.c.id == calendar.id)
        ).scalar_one_or_none()
        if seal is None:  # it was removed while it was read
            raise InputError(f"There is no calendar {calendar.id}.")
        envelope = self._transaction.envelope(_calendars, seal, organisation=calendar.organisation)
        self._transaction.connection.execute(
            update(_calendars)
            .where(_calendars.c.id == calendar.id)
            .values(**plain, **envelope.seal(**sealed))
        )

    def _read(self, row: Row[Any]) -> Calendar:
        envelope = self._transaction.envelope(_calendars, row.seal, organisation=row.organisation_id)
        etag, last_modified = json.loads(envelope.open(row, "validators"))
        return Calendar(
            id=row.id,
            organisation=row.organisation_id,
            name=envelope.open(row, "name"),
            address=Secret(envelope.open(row, "address")),
            added=row.added,
            etag=etag,
            last_modified=last_modified,
            tried=row.tried,
            read=row.read,
            failing_since=row.failing_since,
            fault=envelope.open(row, "fault"),
            paused_since=row.paused_since,
        )
