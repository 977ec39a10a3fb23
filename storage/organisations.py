"""Organisations, each with the data key that everything else of it is sealed with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from scanner.errors import InputError
from scanner.model import Organisation
from storage import tables
from storage.transaction import Envelope, Transaction, new_seal

_table = tables.organisations


class Organisations:
    """The organisations of this installation. ``tenants`` come from the settings and are not kept here."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, *, name: str, timezone: str, email: str) -> Organisation:
        """Store a new organisation and its freshly made data key."""
        seal = new_seal()
        keys = self._transaction.keys
        data_key = keys.new_data_key(organisation=seal)
        envelope = Envelope(keys.vault(data_key, organisation=seal), _table, seal)
        id_ = self._transaction.connection.execute(
            insert(_table)
            .values(
                seal=seal,
                data_key=data_key,
                timezone=timezone,
                **envelope.seal(name=name, email=email),
            )
            .returning(_table.c.id)
        ).scalar_one()
        return Organisation(id=id_, name=name, timezone=timezone, email=email)

    def get(self, organisation: int) -> Organisation | None:
        """Return the organisation, or None if there is none with this id."""
        row = self._transaction.connection.execute(
            select(_table).where(_table.c.id == organisation)
        ).one_or_none()
        return None if row is None else self._read(row)

    def all(self) -> list[Organisation]:
        """Return every organisation, oldest first."""
        rows = self._transaction.connection.execute(select(_table).order_by(_table.c.id))
        return [self._read(row) for row in rows]

    def change(self, organisation: int, *, name: str, timezone: str) -> Organisation:
        """Give an organisation another name and time zone; InputError if there is none."""
        row = self._transaction.connection.execute(
            select(_table).where(_table.c.id == organisation)
        ).one_or_none()
        if row is None:
            raise InputError(f"There is no organisation {organisation}.")
        envelope = self._transaction.envelope(_table, row.seal, organisation=row.id)
        self._transaction.connection.execute(
            update(_table)
            .where(_table.c.id == organisation)
            .values(timezone=timezone, **envelope.seal(name=name))
        )
        return replace(self._read(row), name=name, timezone=timezone)

    def remove(self, organisation: int) -> None:
        """Delete an organisation with its data key and all of its rows; InputError if there is none.

        Without its data key, what copies of its ciphertexts there may be are beyond reading.
        """
        removed = self._transaction.connection.execute(delete(_table).where(_table.c.id == organisation))
        if not removed.rowcount:
            raise InputError(f"There is no organisation {organisation}.")

    def _read(self, row: Row[Any]) -> Organisation:
        envelope = self._transaction.envelope(_table, row.seal, organisation=row.id)
        return Organisation(
            id=row.id,
            name=envelope.open(row, "name"),
            email=envelope.open(row, "email"),
            timezone=row.timezone,
        )
