"""What people do with exposures: look, acknowledge, close, reopen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.errors import InputError
from scanner.model import OPEN_STATES, Exposure, ExposureState
from storage.store import Store

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
    with store.begin() as work:
        found = work.exposures.all(organisation, None if closed else OPEN_STATES)
        titles = {meeting.id: meeting.title for meeting in work.meetings.all(organisation)}
    return tuple(ListedExposure(exposure=entry, meeting=titles.get(entry.meeting, "")) for entry in found)


def one_exposure(store: Store, exposure: int, *, organisation: int) -> ListedExposure:
    """Return one exposure, or raise InputError."""
    with store.begin() as work:
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
) -> ListedExposure:
    """Record that a person acknowledged, closed or reopened an exposure, and why."""
    with store.begin() as work:
        work.exposures.set_state(organisation, exposure, state, actor, note, now)
    return one_exposure(store, exposure, organisation=organisation)
