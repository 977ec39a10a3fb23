"""Dates and times of day in running text, in the languages of ``languages``. Nothing ambiguous is guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scanner.errors import InputError
from scanner.invitations.languages import MONTHS, WEEKDAYS, one_of, words
from scanner.redact import redact

_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_MONTH = one_of(MONTHS)
_WEEKDAY = one_of(WEEKDAYS)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d:])"
_WRITTEN = (
    rf"(?<![\d:.]){_DAY}\s*(?:of\s+|de\s+)?(?P<month>{_MONTH})\b\.?(?:,?\s*(?:de\s+|del\s+)?{_YEAR})?",
    rf"\b(?P<month>{_MONTH})\b\.?\s+{_DAY}(?![\d:]|\s*(?:uhr|h\b|[ap]\.?\s?m\b))(?:,?\s*{_YEAR})?",
    r"(?:(?P<year>(?:19|20)\d\d)\s?[年년]\s?)?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日號号일]",
    rf"(?<!\d)(?P<day>\d{{1,2}})\s+(?:tháng|thg)\s+(?P<month>\d{{1,2}})(?:,?\s+(?:năm\s+)?{_YEAR})?",
    rf"(?<!\d){_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
    rf"(?<!\d){_YEAR}[/.](?P<month>\d\d?)[/.](?P<day>\d\d?)(?!\d)",
    r"(?<![\d.])(?P<day>\d\d?)\.\s?(?P<month>\d\d?)\.\s?(?P<year>(?:20)?\d\d)(?![\d:])",
)
_LIKE_A_WAY_IN = re.compile(r"://|[0-9]{9}|[0-9]{3}[ \-][0-9]{3,4}[ \-][0-9]{3}")
"""A link or a meeting ID where a time should stand: columns that were mixed up. No date looks like that."""
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _WRITTEN)
_NUMBERS = re.compile(r"(?<![\d/-])(\d\d?)([/-])(\d\d?)\2((?:20)?\d\d)(?![\d/:-])", re.ASCII)
_NEAR_WEEKDAY = re.compile(rf"(?<!\w)(?P<name>{_WEEKDAY})(?!\w)\.?")

_CLOCK = (
    r"(?P<h{n}>\d{{1,2}})(?:\s?[:.h]\s?(?P<m{n}>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?)?"
    r"(?:\s*(?P<half{n}>[ap])\.?\s?m\b\.?|\s?(?P<said{n}>uhr|hrs|h|uur|o'clock)(?!\w))?"
)
_JOIN = rf"\s*(?:-|–|—|{one_of(words(lambda language: language.joiners))})\s*"
_SPAN = re.compile(
    rf"(?<![\d.,:/+])(?:{_CLOCK.format(n=1)})(?:{_JOIN}(?:{_CLOCK.format(n=2)})(?!\d|[.,]\d))?(?![\d/])",
    re.ASCII,
)


_AM, _PM = words(lambda language: language.am), words(lambda language: language.pm)
_HOUR_SIGNS = re.compile(r"(\d{1,2})\s?[時时点點시](?:\s?(?:(\d{1,2})\s?[分분]|(半)))?")
_TIME = r"\d{1,2}(?:[:.]\d{2})?"
_BEFORE_TIME = re.compile(
    rf"(?<!\w)(?P<half>{one_of(_AM | _PM)})\s?(?P<time>{_TIME})(?![\d:.])", re.IGNORECASE
)
_BEHIND_TIME = re.compile(rf"(?P<time>{_TIME})\s?(?P<half>{one_of(_AM | _PM)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: where it stands, its possible meanings, and the weekday written beside it.

    No meaning is left when the weekday contradicts the date; two are left when day and month can be swapped.
    """

    start: int
    end: int
    meanings: tuple[date, ...]
    weekday: int | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class FoundTimes:
    """The time of day at which something starts, and perhaps ends, and where that stands."""

    start: int
    end: int
    starts: time
    ends: time | None


def western(line: str) -> str:
    """Return a line with its digits and times as English writes them: ``午後7時30分`` becomes ``7:30 pm``."""
    if line.isascii() and not _BEFORE_TIME.search(line) and not _BEHIND_TIME.search(line):
        return line
    plain = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in line)
    plain = re.sub(r"(?<=\d)：(?=\d)", ":", plain)
    plain = _HOUR_SIGNS.sub(lambda found: f"{found[1]}:{_minutes(found)}", plain)
    for beside in (_BEHIND_TIME, _BEFORE_TIME):
        plain = beside.sub(_with_half, plain)
    return plain


def _minutes(found: re.Match[str]) -> str:
    return "30" if found[3] else f"{int(found[2] or 0):02}"


def _with_half(found: re.Match[str]) -> str:
    hour = int(re.split(r"[:.]", found["time"])[0])
    half = "am" if found["half"].lower() in _AM else "pm"
    return f"{found['time']} {half} " if 1 <= hour <= 12 else f"{found['time']} "


def find_date(text: str, *, today: date) -> FoundDate | None:
    """Return the first date of a line in small letters, one with a year before one without.

    Without a year, the nearest such date to ``today`` is meant (that weekday, if one is written).
    """
    found = [(match, match.groupdict()) for pattern in _PATTERNS for match in pattern.finditer(text)]
    candidates = [
        _read(text, match, groups["day"], groups["month"], groups["year"], today=today)
        for match, groups in found
    ]
    candidates += [_read_numbers(text, match) for match in _NUMBERS.finditer(text)]
    dated = [(not has_year, one.start, one) for has_year, one in candidates if one is not None]
    return min(dated, key=lambda item: item[:2])[2] if dated else None


