"""Alerts on their way out: written with their exposure, sent afterwards, marked when they were sent.

A crash between sending and marking repeats a message under the same key; none is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Table, delete, exists, func, insert, or_, select, update

from scanner.model import Alert, Delivery, DeliveryState, News
from storage import tables, tables_alerts
from storage.transaction import Envelope, Transaction, new_seal

_table, _holds, _missed = tables.outbox, tables_alerts.holds, tables_alerts.missed


class Outbox:
    """The deliveries of all organisations. The postman claims them; people see those of their own."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, alert: Alert, due: datetime, now: datetime) -> bool:
        """Add an alert; False if one with its key is there already, sent or not."""
        seal = new_seal()
        envelope = self._transaction.envelope(_table, seal, organisation=alert.organisation)
        added = self._transaction.connection.execute(
            self._transaction.insert(_table)
            .values(
                organisation_id=alert.organisation,
                exposure_id=alert.exposure,
                seal=seal,
                key=alert.key,
                news=alert.news,
                channel=alert.channel,
                state=DeliveryState.DUE,
                created=now,
                due=due,
                attempts=0,
                **envelope.seal(reason=alert.reason, detail=alert.detail, last_error=""),
            )
            .on_conflict_do_nothing()
            .returning(_table.c.id)
        ).one_or_none()
        return added is not None

    def claim(
        self,
        now: datetime,
        lease: timedelta,
        limit: int,
        *,
        organisation: int | None = None,
        channel: str | None = None,
    ) -> list[Delivery]:
        """Take up to ``limit`` deliveries that are due and free, earliest first, and count the attempt.

        Neither sent, dead nor to be retried when its lease ends, a delivery is free again. What a clock that
        was wrong wrote down holds nothing up: a lease longer than leases are, a next try after a try or a
        look that lies in the future.
        """
        connection = self._transaction.connection
        leased = _table.c.leased_until
        free = or_(leased.is_(None), leased <= now, leased > now + lease)
        wrong = or_(
            _table.c.tried > now, _table.c.id.in_(select(_holds.c.delivery_id).where(_holds.c.looked > now))
        )
        query = select(_table.c.id).where(
            _table.c.state == DeliveryState.DUE, or_(_table.c.due <= now, wrong), free
        )
        if organisation is not None:
            query = query.where(_table.c.organisation_id == organisation)
        if channel is not None:
            query = query.where(_table.c.channel == channel)
        ids = connection.scalars(
            query.order_by(_table.c.due, _table.c.id).limit(limit).with_for_update(skip_locked=True)
        ).all()
        connection.execute(
            update(_table)
            .where(_table.c.id.in_(ids))
            .values(leased_until=now + lease, attempts=_table.c.attempts + 1, tried=now)
        )
        rows = connection.execute(
            _with_hold().where(_table.c.id.in_(ids)).order_by(_table.c.due, _table.c.id)
        )
        return [self._read(row) for row in rows]

    def hold(
        self, delivery: int, *, until: datetime, why: str, silence: int | None = None, now: datetime
    ) -> None:
        """Put a claimed delivery back until a time, and say why; it was not an attempt."""
        if self._unsettled(delivery):
            self._write_hold(delivery, why=why, silence=silence, now=now)
            self._settle(delivery, due=until, tried=None, attempts=_table.c.attempts - 1)

    def withhold(self, delivery: int, why: str, now: datetime) -> None:
        """Record that a delivery is not sent, and why."""
        if self._unsettled(delivery):
            kept = self._transaction.connection.execute(
                select(_holds.c.silence_id).where(_holds.c.delivery_id == delivery)
            ).scalar_one_or_none()
            self._write_hold(delivery, why=why, silence=kept, now=now)
            self._settle(delivery, state=DeliveryState.WITHHELD, settled=now, attempts=_table.c.attempts - 1)

    def release(self, delivery: int) -> None:
        """Put a claimed delivery back as it was."""
        if self._unsettled(delivery):
            self._settle(delivery, attempts=_table.c.attempts - 1)

    def revive(self, organisation: int, delivery: int, now: datetime) -> bool:
        """Try a dead letter again from the beginning; False if the organisation has none with this number."""
        revived = self._transaction.connection.execute(
            update(_table)
            .where(
                _table.c.id == delivery,
                _table.c.organisation_id == organisation,
                _table.c.state == DeliveryState.DEAD,
            )
            .values(
                state=DeliveryState.DUE, created=now, due=now, attempts=0, settled=None, leased_until=None
            )
            .returning(_table.c.id)
        ).one_or_none()
        return revived is not None

    def sent(self, delivery: int, now: datetime, *, missed: str = "") -> None:
        """Record that the channel took it; ``missed`` says who did not get it although others did."""
        row = self._transaction.connection.execute(
            select(_table).where(_table.c.id == delivery)
        ).one_or_none()
        if row is not None:
            envelope = self._transaction.envelope(_table, row.seal, organisation=row.organisation_id)
            error = envelope.seal(last_error=missed)
            self._settle(delivery, state=DeliveryState.SENT, settled=now, **error)

    def retry(self, delivery: int, error: str, due: datetime, *, only: Collection[str] = ()) -> None:
        """Record why it was not taken and when to ask again, unless it was settled meanwhile.

        ``only`` are the e-mail addresses that are still to get it, where others have it now.
        """
        if envelope := self._unsettled(delivery):
            self._settle(delivery, due=due, **envelope.seal(last_error=error))
            if only:
                self._write_beside(_missed, delivery, {"addresses": "\n".join(only)})

    def dead(self, delivery: int, error: str, now: datetime) -> None:
        """Record that asking again is useless, unless it was settled meanwhile.

        It stays visible as a dead letter.
        """
        if envelope := self._unsettled(delivery):
            self._settle(delivery, state=DeliveryState.DEAD, settled=now, **envelope.seal(last_error=error))

    def untouched(self, organisation: int, exposure: int) -> bool:
        """Tell whether an alert about an exposure waits that nobody has begun to send.

        What is written only when it is sent will say everything known by then.
        """
        query = exists().where(
            _table.c.organisation_id == organisation,
            _table.c.exposure_id == exposure,
            _table.c.state == DeliveryState.DUE,
            _table.c.attempts == 0,
        )
        return bool(self._transaction.connection.execute(select(query)).scalar_one())

    def all(
        self,
        organisation: int,
        states: Collection[DeliveryState] | None = None,
        *,
        count: int | None = None,
    ) -> list[Delivery]:
        """Return the organisation's deliveries (in these states; at most so many), newest first."""
        wanted = [_table.c.organisation_id == organisation]
        if states is not None:
            wanted.append(_table.c.state.in_(list(states)))
        newest = _table.c.id.desc()
        # The ids alone first: to sort whole rows, a database reads the texts of all of them.
        ids = select(_table.c.id).where(*wanted).order_by(newest).limit(count)
        rows = self._transaction.connection.execute(_with_hold().where(_table.c.id.in_(ids)).order_by(newest))
        return [self._read(row) for row in rows]

    def count(self, organisation: int, state: DeliveryState) -> int:
        """Return how many of the organisation's deliveries are in a state."""
        counted: int = self._transaction.connection.execute(
            select(func.count())
            .select_from(_table)
            .where(_table.c.organisation_id == organisation, _table.c.state == state)
        ).scalar_one()
        return counted

    def about(self, organisation: int, exposure: int) -> list[Delivery]:
        """Return the deliveries of news about an exposure, oldest first."""
        rows = self._transaction.connection.execute(
            _with_hold()
            .where(_table.c.organisation_id == organisation, _table.c.exposure_id == exposure)
            .order_by(_table.c.id)
        )
        return [self._read(row) for row in rows]

    def held_by(self, organisation: int, silence: int) -> list[Delivery]:
        """Return what a silence holds, or held until it was not to be sent any more, oldest first."""
        rows = self._transaction.connection.execute(
            _with_hold()
            .where(_table.c.organisation_id == organisation, _holds.c.silence_id == silence)
            .order_by(_table.c.id)
        )
        return [self._read(row) for row in rows]

    def forget(self, before: datetime) -> None:
        """Delete what was sent or given up before a time. What waits is never deleted."""
        self._transaction.connection.execute(delete(_table).where(_table.c.settled < before))

    def last_error(self, channel: str) -> str | None:
        """Return why the last attempt by a channel failed, or whom it missed; None if all got it."""
        row = self._transaction.connection.execute(
            _with_hold()
            .where(_table.c.channel == channel, _table.c.tried.is_not(None), _table.c.attempts > 0)
            .order_by(_table.c.tried.desc(), _table.c.id.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else self._read(row).last_error or None

    def _write_hold(self, delivery: int, *, why: str, silence: int | None, now: datetime) -> None:
        self._write_beside(_holds, delivery, {"why": why}, silence_id=silence, looked=now)

    def _write_beside(self, table: Table, delivery: int, sealed: Mapping[str, str], **plain: object) -> None:
        """Write the one row that a table may have of a delivery, in place of the one before."""
        connection, seal = self._transaction.connection, new_seal()
        organisation = connection.execute(
            select(_table.c.organisation_id).where(_table.c.id == delivery)
        ).scalar_one()
        envelope = self._transaction.envelope(table, seal, organisation=organisation)
        connection.execute(delete(table).where(table.c.delivery_id == delivery))
        connection.execute(
            insert(table).values(
                delivery_id=delivery,
                organisation_id=organisation,
                seal=seal,
                **plain,
                **envelope.seal(**sealed),
            )
        )

    def _settle(self, delivery: int, **values: object) -> None:
        self._transaction.connection.execute(
            update(_table).where(_table.c.id == delivery).values(leased_until=None, **values)
        )

    def _unsettled(self, delivery: int) -> Envelope | None:
        """Return what seals the row of a delivery on its way.

        None if another postman, after our lease, has sent it or given it up, or if it was deleted with its
        meeting: then our failure is no news.
        """
        row = self._transaction.connection.execute(
            select(_table)
            .where(_table.c.id == delivery, _table.c.state == DeliveryState.DUE)
            .with_for_update()
        ).one_or_none()
        if row is None:
            return None
        return self._transaction.envelope(_table, row.seal, organisation=row.organisation_id)

    def _read(self, row: Row[Any]) -> Delivery:
        envelope = self._transaction.envelope(_table, row.seal, organisation=row.organisation_id)
        why_not = ""
        if row.hold_seal is not None and row.state in (DeliveryState.DUE, DeliveryState.WITHHELD):
            hold = self._transaction.envelope(_holds, row.hold_seal, organisation=row.organisation_id)
            why_not = hold.open(row, "why")
        only: tuple[str, ...] = ()
        if row.missed_seal is not None:
            missed = self._transaction.envelope(_missed, row.missed_seal, organisation=row.organisation_id)
            only = tuple(missed.open(row, "addresses").split("\n"))
        return Delivery(
            id=row.id,
            alert=Alert(
                key=row.key,
                organisation=row.organisation_id,
                news=News(row.news),
                channel=row.channel,
                reason=envelope.open(row, "reason"),
                exposure=row.exposure_id,
                detail=envelope.open(row, "detail"),
            ),
            state=DeliveryState(row.state),
            created=row.created,
            due=row.due,
            attempts=row.attempts,
            last_error=envelope.open(row, "last_error"),
            settled=row.settled,
            why_not=why_not,
            silence=row.silence_id,
            only=only,
        )


def _with_hold() -> Select[Any]:
    """Select deliveries, each with what holds it back and whom it missed."""
    return (
        select(
            _table,
            _holds.c.silence_id,
            _holds.c.seal.label("hold_seal"),
            _holds.c.why,
            _missed.c.seal.label("missed_seal"),
            _missed.c.addresses,
        )
        .outerjoin(_holds, _holds.c.delivery_id == _table.c.id)
        .outerjoin(_missed, _missed.c.delivery_id == _table.c.id)
    )
