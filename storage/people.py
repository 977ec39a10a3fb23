"""Those who sign in: accounts, and the invitations that make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from storage import tables as tables_of_all
from storage import tables_people as tables
from storage.transaction import Transaction, new_seal

_accounts, _invites = tables.accounts, tables.invites


class AccountRole(StrEnum):
    """What somebody may do in their organisation; each may do what the next may."""

    OWNER = "owner"
    """Everything, people included."""
    REVIEWER = "reviewer"
    """Meetings, exposures, scans."""
    READER = "read-only"
    """Look, and nothing else. Rooms stay masked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in. ``password`` is an Argon2id hash; both secrets never print."""

    id: int
    organisation: int
    role: AccountRole
    email: str
    password: str = field(repr=False)
    second_factor: str = field(repr=False)
    code_taken: int
    made: datetime
    disabled: datetime | None
    language: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """A link that is good once: for an account of this role, or for a new password of ``account``."""

    id: int
    organisation: int
    role: AccountRole
    email: str
    until: datetime
    account: int | None = None


class People:
    """Accounts and invitations."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def wait_for_turn(self, organisation: int) -> None:
        """Keep others who wait for theirs from changing who may come in until this transaction ends.

        What is decided by looking at all of them, such as who is the last owner, would otherwise be decided
        twice at once on PostgreSQL. On SQLite one writes at a time anyway.
        """
        organisations = tables_of_all.organisations.c
        self._transaction.connection.execute(
            select(organisations.id).where(organisations.id == organisation).with_for_update()
        )

    def add(
        self, organisation: int, *, email: str, role: AccountRole, password: str, now: datetime
    ) -> Account:
        """Store a new account."""
        seal = new_seal()
        envelope = self._transaction.envelope(_accounts, seal, organisation=organisation)
        id_ = self._transaction.connection.execute(
            insert(_accounts)
            .values(
                organisation_id=organisation,
                seal=seal,
                role=role,
                code_taken=0,
                made=now,
                **envelope.seal(email=email, password=password, second_factor=""),
            )
            .returning(_accounts.c.id)
        ).scalar_one()
        found = self.get(organisation, id_)
        assert found is not None
        return found

    def get(self, organisation: int, account: int) -> Account | None:
        """Return the account, or None if this organisation has none with this id."""
        found = self._read(
            select(_accounts).where(_accounts.c.organisation_id == organisation, _accounts.c.id == account)
        )
        return found[0] if found else None

    def all(self, organisation: int) -> list[Account]:
        """Return the accounts of an organisation, oldest first."""
        return self._read(select(_accounts).where(_accounts.c.organisation_id == organisation))

    def everybody(self) -> list[Account]:
        """Return every account of this installation. Addresses are sealed, so signing in looks at all."""
        return self._read(select(_accounts))

    def set_role(self, account: int, role: AccountRole) -> None:
        """Give an account another role."""
        self._transaction.connection.execute(
            update(_accounts).where(_accounts.c.id == account).values(role=role)
        )

    def set_disabled(self, account: int, at: datetime | None) -> None:
        """Keep an account from signing in since a time, or let it in again with None."""
        self._transaction.connection.execute(
            update(_accounts).where(_accounts.c.id == account).values(disabled=at)
        )

    def set_reading(self, account: int, *, language: str, timezone: str) -> None:
        """Write the language and the zone that somebody wants to read in; empty for no choice."""
        self._transaction.connection.execute(
            update(_accounts)
            .where(_accounts.c.id == account)
            .values(language=language or None, timezone=timezone or None)
        )

    def set_password(self, account: Account, password: str) -> None:
        """Write the hash of a new password."""
        self._write(account, password=password)

    def set_second_factor(self, account: Account, secret: str) -> None:
        """Write the secret of a second factor; empty takes it away."""
        self._write(account, second_factor=secret)

    def take_code(self, account: int, step: int) -> bool:
        """Take the code of a 30-second step; False if it, or a later one, was taken before."""
        taken = self._transaction.connection.execute(
            update(_accounts)
            .where(_accounts.c.id == account, _accounts.c.code_taken < step)
            .values(code_taken=step)
        )
        return bool(taken.rowcount)

    # --- invitations ------------------------------------------------------------------------------

    def invite(
        self,
        organisation: int,
        *,
        token_fingerprint: bytes,
        role: AccountRole,
        email: str,
        until: datetime,
        account: int | None,
    ) -> None:
        """Store an invitation. An earlier one to the same address is good no longer."""
        for earlier in self.invites(organisation):
            if earlier.email == email:
                self.revoke(organisation, earlier.id)
        seal = new_seal()
        envelope = self._transaction.envelope(_invites, seal, organisation=organisation)
        self._transaction.connection.execute(
            insert(_invites).values(
                organisation_id=organisation,
                account_id=account,
                seal=seal,
                token_fingerprint=token_fingerprint,
                role=role,
                until=until,
                **envelope.seal(email=email),
            )
        )

    def invites(self, organisation: int) -> list[Invite]:
        """Return the organisation's invitations, over or not, oldest first."""
        return self._invites(select(_invites).where(_invites.c.organisation_id == organisation))

    def invited(self, token_fingerprint: bytes, now: datetime) -> Invite | None:
        """Return the invitation of a token, or None if there is none or it is over."""
        found = self._invites(
            select(_invites).where(_invites.c.token_fingerprint == token_fingerprint, _invites.c.until > now)
        )
        return found[0] if found else None

    def revoke(self, organisation: int, invite: int) -> bool:
        """Take an invitation back, or use it up; False if it is gone already."""
        gone = self._transaction.connection.execute(
            delete(_invites).where(_invites.c.organisation_id == organisation, _invites.c.id == invite)
        )
        return bool(gone.rowcount)

    def _write(self, account: Account, **columns: str) -> None:
        connection = self._transaction.connection
        seal = connection.execute(select(_accounts.c.seal).where(_accounts.c.id == account.id)).scalar_one()
        envelope = self._transaction.envelope(_accounts, seal, organisation=account.organisation)
        connection.execute(
            update(_accounts).where(_accounts.c.id == account.id).values(**envelope.seal(**columns))
        )

    def _read(self, query: Select[Any]) -> list[Account]:
        rows = self._transaction.connection.execute(query.order_by(_accounts.c.id))
        return [self._account(row) for row in rows]

    def _account(self, row: Row[Any]) -> Account:
        envelope = self._transaction.envelope(_accounts, row.seal, organisation=row.organisation_id)
        return Account(
            id=row.id,
            organisation=row.organisation_id,
            role=AccountRole(row.role),
            email=envelope.open(row, "email"),
            password=envelope.open(row, "password"),
            second_factor=envelope.open(row, "second_factor"),
            code_taken=row.code_taken,
            made=row.made,
            disabled=row.disabled,
            language=row.language or "",
            timezone=row.timezone or "",
        )

    def _invites(self, query: Select[Any]) -> list[Invite]:
        rows = self._transaction.connection.execute(query.order_by(_invites.c.id)).all()
        return [
            Invite(
                id=row.id,
                organisation=row.organisation_id,
                role=AccountRole(row.role),
                email=self._transaction.envelope(_invites, row.seal, organisation=row.organisation_id).open(
                    row, "email"
                ),
                until=row.until,
                account=row.account_id,
            )
            for row in rows
        ]
