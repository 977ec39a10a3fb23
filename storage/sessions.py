"""Who is signed in. Only a fingerprint of each session's token is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select, update

from storage import tables_people as tables
from storage.transaction import Transaction

_sessions, _accounts = tables.web_sessions, tables.accounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in; ``proven`` is false while the second factor is still asked for."""

    account: int
    organisation: int
    started: datetime
    seen: datetime
    proven: bool


class Sessions:
    """The sessions of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def start(self, token_fingerprint: bytes, account: int, *, proven: bool, now: datetime) -> None:
        """Store a new session."""
        self._transaction.connection.execute(
            insert(_sessions).values(
                token_fingerprint=token_fingerprint, account_id=account, started=now, seen=now, proven=proven
            )
        )

    def find(self, token_fingerprint: bytes) -> Session | None:
        """Return the session of a token, over or not; None if there is none, or its account is disabled."""
        row = self._transaction.connection.execute(
            select(_sessions, _accounts.c.organisation_id)
            .join(_accounts, _accounts.c.id == _sessions.c.account_id)
            .where(_sessions.c.token_fingerprint == token_fingerprint, _accounts.c.disabled.is_(None))
        ).one_or_none()
        if row is None:
            return None
        return Session(
            account=row.account_id,
            organisation=row.organisation_id,
            started=row.started,
            seen=row.seen,
            proven=row.proven,
        )

    def touch(self, token_fingerprint: bytes, now: datetime) -> None:
        """Record that somebody was here."""
        self._transaction.connection.execute(
            update(_sessions).where(_sessions.c.token_fingerprint == token_fingerprint).values(seen=now)
        )

    def end(self, token_fingerprint: bytes) -> None:
        """End one session."""
        self._transaction.connection.execute(
            delete(_sessions).where(_sessions.c.token_fingerprint == token_fingerprint)
        )

    def end_all(self, account: int, *, but: bytes = b"") -> None:
        """End every session of an account but one."""
        self._transaction.connection.execute(
            delete(_sessions).where(_sessions.c.account_id == account, _sessions.c.token_fingerprint != but)
        )

    def forget(self, now: datetime, *, idle: timedelta, longest: timedelta) -> None:
        """Delete the sessions that are over."""
        self._transaction.connection.execute(
            delete(_sessions).where(or_(_sessions.c.seen <= now - idle, _sessions.c.started <= now - longest))
        )
