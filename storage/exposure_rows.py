"""Rows of exposures, sightings and events as values, and the writes that every change shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, select, update

from scanner.model import (
    OPEN_STATES,
    Exposure,
    ExposureEvent,
    ExposureState,
    Form,
    PasscodeMatch,
    Risk,
    Room,
    Severity,
    SeverityLevel,
    Sighting,
    SightingState,
    Wait,
)
from storage import tables
from storage.decisions import read_waits, set_wait
from storage.quiet import set_quiet
from storage.transaction import Transaction, new_seal

_exposures, _sightings, _events = tables.exposures, tables.sightings, tables.exposure_events

SCAN = "scan"
"""The actor of events that no person caused."""


def read_exposures(
    transaction: Transaction, organisation: int, *conditions: ColumnElement[bool]
) -> list[Exposure]:
    """Return the organisation's exposures that meet the conditions, worst first, then newest first."""
    connection = transaction.connection
    wanted = select(_exposures).where(_exposures.c.organisation_id == organisation, *conditions)
    ids = wanted.with_only_columns(_exposures.c.id)
    sightings: dict[int, list[Sighting]] = {}
    for row in connection.execute(
        select(_sightings).where(_sightings.c.exposure_id.in_(ids)).order_by(_sightings.c.id)
    ):
        sightings.setdefault(row.exposure_id, []).append(_sighting(transaction, organisation, row))
    events: dict[int, list[ExposureEvent]] = {}
    for row in connection.execute(
        select(_events).where(_events.c.exposure_id.in_(ids)).order_by(_events.c.id)
    ):
        events.setdefault(row.exposure_id, []).append(_event(transaction, organisation, row))
    rows = connection.execute(wanted.order_by(_exposures.c.id.desc())).all()
    waits = read_waits(transaction, [row.id for row in rows])
    found = [
        Exposure(
            id=row.id,
            organisation=row.organisation_id,
            meeting=row.meeting_id,
            state=ExposureState(row.state),
            severity=read_severity(transaction, organisation, row),
            opened=row.opened,
            sightings=tuple(sightings.get(row.id, ())),
            events=tuple(events.get(row.id, ())),
            wait=waits.get(row.id),
        )
        for row in rows
    ]
    return sorted(found, key=lambda exposure: exposure.severity.level.rank, reverse=True)


def read_severity(transaction: Transaction, organisation: int, row: Row[Any]) -> Severity:
    """Return the severity of an exposure's row."""
    envelope = transaction.envelope(_exposures, row.seal, organisation=organisation)
    return Severity(SeverityLevel(row.severity), envelope.open(row, "reason"))


def add_event(transaction: Transaction, organisation: int, exposure: int, event: ExposureEvent) -> None:
    """Write what happened to an exposure."""
    seal = new_seal()
    envelope = transaction.envelope(_events, seal, organisation=organisation)
    transaction.connection.execute(
        insert(_events).values(
            exposure_id=exposure,
            seal=seal,
            at=event.at,
            what=event.what,
            **envelope.seal(actor=event.actor, note=event.note),
        )
    )


def write_severity(
    transaction: Transaction, organisation: int, exposure: int, severity: Severity, now: datetime
) -> None:
    """Give an exposure a severity; a change of level is an event, a new wording of the reason is not."""
    row = transaction.connection.execute(select(_exposures).where(_exposures.c.id == exposure)).one()
    envelope = transaction.envelope(_exposures, row.seal, organisation=organisation)
    transaction.connection.execute(
        update(_exposures)
        .where(_exposures.c.id == exposure)
        .values(severity=severity.level, **envelope.seal(reason=severity.reason))
    )
    if row.severity != severity.level:
        event = ExposureEvent(at=now, actor=SCAN, what=f"severity {severity.level}", note=severity.reason)
        add_event(transaction, organisation, exposure, event)


