"""Silences: who muted what until when and why, and what that hid."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from scanner.model import DeliveryState, Silence
from storage import tables, tables_alerts
from storage.transaction import Transaction, new_seal

_silences, _holds, _outbox = tables_alerts.silences, tables_alerts.holds, tables.outbox


class Silences:
    """The silences of all organisations; one that is over stays on record."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self,
        organisation: int,
        *,
        channel: str | None,
        meeting: int | None,
        even_critical: bool,
        until: datetime,
        reason: str,
        actor: str,
        now: datetime,
    ) -> Silence:
        """Hold back alerts from now until a time."""
        seal = new_seal()
        envelope = self._transaction.envelope(_silences, seal, organisation=organisation)
        row = self._transaction.connection.execute(
            insert(_silences)
            .values(
                organisation_id=organisation,
                meeting_id=meeting,
                seal=seal,
                channel=channel,
                even_critical=even_critical,
                made=now,
                until=until,
                **envelope.seal(reason=reason, actor=actor),
            )
            .returning(_silences)
        ).one()
        return self._read(row)

    def all(self, organisation: int) -> list[Silence]:
        """Return the organisation's silences, those that are over too, newest first."""
        rows = self._transaction.connection.execute(
            select(_silences)
            .where(_silences.c.organisation_id == organisation)
            .order_by(_silences.c.id.desc())
        )
        return [self._read(row) for row in rows]

    def holding(self, now: datetime) -> list[Silence]:
        """Return the silences of every organisation that hold now."""
        rows = self._transaction.connection.execute(select(_silences).where(_silences.c.until > now))
        return [self._read(row) for row in rows]

    def end(self, organisation: int, silence: int, now: datetime) -> bool:
        """End a silence: what it held is due now. False if the organisation has none with this number."""
        ended = self._transaction.connection.execute(
            update(_silences)
            .where(_silences.c.id == silence, _silences.c.organisation_id == organisation)
            .values(until=now)
            .returning(_silences.c.id)
        ).one_or_none()
        held = select(_holds.c.delivery_id).where(_holds.c.silence_id == silence)
        if ended is not None:
            self._transaction.connection.execute(
                update(_outbox)
                .where(_outbox.c.id.in_(held), _outbox.c.state == DeliveryState.DUE)
                .values(due=now)
            )
        return ended is not None

    def forget(self, before: datetime) -> None:
        """Delete silences that were over before a time."""
        self._transaction.connection.execute(delete(_silences).where(_silences.c.until < before))

    def _read(self, row: Row[Any]) -> Silence:
        envelope = self._transaction.envelope(_silences, row.seal, organisation=row.organisation_id)
        return Silence(
            id=row.id,
            organisation=row.organisation_id,
            channel=row.channel,
            meeting=row.meeting_id,
            even_critical=row.even_critical,
            made=row.made,
            until=row.until,
            reason=envelope.open(row, "reason"),
            actor=envelope.open(row, "actor"),
        )
