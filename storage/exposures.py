"""Exposures: one meeting in public, with its sightings and what happened to it.

A meeting has at most one exposure in an open state. A closed one that is seen again reopens as
*regressed*. One that people set aside (intended, false positive, duplicate) answers for the places it was
decided on and no others: the room at another address, or at the same address with more of its passcode
than before, is a new exposure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from scanner.errors import InputError
from scanner.model import (
    OPEN_STATES,
    Exposure,
    ExposureEvent,
    ExposureState,
    PasscodeMatch,
    Severity,
    SeverityLevel,
    SightingState,
    VerdictKind,
    Wait,
)
from storage import tables
from storage.decisions import ignored, read_waits, set_wait, waiting_until
from storage.exposure_rows import (
    add_event,
    by_scan,
    enter_state,
    has_open,
    lock_meeting,
    open_exposure,
    read_exposures,
    write_worst_severity,
)
from storage.quiet import SET_ASIDE, covers, quiet_exposures, set_quiet, stays_quiet
from storage.sightings import NewSighting, Sightings
from storage.transaction import Transaction

_exposures = tables.exposures

_FOUND_BY_SCANS = frozenset({ExposureState.GONE, ExposureState.REGRESSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a sighting changed. With everything false it was known and is as it was."""

    exposure_id: int
    sighting_id: int
    exposure_is_new: bool = False
    sighting_is_new: bool = False
    reopened: bool = False
    """The exposure had been closed and is now ``regressed``."""
    worse: bool = False
    """The exposure was open, and is more severe now than before."""


