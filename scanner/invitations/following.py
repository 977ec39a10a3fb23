"""What a new reading of a calendar means for the meetings that came out of it before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from scanner.invitations.calendars import CalendarEvent
from scanner.invitations.recurrence import Recurrence
from scanner.invitations.series import next_start
from scanner.model import Meeting, ProposedMeeting

SINGLE_LIVES = timedelta(days=30)
SERIES_LIVES = timedelta(days=365)
"""How long the link of a meeting that is over opens a room: Zoom's rule (support.zoom.us 201362373)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An event that became a meeting; ``title`` is what the calendar called it when it was last read.

    ``meeting`` is None where a person took the meeting out of the register: it does not come back by itself.
    ``doors`` stands for the rooms and passcodes that the event named then (``doors_of``), empty if unknown.
    """

    id: int
    uid: str
    meeting: int | None
    title: str
    doors: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to do about one reading. The rest counts what needs nothing done."""

    new: tuple[CalendarEvent, ...] = ()
    standing: tuple[tuple[Followed, CalendarEvent], ...] = ()
    """Events that have a meeting already; each is to be brought up to date."""
    ended: tuple[Followed, ...] = ()
    """Events that were cancelled or are no longer in the calendar."""
    without_room: int = 0
    over: int = 0


def changes_of(events: Sequence[CalendarEvent], followed: Iterable[Followed], *, now: datetime) -> Changes:
    """Compare a reading with what earlier ones led to.

    An event without a room is none of our business, and one that is over for so long that its link has
    expired needs no watching.
    """
    before = {entry.uid: entry for entry in followed}
    new: list[CalendarEvent] = []
    standing: list[tuple[Followed, CalendarEvent]] = []
    without_room = over = 0
    held = {event.uid: event for event in events if not event.cancelled}
    for event in held.values():
        entry = before.get(event.uid)
        if entry is not None:
            standing.append((entry, event))
        elif not event.meeting.rooms:
            without_room += 1
        elif has_expired(event.meeting, now=now):
            over += 1
        else:
            new.append(event)
    ended = tuple(entry for entry in before.values() if entry.uid not in held)
    return Changes(
        new=tuple(new), standing=tuple(standing), ended=ended, without_room=without_room, over=over
    )


def doors_of(meeting: ProposedMeeting) -> str:
    """Return a text that is equal for equal rooms and passcodes, and shows none of them.

    With it a calendar that still names the old link is told from one that names another link now: a link
    that somebody changed by hand must not be changed back by a calendar that nobody has edited yet.
    """
    rooms = sorted((room.platform, room.key) for room in meeting.rooms)
    passcodes = sorted((passcode.kind, passcode.text) for passcode in meeting.passcodes)
    return sha256(json.dumps([rooms, passcodes]).encode()).hexdigest()


def has_expired(proposed: ProposedMeeting, *, now: datetime) -> bool:
    """Say whether a meeting is over for so long that its link opens nothing any more."""
    if proposed.starts is None:
        return False
    lives = SERIES_LIVES if proposed.repeats else SINGLE_LIVES
    return next_start(_as_meeting(proposed, proposed.starts), now - lives) is None


def without_starts(starts: datetime, timezone: str) -> str:
    """Return how a meeting repeats that takes place no more: its only start is left out."""
    wall = starts.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return str(Recurrence(left_out=frozenset({wall})))


def _as_meeting(proposed: ProposedMeeting, starts: datetime) -> Meeting:
    return Meeting(
        id=0,
        organisation=0,
        title="",
        starts=starts,
        ends=proposed.ends,
        repeats=proposed.repeats,
        timezone=proposed.timezone or "UTC",
    )
