"""Register what stands in a table, a calendar or lines of JSON, and hand out a table of the register."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from scanner.actions.caps import CapReached
from scanner.actions.meetings import Registration, all_meetings
from scanner.detect import KNOWN, Detector
from scanner.errors import InputError
from scanner.invitations.calendars import read_events
from scanner.invitations.columns import DateOrder
from scanner.invitations.following import has_expired
from scanner.invitations.lines import parse_line
from scanner.invitations.series import next_start
from scanner.invitations.sheets import Row, read_sheet, write_sheet
from scanner.model import Meeting, Organisation
from storage.store import Store

LONGEST_FILE = 256 * 1024 * 1024
"""Bytes of an imported file."""

_HEADINGS = (
    "Number",
    "Title",
    "Starts",
    "Ends",
    "Time zone",
    "Repeats",
    "Next start",
    "Rooms (masked)",
    "Passcodes known",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file. ``rows`` counts entries; faults and notes stand with their line.

    In a calendar an entry's line is its number. ``over`` were left out because their links have expired,
    ``without_room`` because a calendar's event names no meeting.
    """

    rows: int
    registered: int
    already: int
    over: int = 0
    without_room: int = 0
    faults: tuple[tuple[int, str], ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    ignored: tuple[str, ...] = ()
    """Headings of a table that mean nothing here."""


class _DryRun(Exception):
    """Ends a transaction without a trace."""


def import_meetings(
    store: Store,
    content: bytes,
    *,
    organisation: Organisation,
    now: datetime,
    dates: DateOrder | None = None,
    detector: Detector = KNOWN,
    dry_run: bool = False,
) -> Imported:
    """Register the meetings of a file: CSV, iCalendar, or JSON lines, told apart by what is in it.

    All good rows are registered in one transaction, whatever is wrong with others; ``dry_run`` does the same
    and takes it back. ``dates`` says how a table means 03/04/2026; ``detector`` knows
    the organisation's own hosts. Raises InputError if the file as a whole
    cannot be used.
    """
    text = _decoded(content)
    found = _Found()
    start = text.lstrip("\ufeff \t\r\n")[:15].upper()
    if start == "BEGIN:VCALENDAR":
        rows = list(_events(text, found, organisation=organisation, now=now, detector=detector))
    elif start.startswith("{"):
        rows = list(_lines(text, organisation=organisation))
    else:
        sheet = read_sheet(text, timezone=organisation.timezone, dates=dates, detector=detector)
        rows, found.ignored = list(sheet.rows), sheet.ignored
    registered = already = 0
    faults: list[tuple[int, str]] = []
    notes: list[tuple[int, str]] = []
    try:
        with store.begin() as work:
            registration = Registration(work, organisation=organisation, now=now)
            for row in rows:
                try:
                    if row.meeting is None:
                        raise InputError(row.fault)
                    done = registration.register(row.meeting)
                except CapReached as fault:
                    faults.append((row.line, f"{fault} Nothing from here on was registered."))
                    break
                except InputError as fault:
                    faults.append((row.line, str(fault)))
                    continue
                registered += not done.already
                already += done.already
                notes += [(row.line, sentence) for sentence in done.warnings]
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return Imported(
        rows=len(rows) + found.over + found.without_room,
        registered=registered,
        already=already,
        over=found.over,
        without_room=found.without_room,
        faults=tuple(faults),
        notes=tuple(notes),
        ignored=found.ignored,
    )


def export_meetings(store: Store, *, organisation: Organisation, now: datetime) -> str:
    """Return the register as CSV, without anything that opens a meeting: rooms masked, passcodes counted."""
    meetings = all_meetings(store, organisation=organisation)
    return write_sheet(_HEADINGS, (_cells(meeting, now=now) for meeting in meetings))


@dataclass(slots=True)
class _Found:
    over: int = 0
    without_room: int = 0
    ignored: tuple[str, ...] = ()


def _decoded(content: bytes) -> str:
    if len(content) > LONGEST_FILE:
        raise InputError(f"The file is longer than {LONGEST_FILE // 1024**2} MiB; split it.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise InputError("The file is not text. Save the table as CSV, the calendar as .ics.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what Excel writes in the West


def _lines(text: str, *, organisation: Organisation) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Row(line=number, meeting=parse_line(line, timezone=organisation.timezone))
        except InputError as fault:
            yield Row(line=number, fault=str(fault))


def _events(
    text: str, found: _Found, *, organisation: Organisation, now: datetime, detector: Detector
) -> Iterator[Row]:
    events = read_events(text, timezone=organisation.timezone, now=now, detector=detector)
    for number, event in enumerate(events, start=1):
        if not event.meeting.rooms:
            found.without_room += 1
        elif event.cancelled or has_expired(event.meeting, now=now):
            found.over += 1
        else:
            title = event.meeting.title or "Untitled meeting out of a calendar"
            yield Row(line=number, meeting=replace(event.meeting, title=title))


def _cells(meeting: Meeting, *, now: datetime) -> tuple[str, ...]:
    following = next_start(meeting, now)
    return (
        str(meeting.id),
        meeting.title,
        _wall(meeting.starts, meeting.timezone),
        _wall(meeting.ends, meeting.timezone),
        meeting.timezone,
        meeting.repeats,
        _wall(following, meeting.timezone) if following else "over",
        ", ".join(f"{room.platform} {room.masked()}" for room in meeting.rooms),
        str(len(meeting.passcodes)),
    )


def _wall(moment: datetime | None, timezone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" if moment else ""
