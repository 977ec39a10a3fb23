"""Replace the instance key: seal and fingerprint every row anew, in batches, while the database is in use.

``begin`` and ``finish`` are one transaction each, and so is every batch between them, so a rotation that is
killed anywhere goes on from there. Which rows are still to be done is not written down anywhere: a row is
done when it opens with the new keys alone. Organisations get new data keys too, since whoever had the old
instance key may have read the old ones out of a backup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    LargeBinary,
    Row,
    Select,
    Table,
    delete,
    func,
    insert,
    null,
    select,
    tuple_,
    update,
)

from scanner.errors import StoreError
from scanner.model import Room
from storage import tables
from storage.addresses import Addresses
from storage.key_check import KeysInUse, keys_in_use
from storage.transaction import Transaction

_NOT_SEALED = frozenset({"seal", "data_key", "key_check", "next_check"})


@dataclass(frozen=True, slots=True)
class Position:
    """How far one sweep over a table came: the last primary key looked at, and whether that was the end."""

    last: tuple[Any, ...]
    rows: int
    end: bool


class Rotation:
    """The replacement of the instance key. See ``scanner.actions.keys`` for the order of the steps."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def unfinished(self) -> datetime | None:
        """Return when the rotation that is under way began, or None if there is none."""
        started: datetime | None = self._transaction.connection.execute(
            select(tables.rotations.c.started)
        ).scalar_one_or_none()
        return started

    def is_done(self, check: bytes) -> bool:
        """Tell whether the database is wholly under the key of this check value."""
        found = keys_in_use(self._transaction.connection)
        return found.next_check is None and found.check == check

    def begin(self, check: bytes, now: datetime) -> None:
        """Make the key of this check value the next one; from the commit on everything is written with it.

        A rotation to that key which is under way already just goes on.
        """
        connection = self._transaction.connection
        found = self._locked()
        if found.next_check == check:
            return
        if found.next_check is not None:
            raise StoreError("The key of this database is being replaced by another one. Put that one back.")
        keys = self._transaction.keys.at(check)
        if keys is None:
            raise StoreError("The next key is not on the ring.")
        connection.execute(insert(tables.rotations).values(id=1, next_check=check, started=now))
        organisations = tables.organisations
        rows = connection.execute(select(organisations.c.id, organisations.c.seal, organisations.c.data_key))
        for row in rows.all():
            before = keys.rewrap(row.data_key, organisation=row.seal)
            connection.execute(
                insert(tables.earlier_data_keys).values(organisation_id=row.id, data_key=before)
            )
            connection.execute(
                update(organisations)
                .where(organisations.c.id == row.id)
                .values(data_key=keys.new_data_key(organisation=row.seal))
            )

    def count(self, table: Table) -> int:
        """Return how many rows a table has, for showing progress."""
        counted: int = self._transaction.connection.execute(
            select(func.count()).select_from(table)
        ).scalar_one()
        return counted

    def renew(self, table: Table, after: tuple[Any, ...] | None, limit: int) -> Position:
        """Bring the next rows of a table under the new keys; those that are there already stay."""
        key = list(table.primary_key.columns)
        query = _with_owner(table).order_by(*key).limit(limit).with_for_update(of=table)
        if after is not None:
            query = query.where(tuple_(*key) > after)
        rows = self._transaction.connection.execute(query).all()
        for row in rows:
            if table is tables.addresses:
                Addresses(self._transaction).renew(row)
            else:
                self._renew_row(table, row)
        last = tuple(rows[-1]._mapping[column.name] for column in key) if rows else ()
        return Position(last, len(rows), end=len(rows) < limit)

    def finish(self) -> None:
        """Retire the old key: the next one is the key from now on. Only after every table was swept."""
        connection = self._transaction.connection
        found = self._locked()
        if found.next_check is None:
            return
        connection.execute(update(tables.installation).values(key_check=found.next_check))
        connection.execute(delete(tables.earlier_data_keys))
        connection.execute(delete(tables.rotations))

    def _locked(self) -> KeysInUse:
        """Wait for everybody who is writing, keep new writers waiting, and return the keys in use."""
        connection = self._transaction.connection
        connection.execute(select(tables.installation.c.id).with_for_update())
        return keys_in_use(connection)

    def _renew_row(self, table: Table, row: Row[Any]) -> None:
        envelope = self._transaction.envelope(table, row.seal, organisation=row.owner_id)
        sealed = [column.name for column in sealed_columns(table)]
        if all(envelope.is_current(row, name) for name in sealed):
            return
        texts = {name: envelope.open(row, name) for name in sealed}
        self._transaction.connection.execute(
            update(table)
            .where(*(column == row._mapping[column.name] for column in table.primary_key.columns))
            .values(**envelope.seal(**texts), **self._fingerprints(table, row, texts))
        )

    def _fingerprints(self, table: Table, row: Row[Any], texts: Mapping[str, str]) -> dict[str, bytes]:
        keys = self._transaction.keys
        if table is tables.rooms:
            return {"fingerprint": keys.fingerprint(Room(row.platform, texts["key"]))}
        if table is tables.sightings:
            return {
                "address_fingerprint": keys.fingerprint_address(texts["address"]),
                "room_fingerprint": keys.fingerprint(Room(row.platform, texts["room_key"])),
            }
        if table is tables.passcodes:
            room = self._transaction.connection.execute(
                select(tables.rooms).where(tables.rooms.c.id == row.room_id)
            ).one()
            envelope = self._transaction.envelope(tables.rooms, room.seal, organisation=row.owner_id)
            opened = Room(room.platform, envelope.open(room, "key"))
            return {"fingerprint": keys.fingerprint_passcode(opened, texts["text"])}
        return {}


def sealed_columns(table: Table) -> list[Column[Any]]:
    """Return the columns of a table that hold sealed texts."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, LargeBinary)
        and column.name not in _NOT_SEALED
        and not column.name.endswith("fingerprint")
    ]


TABLES: Final = tuple(table for table in tables.metadata.sorted_tables if sealed_columns(table))
"""Every table with something to renew."""


def _with_owner(table: Table) -> Select[Any]:
    """Select a table's rows with the organisation that owns them as ``owner_id``, None if none does."""
    source, owner = _owner(table, table)
    return select(table, owner.label("owner_id")).select_from(source)


def _owner(table: Table, source: FromClause) -> tuple[FromClause, ColumnElement[Any]]:
    if table is tables.organisations:
        return source, table.c.id
    if "organisation_id" in table.c:
        return source, table.c.organisation_id
    for reference in table.foreign_keys:
        owner = reference.column.table
        return _owner(owner, source.join(owner, reference.parent == reference.column))
    return source, null()
