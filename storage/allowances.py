"""Allowances: which meetings may stand in public, until when, and who said so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, exists, insert, select

from scanner.errors import InputError
from scanner.model import Allowance
from storage import tables
from storage.transaction import Transaction, new_seal

_table, _meetings = tables.allowances, tables.meetings


class Allowances:
    """What may be public. Everything but ``everywhere`` stays within one organisation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self,
        organisation: int,
        meeting: int,
        *,
        until: datetime | None,
        reason: str,
        actor: str,
        now: datetime,
    ) -> Allowance:
        """Allow the bare rooms of a meeting to be public; InputError if there is no such meeting."""
        connection = self._transaction.connection
        ours = exists().where(_meetings.c.id == meeting, _meetings.c.organisation_id == organisation)
        if not connection.execute(select(ours)).scalar_one():
            raise InputError(f"There is no meeting {meeting}.")
        seal = new_seal()
        envelope = self._transaction.envelope(_table, seal, organisation=organisation)
        id_ = connection.execute(
            insert(_table)
            .values(
                meeting_id=meeting,
                seal=seal,
                until=until,
                made=now,
                **envelope.seal(reason=reason, actor=actor),
            )
            .returning(_table.c.id)
        ).scalar_one()
        return Allowance(id=id_, meeting=meeting, until=until, reason=reason, actor=actor, made=now)

    def all(self, organisation: int) -> list[Allowance]:
        """Return the organisation's allowances, expired ones too, oldest first."""
        rows = self._transaction.connection.execute(
            select(_table)
            .join(_meetings, _meetings.c.id == _table.c.meeting_id)
            .where(_meetings.c.organisation_id == organisation)
            .order_by(_table.c.id)
        )
        found = []
        for row in rows:
            envelope = self._transaction.envelope(_table, row.seal, organisation=organisation)
            found.append(
                Allowance(
                    id=row.id,
                    meeting=row.meeting_id,
                    until=row.until,
                    reason=envelope.open(row, "reason"),
                    actor=envelope.open(row, "actor"),
                    made=row.made,
                )
            )
        return found

    def remove(self, organisation: int, allowance: int) -> None:
        """End an allowance now; what it kept quiet is an incident for the next scan."""
        own = select(_meetings.c.id).where(_meetings.c.organisation_id == organisation)
        removed = self._transaction.connection.execute(
            delete(_table).where(_table.c.id == allowance, _table.c.meeting_id.in_(own))
        )
        if not removed.rowcount:
            raise InputError(f"There is no allowance {allowance}.")

    def everywhere(self) -> Iterator[tuple[int, datetime | None]]:
        """Yield meeting and end of every allowance of every organisation, for matching."""
        for row in self._transaction.connection.execute(select(_table.c.meeting_id, _table.c.until)):
            yield row.meeting_id, row.until
