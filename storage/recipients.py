"""Who gets mail of a channel, and who has stopped it.

Somebody stops the mail of one channel about one organisation to one address, and nothing else. They are
known by the token in the mails they got: 256 random bits.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from storage import tables_alerts
from storage.transaction import Envelope, Transaction, new_seal

_table = tables_alerts.recipients

_TOKEN_BYTES = 32
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody whom a channel writes to; ``stopped`` since when they want none of it."""

    id: int
    organisation: int
    channel: str
    address: str
    stopped: datetime | None


class Recipients:
    """The people whom mail was sent to. Addresses that differ in capitals only are one."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def tokens(
        self, organisation: int, channel: str, addresses: Sequence[str], now: datetime
    ) -> dict[str, str]:
        """Return the token of each address that did not stop the mail of this channel.

        Somebody who is new gets a token that stays theirs.
        """
        known: dict[str, list[Row[Any]]] = {}
        for row in self._rows(organisation, channel):
            known.setdefault(self._address(row).casefold(), []).append(row)
        found = {}
        for address in addresses:
            rows = known.get(address.casefold(), [])
            self._touch([row.id for row in rows if not now - _DAY < row.mailed <= now], now)
            if not rows:
                found[address] = self._add(organisation, channel, address, now)
            elif all(row.stopped is None for row in rows):
                found[address] = self._envelope(rows[0]).open(rows[0], "token")
        return found

    def find(self, token: str) -> Recipient | None:
        """Return whose token this is, None if it is nobody's."""
        row = self._transaction.connection.execute(
            select(_table).where(_table.c.token_fingerprint == _fingerprint(token))
        ).one_or_none()
        return None if row is None else self._read(row)

    def stop(self, recipient: Recipient, now: datetime) -> None:
        """Record that somebody wants no mail of a channel any more."""
        self._set(recipient, stopped=now)

    def resume(self, organisation: int, number: int) -> Recipient | None:
        """Record that somebody who stopped it gets mail again; None if nobody with this number stopped."""
        found = next((each for each in self.stopped(organisation) if each.id == number), None)
        if found is not None:
            self._set(found, stopped=None)
        return found

    def stopped(self, organisation: int) -> list[Recipient]:
        """Return who stopped mail of the organisation, by channel, the newest last."""
        rows = self._transaction.connection.execute(
            select(_table)
            .where(_table.c.organisation_id == organisation, _table.c.stopped.is_not(None))
            .order_by(_table.c.channel, _table.c.id)
        )
        return [self._read(row) for row in rows]

    def forget(self, before: datetime) -> None:
        """Delete whoever no mail has been meant for since a time."""
        self._transaction.connection.execute(delete(_table).where(_table.c.mailed < before))

    def _add(self, organisation: int, channel: str, address: str, now: datetime) -> str:
        token, seal = secrets.token_urlsafe(_TOKEN_BYTES), new_seal()
        envelope = self._transaction.envelope(_table, seal, organisation=organisation)
        self._transaction.connection.execute(
            insert(_table).values(
                organisation_id=organisation,
                channel=channel,
                seal=seal,
                token_fingerprint=_fingerprint(token),
                mailed=now,
                **envelope.seal(address=address, token=token),
            )
        )
        return token

    def _set(self, recipient: Recipient, *, stopped: datetime | None) -> None:
        """Two processes may have added somebody twice: what they say counts for each."""
        rows = self._rows(recipient.organisation, recipient.channel)
        ids = [row.id for row in rows if self._address(row).casefold() == recipient.address.casefold()]
        self._transaction.connection.execute(
            update(_table).where(_table.c.id.in_(ids)).values(stopped=stopped)
        )

    def _touch(self, ids: list[int], now: datetime) -> None:
        if ids:
            self._transaction.connection.execute(
                update(_table).where(_table.c.id.in_(ids)).values(mailed=now)
            )

    def _rows(self, organisation: int, channel: str) -> Sequence[Row[Any]]:
        return self._transaction.connection.execute(
            select(_table)
            .where(_table.c.organisation_id == organisation, _table.c.channel == channel)
            .order_by(_table.c.id)
        ).all()

    def _envelope(self, row: Row[Any]) -> Envelope:
        return self._transaction.envelope(_table, row.seal, organisation=row.organisation_id)

    def _address(self, row: Row[Any]) -> str:
        return self._envelope(row).open(row, "address")

    def _read(self, row: Row[Any]) -> Recipient:
        return Recipient(
            id=row.id,
            organisation=row.organisation_id,
            channel=row.channel,
            address=self._address(row),
            stopped=row.stopped,
        )


def _fingerprint(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
