"""Sources that people do not want looked at for now: since when, why and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from storage.tables_lanes import paused_sources
from storage.transaction import Transaction, new_seal


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedSource:
    """A source that nobody looks at until somebody resumes it."""

    source: str
    since: datetime
    reason: str
    actor: str


class PausedSources:
    """The paused sources of this installation."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def names(self) -> frozenset[str]:
        """Return the names of the sources that are paused."""
        return frozenset(self._transaction.connection.scalars(select(paused_sources.c.source)))

    def all(self) -> dict[str, PausedSource]:
        """Return the paused sources by their names."""
        rows = self._transaction.connection.execute(select(paused_sources).order_by(paused_sources.c.source))
        return {row.source: self._read(row) for row in rows}

    def add(self, source: str, *, reason: str, actor: str, now: datetime) -> bool:
        """Pause a source; False if it is paused already, which stays as it was."""
        seal = new_seal()
        envelope = self._transaction.envelope(paused_sources, seal, organisation=None)
        added = self._transaction.connection.execute(
            self._transaction.insert(paused_sources)
            .values(source=source, seal=seal, since=now, **envelope.seal(reason=reason, actor=actor))
            .on_conflict_do_nothing()
            .returning(paused_sources.c.source)
        ).one_or_none()
        return added is not None

    def remove(self, source: str) -> bool:
        """Resume a source; False if it was not paused."""
        removed = self._transaction.connection.execute(
            delete(paused_sources).where(paused_sources.c.source == source)
        )
        return bool(removed.rowcount)

    def _read(self, row: Row[Any]) -> PausedSource:
        envelope = self._transaction.envelope(paused_sources, row.seal, organisation=None)
        return PausedSource(
            source=row.source,
            since=row.since,
            reason=envelope.open(row, "reason"),
            actor=envelope.open(row, "actor"),
        )
