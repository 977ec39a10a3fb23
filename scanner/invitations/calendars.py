"""Meetings out of iCalendar text: a file somebody saved, or the calendar part of an invitation mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import x_wr_timezone  # type: ignore[import-untyped]
from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from scanner.errors import InputError
from scanner.invitations.doors import doors_in
from scanner.invitations.series import check_rule
from scanner.invitations.titles import clean_title
from scanner.invitations.zones import is_zone, zone_in
from scanner.model import ProposedMeeting

LONGEST_CALENDAR = 8 * 1024 * 1024
"""Characters of calendar text that are taken at once."""
MOST_EVENTS = 10_000
_DEEPEST = 8


def read_calendar(text: str, *, timezone: str) -> list[ProposedMeeting]:
    """Return every event of a calendar as a proposed meeting, in the calendar's order.

    ``timezone`` holds for times without a zone. An event without a room is proposed too, with the question
    where its link is. Cancelled events are left out; a single occurrence moved out of its series adds its
    rooms to the series. Raises InputError when the text is no calendar, is broken off, or is beyond the
    bounds (8 Mi characters, 10,000 events).
    """
    _check_bounds(text)
    series: dict[str, list[ProposedMeeting]] = {}
    for number, event in enumerate(_events(text)):
        if str(event.get("status", "")).upper() == "CANCELLED":
            continue
        proposed = _proposed(event, timezone=timezone)
        same = series.setdefault(str(event.get("uid", number)), [])
        if same and "recurrence-id" in event:
            same[0] = _joined(same[0], proposed)
        else:
            same.append(proposed)
    return [proposed for same in series.values() for proposed in same]


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


def _events(text: str) -> Iterator[Component]:
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        named = [calendar for calendar in calendars if calendar.name == "VCALENDAR"]
        events = [event for one in named for event in x_wr_timezone.to_standard(one).walk("VEVENT")]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as fault:
        raise InputError("This is not a calendar in the iCalendar format (.ics).") from fault
    if not named:
        raise InputError("This is not a calendar in the iCalendar format (.ics).")
    yield from events


def _proposed(event: Component, *, timezone: str) -> ProposedMeeting:
    raw = event.to_ical().decode("utf-8", "replace")
    doors = doors_in(f"BEGIN:VCALENDAR\r\n{raw}END:VCALENDAR\r\n", "ics", plain=_plain(event))
    questions = list(doors.questions)
    title = clean_title(str(_first(event.get("summary")) or ""))
    if title is None:
        questions.append("What is the meeting called?")
    zone, starts = _moment(event, "dtstart", timezone=timezone)
    if starts is None:
        questions.append("When does the meeting start?")
    elif not isinstance(_date(event, "dtstart"), datetime):
        questions.append("The calendar has this meeting all day long: at what time does it start?")
    return ProposedMeeting(
        title=title,
        starts=starts,
        ends=_end(event, starts, timezone=timezone),
        repeats=_rule(event, questions),
        timezone=zone,
        rooms=doors.rooms,
        passcodes=doors.passcodes,
        questions=tuple(questions),
    )


def _plain(event: Component) -> str:
    return "\n\n".join(str(_first(event.get(name)) or "") for name in ("description", "location"))


def _first(value: Any) -> Any:
    """Take the first of several properties of one name, where a calendar wrongly repeats one."""
    return value[0] if isinstance(value, list) else value


def _value(event: Component, name: str) -> Any:
    """Return a property's value as Python has it; None where it is missing or cannot be read."""
    try:
        return getattr(_first(event.get(name)), "dt", None)
    except BrokenCalendarProperty:
        return None


def _date(event: Component, name: str) -> date | datetime | None:
    value = _value(event, name)
    return value if isinstance(value, date) else None


def _moment(event: Component, name: str, *, timezone: str) -> tuple[str, datetime | None]:
    """Return the IANA name of the property's zone and its time, aware."""
    value = _date(event, name)
    if value is None:
        return timezone, None
    if not isinstance(value, datetime):
        return timezone, datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(timezone))
    zone = _zone(event, name, value, timezone=timezone)
    if value.tzinfo is None:
        return zone, value.replace(tzinfo=ZoneInfo(zone))
    return zone, value.astimezone(ZoneInfo(zone))


def _zone(event: Component, name: str, value: datetime, *, timezone: str) -> str:
    key = _key(value.tzinfo)
    if key and key != "UTC" and is_zone(key):
        return key
    stated = str(_first(event.get(name)).params.get("TZID", ""))[:200]
    return zone_in(stated, home=timezone, wall=value.replace(tzinfo=None)) or timezone


def _key(zone: tzinfo | None) -> str:
    return str(getattr(zone, "key", "") or "")


def _end(event: Component, starts: datetime | None, *, timezone: str) -> datetime | None:
    if starts is None:
        return None
    _, ends = _moment(event, "dtend", timezone=timezone)
    lasts = _value(event, "duration")
    if ends is None and isinstance(lasts, timedelta):
        ends = starts + lasts
    return ends if ends is not None and ends > starts else None


def _rule(event: Component, questions: list[str]) -> str:
    rule = _first(event.get("rrule"))
    if rule is None:
        return ""
    try:
        return check_rule(rule.to_ical().decode("utf-8", "replace"))
    except InputError as refused:
        questions.append(f"How often does the meeting repeat? {refused}")
        return ""


def _joined(series: ProposedMeeting, occurrence: ProposedMeeting) -> ProposedMeeting:
    return replace(
        series,
        rooms=tuple(dict.fromkeys(series.rooms + occurrence.rooms)),
        passcodes=tuple(dict.fromkeys(series.passcodes + occurrence.passcodes)),
    )
