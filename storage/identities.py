"""Who an OpenID provider says somebody is, and whose account here that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage import tables_entry as tables
from storage import tables_people
from storage.transaction import Transaction, new_seal

_identities, _accounts = tables.identities, tables_people.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """An account's name at a provider. ``by_rule`` tells that a rule of the settings decides its role."""

    id: int
    account: int
    issuer: str
    subject: str = field(repr=False)
    by_rule: bool


class Identities:
    """The names of accounts at providers, one for each account at most."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self, organisation: int, account: int, *, issuer: str, subject: str, by_rule: bool, now: datetime
    ) -> None:
        """Store whom a provider means by a subject, in place of what stood there for the account."""
        self.forget(account)
        seal = new_seal()
        envelope = self._transaction.envelope(_identities, seal, organisation=organisation)
        self._transaction.connection.execute(
            insert(_identities).values(
                account_id=account,
                seal=seal,
                by_rule=by_rule,
                made=now,
                **envelope.seal(subject=f"{issuer}\n{subject}"),
            )
        )

    def forget(self, account: int) -> None:
        """Forget who an account is at a provider."""
        self._transaction.connection.execute(delete(_identities).where(_identities.c.account_id == account))

    def all(self, organisation: int) -> list[Identity]:
        """Return those of an organisation. They are sealed, so finding one is looking at all."""
        rows = self._transaction.connection.execute(
            select(_identities)
            .join(_accounts, _accounts.c.id == _identities.c.account_id)
            .where(_accounts.c.organisation_id == organisation)
            .order_by(_identities.c.id)
        )
        found = []
        for row in rows:
            envelope = self._transaction.envelope(_identities, row.seal, organisation=organisation)
            issuer, _, subject = envelope.open(row, "subject").partition("\n")
            found.append(
                Identity(
                    id=row.id,
                    account=row.account_id,
                    issuer=issuer,
                    subject=subject,
                    by_rule=row.by_rule,
                )
            )
        return found
