"""What was done or refused in an organisation that somebody may have to look into later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from storage import tables
from storage.transaction import Transaction, new_seal

_table = tables.audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One entry: when, what, by whom. ``note`` never holds a meeting ID."""

    id: int
    at: datetime
    what: str
    actor: str
    note: str


class Audit:
    """The audit of an organisation; it is deleted with it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def write(self, organisation: int, *, what: str, actor: str, note: str, now: datetime) -> None:
        """Add an entry."""
        seal = new_seal()
        envelope = self._transaction.envelope(_table, seal, organisation=organisation)
        self._transaction.connection.execute(
            insert(_table).values(
                organisation_id=organisation,
                seal=seal,
                at=now,
                what=what,
                **envelope.seal(actor=actor, note=note),
            )
        )

    def all(
        self, organisation: int, *, count: int | None = None, below: int | None = None
    ) -> list[AuditEntry]:
        """Return the organisation's entries, newest first: ``count`` of those numbered below a number."""
        query = select(_table).where(_table.c.organisation_id == organisation)
        if below is not None:
            query = query.where(_table.c.id < below)
        rows = self._transaction.connection.execute(query.order_by(_table.c.id.desc()).limit(count))
        found = []
        for row in rows:
            envelope = self._transaction.envelope(_table, row.seal, organisation=organisation)
            found.append(
                AuditEntry(
                    id=row.id,
                    at=row.at,
                    what=row.what,
                    actor=envelope.open(row, "actor"),
                    note=envelope.open(row, "note"),
                )
            )
        return found
