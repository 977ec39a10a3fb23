"""What single properties of an iCalendar event say, also where a calendar writes them wrongly."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component
from icalendar.error import BrokenCalendarProperty

from scanner.invitations.zones import is_zone, zone_in

_YEARS = (1970, 2200)
_LONGEST_MEETING = timedelta(days=31)


def first(value: Any) -> Any:
    """Take the first of several properties of one name, where a calendar wrongly repeats one."""
    return value[0] if isinstance(value, list) else value


def said(event: Component, name: str) -> str:
    """Return a property as text, empty where it is missing."""
    return str(first(event.get(name)) or "")


def day(event: Component, name: str) -> date | datetime | None:
    """Return a date or a time that can be right, else None."""
    return plausible(_value(event, name))


def plausible(value: object) -> date | datetime | None:
    """Return a date or a time in a year that a calendar can mean, else None."""
    return value if isinstance(value, date) and _YEARS[0] <= value.year <= _YEARS[1] else None


def moment(event: Component, name: str, *, timezone: str) -> tuple[str, datetime | None]:
    """Return the IANA name of the property's zone and its time, aware; midnight for a mere date."""
    value = day(event, name)
    if value is None:
        return timezone, None
    if not isinstance(value, datetime):
        return timezone, datetime(value.year, value.month, value.day, tzinfo=ZoneInfo(timezone))
    zone = _zone(event, name, value, timezone=timezone)
    if value.tzinfo is None:
        return zone, value.replace(tzinfo=ZoneInfo(zone))
    return zone, value.astimezone(ZoneInfo(zone))


def end(event: Component, starts: datetime | None, *, timezone: str) -> datetime | None:
    """Return when an event ends, from DTEND or DURATION, None where neither makes sense."""
    if starts is None:
        return None
    _, ends = moment(event, "dtend", timezone=timezone)
    lasts = _value(event, "duration")
    if ends is None and isinstance(lasts, timedelta) and lasts <= _LONGEST_MEETING:
        ends = starts + lasts
    return ends if ends is not None and ends > starts else None


def wall(value: date | datetime, *, starts: datetime, zone: ZoneInfo) -> datetime:
    """Return the wall-clock time in ``zone`` that an exception of a series means.

    A mere date stands for the occurrence on that day, which begins when ``starts`` does.
    """
    if not isinstance(value, datetime):
        return datetime.combine(value, starts.astimezone(zone).time())
    return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)


def _value(event: Component, name: str) -> Any:
    """Return a property's value as Python has it; None where it is missing or cannot be read."""
    try:
        return getattr(first(event.get(name)), "dt", None)
    except BrokenCalendarProperty:
        return None


def _zone(event: Component, name: str, value: datetime, *, timezone: str) -> str:
    key = _key(value.tzinfo)
    if key and key != "UTC" and is_zone(key):
        return key
    stated = str(first(event.get(name)).params.get("TZID", ""))[:200]
    return zone_in(stated, home=timezone, wall=value.replace(tzinfo=None)) or timezone


def _key(zone: tzinfo | None) -> str:
    return str(getattr(zone, "key", "") or "")


def is_cancelled(event: Component) -> bool:
    """Say whether an event, or this occurrence of one, does not take place."""
    return said(event, "status").strip().upper() == "CANCELLED"
