"""Follow calendars: what a feed says about meetings is brought into the register, again and again.

An event that is cancelled, or no longer there, takes its meeting out of nothing: the meeting takes place no
more, but its link is on watch for as long as somebody keeps the entry, since it may open a room for months.
A link that an event no longer names is retired and stays on watch likewise.
The calendar decides about times, and about rooms and passcodes when it names others than before: until then a
link that was changed by hand stays, and so does a title.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scanner.actions.caps import check_caps
from scanner.actions.meetings import Registration, check_title
from scanner.actions.workspace import Workspace
from scanner.errors import InputError, SourceError
from scanner.guard import check_address
from scanner.invitations.calendars import CalendarEvent
from scanner.invitations.following import Followed, changes_of, doors_of, without_starts
from scanner.invitations.series import next_start
from scanner.invitations.titles import tells
from scanner.match.lifetimes import watched_until
from scanner.model import Meeting, Organisation, ProposedMeeting
from scanner.scans.calendars import Feed, FeedAnswer, read_feed
from storage.calendars import Calendar
from storage.meetings import Door, NewMeeting
from storage.store import Work

EVERY = timedelta(hours=1)
"""How often ``serve`` reads each calendar."""

_LONGEST_ADDRESS = 2000
_FROM_CALENDAR = ("title", "starts", "ends", "repeats", "timezone")

ReadFeed = Callable[[Feed], FeedAnswer]


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


def all_calendars(workspace: Workspace) -> list[Calendar]:
    """Return the calendars that the organisation follows."""
    with workspace.store.reading() as work:
        return work.calendars.all(workspace.organisation.id)


def one_calendar(workspace: Workspace, calendar: int) -> Calendar:
    """Return one calendar, or raise InputError."""
    with workspace.store.reading() as work:
        return _one(work, workspace.organisation, calendar)


def follow_calendar(workspace: Workspace, address: str, *, name: str | None, now: datetime) -> Calendar:
    """Follow a calendar from now on; it is not read yet. Raises InputError for an address nobody may read."""
    usable = calendar_address(address, allow=_allow(workspace))
    with workspace.store.begin() as work:
        known = work.calendars.all(workspace.organisation.id)
        twice = next((each for each in known if each.address.reveal() == usable), None)
        if twice:
            raise InputError(f"This calendar is followed already: it is number {twice.id}, “{twice.name}”.")
        shown = check_title(name) if name else f"Calendar {len(known) + 1}"
        return work.calendars.add(workspace.organisation.id, name=shown, address=usable, now=now)


def forget_calendar(workspace: Workspace, calendar: int) -> Calendar:
    """Follow a calendar no longer. Its meetings stay in the register. Returns what it was."""
    with workspace.store.begin() as work:
        found = _one(work, workspace.organisation, calendar)
        work.calendars.remove(workspace.organisation.id, calendar)
    return found


def pause_calendar(workspace: Workspace, calendar: int, *, now: datetime) -> Calendar:
    """Read a calendar no more until somebody resumes it. What came out of it stays as it is."""
    with workspace.store.begin() as work:
        work.calendars.pause(_one(work, workspace.organisation, calendar), now)
        return _one(work, workspace.organisation, calendar)


def resume_calendar(workspace: Workspace, calendar: int) -> Calendar:
    """Read a calendar again from its next turn on."""
    with workspace.store.begin() as work:
        work.calendars.resume(_one(work, workspace.organisation, calendar))
        return _one(work, workspace.organisation, calendar)


def try_calendar(
    workspace: Workspace, calendar: Calendar, *, read: ReadFeed = read_feed
) -> tuple[CalendarEvent, ...]:
    """Read a calendar and return its events without registering any. Raises SourceError with the reason."""
    return read(replace(_feed(workspace, calendar), etag="", last_modified="")).events


def refresh_calendar(
    workspace: Workspace, calendar: Calendar, *, clock: Callable[[], datetime], read: ReadFeed = read_feed
) -> Refreshed:
    """Read a calendar and bring the register up to date with it, all in one transaction.

    One that fails, or that suddenly holds nothing, changes no meeting; since when it fails is kept.
    """
    try:
        answer = read(_feed(workspace, calendar))
    except SourceError as fault:
        return _failed(workspace, calendar, str(fault), now=clock())
    now = clock()
    if answer.unchanged:
        with workspace.store.begin() as work:
            work.calendars.answered(calendar, now, etag=calendar.etag, last_modified=calendar.last_modified)
        return Refreshed(calendar=calendar, unchanged=True)
    with workspace.store.begin() as work:
        followed = work.calendars.followed(calendar)
        if answer.events or not followed:
            work.calendars.answered(calendar, now, etag=answer.etag, last_modified=answer.last_modified)
            update = _Update(work, calendar, workspace.organisation, now)
            return update.apply(answer.events, followed)
    kept = f"It holds no events any more. What came out of it before ({len(followed)}) stays as it is."
    return _failed(workspace, calendar, kept, now=now)


def refresh_due(
    workspace: Workspace, *, clock: Callable[[], datetime], read: ReadFeed = read_feed
) -> list[Refreshed]:
    """Read every calendar, of whichever organisation, that is not paused and was not tried for an hour."""
    now = clock()
    with workspace.store.reading() as work:
        owners = [organisation.id for organisation in work.organisations.all()]
    done = []
    for owner in owners:
        theirs = replace(workspace, named=str(owner))
        for each in all_calendars(theirs):
            if each.paused_since is None and (each.tried is None or each.tried + EVERY <= now):
                done.append(refresh_calendar(theirs, each, clock=clock, read=read))
    return done


def calendar_address(address: str, *, allow: tuple[str, ...]) -> str:
    """Return the address to fetch a calendar from, or raise InputError saying why it cannot be.

    ``webcal:`` is what programs call an address that a calendar can be subscribed at; it is fetched by https.
    """
    given = address.strip()
    if len(given) > _LONGEST_ADDRESS:
        raise InputError(f"The address is longer than {_LONGEST_ADDRESS} characters.")
    scheme, colon, rest = given.partition("://")
    usable = f"https://{rest}" if colon and scheme.lower() in ("webcal", "webcals") else given
    refusal = check_address(usable, allow)
    if refusal is not None:
        raise InputError(
            f"This address cannot be followed: {refusal}. It should begin with https:// or webcal:// and end "
            "in a calendar, like the “secret address in iCal format” of your calendar's settings."
        )
    return usable


class _Update:
    """One reading's way into the register, inside one transaction."""

    def __init__(self, work: Work, calendar: Calendar, organisation: Organisation, now: datetime) -> None:
        self._work = work
        self._calendar = calendar
        self._organisation = organisation
        self._now = now
        self._registration = Registration(work, organisation=organisation, now=now)

    def apply(self, events: tuple[CalendarEvent, ...], followed: list[Followed]) -> Refreshed:
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


def _failed(workspace: Workspace, calendar: Calendar, fault: str, *, now: datetime) -> Refreshed:
    with workspace.store.begin() as work:
        work.calendars.failed(calendar, now, fault=fault)
        standing = work.calendars.get(calendar.organisation, calendar.id)
    return Refreshed(calendar=standing or calendar, fault=fault)


def _feed(workspace: Workspace, calendar: Calendar) -> Feed:
    return Feed(
        address=calendar.address.reveal(),
        timezone=workspace.organisation.timezone,
        etag=calendar.etag,
        last_modified=calendar.last_modified,
        allow=_allow(workspace),
        contact=workspace.settings.contact,
        platforms=workspace.settings.platforms,
    )


def _allow(workspace: Workspace) -> tuple[str, ...]:
    """Return what the settings allow beyond the public net: for those who run the installation only."""
    is_operator = replace(workspace, named=None).organisation.id == workspace.organisation.id
    return workspace.settings.allow if is_operator else ()


def _one(work: Work, organisation: Organisation, calendar: int) -> Calendar:
    found = work.calendars.get(organisation.id, calendar)
    if found is None:
        raise InputError(f"There is no calendar {calendar}. `lychgate calendars list` shows them.")
    return found
