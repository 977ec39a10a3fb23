"""Passkeys: the public halves of keys that sign people in, and the sessions that began with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from storage import tables_entry as tables
from storage import tables_people
from storage.transaction import Transaction, new_seal

_passkeys, _begun = tables.passkeys, tables.passkey_sessions
_accounts, _sessions = tables_people.accounts, tables_people.web_sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """What is known of a key that an authenticator holds; ``credential`` is the name it has there.

    ``handle`` is what authenticators know the account by: random, and the same for all its passkeys.
    """

    id: int
    organisation: int
    account: int
    name: str
    credential: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    handle: bytes = field(repr=False)
    sign_count: int
    made: datetime
    used: datetime | None


class Passkeys:
    """The passkeys of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self,
        organisation: int,
        account: int,
        *,
        credential: bytes,
        public_key: bytes,
        handle: bytes,
        name: str,
        sign_count: int,
        now: datetime,
    ) -> None:
        """Store a new passkey of an account."""
        seal = new_seal()
        envelope = self._transaction.envelope(_passkeys, seal, organisation=organisation)
        sealed = envelope.seal(
            credential=credential.hex(), public_key=public_key.hex(), handle=handle.hex(), name=name
        )
        self._transaction.connection.execute(
            insert(_passkeys).values(
                account_id=account,
                seal=seal,
                credential_fingerprint=sha256(credential).digest(),
                sign_count=sign_count,
                made=now,
                **sealed,
            )
        )

    def of(self, organisation: int, account: int) -> list[Passkey]:
        """Return the passkeys of an account, oldest first; none if it is another organisation's."""
        return self._read(
            _owned().where(_accounts.c.organisation_id == organisation, _passkeys.c.account_id == account)
        )

    def find(self, credential: bytes) -> Passkey | None:
        """Return the passkey of this name, whosoever it is; None without one, or if its account is shut."""
        found = self._read(
            _owned().where(
                _passkeys.c.credential_fingerprint == sha256(credential).digest(),
                _accounts.c.disabled.is_(None),
            )
        )
        return found[0] if found else None

    def use(self, passkey: Passkey, *, sign_count: int, token_fingerprint: bytes, now: datetime) -> bool:
        """Record that a session began with a passkey; False if its count is not what it was any more."""
        done = self._transaction.connection.execute(
            update(_passkeys)
            .where(_passkeys.c.id == passkey.id, _passkeys.c.sign_count == passkey.sign_count)
            .values(sign_count=sign_count, used=now)
        )
        if done.rowcount:
            self._transaction.connection.execute(
                insert(_begun).values(token_fingerprint=token_fingerprint, passkey_id=passkey.id)
            )
        return bool(done.rowcount)

    def remove(self, passkey: int) -> None:
        """Forget a passkey and end the sessions that began with it."""
        connection = self._transaction.connection
        begun = select(_begun.c.token_fingerprint).where(_begun.c.passkey_id == passkey)
        connection.execute(delete(_sessions).where(_sessions.c.token_fingerprint.in_(begun)))
        connection.execute(delete(_passkeys).where(_passkeys.c.id == passkey))

    def _read(self, query: Select[Any]) -> list[Passkey]:
        rows = self._transaction.connection.execute(query.order_by(_passkeys.c.id))
        return [self._passkey(row) for row in rows]

    def _passkey(self, row: Row[Any]) -> Passkey:
        envelope = self._transaction.envelope(_passkeys, row.seal, organisation=row.organisation_id)
        return Passkey(
            id=row.id,
            organisation=row.organisation_id,
            account=row.account_id,
            name=envelope.open(row, "name"),
            credential=bytes.fromhex(envelope.open(row, "credential")),
            public_key=bytes.fromhex(envelope.open(row, "public_key")),
            handle=bytes.fromhex(envelope.open(row, "handle")),
            sign_count=row.sign_count,
            made=row.made,
            used=row.used,
        )


def _owned() -> Select[Any]:
    return select(_passkeys, _accounts.c.organisation_id).join(
        _accounts, _accounts.c.id == _passkeys.c.account_id
    )
