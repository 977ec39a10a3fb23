"""Programs that act for somebody: their tokens, and what was answered to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from storage import tables_people as tables
from storage.transaction import Transaction, new_seal

_tokens, _answers, _accounts = tables.api_tokens, tables.api_answers, tables.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token of an account; its secret is shown once and not kept."""

    id: int
    account: int
    organisation: int
    name: str
    may_write: bool
    made: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered to a request; ``request`` is its fingerprint."""

    request: bytes
    status: int
    body: str


class Api:
    """Tokens and answers by account."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_token(
        self,
        organisation: int,
        account: int,
        *,
        token_fingerprint: bytes,
        name: str,
        may_write: bool,
        until: datetime,
        now: datetime,
    ) -> None:
        """Store a new token."""
        seal = new_seal()
        envelope = self._transaction.envelope(_tokens, seal, organisation=organisation)
        self._transaction.connection.execute(
            insert(_tokens).values(
                account_id=account,
                seal=seal,
                token_fingerprint=token_fingerprint,
                may_write=may_write,
                made=now,
                until=until,
                **envelope.seal(name=name),
            )
        )

    def tokens(self, account: int) -> list[ApiToken]:
        """Return the tokens of an account, oldest first."""
        return [self._token(row) for row in self._rows(_tokens.c.account_id == account)]

    def find_token(self, token_fingerprint: bytes) -> ApiToken | None:
        """Return a token; None if there is none, or if its account is disabled."""
        rows = self._rows(_tokens.c.token_fingerprint == token_fingerprint, _accounts.c.disabled.is_(None))
        return self._token(rows[0]) if rows else None

    def revoke(self, account: int, token: int) -> bool:
        """Delete a token; False if the account has none with this number."""
        gone = self._transaction.connection.execute(
            delete(_tokens).where(_tokens.c.account_id == account, _tokens.c.id == token)
        )
        return bool(gone.rowcount)

    def answered(self, organisation: int, account: int, key_fingerprint: bytes) -> Answer | None:
        """Return what was answered to a request with this key."""
        row = self._transaction.connection.execute(
            select(_answers).where(
                _answers.c.account_id == account, _answers.c.key_fingerprint == key_fingerprint
            )
        ).one_or_none()
        if row is None:
            return None
        envelope = self._transaction.envelope(_answers, row.seal, organisation=organisation)
        return Answer(request=row.request_fingerprint, status=row.status, body=envelope.open(row, "body"))

    def remember(
        self, organisation: int, account: int, key_fingerprint: bytes, answer: Answer, now: datetime
    ) -> None:
        """Keep what was answered, unless something was before."""
        seal = new_seal()
        envelope = self._transaction.envelope(_answers, seal, organisation=organisation)
        self._transaction.connection.execute(
            self._transaction.insert(_answers)
            .values(
                account_id=account,
                key_fingerprint=key_fingerprint,
                request_fingerprint=answer.request,
                seal=seal,
                status=answer.status,
                at=now,
                **envelope.seal(body=answer.body),
            )
            .on_conflict_do_nothing()
        )

    def forget(self, before: datetime) -> None:
        """Delete the answers from before a time."""
        self._transaction.connection.execute(delete(_answers).where(_answers.c.at < before))

    def _rows(self, *conditions: Any) -> list[Row[Any]]:
        return list(
            self._transaction.connection.execute(
                select(_tokens, _accounts.c.organisation_id)
                .join(_accounts, _accounts.c.id == _tokens.c.account_id)
                .where(*conditions)
                .order_by(_tokens.c.id)
            )
        )

    def _token(self, row: Row[Any]) -> ApiToken:
        envelope = self._transaction.envelope(_tokens, row.seal, organisation=row.organisation_id)
        return ApiToken(
            id=row.id,
            account=row.account_id,
            organisation=row.organisation_id,
            name=envelope.open(row, "name"),
            may_write=row.may_write,
            made=row.made,
            until=row.until,
        )
