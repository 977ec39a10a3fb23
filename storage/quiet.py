"""What keeps a sighting quiet: a decision about its place, an allowance, or that its room was retired."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, exists, insert, or_, select

from scanner.model import ExposureState, PasscodeMatch, Room, VerdictKind
from storage import tables
from storage.sightings import NewSighting
from storage.transaction import Transaction

_allowances, _quiet, _rooms = tables.allowances, tables.allowed_exposures, tables.rooms

SET_ASIDE: Final = frozenset(
    {ExposureState.INTENDED, ExposureState.FALSE_POSITIVE, ExposureState.DUPLICATE},
)
"""States by which people say that nothing has to be done about these places."""

LEFT: Final = frozenset({VerdictKind.RETIRED, VerdictKind.CLOSED})
"""Rooms that their meeting has left."""

_MORE_REVEALING = (
    PasscodeMatch.NONE,
    PasscodeMatch.DIFFERENT,
    PasscodeMatch.UNKNOWN,
    PasscodeMatch.CURRENT,
)


def stays_quiet(
    state: str, before: Row[Any], sighting: NewSighting, kind: VerdictKind, *, by_allowance: bool
) -> bool:
    """Tell whether nobody has to hear that a link is still at a place of a closed exposure.

    ``by_allowance`` says that an allowance closed it, so it is quiet only while the allowance holds.
    """
    if state == ExposureState.ROTATED:
        return kind in LEFT
    if state not in SET_ASIDE or not covers(before, sighting):
        return False
    return kind is VerdictKind.INTENDED or not by_allowance


def covers(decided: Row[Any], sighting: NewSighting) -> bool:
    """Tell whether a decision about a place still holds: it gives away no more than it did then."""
    then = _MORE_REVEALING.index(PasscodeMatch(decided.passcode))
    return _MORE_REVEALING.index(sighting.passcode) <= then


def retired_fingerprints(transaction: Transaction, organisation: int, meeting: int) -> frozenset[bytes]:
    """Return the fingerprints, under every key in use, of the rooms that a meeting has left."""
    rows = transaction.connection.execute(
        select(_rooms)
        .join(tables.retirements, tables.retirements.c.room_id == _rooms.c.id)
        .where(_rooms.c.meeting_id == meeting)
    )
    return frozenset(
        fingerprint
        for row in rows
        for fingerprint in transaction.keys.fingerprints(
            Room(
                row.platform,
                transaction.envelope(_rooms, row.seal, organisation=organisation).open(row, "key"),
            )
        )
    )


def is_allowed(transaction: Transaction, meeting: int, now: datetime) -> bool:
    """Tell whether the bare rooms of a meeting may be public now."""
    valid = exists().where(
        _allowances.c.meeting_id == meeting, or_(_allowances.c.until.is_(None), _allowances.c.until > now)
    )
    return bool(transaction.connection.execute(select(valid)).scalar_one())


def quiet_exposures(transaction: Transaction, meeting: int) -> frozenset[int]:
    """Return the exposures of a meeting that are ``intended`` by an allowance and not by a decision."""
    return frozenset(
        transaction.connection.scalars(
            select(_quiet.c.exposure_id)
            .join(tables.exposures, tables.exposures.c.id == _quiet.c.exposure_id)
            .where(tables.exposures.c.meeting_id == meeting)
        )
    )


def set_quiet(transaction: Transaction, exposure: int, *, quiet: bool) -> None:
    """Write down whether an allowance keeps an exposure quiet."""
    transaction.connection.execute(delete(_quiet).where(_quiet.c.exposure_id == exposure))
    if quiet:
        transaction.connection.execute(insert(_quiet).values(exposure_id=exposure))
