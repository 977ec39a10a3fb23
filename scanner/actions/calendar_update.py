"""Bring the register up to date with what one reading of a calendar says.

An event that is cancelled, or no longer there, takes its meeting out of nothing: the meeting takes place no
more, but its link is on watch for as long as somebody keeps the entry, since it may open a room for months.
A link that an event no longer names is retired and stays on watch likewise.
The calendar decides about times, and about rooms and passcodes when it names others than before: until then a
link that was changed by hand stays, and so does a title.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from scanner.actions.caps import check_caps
from scanner.actions.meetings import Registration
from scanner.errors import InputError
from scanner.invitations.calendars import CalendarEvent
from scanner.invitations.following import Followed, changes_of, doors_of, without_starts
from scanner.invitations.series import next_start
from scanner.invitations.titles import tells
from scanner.match.lifetimes import watched_until
from scanner.model import Meeting, Organisation, ProposedMeeting
from storage.calendars import Calendar
from storage.meetings import Door, NewMeeting
from storage.store import Work

_FROM_CALENDAR = ("title", "starts", "ends", "repeats", "timezone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What one reading of a calendar brought. ``fault`` is empty if it could be read.

    ``registered``, ``changed`` and ``ended`` hold titles; ``refused`` sentences about events that could not
    be registered; the rest are counts of events that there was nothing to do about.
    """

    calendar: Calendar
    fault: str = ""
    unchanged: bool = False
    registered: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    without_room: int = 0
    over: int = 0


class Update:
    """One reading's way into the register, inside one transaction."""

    def __init__(self, work: Work, calendar: Calendar, organisation: Organisation, now: datetime) -> None:
        self._work = work
        self._calendar = calendar
        self._organisation = organisation
        self._now = now
        self._registration = Registration(work, organisation=organisation, now=now)

    def apply(self, events: tuple[CalendarEvent, ...], followed: list[Followed]) -> Refreshed:
        """Register what is new, change what was moved, end what is gone, and say what that was."""
        changes = changes_of(events, followed, now=self._now)
        registered: list[str] = []
        changed: list[str] = []
        refused: list[str] = []
        for event in changes.new:
            try:
                registered += self._register(event)
            except InputError as why:
                refused.append(_refusal(event, why))
        for entry, event in changes.standing:
            try:
                changed += self._bring_up_to_date(entry, event)
            except InputError as why:
                refused.append(_refusal(event, why))
        return Refreshed(
            calendar=self._calendar,
            registered=tuple(registered),
            changed=tuple(changed),
            ended=tuple(title for entry in changes.ended for title in self._end(entry)),
            refused=tuple(refused),
            without_room=changes.without_room,
            over=changes.over,
        )

    def _register(self, event: CalendarEvent) -> list[str]:
        title = _title(event) or f"Untitled meeting in “{self._calendar.name}”"
        done = self._registration.register(replace(event.meeting, title=title))
        self._work.calendars.follow(
            self._calendar,
            uid=event.uid,
            meeting=done.meeting.id,
            title=done.meeting.title,
            doors=doors_of(event.meeting),
        )
        return [] if done.already else [done.meeting.title]

    def _bring_up_to_date(self, entry: Followed, event: CalendarEvent) -> list[str]:
        meeting = self._meeting(entry)
        if meeting is None:
            return []
        said, title = event.meeting, meeting.title
        called = _title(event) or entry.title
        if called != entry.title and title == entry.title:
            title = called
        changed = NewMeeting(
            title=title,
            starts=said.starts or meeting.starts,
            ends=said.ends if said.starts else meeting.ends,
            repeats=said.repeats if said.starts else meeting.repeats,
            timezone=said.timezone or meeting.timezone,
        )
        moved = any(getattr(meeting, name) != getattr(changed, name) for name in _FROM_CALENDAR)
        if moved:
            self._work.meetings.change(self._organisation.id, meeting.id, changed)
        doors = doors_of(said) if said.rooms else entry.doors
        standing = (set(meeting.rooms), set(meeting.passcodes))
        relinked = doors != entry.doors and (set(said.rooms), set(said.passcodes)) != standing
        if relinked:
            self._replace_rooms(meeting, said)
        if (called, doors) != (entry.title, entry.doors):
            self._work.calendars.says(self._calendar, entry, title=called, doors=doors)
        return [title] if moved or relinked else []

    def _replace_rooms(self, meeting: Meeting, said: ProposedMeeting) -> None:
        new = [room for room in said.rooms if room not in meeting.rooms]
        check_caps(self._work, new, organisation=self._organisation, now=self._now, adding=False)
        self._work.retirements.replace_rooms(
            self._organisation.id,
            meeting.id,
            tuple(Door(room, said.passcodes) for room in said.rooms),
            watched_until=lambda room: watched_until(room, meeting, retired=self._now),
            deleted=False,
            now=self._now,
        )

    def _end(self, entry: Followed) -> list[str]:
        meeting = self._meeting(entry)
        if meeting is None or next_start(meeting, self._now) is None:
            return []
        over = NewMeeting(
            title=meeting.title,
            starts=meeting.starts,
            ends=meeting.ends,
            repeats=without_starts(meeting.starts, meeting.timezone),
            timezone=meeting.timezone,
        )
        self._work.meetings.change(self._organisation.id, meeting.id, over)
        return [meeting.title]

    def _meeting(self, entry: Followed) -> Meeting | None:
        return self._work.meetings.get(self._organisation.id, entry.meeting) if entry.meeting else None


def _title(event: CalendarEvent) -> str | None:
    """Return what a calendar calls an event, None if that gives a passcode away: titles stand in alerts."""
    title = event.meeting.title
    return None if title is None or tells(title, event.meeting.passcodes) else title


def _refusal(event: CalendarEvent, why: InputError) -> str:
    return f"“{_title(event) or 'An event without a title'}”: {why}"
