"""What every repository works with inside one transaction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from scanner.errors import InputError
from scanner.secret import KeyRing, Vault
from storage import tables


@dataclass(frozen=True, slots=True)
class Envelope:
    """The sealed columns of one row: what is sealed under a column's name opens only there."""

    vault: Vault
    table: Table
    row: bytes

    def seal(self, **columns: str) -> dict[str, bytes]:
        """Return the columns' values ready to be inserted."""
        return {
            name: self.vault.seal(text, table=self.table.name, row=self.row, field=name)
            for name, text in columns.items()
        }

    def open(self, row: Row[Any], column: str) -> str:
        """Return the text of a column of this row as it was read from the database."""
        sealed: bytes = row._mapping[column]
        return self.vault.open(sealed, table=self.table.name, row=self.row, field=column)

    def is_current(self, row: Row[Any], column: str) -> bool:
        """Tell whether a column of this row is sealed with the key in use, not with the one before it."""
        sealed: bytes = row._mapping[column]
        return self.vault.is_current(sealed, table=self.table.name, row=self.row, field=column)


class Transaction:
    """An open connection, the keys, and the vaults of the organisations met so far.

    Vaults are kept no longer than the transaction, so an organisation whose data key was deleted cannot be
    read through a remembered one.
    """

    def __init__(self, connection: Connection, keys: KeyRing) -> None:
        self.connection = connection
        self.keys = keys
        self._vaults: dict[int, Vault] = {}

    def vault(self, organisation: int) -> Vault:
        """Return the organisation's vault; InputError if there is no such organisation."""
        if organisation not in self._vaults:
            organisations, earlier = tables.organisations.c, tables.earlier_data_keys.c
            row = self.connection.execute(
                select(organisations.data_key, organisations.seal, earlier.data_key.label("earlier"))
                .outerjoin(tables.earlier_data_keys, earlier.organisation_id == organisations.id)
                .where(organisations.id == organisation)
            ).one_or_none()
            if row is None:
                raise InputError(f"There is no organisation {organisation}.")
            wrapped = (row.data_key,) if row.earlier is None else (row.data_key, row.earlier)
            self._vaults[organisation] = self.keys.vault(*wrapped, organisation=row.seal)
        return self._vaults[organisation]

    def envelope(self, table: Table, seal: bytes, *, organisation: int | None) -> Envelope:
        """Return what seals and opens a row; ``organisation`` is None for rows that belong to none."""
        vault = self.keys.commons() if organisation is None else self.vault(organisation)
        return Envelope(vault, table, seal)

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Return an INSERT of this database's dialect, which knows ON CONFLICT."""
        if self.connection.dialect.name == "postgresql":
            return postgresql.insert(table)
        return sqlite.insert(table)


def new_seal() -> bytes:
    """Return the random identity of a new row (see ``storage.tables``)."""
    return secrets.token_bytes(16)
