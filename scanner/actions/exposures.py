"""What people do with exposures: look, acknowledge, close, reopen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scanner.actions.workspace import Workspace
from scanner.errors import InputError
from scanner.invitations.series import next_start
from scanner.model import (
    OPEN_STATES,
    Exposure,
    ExposureEvent,
    ExposureState,
    Ignore,
    SightingState,
    Wait,
)
from storage.store import Store

LONGEST_SNOOZE = timedelta(days=90)
LONGEST_IGNORE = timedelta(days=366)
_BEFORE_START = timedelta(hours=24)

CLOSED_BY_PEOPLE = (
    ExposureState.ROTATED,
    ExposureState.REMOVED,
    ExposureState.INTENDED,
    ExposureState.FALSE_POSITIVE,
    ExposureState.DUPLICATE,
)
"""The ways a person may close an exposure. ``gone`` is only ever the finding of a recheck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExposure:
    """An exposure with the title of its meeting, as lists and scripts want it."""

    exposure: Exposure
    meeting: str


def all_exposures(store: Store, *, organisation: int, closed: bool = False) -> tuple[ListedExposure, ...]:
    """Return the open exposures, worst first; with ``closed`` all of them."""
    with store.reading() as work:
        found = work.exposures.all(organisation, None if closed else OPEN_STATES)
        titles = {meeting.id: meeting.title for meeting in work.meetings.all(organisation)}
    return tuple(ListedExposure(exposure=entry, meeting=titles.get(entry.meeting, "")) for entry in found)


def one_exposure(store: Store, exposure: int, *, organisation: int) -> ListedExposure:
    """Return one exposure, or raise InputError."""
    with store.reading() as work:
        found = work.exposures.get(organisation, exposure)
        if found is None:
            raise InputError(f"There is no exposure {exposure}. `lychgate exposures list` shows them.")
        meeting = work.meetings.get(organisation, found.meeting)
    return ListedExposure(exposure=found, meeting=meeting.title if meeting else "")


def change_state(
    store: Store,
    exposure: int,
    state: ExposureState,
    *,
    organisation: int,
    actor: str,
    note: str,
    now: datetime,
    wait: Wait | None = None,
) -> ListedExposure:
    """Record that a person acknowledged, put off, closed or reopened an exposure, and why.

    ``wait`` is until when a snoozed or intended one stays so.
    """
    if wait is not None and wait.until is not None and wait.until <= now:
        raise InputError("That time is over.")
    with store.begin() as work:
        work.exposures.set_state(organisation, exposure, state, actor, note, now, wait=wait)
    return one_exposure(store, exposure, organisation=organisation)


def snooze(
    workspace: Workspace,
    exposure: int,
    *,
    until: datetime | None,
    elsewhere: bool,
    next_meeting: bool,
    actor: str,
    note: str,
    now: datetime,
) -> ListedExposure:
    """Put an exposure off: until a time, until a day before its meeting starts next, or until seen elsewhere.

    New places and a rise to a higher severity are told all the same.
    """
    if [until is not None, elsewhere, next_meeting].count(True) != 1:
        raise InputError("Say until when: --until TIME, --for TIME, --next-meeting or --elsewhere.")
    organisation = workspace.organisation.id
    if next_meeting:
        until = _day_before_start(workspace.store, exposure, organisation=organisation, now=now)
    elif until is not None and not now < until <= now + LONGEST_SNOOZE:
        raise InputError(f"A snooze ends in the future, and within {LONGEST_SNOOZE.days} days.")
    return change_state(
        workspace.store,
        exposure,
        ExposureState.SNOOZED,
        organisation=organisation,
        actor=actor,
        note=note,
        now=now,
        wait=Wait(until=until, elsewhere=elsewhere),
    )


def ignore(
    workspace: Workspace,
    exposure: int,
    *,
    address: str | None,
    until: datetime,
    actor: str,
    note: str,
    now: datetime,
) -> ListedExposure:
    """Ignore the places of an exposure, or one of them, until a time.

    Each is this room of this meeting at this address, whatever else changes there; its passcode beside it is
    another leak. An exposure of which everything is ignored is put off until then.
    """
    if not note.strip():
        raise InputError("Say why with --note: whoever looks later has to understand it.")
    if not now < until <= now + LONGEST_IGNORE:
        raise InputError(f"An ignore ends in the future, and within {LONGEST_IGNORE.days} days.")
    organisation = workspace.organisation.id
    found = one_exposure(workspace.store, exposure, organisation=organisation).exposure
    chosen = [place for place in found.sightings if address in (None, place.address)]
    if not chosen:
        raise InputError(
            f"Exposure {exposure} was not seen at that address. `show {exposure}` lists its places."
        )
    with workspace.store.begin() as work:
        for place in chosen:
            work.ignores.add(organisation, place.id, until=until, reason=note, actor=actor, now=now)
        event = ExposureEvent(at=now, actor=actor, what=f"ignored at {_places(len(chosen))}", note=note)
        work.exposures.note(organisation, exposure, event)
        left = [
            place
            for place in found.sightings
            if place not in chosen and place.state is not SightingState.GONE
        ]
        if not left and found.state in OPEN_STATES:
            wait = Wait(until=until)
            work.exposures.set_state(
                organisation, exposure, ExposureState.SNOOZED, actor, "all of it is ignored", now, wait=wait
            )
    return one_exposure(workspace.store, exposure, organisation=organisation)


def reopen(workspace: Workspace, exposure: int, *, actor: str, note: str, now: datetime) -> ListedExposure:
    """Undo whatever was decided about an exposure: it is open again and nothing of it is ignored."""
    organisation = workspace.organisation.id
    one_exposure(workspace.store, exposure, organisation=organisation)
    with workspace.store.begin() as work:
        work.ignores.end(exposure, now)
    return change_state(
        workspace.store,
        exposure,
        ExposureState.OPEN,
        organisation=organisation,
        actor=actor,
        note=note,
        now=now,
    )


def all_ignores(workspace: Workspace, *, now: datetime) -> list[Ignore]:
    """Return what the organisation ignores now, oldest first."""
    with workspace.store.reading() as work:
        return work.ignores.all(workspace.organisation.id, now)


def _day_before_start(store: Store, exposure: int, *, organisation: int, now: datetime) -> datetime:
    found = one_exposure(store, exposure, organisation=organisation).exposure
    with store.reading() as work:
        meeting = work.meetings.get(organisation, found.meeting)
    start = next_start(meeting, now) if meeting else None
    if start is None:
        raise InputError("Its meeting has no further date. Snooze it until a time instead.")
    if start - _BEFORE_START <= now:
        raise InputError("Its meeting starts within a day: deal with it now, or snooze it until a time.")
    return start - _BEFORE_START


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
