"""What is remembered of pages between scans: enough to ask a server "has it changed?".

Pages belong to sources, not to organisations: a page is read once for everybody. Their addresses may be
where a link leaked, so they are sealed too, with the installation's own key. A row's identity in its
ciphertext is its source and the fingerprint of its address.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

from sqlalchemy import Row, delete, func, select

from scanner.model import Known, SightingState
from scanner.secret import Vault
from storage import tables
from storage.tables_alerts import absences
from storage.transaction import Envelope, Transaction

_table = tables.addresses
_BATCH = 500
_STOOD_LATELY = 5
"""Places where links stood that are watched on, as pages come back; more would leave no time for new ones."""
_CANARY = "canary"
"""Mark behind the validators of a page, and sealed with them: nobody is to know which page proves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A page as it was last searched in full: ``read`` then, with ``rooms`` rooms on it, whosever.

    ``canary`` says that the canary of its source stood there.
    """

    known: Known
    rooms: int
    read: datetime
    canary: bool = False


class Addresses:
    """Remembered pages by source."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    @cached_property
    def _commons(self) -> Vault:
        return self._transaction.keys.commons()

    def known(self, source: str) -> list[Remembered]:
        """Return what is remembered of a source's pages.

        ``known.watched`` are those where a link of ours may stand, and the last few from which one went.
        """
        sightings = tables.sightings.c
        connection = self._transaction.connection
        places = select(sightings.address_fingerprint).where(sightings.source == source)
        went = (
            places.where(sightings.state == SightingState.GONE)
            .group_by(sightings.address_fingerprint)
            .order_by(func.max(sightings.last_seen).desc())
            .limit(_STOOD_LATELY)
        )
        watched = frozenset(
            [
                *connection.scalars(places.where(sightings.state != SightingState.GONE)),
                *connection.scalars(went),
            ]
        )
        rows = connection.execute(select(_table).where(_table.c.source == source))
        return [self._read(row, watched) for row in rows]

    def remember(self, source: str, pages: Iterable[Remembered]) -> None:
        """Store or renew what is known of pages; of two entries for one address the last counts."""
        remaining = iter(pages)
        while batch := list(islice(remaining, _BATCH)):
            self._delete(source, *(page.known.address for page in batch), earlier_only=True)
            insert = self._transaction.insert(_table)
            statement = insert.on_conflict_do_update(
                index_elements=[_table.c.source, _table.c.fingerprint],
                set_={name: insert.excluded[name] for name in ("page", "depth", "rooms", "read")},
            )
            self._transaction.connection.execute(statement, [self._row(source, page) for page in batch])

    def leaks(self) -> dict[str, frozenset[int]]:
        """Return for each source the organisations whose rooms were seen there, gone by now or not."""
        sightings, exposures = tables.sightings.c, tables.exposures.c
        rows = self._transaction.connection.execute(
            select(sightings.source, exposures.organisation_id)
            .join(tables.exposures, exposures.id == sightings.exposure_id)
            .distinct()
        )
        found: defaultdict[str, set[int]] = defaultdict(set)
        for source, organisation in rows:
            found[source].add(organisation)
        return {source: frozenset(owners) for source, owners in found.items()}

    def missing(self) -> dict[str, datetime]:
        """Return for each source when a reading last lacked a link of ours: a second one proves it gone."""
        sightings = tables.sightings.c
        rows = self._transaction.connection.execute(
            select(sightings.source, func.max(absences.c.since, type_=tables.Moment()).label("since"))
            .join(absences, absences.c.sighting_id == sightings.id)
            .group_by(sightings.source)
        )
        return {row.source: row.since for row in rows}

    def forget(self, source: str, address: str) -> None:
        """Forget a page, for instance because it is gone."""
        self._delete(source, address)

    def forget_source(self, source: str) -> None:
        """Forget every page of a source."""
        self._transaction.connection.execute(delete(_table).where(_table.c.source == source))

    def keep_only(self, sources: Collection[str]) -> None:
        """Forget every page of sources that are no longer looked at."""
        self._transaction.connection.execute(delete(_table).where(_table.c.source.not_in(list(sources))))

    def renew(self, row: Row[Any]) -> None:
        """Bring a page under the key in use: its fingerprint is its key and its identity too."""
        envelope = self._envelope(row.source, row.fingerprint)
        if envelope.is_current(row, "page"):
            return
        page = envelope.open(row, "page")
        fingerprint = self._transaction.keys.fingerprint_address(json.loads(page)[0])
        connection = self._transaction.connection
        connection.execute(
            delete(_table).where(_table.c.source == row.source, _table.c.fingerprint == row.fingerprint)
        )
        connection.execute(
            self._transaction.insert(_table)
            .values(
                source=row.source,
                fingerprint=fingerprint,
                depth=row.depth,
                rooms=row.rooms,
                read=row.read,
                **self._envelope(row.source, fingerprint).seal(page=page),
            )
            .on_conflict_do_nothing()
        )

    def _delete(self, source: str, *addresses: str, earlier_only: bool = False) -> None:
        """Delete rows of pages, or only those under keys that are being replaced."""
        first = 1 if earlier_only else 0
        fingerprints = [
            fingerprint
            for address in addresses
            for fingerprint in self._transaction.keys.address_fingerprints(address)[first:]
        ]
        if fingerprints:
            self._transaction.connection.execute(
                delete(_table).where(_table.c.source == source, _table.c.fingerprint.in_(fingerprints))
            )

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
                page=json.dumps(
                    [known.address, known.etag, known.last_modified, known.digest]
                    + ([_CANARY] if page.canary else [])
                )
            ),
        }

    def _read(self, row: Row[Any], watched: frozenset[bytes]) -> Remembered:
        page = self._envelope(row.source, row.fingerprint).open(row, "page")
        address, etag, last_modified, digest, *marks = json.loads(page)
        known = Known(
            address=address,
            depth=row.depth,
            etag=etag,
            last_modified=last_modified,
            digest=digest,
            watched=bool(watched)
            and not watched.isdisjoint(self._transaction.keys.address_fingerprints(address)),
        )
        return Remembered(known=known, rooms=row.rooms, read=row.read, canary=_CANARY in marks)

    def _envelope(self, source: str, fingerprint: bytes) -> Envelope:
        return Envelope(self._commons, _table, fingerprint + source.encode())
