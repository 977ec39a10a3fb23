"""Meetings out of iCalendar text: a file somebody saved, or the calendar part of an invitation mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

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
_YEARS = (1970, 2200)
_LONGEST_MEETING = timedelta(days=31)
_FOLD = re.compile(r"\r?\n[ \t]")
_EVENT = re.compile(r"^BEGIN:VEVENT\s*$.*?^END:VEVENT\s*?$\s?", re.IGNORECASE | re.MULTILINE | re.DOTALL)
_ZONES = re.compile(_EVENT.pattern.replace("VEVENT", "VTIMEZONE"), _EVENT.flags)
_TIMES = re.compile(
    r"^(?:DT\w+|DURATION|RECURRENCE-ID|[REX]+DATE|RRULE|TRIGGER)[;:].*\n", re.IGNORECASE | re.MULTILINE
)
_ALONE = "BEGIN:VCALENDAR\r\n{}\r\nEND:VCALENDAR\r\n"
_ANY_DAY = datetime(2026, 1, 1)  # noqa: DTZ001


def read_calendar(text: str, *, timezone: str) -> list[ProposedMeeting]:
    """Return every event of a calendar as a proposed meeting, in the calendar's order.

    ``timezone`` holds for times without a zone. An event without a room is proposed too, with the question
    where its link is. Cancelled events are left out; a single occurrence moved out of its series adds its
    rooms to the series. Raises InputError when the text is no calendar, is broken off, or is beyond the
    bounds (8 Mi characters, 10,000 events).
    """
    _check_bounds(text)
    series: dict[str, list[ProposedMeeting]] = {}
    for number, (event, zone) in enumerate(_events(text, timezone=timezone)):
        if str(event.get("status", "")).upper() == "CANCELLED":
            continue
        proposed = _proposed(event, timezone=zone)
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
        named = str(_first(calendar.get("x-wr-timezone")) or "")[:200]
        zone = zone_in(named, home=timezone, wall=_ANY_DAY) or timezone
        yield from ((event, zone) for event in calendar.walk("VEVENT"))


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
    return value if isinstance(value, date) and _YEARS[0] <= value.year <= _YEARS[1] else None


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
    if ends is None and isinstance(lasts, timedelta) and lasts <= _LONGEST_MEETING:
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
