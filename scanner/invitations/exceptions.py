"""What a calendar changes about single occurrences of a series: left out, added, moved, cancelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from scanner.errors import InputError
from scanner.invitations.properties import day, first, is_cancelled, moment, plausible, wall
from scanner.invitations.recurrence import MOST_EXCEPTIONS, Recurrence
from scanner.invitations.series import check_rule

_BEHIND, _AHEAD = timedelta(days=1), timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Series:
    """How an event repeats (``scanner.invitations.recurrence``), and what could not be understood of it."""

    repeats: str = ""
    questions: tuple[str, ...] = ()


def series_of(
    event: Component, changes: Sequence[Component], *, starts: datetime, zone: ZoneInfo, now: datetime
) -> Series:
    """Return how an event that starts at ``starts`` in ``zone`` repeats, with all its exceptions.

    ``changes`` are the events that replace one occurrence of it (RECURRENCE-ID). A change of "this and all
    that follow", and a second rule, cannot be said by one rule with exceptions: such a series is written out
    as the list of its starts, from yesterday for 400 days.
    """
    try:
        rules = [check_rule(rule.to_ical().decode("utf-8", "replace")) for rule in _all(event, "rrule")]
    except InputError as refused:
        return Series(questions=(f"How often does the meeting repeat? {refused}",))
    left_out = set(_dates(event, "exdate", starts=starts, zone=zone))
    added = set(_dates(event, "rdate", starts=starts, zone=zone)) - left_out
    moved = {}
    for change in changes:
        replaced = day(change, "recurrence-id")
        if replaced is not None:
            moved[wall(replaced, starts=starts, zone=zone)] = _new_start(change, zone=zone)
    moved = {old: new for old, new in moved.items() if new != old}
    left_out |= moved.keys()
    added = (added - moved.keys()) | {new for new in moved.values() if new is not None}
    if len(rules) > 1 or len(left_out) + len(added) > MOST_EXCEPTIONS or any(map(_goes_on, changes)):
        return _written_out(event, changes, starts=starts, zone=zone, now=now)
    return Series(str(Recurrence("".join(rules), frozenset(left_out), frozenset(added))))


def _all(event: Component, name: str) -> list[Any]:
    found = event.get(name)
    return [] if found is None else found if isinstance(found, list) else [found]


def _dates(event: Component, name: str, *, starts: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the dates that EXDATE or RDATE list, as wall-clock times; periods count by their start."""
    for listed in _all(event, name):
        try:
            dates = [each.dt for each in listed.dts]
        except (AttributeError, BrokenCalendarProperty):
            continue
        for each in dates:
            value = plausible(each[0] if isinstance(each, tuple) else each)
            if value is not None:
                yield wall(value, starts=starts, zone=zone)


def _new_start(change: Component, *, zone: ZoneInfo) -> datetime | None:
    """Return the wall-clock time to which an occurrence was moved, None if it was cancelled."""
    if is_cancelled(change):
        return None
    _, starts = moment(change, "dtstart", timezone=zone.key)
    return None if starts is None else starts.astimezone(zone).replace(tzinfo=None)


def _goes_on(change: Component) -> bool:
    return str(first(change.get("recurrence-id")).params.get("RANGE", "")).upper() == "THISANDFUTURE"


def _written_out(
    event: Component, changes: Sequence[Component], *, starts: datetime, zone: ZoneInfo, now: datetime
) -> Series:
    calendar = Calendar()
    for component in (event, *(change for change in changes if not is_cancelled(change))):
        calendar.add_component(component)
    for change in filter(is_cancelled, changes):
        cancelled = day(change, "recurrence-id")
        if cancelled is not None:
            event.add("exdate", cancelled)
    found = recurring_ical_events.of(calendar, skip_bad_series=True).between(now - _BEHIND, now + _AHEAD)
    begun = [day(occurrence, "dtstart") for occurrence in found]
    listed = sorted({wall(start, starts=starts, zone=zone) for start in begun if start})[
        : MOST_EXCEPTIONS - 1
    ]
    beginning = starts.astimezone(zone).replace(tzinfo=None)
    return Series(str(Recurrence(left_out=frozenset({beginning} - set(listed)), added=frozenset(listed))))