class Exposures:
    """What scans saw, and what people did about it."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._sightings = Sightings(transaction)

    # --- for people -----------------------------------------------------------------------------

    def all(self, organisation: int, states: Collection[ExposureState] | None = None) -> list[Exposure]:
        """Return the organisation's exposures (in these states), worst first, then newest first."""
        conditions = () if states is None else (_exposures.c.state.in_(list(states)),)
        return read_exposures(self._transaction, organisation, *conditions)

    def get(self, organisation: int, exposure: int) -> Exposure | None:
        """Return the exposure, or None if this organisation has none with this id."""
        found = read_exposures(self._transaction, organisation, _exposures.c.id == exposure)
        return found[0] if found else None

    def set_state(
        self,
        organisation: int,
        exposure: int,
        state: ExposureState,
        actor: str,
        note: str,
        now: datetime,
        *,
        wait: Wait | None = None,
    ) -> Exposure:
        """Record what a person decided, and return the exposure as it is then.

        ``wait`` says until when a snoozed or intended one stays so. Deciding the same again changes nothing.
        InputError if the exposure cannot get to that state.
        """
        found = self._existing(organisation, exposure)
        if found.state is state and found.wait == wait:
            return found
        if refusal := self._refusal(found, state):
            raise InputError(refusal)
        enter_state(
            self._transaction,
            organisation,
            exposure,
            state,
            ExposureEvent(at=now, actor=actor, what=state, note=note),
            wait=wait,
        )
        return self._existing(organisation, exposure)

    def note(self, organisation: int, exposure: int, event: ExposureEvent) -> None:
        """Write down something that happened to an exposure and changed no state."""
        add_event(self._transaction, organisation, exposure, event)

    def regrade(
        self, organisation: int, exposure: int, severities: Mapping[int, Severity], now: datetime
    ) -> bool:
        """Give sightings of an exposure their severity of now; tell whether the exposure's level rose."""
        before = self._existing(organisation, exposure).severity.level
        for sighting, severity in severities.items():
            self._sightings.grade(organisation, sighting, severity)
        level = write_worst_severity(self._transaction, organisation, exposure, now)
        return level is not None and level.rank > before.rank

    def wake(self, now: datetime) -> list[Exposure]:
        """End what was decided for a while and is over, and return the exposures that are open thereby.

        What was snoozed is open again. What was intended is ``regressed`` if it still stands somewhere.
        """
        awake = []
        for organisation, number in waiting_until(self._transaction, now):
            found = self._existing(organisation, number)
            if found.state is ExposureState.SNOOZED:
                state, what = ExposureState.OPEN, "the snooze is over"
            elif self._sightings.stands_somewhere(number) and not has_open(self._transaction, found.meeting):
                state, what = ExposureState.REGRESSED, "the time that it was intended for is over"
            else:
                set_wait(self._transaction, number, None)
                continue
            enter_state(self._transaction, organisation, number, state, by_scan(now, what))
            awake.append(self._existing(organisation, number))
        return awake

    # --- for scans ------------------------------------------------------------------------------

    def see(
        self,
        organisation: int,
        meeting: int,
        sighting: NewSighting,
        severity: Severity,
        now: datetime,
        *,
        kind: VerdictKind = VerdictKind.OURS,
    ) -> Seen | None:
        """Record that a room of a meeting stands at an address; saying it twice changes nothing.

        ``severity`` is that of this sighting; the exposure gets that of its worst one. What is intended is
        kept in an exposure of its own that is quiet while the allowance holds. None if the meeting was
        removed since the Register was read: nobody is left to be told.
        """
        if not lock_meeting(self._transaction, organisation, meeting):
            return None
        cases = self._transaction.connection.execute(
            select(_exposures.c.id, _exposures.c.state, _exposures.c.severity)
            .where(_exposures.c.meeting_id == meeting)
            .order_by(_exposures.c.id.desc())
        ).all()
        known = self._sightings.at_same_place(meeting, sighting)
        live = next((case.id for case in cases if case.state in OPEN_STATES), None)
        by_allowance = quiet_exposures(self._transaction, meeting)
        self._sightings.found([row.id for row in known.values()])
        ignores = ignored(self._transaction, [row.id for row in known.values()], now)
        for row in known.values():
            if row.id in ignores and covers(row, sighting):
                self._sightings.mark([row.id], state=SightingState.UP, last_seen=now)
                return Seen(exposure_id=row.exposure_id, sighting_id=row.id)
        if live is None or live not in known:
            for case in cases:
                before = known.get(case.id)
                if before is not None and stays_quiet(
                    case.state, before, sighting, kind, by_allowance=case.id in by_allowance
                ):
                    self._sightings.mark([before.id], state=SightingState.UP, last_seen=now)
                    return Seen(exposure_id=case.id, sighting_id=before.id)
            if kind is VerdictKind.INTENDED:
                return self._see_intended(organisation, meeting, sighting, severity, now)
        expired = {id_ for id_ in by_allowance & known.keys() if covers(known[id_], sighting)}
        closed = next(
            (case.id for case in cases if case.state not in OPEN_STATES | SET_ASIDE or case.id in expired),
            None,
        )
        exposure = live or closed or open_exposure(self._transaction, organisation, meeting, severity, now)
        before = known.get(exposure)
        if before is None:
            sighting_id = self._sightings.add(organisation, exposure, sighting, severity, now)
        else:
            sighting_id = before.id
            self._sightings.renew(organisation, before, sighting, severity, now)
        if exposure == closed and live is None:
            enter_state(
                self._transaction, organisation, exposure, ExposureState.REGRESSED, by_scan(now, "regressed")
            )
        elif exposure == live and before is None:
            elsewhere = by_scan(now, "seen at another place")
            if self._waits_for_elsewhere(exposure):
                enter_state(self._transaction, organisation, exposure, ExposureState.OPEN, elsewhere)
            else:
                add_event(self._transaction, organisation, exposure, elsewhere)
        elif before is not None and before.state == SightingState.GONE:
            add_event(self._transaction, organisation, exposure, by_scan(now, "seen at a place again"))
        level_before = next((SeverityLevel(case.severity) for case in cases if case.id == live), None)
        level = write_worst_severity(self._transaction, organisation, exposure, now)
        return Seen(
            exposure_id=exposure,
            sighting_id=sighting_id,
            exposure_is_new=live is None and closed is None,
            sighting_is_new=before is None,
            reopened=live is None and exposure == closed,
            worse=level is not None and level_before is not None and level.rank > level_before.rank,
        )

    def quieten(self, organisation: int, meeting: int, actor: str, note: str, now: datetime) -> list[int]:
        """Close as intended the open exposures of a meeting that show no passcode anywhere.

        They stay quiet as long as an allowance holds. Returns their ids.
        """
        quiet = []
        for exposure in self.all(organisation, OPEN_STATES):
            up = [place for place in exposure.sightings if place.state is not SightingState.GONE]
            if exposure.meeting != meeting or any(place.passcode is not PasscodeMatch.NONE for place in up):
                continue
            event = ExposureEvent(at=now, actor=actor, what=ExposureState.INTENDED, note=note)
            enter_state(self._transaction, organisation, exposure.id, ExposureState.INTENDED, event)
            set_quiet(self._transaction, exposure.id, quiet=True)
            quiet.append(exposure.id)
        return quiet

    # --- for retention --------------------------------------------------------------------------

    def forget(self, before: datetime) -> None:
        """Delete sightings of closed exposures last seen before a time, and exposures left without any."""
        closed = select(_exposures.c.id).where(_exposures.c.state.not_in(list(OPEN_STATES)))
        sightings = tables.sightings.c
        connection = self._transaction.connection
        connection.execute(
            delete(tables.sightings).where(sightings.last_seen < before, sightings.exposure_id.in_(closed))
        )
        left = select(sightings.exposure_id)
        connection.execute(
            delete(_exposures).where(_exposures.c.id.in_(closed), _exposures.c.id.not_in(left))
        )

    # --- shared ---------------------------------------------------------------------------------

    def _existing(self, organisation: int, exposure: int) -> Exposure:
        found = self.get(organisation, exposure)
        if found is None:
            raise InputError(f"There is no exposure {exposure}.")
        return found

    def _waits_for_elsewhere(self, exposure: int) -> bool:
        wait = read_waits(self._transaction, [exposure]).get(exposure)
        return wait is not None and wait.elsewhere

    def _refusal(self, exposure: Exposure, state: ExposureState) -> str | None:
        now_is = f"Exposure {exposure.id} is {exposure.state}"
        if state in _FOUND_BY_SCANS:
            return f"Whether an exposure is {state} is for scans to find; close it as rotated or removed."
        if state is ExposureState.OPEN:
            others = exposure.state not in OPEN_STATES and has_open(self._transaction, exposure.meeting)
            return f"{now_is}, and its meeting has another open exposure." if others else None
        if state in {ExposureState.ACKNOWLEDGED, ExposureState.SNOOZED} and exposure.state not in OPEN_STATES:
            return f"{now_is}: reopen it first."
        if exposure.state in SET_ASIDE and state not in SET_ASIDE:
            return f"{now_is}: reopen it first."
        return None

    def _see_intended(
        self, organisation: int, meeting: int, sighting: NewSighting, severity: Severity, now: datetime
    ) -> Seen:
        """Record a link that is allowed where it stands, for nobody to be told now."""
        quiet = max(quiet_exposures(self._transaction, meeting), default=None)
        exposure = quiet or open_exposure(self._transaction, organisation, meeting, severity, now)
        if quiet is None:
            intended = by_scan(now, ExposureState.INTENDED, note="its meeting may be public")
            enter_state(self._transaction, organisation, exposure, ExposureState.INTENDED, intended)
            set_quiet(self._transaction, exposure, quiet=True)
        before = self._sightings.at_same_place(meeting, sighting).get(exposure)
        if before is None:
            sighting_id = self._sightings.add(organisation, exposure, sighting, severity, now)
        else:
            sighting_id = before.id
            self._sightings.renew(organisation, before, sighting, severity, now)
        write_worst_severity(self._transaction, organisation, exposure, now)
        return Seen(exposure_id=exposure, sighting_id=sighting_id)
