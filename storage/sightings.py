"""Rows of sightings: finding them by place, writing them as seen. ``storage.exposures`` says what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, insert, select, update

from scanner.model import Form, PasscodeMatch, Risk, Room, Severity, SightingState
from storage import tables, tables_alerts
from storage.transaction import Envelope, Transaction, new_seal

_exposures, _sightings, _absences = tables.exposures, tables.sightings, tables_alerts.absences


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSighting:
    """A link of ours as it was just seen at an address."""

    source: str
    address: str
    room: Room
    form: Form
    where: str
    risk: Risk
    passcode: PasscodeMatch
    excerpt: str


class Sightings:
    """Sightings by exposure, room and address."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def stands_somewhere(self, exposure: int) -> bool:
        """Tell whether an exposure has a sighting that is not known to be gone."""
        query = exists().where(_sightings.c.exposure_id == exposure, _sightings.c.state != SightingState.GONE)
        return bool(self._transaction.connection.execute(select(query)).scalar_one())

    def at_same_place(self, meeting: int, sighting: NewSighting) -> dict[int, Row[Any]]:
        """Return the sightings of this room at this address, by exposure of the meeting."""
        keys = self._transaction.keys
        rows = self._transaction.connection.execute(
            select(_sightings)
            .join(_exposures, _exposures.c.id == _sightings.c.exposure_id)
            .where(
                _exposures.c.meeting_id == meeting,
                _sightings.c.address_fingerprint.in_(keys.address_fingerprints(sighting.address)),
                _sightings.c.room_fingerprint.in_(keys.fingerprints(sighting.room)),
            )
        )
        return {row.exposure_id: row for row in rows}

    def at(self, source: str, address: str, *states: SightingState) -> list[Row[Any]]:
        """Return the sightings at an address with the owner and state of their exposures, locked."""
        fingerprints = self._transaction.keys.address_fingerprints(address)
        return list(
            self._transaction.connection.execute(
                select(
                    _sightings.c.id,
                    _sightings.c.room_fingerprint,
                    _sightings.c.form,
                    _sightings.c.exposure_id,
                    _exposures.c.organisation_id,
                    _exposures.c.meeting_id,
                    _exposures.c.state,
                )
                .join(_exposures, _exposures.c.id == _sightings.c.exposure_id)
                .where(
                    _sightings.c.source == source,
                    _sightings.c.address_fingerprint.in_(fingerprints),
                    _sightings.c.state.in_(states),
                )
                .order_by(_sightings.c.id)
                .with_for_update()
            )
        )

    def mark(self, sightings: Sequence[int], **values: object) -> None:
        """Set columns of these sightings."""
        if sightings:
            self._transaction.connection.execute(
                update(_sightings).where(_sightings.c.id.in_(sightings)).values(**values)
            )

    def missing(self, sightings: Sequence[int]) -> frozenset[int]:
        """Return those of these sightings that the last clean reading of their address did not show."""
        return frozenset(
            self._transaction.connection.scalars(
                select(_absences.c.sighting_id).where(_absences.c.sighting_id.in_(sightings))
            )
        )

    def miss(self, sightings: Sequence[int], now: datetime) -> None:
        """Write down that a clean reading did not show these sightings."""
        for sighting in sightings:
            self._transaction.connection.execute(insert(_absences).values(sighting_id=sighting, since=now))

    def found(self, sightings: Sequence[int]) -> None:
        """Forget that a clean reading did not show these sightings."""
        if sightings:
            self._transaction.connection.execute(
                delete(_absences).where(_absences.c.sighting_id.in_(sightings))
            )

    def grade(self, organisation: int, sighting: int, severity: Severity) -> None:
        """Give a sighting another severity."""
        row = self._transaction.connection.execute(
            select(_sightings).where(_sightings.c.id == sighting)
        ).one()
        envelope = self._transaction.envelope(_sightings, row.seal, organisation=organisation)
        self.mark([sighting], severity=severity.level, **envelope.seal(reason=severity.reason))

    def add(
        self, organisation: int, exposure: int, sighting: NewSighting, severity: Severity, now: datetime
    ) -> int:
        """Write a sighting that its exposure did not have, and return its id."""
        keys, seal = self._transaction.keys, new_seal()
        envelope = self._transaction.envelope(_sightings, seal, organisation=organisation)
        sighting_id: int = self._transaction.connection.execute(
            insert(_sightings)
            .values(
                exposure_id=exposure,
                seal=seal,
                address_fingerprint=keys.fingerprint_address(sighting.address),
                room_fingerprint=keys.fingerprint(sighting.room),
                platform=sighting.room.platform,
                first_seen=now,
                **envelope.seal(address=sighting.address, room_key=sighting.room.key),
                **_as_seen_now(envelope, sighting, severity, now),
            )
            .returning(_sightings.c.id)
        ).scalar_one()
        return sighting_id

    def renew(
        self, organisation: int, before: Row[Any], sighting: NewSighting, severity: Severity, now: datetime
    ) -> None:
        """Write how a known sighting looks now. A report takes nothing from what Lychgate saw itself."""
        if sighting.form is Form.REPORTED and before.form != Form.REPORTED:
            if before.state != SightingState.UP:
                self.mark([before.id], form=Form.REPORTED, state=SightingState.UP, last_seen=now)
            return
        envelope = self._transaction.envelope(_sightings, before.seal, organisation=organisation)
        self.mark([before.id], **_as_seen_now(envelope, sighting, severity, now))


def _as_seen_now(
    envelope: Envelope, sighting: NewSighting, severity: Severity, now: datetime
) -> dict[str, object]:
    return {
        "source": sighting.source,
        "form": sighting.form,
        "risk": sighting.risk,
        "passcode": sighting.passcode,
        "severity": severity.level,
        "state": SightingState.UP,
        "last_seen": now,
        **envelope.seal(place=sighting.where, excerpt=sighting.excerpt, reason=severity.reason),
    }
