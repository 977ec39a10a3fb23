"""Put meetings into the register, look at it, take them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scanner.actions.caps import CapReached, check_caps
from scanner.errors import InputError
from scanner.invitations.series import next_start
from scanner.invitations.titles import one_line, tells
from scanner.model import Meeting, Organisation, Passcode, ProposedMeeting, Room
from storage.meetings import Door, NewMeeting
from storage.store import Store, Work

_Identity = tuple[str, datetime, frozenset[Room]]
"""Title, start and rooms: what makes two entries of the register the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A meeting as it stands in the register now, and what its owner should know about it."""

    meeting: Meeting
    warnings: tuple[str, ...] = ()
    already: bool = False
    """The same title, start and rooms were registered before: nothing was added."""


def register_meeting(
    store: Store, proposed: ProposedMeeting, *, organisation: Organisation, now: datetime
) -> Registered:
    """Register a meeting that its owner has confirmed. Raises InputError naming what is missing."""
    with store.begin() as work:
        try:
            return Registration(work, organisation=organisation, now=now).register(proposed)
        except CapReached as error:
            reached = error
    raise reached


def all_meetings(store: Store, *, organisation: Organisation) -> list[Meeting]:
    """Return the register of an organisation."""
    with store.reading() as work:
        return work.meetings.all(organisation.id)


def one_meeting(store: Store, meeting: int, *, organisation: Organisation) -> Meeting:
    """Return one meeting, or raise InputError."""
    with store.reading() as work:
        found = work.meetings.get(organisation.id, meeting)
    if found is None:
        raise InputError(f"There is no meeting {meeting}. `lychgate meetings list` shows them.")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A meeting as it was, and how many events of followed calendars must not bring it back."""

    meeting: Meeting
    events: int


def remove_meeting(store: Store, meeting: int, *, organisation: Organisation, now: datetime) -> Removed:
    """Take a meeting out of the register, with its secrets and exposures, for good.

    Of a followed calendar's event only the identifier stays, so that the meeting does not come back.
    """
    found = one_meeting(store, meeting, organisation=organisation)
    with store.begin() as work:
        events = work.calendars.strip_events(organisation.id, meeting)
        work.meetings.remove(organisation.id, meeting, now)
    store.clear_traces()
    return Removed(meeting=found, events=events)


def check_title(title: str, *, passcodes: tuple[Passcode, ...] = ()) -> str:
    """Return a title on one line; raise InputError if nothing is left of it, or if it tells a passcode."""
    if not (shown := one_line(title)):
        raise InputError("The title is empty.")
    if tells(shown, passcodes):
        raise InputError("The title holds the passcode, and titles stand in alerts. Choose another title.")
    return shown


class Registration:
    """Register meetings inside a transaction that does more than that.

    Use one for all of them: who shares a room is read once, however many meetings of a file share it.
    Nothing else may change the rooms of meetings meanwhile.
    """

    def __init__(self, work: Work, *, organisation: Organisation, now: datetime) -> None:
        self._work = work
        self._organisation = organisation
        self._now = now
        self._users: dict[Room, dict[_Identity, Meeting]] = {}

    def register(self, proposed: ProposedMeeting) -> Registered:
        """Register one meeting. Raises InputError naming what is missing."""
        now, rooms = self._now, proposed.rooms
        if not rooms:
            raise InputError("There is no meeting link or ID in this: nothing could be watched.")
        if not proposed.title:
            raise InputError("The meeting has no title: give one with --title.")
        title = check_title(proposed.title, passcodes=proposed.passcodes)
        if proposed.starts is None:
            raise InputError('When does it start? Give it with --starts "2026-11-26 19:00".')
        if proposed.ends is not None and proposed.ends <= proposed.starts:
            raise InputError("The meeting ends before it starts.")
        identity = (title, proposed.starts, frozenset(rooms))
        if (same := self._users_of(rooms[0]).get(identity)) is not None:
            return Registered(meeting=same, already=True)
        warnings = [_shared(room, users) for room in rooms if (users := self._users_of(room))]
        check_caps(self._work, rooms, organisation=self._organisation, now=now)
        meeting = self._work.meetings.add(
            self._organisation.id,
            NewMeeting(
                title=title,
                starts=proposed.starts,
                ends=proposed.ends,
                repeats=proposed.repeats,
                timezone=proposed.timezone or self._organisation.timezone,
                doors=tuple(Door(room, proposed.passcodes) for room in rooms),
            ),
            now,
        )
        for room in rooms:
            self._users[room][identity] = meeting
        if next_start(meeting, now) is None:
            warnings.append(
                f"“{meeting.title}” is over: it is registered, but a leak of it will only be of low severity."
            )
        return Registered(meeting=meeting, warnings=tuple(warnings))

    def _users_of(self, room: Room) -> dict[_Identity, Meeting]:
        if room not in self._users:
            found = self._work.meetings.with_room(self._organisation.id, room)
            self._users[room] = {
                (meeting.title, meeting.starts, frozenset(meeting.rooms)): meeting for meeting in found
            }
        return self._users[room]


def _shared(room: Room, users: Mapping[_Identity, Meeting]) -> str:
    first = next(iter(users.values())).title
    others = f" and {len(users) - 1} more" if len(users) > 1 else ""
    return (
        f"The {room.platform} room {room.masked()} is also used by “{first}”{others}: a leak of it is a leak "
        "of all of them."
    )
