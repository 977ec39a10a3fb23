"""Addresses that are read again: what becomes of what stood there.

Addresses are looked up by fingerprint within one source, for all organisations at once: a page is read
once whoever watches it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from scanner.model import OPEN_STATES, Exposure, ExposureState, Form, Room, SightingState
from storage import tables
from storage.exposure_rows import (
    add_event,
    by_scan,
    enter_state,
    has_open,
    read_exposures,
    write_worst_severity,
)
from storage.quiet import SET_ASIDE, is_allowed, quiet_exposures, retired_fingerprints
from storage.sightings import Sightings
from storage.transaction import Transaction


class Rereading:
    """What scans saw of the places where sightings stand, whoever they belong to."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._sightings = Sightings(transaction)

    def still_up(self, source: str, address: str, now: datetime) -> list[Exposure]:
        """Record that an address is unchanged: what stood there when it was read last stands there now.

        Returns the exposures that this reopened: people had closed them, or an allowance had that is over,
        and the page still shows the link.
        """
        here = self._sightings.at(source, address, SightingState.UP, SightingState.UNREADABLE)
        missing = self._sightings.missing([row.id for row in here])
        standing = [row for row in here if row.form != Form.REPORTED and row.id not in missing]
        self._sightings.mark([row.id for row in standing], state=SightingState.UP, last_seen=now)
        reopened = []
        for organisation, exposure, meeting, state in _distinct(standing):
            if state in OPEN_STATES or has_open(self._transaction, meeting):
                continue
            if state in SET_ASIDE and (
                exposure not in quiet_exposures(self._transaction, meeting)
                or is_allowed(self._transaction, meeting, now)
            ):
                continue
            rooms = {row.room_fingerprint for row in standing if row.exposure_id == exposure}
            left = retired_fingerprints(self._transaction, organisation, meeting)
            if state == ExposureState.ROTATED and rooms <= left:
                continue
            enter_state(
                self._transaction, organisation, exposure, ExposureState.REGRESSED, by_scan(now, "regressed")
            )
            reopened.append(self._exposure(organisation, exposure))
        return reopened

    def read_without(
        self, source: str, address: str, rooms_found: frozenset[Room], now: datetime
    ) -> list[Exposure]:
        """Record that an address was read in full and shows, of the registered rooms, only these.

        Sightings there of other rooms are gone when this is the second such reading in a row, since a page
        can come whole and lack what it held a minute ago; not so what was only ever reported to us: pages
        that show machines less than people look empty. Returns the exposures that thereby lost their last
        place and that nobody had set aside; those that were open are ``gone`` now.
        """
        standing = self._sightings.at(source, address, SightingState.UP, SightingState.UNREADABLE)
        keys = self._transaction.keys
        found = {fingerprint for room in rooms_found for fingerprint in keys.fingerprints(room)}
        lost = [row for row in standing if row.room_fingerprint not in found]
        up = {row.id for row in self._sightings.at(source, address, SightingState.UP)}
        only_reported = [row for row in lost if row.form == Form.REPORTED and row.id in up]
        self._hide(only_reported, "Lychgate read one place and did not see it there", now)
        return self._lose_twice([row for row in lost if row.form != Form.REPORTED], now)

    def still_absent(self, source: str, address: str, now: datetime) -> list[Exposure]:
        """Record that an address is unchanged: what its last reading lacked is not there now either.

        Returns as ``read_without``.
        """
        standing = self._sightings.at(source, address, SightingState.UP, SightingState.UNREADABLE)
        missing = self._sightings.missing([row.id for row in standing])
        return self._lose([row for row in standing if row.id in missing], now)

    def address_gone(self, source: str, address: str, now: datetime) -> list[Exposure]:
        """Record that nothing is at an address (404, 410); as ``read_without``, also for reported ones."""
        standing = self._sightings.at(source, address, SightingState.UP, SightingState.UNREADABLE)
        return self._lose_twice(standing, now)

    def _lose_twice(self, absent: list[Row[Any]], now: datetime) -> list[Exposure]:
        missing = self._sightings.missing([row.id for row in absent])
        self._sightings.miss([row.id for row in absent if row.id not in missing], now)
        return self._lose([row for row in absent if row.id in missing], now)

    def _lose(self, lost: list[Row[Any]], now: datetime) -> list[Exposure]:
        self._sightings.found([row.id for row in lost])
        self._sightings.mark([row.id for row in lost], state=SightingState.GONE)
        cleared = []
        for organisation, exposure, _, state in _distinct(lost):
            if self._sightings.stands_somewhere(exposure):
                event = by_scan(now, "gone from one place")
                add_event(self._transaction, organisation, exposure, event)
                write_worst_severity(self._transaction, organisation, exposure, now)
                continue
            event = by_scan(now, "gone from every place it was seen")
            if state in OPEN_STATES:
                enter_state(self._transaction, organisation, exposure, ExposureState.GONE, event)
            else:
                add_event(self._transaction, organisation, exposure, event)
            if state not in SET_ASIDE:
                cleared.append(self._exposure(organisation, exposure))
        return cleared

    def unreadable(self, source: str, address: str, now: datetime) -> None:
        """Record that an address could not be read: what stood there may still stand there."""
        hidden = self._sightings.at(source, address, SightingState.UP)
        self._hide(hidden, "one place could not be read", now)

    def _hide(self, hidden: list[Row[Any]], why: str, now: datetime) -> None:
        self._sightings.mark([row.id for row in hidden], state=SightingState.UNREADABLE)
        for organisation, exposure, _, _ in _distinct(hidden):
            add_event(self._transaction, organisation, exposure, by_scan(now, why))

    def _exposure(self, organisation: int, exposure: int) -> Exposure:
        (found,) = read_exposures(self._transaction, organisation, tables.exposures.c.id == exposure)
        return found


def _distinct(rows: list[Row[Any]]) -> list[tuple[int, int, int, str]]:
    """Return organisation, exposure, meeting and state of these sightings' exposures, each once."""
    return list(
        dict.fromkeys((row.organisation_id, row.exposure_id, row.meeting_id, row.state) for row in rows)
    )
