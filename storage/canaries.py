"""Canaries: links made up here that stand on a page of a source, to prove that the source can be read.

They are nobody's meeting. They are sealed all the same: who knows one could show it to us and nothing else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from storage.tables_lanes import canaries
from storage.transaction import Transaction, new_seal


class Canaries:
    """The canary of each source that has one."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def link(self, source: str) -> str | None:
        """Return the link that was made for a source, or None if none was."""
        row = self._transaction.connection.execute(
            select(canaries).where(canaries.c.source == source)
        ).one_or_none()
        return None if row is None else self._open(row)

    def put(self, source: str, link: str) -> str:
        """Keep a link for a source unless it has one already; return the one that is kept."""
        seal = new_seal()
        envelope = self._transaction.envelope(canaries, seal, organisation=None)
        self._transaction.connection.execute(
            self._transaction.insert(canaries)
            .values(source=source, seal=seal, **envelope.seal(link=link))
            .on_conflict_do_nothing()
        )
        kept = self.link(source)
        assert kept is not None
        return kept

    def _open(self, row: Row[Any]) -> str:
        return self._transaction.envelope(canaries, row.seal, organisation=None).open(row, "link")