def write_worst_severity(
    transaction: Transaction, organisation: int, exposure: int, now: datetime
) -> SeverityLevel | None:
    """Give an exposure the severity of its worst sighting that is not known to be gone, and return its level.

    Without such a sighting it keeps the severity it had, and None is returned.
    """
    worst: tuple[Severity, int] | None = None
    for row in transaction.connection.execute(
        select(_sightings)
        .where(_sightings.c.exposure_id == exposure, _sightings.c.state != SightingState.GONE)
        .order_by(_sightings.c.id)
    ):
        level = SeverityLevel(row.severity)
        if worst is None or level.rank > worst[1]:
            envelope = transaction.envelope(_sightings, row.seal, organisation=organisation)
            worst = Severity(level, envelope.open(row, "reason")), level.rank
    if worst is None:
        return None
    write_severity(transaction, organisation, exposure, worst[0], now)
    return worst[0].level


def enter_state(
    transaction: Transaction,
    organisation: int,
    exposure: int,
    state: ExposureState,
    event: ExposureEvent,
    *,
    wait: Wait | None = None,
) -> None:
    """Bring an exposure into a state, and write down what brought it there and what it waits for."""
    transaction.connection.execute(update(_exposures).where(_exposures.c.id == exposure).values(state=state))
    set_wait(transaction, exposure, wait)
    set_quiet(transaction, exposure, quiet=False)
    add_event(transaction, organisation, exposure, event)


def lock_meeting(transaction: Transaction, organisation: int, meeting: int) -> bool:
    """Hold the meeting until the commit, so that two workers cannot both open its exposure."""
    row = transaction.connection.execute(
        select(tables.meetings.c.id)
        .where(tables.meetings.c.id == meeting, tables.meetings.c.organisation_id == organisation)
        .with_for_update()
    ).one_or_none()
    return row is not None


def has_open(transaction: Transaction, meeting: int) -> bool:
    """Tell whether a meeting has an exposure in an open state."""
    query = exists().where(_exposures.c.meeting_id == meeting, _exposures.c.state.in_(list(OPEN_STATES)))
    return bool(transaction.connection.execute(select(query)).scalar_one())


def open_exposure(
    transaction: Transaction, organisation: int, meeting: int, severity: Severity, now: datetime
) -> int:
    """Write a new exposure of a meeting and return its id."""
    seal = new_seal()
    envelope = transaction.envelope(_exposures, seal, organisation=organisation)
    exposure: int = transaction.connection.execute(
        insert(_exposures)
        .values(
            organisation_id=organisation,
            meeting_id=meeting,
            seal=seal,
            state=ExposureState.OPEN,
            severity=severity.level,
            opened=now,
            **envelope.seal(reason=severity.reason),
        )
        .returning(_exposures.c.id)
    ).scalar_one()
    add_event(transaction, organisation, exposure, by_scan(now, "opened", note=severity.reason))
    return exposure


def by_scan(now: datetime, what: str, *, note: str = "") -> ExposureEvent:
    """Return an event that no person caused."""
    return ExposureEvent(at=now, actor=SCAN, what=what, note=note)


def _sighting(transaction: Transaction, organisation: int, row: Row[Any]) -> Sighting:
    envelope = transaction.envelope(_sightings, row.seal, organisation=organisation)
    return Sighting(
        id=row.id,
        source=row.source,
        address=envelope.open(row, "address"),
        room=Room(row.platform, envelope.open(row, "room_key")),
        form=Form(row.form),
        where=envelope.open(row, "place"),
        risk=Risk(row.risk),
        passcode=PasscodeMatch(row.passcode),
        excerpt=envelope.open(row, "excerpt"),
        state=SightingState(row.state),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
    )


def _event(transaction: Transaction, organisation: int, row: Row[Any]) -> ExposureEvent:
    envelope = transaction.envelope(_events, row.seal, organisation=organisation)
    return ExposureEvent(
        at=row.at, actor=envelope.open(row, "actor"), what=row.what, note=envelope.open(row, "note")
    )
