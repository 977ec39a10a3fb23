"""What people decided for a while: exposures that wait for something, sightings that are ignored."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from scanner.model import Ignore, Wait
from storage import tables, tables_alerts
from storage.transaction import Transaction, new_seal

_waits, _ignores = tables_alerts.waits, tables_alerts.ignores
_sightings, _exposures = tables.sightings, tables.exposures


def set_wait(transaction: Transaction, exposure: int, wait: Wait | None) -> None:
    """Write down what an exposure waits for; None: nothing."""
    transaction.connection.execute(delete(_waits).where(_waits.c.exposure_id == exposure))
    if wait is not None:
        transaction.connection.execute(
            insert(_waits).values(exposure_id=exposure, until=wait.until, elsewhere=wait.elsewhere)
        )


def read_waits(transaction: Transaction, exposures: Collection[int]) -> dict[int, Wait]:
    """Return what these exposures wait for."""
    rows = transaction.connection.execute(select(_waits).where(_waits.c.exposure_id.in_(exposures)))
    return {row.exposure_id: Wait(until=row.until, elsewhere=row.elsewhere) for row in rows}


def waiting_until(transaction: Transaction, now: datetime) -> list[tuple[int, int]]:
    """Return organisation and number of the exposures whose time has come."""
    rows = transaction.connection.execute(
        select(_exposures.c.organisation_id, _exposures.c.id)
        .join(_waits, _waits.c.exposure_id == _exposures.c.id)
        .where(_waits.c.until <= now)
        .order_by(_exposures.c.id)
    )
    return [(row.organisation_id, row.id) for row in rows]


def ignored(transaction: Transaction, sightings: Collection[int], now: datetime) -> frozenset[int]:
    """Return the ignored ones of these sightings."""
    return frozenset(
        transaction.connection.scalars(
            select(_ignores.c.sighting_id).where(
                _ignores.c.sighting_id.in_(sightings), _ignores.c.until > now
            )
        )
    )


class Ignores:
    """What is nothing to tell, until when."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(
        self, organisation: int, sighting: int, *, until: datetime, reason: str, actor: str, now: datetime
    ) -> None:
        """Ignore a sighting of this organisation from now until a time, in place of what was said before."""
        connection, seal = self._transaction.connection, new_seal()
        envelope = self._transaction.envelope(_ignores, seal, organisation=organisation)
        connection.execute(delete(_ignores).where(_ignores.c.sighting_id == sighting))
        connection.execute(
            insert(_ignores).values(
                organisation_id=organisation,
                sighting_id=sighting,
                seal=seal,
                made=now,
                until=until,
                **envelope.seal(reason=reason, actor=actor),
            )
        )

    def all(self, organisation: int, now: datetime) -> list[Ignore]:
        """Return what the organisation ignores now, oldest first."""
        rows = self._transaction.connection.execute(
            select(
                _ignores,
                _sightings.c.exposure_id,
                _sightings.c.seal.label("sighting_seal"),
                _sightings.c.address,
            )
            .join(_sightings, _sightings.c.id == _ignores.c.sighting_id)
            .where(_ignores.c.organisation_id == organisation, _ignores.c.until > now)
            .order_by(_ignores.c.id)
        )
        return [self._read(row) for row in rows]

    def end(self, exposure: int, now: datetime) -> None:
        """Ignore nothing of an exposure any more."""
        mine = select(_sightings.c.id).where(_sightings.c.exposure_id == exposure)
        self._transaction.connection.execute(
            update(_ignores).where(_ignores.c.sighting_id.in_(mine), _ignores.c.until > now).values(until=now)
        )

    def _read(self, row: Row[Any]) -> Ignore:
        organisation = row.organisation_id
        envelope = self._transaction.envelope(_ignores, row.seal, organisation=organisation)
        place = self._transaction.envelope(_sightings, row.sighting_seal, organisation=organisation)
        return Ignore(
            id=row.id,
            exposure=row.exposure_id,
            address=place.open(row, "address"),
            until=row.until,
            made=row.made,
            reason=envelope.open(row, "reason"),
            actor=envelope.open(row, "actor"),
        )
