"""What is remembered of pages between scans: enough to ask a server "has it changed?".

Pages belong to sources, not to organisations: a page is read once for everybody. Their addresses may be
where a link leaked, so they are sealed too, with the installation's own key. A row's identity in its
ciphertext is its source and the fingerprint of its address.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, delete, exists, select

from scanner.model import Known, SightingState
from storage import tables
from storage.transaction import Envelope, Transaction

_table = tables.addresses
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A page as it was last searched in full: ``read`` then, with ``rooms`` rooms on it, whosever."""

    known: Known
    rooms: int
    read: datetime


class Addresses:
    """Remembered pages by source."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def known(self, source: str) -> list[Remembered]:
        """Return what is remembered of a source's pages; ``known.watched`` where a link of ours may stand."""
        sightings = tables.sightings
        watched = exists().where(
            sightings.c.source == _table.c.source,
            sightings.c.address_fingerprint == _table.c.fingerprint,
            sightings.c.state != SightingState.GONE,
        )
        rows = self._transaction.connection.execute(
            select(_table, watched.label("watched")).where(_table.c.source == source)
        )
        return [self._read(row) for row in rows]

    def remember(self, source: str, pages: Iterable[Remembered]) -> None:
        """Store or renew what is known of pages; of two entries for one address the last counts."""
        remaining = iter(pages)
        while batch := list(islice(remaining, _BATCH)):
            insert = self._transaction.insert(_table)
            statement = insert.on_conflict_do_update(
                index_elements=[_table.c.source, _table.c.fingerprint],
                set_={name: insert.excluded[name] for name in ("page", "depth", "rooms", "read")},
            )
            self._transaction.connection.execute(statement, [self._row(source, page) for page in batch])

    def forget(self, source: str, address: str) -> None:
        """Forget a page, for instance because it is gone."""
        fingerprint = self._transaction.keys.fingerprint_address(address)
        self._transaction.connection.execute(
            delete(_table).where(_table.c.source == source, _table.c.fingerprint == fingerprint)
        )

    def forget_source(self, source: str) -> None:
        """Forget every page of a source that is no longer looked at."""
        self._transaction.connection.execute(delete(_table).where(_table.c.source == source))

    def _row(self, source: str, page: Remembered) -> dict[str, object]:
        known = page.known
        fingerprint = self._transaction.keys.fingerprint_address(known.address)
        return {
            "source": source,
            "fingerprint": fingerprint,
            "depth": known.depth,
            "rooms": page.rooms,
            "read": page.read,
            **self._envelope(source, fingerprint).seal(
                page=json.dumps([known.address, known.etag, known.last_modified, known.digest])
            ),
        }

    def _read(self, row: Row[Any]) -> Remembered:
        page = self._envelope(row.source, row.fingerprint).open(row, "page")
        address, etag, last_modified, digest = json.loads(page)
        known = Known(
            address=address,
            depth=row.depth,
            etag=etag,
            last_modified=last_modified,
            digest=digest,
            watched=bool(row.watched),
        )
        return Remembered(known=known, rooms=row.rooms, read=row.read)

    def _envelope(self, source: str, fingerprint: bytes) -> Envelope:
        return self._transaction.envelope(_table, fingerprint + source.encode(), organisation=None)
