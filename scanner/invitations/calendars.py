"""Meetings out of iCalendar text: a saved file, a feed, or the calendar part of an invitation mail."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.error import GloballyUniqueTZIDGuessed

from scanner.detect import KNOWN, Detector
from scanner.errors import InputError
from scanner.invitations.doors import doors_in
from scanner.invitations.exceptions import Series, series_of
from scanner.invitations.properties import day, end, is_cancelled, moment, said
from scanner.invitations.titles import clean_title
from scanner.invitations.zones import zone_in
from scanner.model import ProposedMeeting

LONGEST_CALENDAR = 8 * 1024 * 1024
"""Characters of calendar text that are taken at once."""
MOST_EVENTS = 10_000
_DEEPEST = 8
# Thunderbird wrote such names for years, and the guess is right: nothing that the person reading has to know.
warnings.filterwarnings("ignore", category=GloballyUniqueTZIDGuessed)

_FOLD = re.compile(r"\r?\n[ \t]")
_EVENT = re.compile(r"^BEGIN:VEVENT\s*$.*?^END:VEVENT\s*?$\s?", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_ZONES = re.compile(_EVENT.pattern.replace("VEVENT", "VTIMEZONE"), _EVENT.flags)
_TIMES = re.compile(
    r"^(?:DT\w+|DURATION|RECURRENCE-ID|[REX]+DATE|RRULE|TRIGGER)[;:].*\n", re.IGNORECASE | re.MULTILINE
)
_ALONE = "BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n"
_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """An event of a calendar. ``uid`` names it for as long as its calendar keeps it.

    A series is one event with all its exceptions. A single occurrence without its series (somebody was
    invited to that one only) is an event of its own, with the occurrence's date in its ``uid``.
    """

    uid: str
    meeting: ProposedMeeting
    cancelled: bool = False


@dataclass(slots=True)
class _Same:
    """The events of one UID: those that stand for themselves, and changes of single occurrences."""

    whole: list[tuple[Component, str]]
    changes: list[tuple[Component, str]]


def read_calendar(
    text: str, *, timezone: str, now: datetime, detector: Detector = KNOWN
) -> list[ProposedMeeting]:
    """Return every event of a calendar that is not cancelled, as ``read_events`` understands it."""
    events = read_events(text, timezone=timezone, now=now, detector=detector)
    return [event.meeting for event in events if not event.cancelled]


def read_events(
    text: str, *, timezone: str, now: datetime, detector: Detector = KNOWN
) -> list[CalendarEvent]:
    """Return every event of a calendar as a proposed meeting, in the calendar's order.

    ``timezone`` holds for times without a zone. An event without a room is proposed too, with the question
    where its link is. A changed occurrence adds its rooms to the series and its new time to the exceptions.
    Of two versions of an event the one with the higher SEQUENCE counts; events that merely share a UID, as
    careless programs write them, are told apart by their order. Raises InputError when the text is no
    calendar, is broken off, or is beyond the bounds (8 Mi characters, 10,000 events).
    """
    _check_bounds(text)
    by_uid: dict[str, _Same] = {}
    for number, (event, zone) in enumerate(_events(text, timezone=timezone)):
        same = by_uid.setdefault(_uid(event, number), _Same([], []))
        (same.changes if "recurrence-id" in event else same.whole).append((event, zone))
    return [
        event for uid, same in by_uid.items() for event in _understood(uid, same, now=now, detector=detector)
    ]


def _uid(event: Component, number: int) -> str:
    return said(event, "uid").strip()[:500] or f"event {number + 1} without UID"


def _understood(uid: str, same: _Same, *, now: datetime, detector: Detector) -> Iterator[CalendarEvent]:
    newest = max((_sequence(event) for event, _ in same.whole), default=0)
    whole = [(event, zone) for event, zone in same.whole if _sequence(event) == newest]
    for number, (event, zone) in enumerate(whole):
        changes = same.changes if number == 0 else []
        proposed = _proposed(
            event, [change for change, _ in changes], timezone=zone, now=now, detector=detector
        )
        for change, change_zone in changes:
            if not is_cancelled(change):
                proposed = _joined(
                    proposed, _proposed(change, [], timezone=change_zone, now=now, detector=detector)
                )
        name = uid if number == 0 else f"{uid} ({number + 1})"
        yield CalendarEvent(uid=name, meeting=proposed, cancelled=is_cancelled(event))
    if not whole:
        for change, zone in same.changes:
            occurrence = f"{uid} {day(change, 'recurrence-id') or ''}"
            proposed = _proposed(change, [], timezone=zone, now=now, detector=detector)
            yield CalendarEvent(uid=occurrence, meeting=proposed, cancelled=is_cancelled(change))


def _sequence(event: Component) -> int:
    written = said(event, "sequence")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _check_bounds(text: str) -> None:
    if len(text) > LONGEST_CALENDAR:
        raise InputError("The calendar is larger than 8 MiB; export a shorter time span.")
    depth = opened = 0
    for line in text.splitlines():
        word = line[:6].upper()
        if word == "BEGIN:":
            depth += 1
            opened += line[6:].strip().upper() == "VEVENT"
        elif line[:4].upper() == "END:":
            depth -= 1
        if not 0 <= depth <= _DEEPEST:
            raise InputError("The calendar is broken: its BEGIN and END lines do not match.")
    if depth:
        raise InputError("The calendar breaks off before its end; download it again.")
    if opened > MOST_EVENTS:
        raise InputError(f"The calendar holds more than {MOST_EVENTS} events; export a shorter time span.")


def _events(text: str, *, timezone: str) -> Iterator[tuple[Component, str]]:
    """Yield every event with the zone that holds for its times without one, and for those in UTC.

    Google writes the times of a calendar in UTC and names its zone in ``X-WR-TIMEZONE``.
    """
    try:
        calendars = _parsed(text)
    except ValueError:
        calendars = _parsed_piecemeal(text)
    if not calendars:
        raise InputError("This is not a calendar in the iCalendar format (.ics).")
    for calendar in calendars:
        named = said(calendar, "x-wr-timezone")[:200]
        zone = zone_in(named, home=timezone, wall=_ANY_DAY) or timezone
        for event in calendar.walk("VEVENT"):
            if said(calendar, "method").upper() == "CANCEL":
                event["status"] = "CANCELLED"
            yield event, zone


def _parsed(text: str) -> list[Component]:
    return [found for found in Calendar.from_ical(text, multiple=True) if found.name == "VCALENDAR"]


def _parsed_piecemeal(text: str) -> list[Component]:
    """Parse event by event, so that one damaged date costs its own event's times and nothing else."""
    unfolded = _FOLD.sub("", text)
    head = _ZONES.sub("", _EVENT.sub("", unfolded))
    try:
        calendars = _parsed(head)
        for event in _EVENT.findall(unfolded):
            try:
                found = _parsed(_ALONE.format(event))
            except ValueError:
                found = _parsed(_ALONE.format(_TIMES.sub("", event)))
            for each in found[:1] if calendars else ():
                calendars[0].subcomponents += each.subcomponents
    except ValueError as fault:
        raise InputError("This is not a calendar in the iCalendar format (.ics).") from fault
    return calendars


