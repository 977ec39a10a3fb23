"""Meetings from a table (CSV, as spreadsheets export it), and a table of meetings without their secrets."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scanner.detect import KNOWN, Detector
from scanner.errors import InputError
from scanner.invitations.columns import Column, DateOrder, column_of
from scanner.invitations.dates import ends_after, find_times, read_moment
from scanner.invitations.doors import Doors, doors_in
from scanner.invitations.keys import platform_called, read_room
from scanner.invitations.moments import read_duration
from scanner.invitations.repeats import find_repeats
from scanner.invitations.series import check_repeats
from scanner.invitations.titles import clean_title
from scanner.invitations.zones import zone_in
from scanner.model import Passcode, PasscodeKind, ProposedMeeting, Room
from scanner.platforms.platform import SHORT_PASSCODE

MOST_ROWS = 100_000
_LONGEST_CELL = 20_000
_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?![\d/-])", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NO = frozenset({"", "-", "no", "none", "never", "once", "nein", "keine", "non", "aucune", "0", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table: the meeting it describes, or what is wrong with it. ``line`` counts from 1."""

    line: int
    meeting: ProposedMeeting | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table as it was understood, and the headings that were not."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


def read_sheet(
    text: str, *, timezone: str, dates: DateOrder | None = None, detector: Detector = KNOWN
) -> Sheet:
    """Return the meetings of a table with a line of headings.

    Commas, semicolons, tabs and bars are taken as delimiters, headings in the languages of ``columns``. What
    is wrong with a row is said beside it and harms no other. A date like 03/04/2026 is a fault unless
    ``dates`` says how it is meant. Raises InputError if there are no usable headings or the table is cut off
    inside quotes.
    """
    separator = _SEPARATOR_LINE.match(text)
    skipped = 1 if separator else 0
    body = text[separator.end() :] if separator else text.removeprefix("\ufeff")
    delimiter = separator[1] if separator else _delimiter(body)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    headings: list[Column | None] | None = None
    ignored: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            begun, line = line, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if headings is None:
                headings = [column_of(cell) for cell in cells]
                ignored = tuple(c.strip() for c, known in zip(cells, headings, strict=True) if not known)
                _check_headings(headings)
                continue
            if len(rows) >= MOST_ROWS:
                raise InputError(f"The table has more than {MOST_ROWS} rows; split it.")
            rows.append(
                _row(
                    begun + skipped,
                    _by_column(headings, cells),
                    timezone=timezone,
                    dates=dates,
                    detector=detector,
                )
            )
    except csv.Error as fault:
        raise InputError(f"Line {line + skipped} is not CSV: {fault}. Is a quote left open?") from None
    if headings is None:
        raise InputError("The table is empty.")
    return Sheet(rows=tuple(rows), ignored=tuple(filter(None, ignored)))


