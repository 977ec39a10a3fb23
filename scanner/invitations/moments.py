"""When a pasted invitation says that the meeting takes place: start, end, zone and repetition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scanner.invitations.dates import FoundDate, FoundTimes, ends_after, find_date, find_times, western
from scanner.invitations.languages import one_of, words
from scanner.invitations.repeats import Repetition, find_repeats
from scanner.invitations.zones import zone_in

_LONGEST_LINE = 400
_MOST_LINES = 1000
_LINES_ON, _LINES_BACK = 3, 2


def _label(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s>*])(?:{one_of(names)})\s?[:：=]\**\s*", re.IGNORECASE)


_WHEN = _label(words(lambda language: language.when))
_DATE = _label(words(lambda language: language.date))
_ZONE = _label(words(lambda language: language.zone))
_LASTING = _label(words(lambda language: language.lasting))
_SENT = re.compile(
    rf"[\s>*]*(?:(?:{one_of(words(lambda language: language.sent))})\s?:|date\s?:\s*\w{{3}},.*[+-]\d{{4}})",
    re.IGNORECASE | re.ASCII,
)
_HOURS = one_of(words(lambda language: language.hours))
_MINUTES = one_of(words(lambda language: language.minutes))
_DURATION = re.compile(
    rf"(?<![\d:.])(?:(?P<h>\d{{1,2}})\s?(?:{_HOURS})(?!\w)\.?(?:,?\s*(?:\w{{1,3}}\s)?(?P<hm>\d{{1,2}})\s?(?:{_MINUTES})(?!\w))?"
    rf"|(?P<m>\d{{1,3}})\s?(?:{_MINUTES})(?!\w))",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What an invitation says about time. ``line`` is where the date stands; -1 without one."""

    starts: datetime | None = None
    ends: datetime | None = None
    repeats: str = ""
    timezone: str
    questions: tuple[str, ...] = ()
    line: int = -1


@dataclass(frozen=True, slots=True)
class _Place:
    """A line that may say when, and the column after its label."""

    line: int
    column: int


def find_when(lines: list[str], *, now: datetime, home: str) -> When:
    """Return when the meeting takes place, as far as the lines say so without ambiguity.

    Labelled lines ("Time:", "Wann:") are believed before other dates, and lines that say when a message
    was sent are not believed at all. ``home`` is the organisation's time zone: it holds where none is
    written.
    """
    lines = [western(line[:_LONGEST_LINE]) for line in lines[:_MOST_LINES]]
    today = now.astimezone(ZoneInfo(home)).date()
    half_found: When | None = None
    for place in _places(lines):
        when = _read(lines, place, today=today, home=home)
        if when is not None and when.starts is not None:
            return when
        half_found = half_found or when
    partly = half_found or _repeating_only(lines, now=now, home=home)
    if partly is not None:
        return partly
    repetition = _repetition(lines, None, today=today)
    return When(
        timezone=home,
        repeats=repetition.rule,
        questions=("When does the meeting start?", *repetition.questions),
    )


def _places(lines: list[str]) -> Iterator[_Place]:
    """Yield the lines worth reading, most trustworthy first."""
    believed = [(n, line) for n, line in enumerate(lines) if not _SENT.match(line)]
    for label in (_WHEN, _DATE):
        for number, line in believed:
            found = label.search(line)
            if found:
                yield _Place(number, found.end())
    for number, _ in believed:
        yield _Place(number, 0)


def _read(lines: list[str], place: _Place, *, today: date, home: str) -> When | None:
    """Read date and time at a place and on the lines around it."""
    labelled = place.column > 0
    around = [place.line]
    if labelled:
        around += range(place.line + 1, min(place.line + 1 + _LINES_ON, len(lines)))
        around += range(place.line - 1, max(place.line - 1 - _LINES_BACK, -1), -1)
    for number in around:
        start = place.column if number == place.line else 0
        found = find_date(lines[number][start:].lower(), today=today)
        if found is not None and not _SENT.match(lines[number]):
            return _with_time(lines, place, number, start, found, today=today, home=home)
    return None