def _proposed(
    event: Component, changes: list[Component], *, timezone: str, now: datetime, detector: Detector
) -> ProposedMeeting:
    raw = event.to_ical().decode("utf-8", "replace")
    doors = doors_in(
        f"BEGIN:VCALENDAR\r\n{raw}END:VCALENDAR\r\n", "ics", plain=_plain(event), detector=detector
    )
    questions = list(doors.questions)
    title = clean_title(said(event, "summary"))
    if title is None:
        questions.append("What is the meeting called?")
    zone, starts = moment(event, "dtstart", timezone=timezone)
    series = Series()
    if starts is None:
        questions.append("When does the meeting start?")
    else:
        if not isinstance(day(event, "dtstart"), datetime):
            questions.append("The calendar has this meeting all day long: at what time does it start?")
        series = series_of(event, changes, starts=starts, zone=ZoneInfo(zone), now=now)
    return ProposedMeeting(
        title=title,
        starts=starts,
        ends=end(event, starts, timezone=timezone),
        repeats=series.repeats,
        timezone=zone,
        rooms=doors.rooms,
        passcodes=doors.passcodes,
        questions=(*questions, *series.questions),
    )


def _plain(event: Component) -> str:
    return "\n\n".join(said(event, name) for name in ("description", "location"))


def _joined(series: ProposedMeeting, occurrence: ProposedMeeting) -> ProposedMeeting:
    return replace(
        series,
        rooms=tuple(dict.fromkeys(series.rooms + occurrence.rooms)),
        passcodes=tuple(dict.fromkeys(series.passcodes + occurrence.passcodes)),
    )