def write_sheet(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV (RFC 4180) in which no cell is a formula.

    Spreadsheets run cells that begin with ``= + - @``, tab or carriage return; an apostrophe in front makes
    them text, and ``read_sheet`` takes it away again.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for cells in (headings, *rows):
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return written.getvalue()


def _delimiter(text: str) -> str:
    """Return the delimiter under which most headings have a meaning."""
    first = next((line for line in text[:_LONGEST_CELL].splitlines() if line.strip()), "")

    def known(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(column_of(cell) is not None for cell in cells)

    return max(_DELIMITERS, key=known)


def _check_headings(headings: Sequence[Column | None]) -> None:
    if not {Column.LINK, Column.ID} & set(headings):
        raise InputError(
            "No heading of this table says where the links or meeting IDs are. Give the first line names "
            "like: title, date, time, link, meeting ID, passcode."
        )


def _by_column(headings: Sequence[Column | None], cells: Sequence[str]) -> Mapping[Column, list[str]]:
    found: dict[Column, list[str]] = {}
    for column, cell in zip(headings, cells, strict=False):
        text = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
        if column is not None and text.strip():
            found.setdefault(column, []).append(text.strip())
    return found


def _row(
    line: int,
    cells: Mapping[Column, list[str]],
    *,
    timezone: str,
    dates: DateOrder | None,
    detector: Detector,
) -> Row:
    try:
        if any(len(cell) > _LONGEST_CELL for column in cells.values() for cell in column):
            raise InputError(f"A cell is longer than {_LONGEST_CELL} characters.")
        return Row(line=line, meeting=_meeting(cells, timezone=timezone, dates=dates, detector=detector))
    except InputError as fault:
        return Row(line=line, fault=str(fault))


def _meeting(
    cells: Mapping[Column, list[str]], *, timezone: str, dates: DateOrder | None, detector: Detector
) -> ProposedMeeting:
    title = clean_title(_only(cells, Column.TITLE))
    if title is None:
        raise InputError("There is no title.")
    zone = _zone(_only(cells, Column.ZONE), timezone=timezone)
    starts = _starts(cells, zone=zone, dates=dates)
    doors = _doors(cells, detector)
    if not doors.rooms:
        raise InputError("There is no meeting link and no meeting ID.")
    stated = [_passcode(cell) for cell in cells.get(Column.PASSCODE, ())]
    return ProposedMeeting(
        title=title,
        starts=starts,
        ends=_ends(cells, starts, zone=zone, dates=dates),
        repeats=_repeats(_only(cells, Column.REPEATS), starts),
        timezone=zone,
        rooms=doors.rooms,
        passcodes=tuple(dict.fromkeys((*stated, *doors.passcodes))),
    )


def _only(cells: Mapping[Column, list[str]], column: Column) -> str:
    return next(iter(cells.get(column, ())), "")


def _zone(text: str, *, timezone: str) -> str:
    if not text:
        return timezone
    zone = zone_in(text[:200], home=timezone, wall=datetime(2026, 1, 1))  # noqa: DTZ001 - any day will do
    if zone is None:
        raise InputError(f"There is no time zone called “{text[:60]}”. Write one like Europe/London.")
    return zone


def _starts(cells: Mapping[Column, list[str]], *, zone: str, dates: DateOrder | None) -> datetime:
    date, time = _only(cells, Column.STARTS), _only(cells, Column.TIME)
    if not date:
        raise InputError("There is no date on which it starts.")
    return _moment(f"{date} {time}" if time and not find_times(_dateless(date)) else date, zone, dates)


def _moment(text: str, zone: str, dates: DateOrder | None) -> datetime:
    try:
        return read_moment(_in_order(text, dates) if dates else text, zone)
    except InputError as fault:
        doubt = "for sure which day" in str(fault) and dates is None
        advice = " Or say how all dates of the table are meant: --dates dmy, mdy or ymd." if doubt else ""
        raise InputError(f"{fault}{advice}") from None


def _in_order(text: str, dates: DateOrder) -> str:
    """Write the first date of numbers as 2026-04-03; a number of four digits is the year wherever it is."""
    found = _NUMBERS.search(text)
    if found is None:
        return text
    first, second, third = found[1], found[3], found[4]
    if len(first) == 4 or dates is DateOrder.YEAR_FIRST:
        year, month, day = first, second, third
    elif dates is DateOrder.DAY_FIRST:
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    iso = f"{int(year) + (2000 if len(year) <= 2 else 0):04}-{int(month):02}-{int(day):02}"
    return f"{text[: found.start()]}{iso}{text[found.end() :]}"


def _dateless(text: str) -> str:
    return _NUMBERS.sub(" ", text).lower()


def _ends(
    cells: Mapping[Column, list[str]], starts: datetime, *, zone: str, dates: DateOrder | None
) -> datetime | None:
    end, lasts = _only(cells, Column.ENDS), _only(cells, Column.LASTS)
    if lasts:
        length = timedelta(minutes=int(lasts)) if lasts.isdecimal() else read_duration(lasts)
        if not length or length > timedelta(hours=24):
            raise InputError(f"“{lasts[:40]}” is no duration. Write it in minutes, or like 1 h 30 min.")
        return starts + length
    if not end:
        return None
    times = find_times(_dateless(end))
    if times is not None and not re.search(r"\d{4}|\d[./-]\d+[./-]\d|[^\W\d]{3}", end):
        wall = starts.astimezone(ZoneInfo(zone))
        day = ends_after(wall.time(), times.starts, wall.date())
        return datetime.combine(day, times.starts, tzinfo=ZoneInfo(zone))
    ends = _moment(end, zone, dates)
    if ends <= starts:
        raise InputError("The meeting ends before it starts.")
    return ends


def _repeats(text: str, starts: datetime) -> str:
    if text.casefold() in _NO:
        return ""
    if "FREQ=" in text.upper():
        return check_repeats(text)
    found = find_repeats(text.lower()[:400], today=starts.date())
    if found is None or found.questions:
        asked = (
            " ".join(found.questions) if found else "Write it like: weekly, every second week, FREQ=WEEKLY."
        )
        raise InputError(f"How often it repeats is not clear from “{text[:60]}”. {asked}")
    return found.rule


def _doors(cells: Mapping[Column, list[str]], detector: Detector) -> Doors:
    platform = platform_called(_only(cells, Column.PLATFORM)) if cells.get(Column.PLATFORM) else None
    ids = cells.get(Column.ID, [])
    rooms: list[Room] = []
    passcodes: list[Passcode] = []
    texts = []
    for cell in [*cells.get(Column.LINK, ()), *(each for each in ids if "://" in each)]:
        if "://" in cell and not any(sign.isspace() for sign in cell):
            links = detector.detect_text(cell, "href").links
            rooms += [link.room for link in links]
            passcodes += [link.passcode for link in links if link.passcode]
        else:
            texts.append(cell)
    for number in (each for each in ids if "://" not in each):
        if platform is not None:
            rooms.append(read_room(platform, number))
        elif not any(_digits(number) in room.key for room in rooms):
            texts.append(f"{_owner(rooms)} Meeting ID: {number}")
    if texts:
        more = doors_in("\n".join(texts), "text", detector=detector)
        rooms += more.rooms
        passcodes += more.passcodes
    return Doors(rooms=tuple(dict.fromkeys(rooms)), passcodes=tuple(dict.fromkeys(passcodes)))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number) or number


def _owner(rooms: Sequence[Room]) -> str:
    """Name the platform that a number beside a link belongs to, as people call it."""
    return rooms[0].platform.replace("-", " ") if rooms else ""


def _passcode(text: str) -> Passcode:
    return Passcode(text[:500], PasscodeKind.PLAIN if len(text) <= SHORT_PASSCODE else PasscodeKind.TOKEN)