def find_times(text: str) -> FoundTimes | None:
    """Return the first time of day, or range of times, of a line in small letters.

    A lone number is no time: it takes minutes, "pm", "Uhr" or a second time that has them.
    """
    for match in _SPAN.finditer(text):
        first, second = _clock(match, 1), _clock(match, 2)
        if match["h2"] and second is None:
            continue
        if second is not None and match["half2"] and not match["half1"] and not match["said1"]:
            first = _same_half(int(match["h1"]), int(match["m1"] or 0), second)
        elif not _is_clock(match, 1) and not (second is not None and _is_clock(match, 2)):
            continue
        if first is not None:
            if second is not None and match["half1"] == "p" and not match["half2"]:
                second = _later_half(first, second)
            return FoundTimes(match.start(), match.end(), first, second)
    return None


def read_moment(text: str, timezone: str) -> datetime:
    """Return the moment that a person typed, or raise InputError with how to write it.

    Takes ISO 8601 (``2026-11-26 19:00``, with an offset or ``Z`` if need be) and any date with its year
    and a time ("26 November 2026 7pm"). Without an offset it is in ``timezone``; a date that can mean two
    days is refused.
    """
    bare = text.strip()
    try:
        moment = datetime.fromisoformat(bare if len(bare) > len("2026-11-26") else "")
    except ValueError:
        moment = _written_moment(western(bare[:200]).lower())
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise InputError(f"The year {moment.year} cannot be right.")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def _written_moment(text: str) -> datetime:
    shown = (redact(text) if _LIKE_A_WAY_IN.search(text) else text).strip()[:40]
    found = find_date(text, today=date(_FIRST_YEAR, 1, 1))
    if found is None or not re.search(r"(?:19|20)\d\d|\d\D+\d+\D+\d\d$", found.written):
        raise InputError(f"“{shown}” is no date and time. Write it like 2026-11-26 19:00.")
    if len(found.meanings) != 1:
        raise InputError(f"“{shown}” does not say for sure which day. Write it like 2026-11-26 19:00.")
    times = find_times(text[found.end :]) or find_times(text[: found.start])
    if times is None:
        raise InputError(f"“{shown}” has no time of day. Write it like 2026-11-26 19:00.")
    return datetime.combine(found.meanings[0], times.starts)


def weekdays_in(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and weekday (Monday is 0) of each weekday named in a line in small letters."""
    for match in _NEAR_WEEKDAY.finditer(text):
        yield match.start(), match.end(), WEEKDAYS[match["name"]]


def _read(
    text: str, match: re.Match[str], day: str, month: str, year: str | None, *, today: date
) -> tuple[bool, FoundDate | None]:
    number = int(month) if month.isdigit() else MONTHS[month]
    weekday = _weekday_beside(text, match)
    full = int(year) + (2000 if len(year) == 2 else 0) if year else None
    years = [full] if full else [today.year - 1, today.year, today.year + 1]
    real = [made for made in (_made(y, number, int(day)) for y in years) if made]
    if not real:
        return False, None
    fitting = [one for one in real if weekday in (None, one.weekday())]
    nearest = sorted(fitting, key=lambda one: abs(one - today))[:1]
    return full is not None, FoundDate(match.start(), match.end(), tuple(nearest), weekday, match.group())


def _read_numbers(text: str, match: re.Match[str]) -> tuple[bool, FoundDate | None]:
    one, other, year = int(match[1]), int(match[3]), int(match[4]) % 100 + 2000
    weekday = _weekday_beside(text, match)
    real = {made for made in (_made(year, other, one), _made(year, one, other)) if made}
    if not real:
        return False, None
    fitting = sorted(one for one in real if weekday in (None, one.weekday()))
    return True, FoundDate(match.start(), match.end(), tuple(fitting), weekday, match.group())


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday_beside(text: str, match: re.Match[str]) -> int | None:
    before = list(weekdays_in(text[max(match.start() - 20, 0) : match.start()]))
    if before:
        return before[-1][2]
    after = next(weekdays_in(text[match.end() : match.end() + 4 + len("donnerstag")]), None)
    return after[2] if after and after[0] <= len(" (,") else None


def _clock(match: re.Match[str], n: int) -> time | None:
    hour_text, half = match[f"h{n}"], match[f"half{n}"]
    if hour_text is None:
        return None
    hour, minute = int(hour_text), int(match[f"m{n}"] or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour <= 23 else None


def _is_clock(match: re.Match[str], n: int) -> bool:
    return bool(match[f"m{n}"] or match[f"half{n}"] or match[f"said{n}"])


def _same_half(hour: int, minute: int, second: time) -> time | None:
    """Read "7:00 – 8:00pm" and "11:00 – 12:30pm": the latest such hour that is before the end."""
    if not 1 <= hour <= 12:
        return time(hour, minute) if hour <= 23 else None
    options = [time(hour % 12 + shift, minute) for shift in (0, 12)]
    before = [option for option in options if option < second]
    return before[-1] if before else options[1]


def _later_half(first: time, second: time) -> time:
    """Read "7 pm – 8:30": the end is in the same half of the day where that is later."""
    return second.replace(hour=second.hour + 12) if second <= first and second.hour < 12 else second


def ends_after(starts: time, ends: time, day: date) -> date:
    """Return the day on which a meeting ends: the next one when it runs past midnight."""
    return day + timedelta(days=1) if ends <= starts else day
