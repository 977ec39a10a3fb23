"""Follow calendars: what a feed says about meetings is brought into the register, again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from scanner.actions.calendar_update import Refreshed, Update
from scanner.actions.meetings import check_title
from scanner.actions.workspace import Workspace
from scanner.errors import InputError, SourceError
from scanner.guard import check_address
from scanner.invitations.calendars import CalendarEvent
from scanner.model import Organisation
from scanner.scans.calendars import Feed, FeedAnswer, read_feed
from storage.calendars import Calendar
from storage.store import Work

EVERY = timedelta(hours=1)
"""How often ``serve`` reads each calendar."""

_LONGEST_ADDRESS = 2000

ReadFeed = Callable[[Feed], FeedAnswer]


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
            update = Update(work, calendar, workspace.organisation, now)
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