def _with_time(
    lines: list[str], place: _Place, number: int, start: int, found: FoundDate, *, today: date, home: str
) -> When | None:
    if len(found.meanings) != 1:
        return When(timezone=home, questions=(_which_day(found),), line=number)
    day = found.meanings[0]
    line = lines[number]
    after = start + found.end
    tries = [
        (number, after, len(line)),
        (number, start, start + found.start),
        (place.line, place.column, None),
    ]
    tries += [(n, 0, None) for n in range(number + 1, min(number + 1 + _LINES_BACK, len(lines)))]
    for where, begin, end in tries:
        text = lines[where][begin:end]
        if "://" in text:
            text = text[: text.index("://")]
        times = find_times(text.lower())
        if times is not None:
            return _assembled(
                lines, where, begin + times.end, day=day, times=times, number=number, today=today, home=home
            )
    if place.column == 0:
        return None
    repetition = _repetition(lines, number, today=today)
    asked = f"At what time does the meeting on {in_words(day)} start?"
    return When(timezone=home, repeats=repetition.rule, questions=(asked, *repetition.questions), line=number)


def _assembled(
    lines: list[str],
    where: int,
    column: int,
    *,
    day: date,
    times: FoundTimes,
    number: int,
    today: date,
    home: str,
) -> When:
    wall = datetime.combine(day, times.starts)
    rest = lines[where][column:]
    repetition = _repetition(lines, number, today=today)
    zone = zone_in(rest, home=home, wall=wall) or _stated_zone(lines, home=home, wall=wall)
    starts = wall.replace(tzinfo=ZoneInfo(zone or home))
    ends = None
    if times.ends is not None:
        ends_on = ends_after(times.starts, times.ends, day)
        ends = datetime.combine(ends_on, times.ends, tzinfo=starts.tzinfo)
    else:
        lasts = read_duration(rest) or _stated_duration(lines)
        ends = starts + lasts if lasts else None
    return When(
        starts=starts,
        ends=ends,
        repeats=repetition.rule,
        timezone=zone or home,
        questions=repetition.questions,
        line=number,
    )


def _repeating_only(lines: list[str], *, now: datetime, home: str) -> When | None:
    """Read "every Thursday at 19:00": the first start is the next one. "Every other" does not say which."""
    here = now.astimezone(ZoneInfo(home))
    for number, line in enumerate(lines):
        repetition = find_repeats(line.lower(), today=here.date())
        if repetition is None or not repetition.rule.startswith("FREQ=WEEKLY;BYDAY"):
            continue
        times = find_times(line.lower())
        if times is None:
            continue
        days = (here.date() + timedelta(days=ahead) for ahead in range(8))
        day = next(
            day
            for day in days
            if day.weekday() in repetition.weekdays and (day > here.date() or times.starts > here.time())
        )
        return _assembled(
            lines, number, times.end, day=day, times=times, number=number, today=here.date(), home=home
        )
    return None


def _repetition(lines: list[str], number: int | None, *, today: date) -> Repetition:
    """Find the repetition near the date; farther away only where it names weekdays."""
    near = (
        range(0)
        if number is None
        else range(max(number - _LINES_BACK, 0), min(number + 1 + _LINES_ON, len(lines)))
    )
    for each in (*near, *range(len(lines))):
        found = find_repeats(lines[each].partition("://")[0].lower(), today=today)
        if found is not None and (each in near or found.weekdays):
            return found
    return Repetition("")


def _stated_zone(lines: list[str], *, home: str, wall: datetime) -> str | None:
    for line in lines:
        found = _ZONE.search(line)
        zone = zone_in(line[found.end() :], home=home, wall=wall) if found else None
        if zone:
            return zone
    return None


def read_duration(text: str) -> timedelta | None:
    """Return the length of time that stands in a text ("1 hour 30 minutes"), at most a day, or None."""
    found = _DURATION.search(text.lower())
    if not found:
        return None
    lasts = timedelta(hours=int(found["h"] or 0), minutes=int(found["hm"] or found["m"] or 0))
    return lasts if timedelta(0) < lasts <= timedelta(hours=24) else None


def _stated_duration(lines: list[str]) -> timedelta | None:
    for line in lines:
        found = _LASTING.search(line)
        lasts = read_duration(line[found.end() :]) if found else None
        if lasts:
            return lasts
    return None


def _which_day(found: FoundDate) -> str:
    if len(found.meanings) > 1:
        one, other = (in_words(day) for day in found.meanings)
        return f"Does “{found.written}” mean {one} or {other}?"
    return f"“{found.written}” does not fall on the weekday that is written beside it: which day is right?"


def in_words(day: date) -> str:
    """Return a date as people say it: Thursday 26 November 2026."""
    return f"{day:%A} {day.day} {day:%B %Y}"
