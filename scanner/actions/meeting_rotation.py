"""Give a meeting a new link: the new one is watched, and the old one for as long as it may open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.actions.caps import check_caps
from scanner.errors import InputError
from scanner.match.lifetimes import watched_until
from scanner.model import OPEN_STATES, ExposureState, Meeting, Organisation, ProposedMeeting, SightingState
from storage.meetings import Door
from storage.retirements import RetiredRoom
from storage.store import Store, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A meeting with its new rooms, those that it has left, and the open exposures of only those."""

    meeting: Meeting
    retired: tuple[RetiredRoom, ...]
    exposures: tuple[int, ...]
    closed: bool


def rotate_meeting(
    store: Store,
    meeting: int,
    proposed: ProposedMeeting,
    *,
    deleted: bool,
    close: bool,
    organisation: Organisation,
    actor: str,
    now: datetime,
) -> Rotated:
    """Replace a meeting's rooms and passcodes by those of a new invitation.

    ``deleted`` is the owner's word that the old meeting was deleted where it was made. ``close`` closes the
    exposures that show nothing but old rooms as rotated: they stay quiet where they stand. Title and times
    stay as they are.
    """
    if not proposed.rooms:
        raise InputError("There is no meeting link or ID in this: the old rooms were left as they are.")
    with store.begin() as work:
        before = work.meetings.get(organisation.id, meeting)
        if before is None:
            raise InputError(f"There is no meeting {meeting}. `lychgate meetings list` shows them.")
        same_rooms = set(before.rooms) == set(proposed.rooms)
        if same_rooms and set(before.passcodes) == set(proposed.passcodes):
            raise InputError("That is the link the meeting has already: nothing was changed.")
        new = [room for room in proposed.rooms if room not in before.rooms]
        check_caps(work, new, organisation=organisation, now=now, adding=False)
        after = work.retirements.replace_rooms(
            organisation.id,
            meeting,
            tuple(Door(room, proposed.passcodes) for room in proposed.rooms),
            watched_until=lambda room: watched_until(room, before, retired=now),
            deleted=deleted,
            now=now,
        )
        exposures = _of_old_rooms(work, organisation, after)
        if close:
            for exposure in exposures:
                work.exposures.set_state(
                    organisation.id, exposure, ExposureState.ROTATED, actor, "the meeting has a new link", now
                )
        retired = tuple(work.retirements.all(organisation.id, meeting))
    return Rotated(meeting=after, retired=retired, exposures=exposures, closed=close)


def _of_old_rooms(work: Work, organisation: Organisation, meeting: Meeting) -> tuple[int, ...]:
    """Return the open exposures of a meeting whose every place shows a room that it has left."""
    return tuple(
        exposure.id
        for exposure in work.exposures.all(organisation.id, OPEN_STATES)
        if exposure.meeting == meeting.id
        and all(
            place.room not in meeting.rooms
            for place in exposure.sightings
            if place.state is not SightingState.GONE
        )
    )
