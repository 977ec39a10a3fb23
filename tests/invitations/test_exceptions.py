"""Series with exceptions: left out, added and moved starts, held against a library that expands calendars."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from scanner.errors import InputError
from scanner.invitations.calendars import read_events
from scanner.invitations.recurrence import Recurrence, read_recurrence
from scanner.invitations.series import check_repeats, next_start
from scanner.model import Meeting

NOW = datetime(2026, 10, 1, tzinfo=UTC)
LINK = "https://us02web.zoom.us/j/81700000001"
WEEKLY = "DTSTART;TZID=Europe/London:20261008T190000\nRRULE:FREQ=WEEKLY;COUNT=8"


def calendar(*events):
    body = "".join(
        f"BEGIN:VEVENT\nUID:choir\nSUMMARY:Choir\nLOCATION:{LINK}\n{event}\nEND:VEVENT\n" for event in events
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{body}END:VCALENDAR\n"


def meeting_of(text):
    (event,) = read_events(text, timezone="Europe/London", now=NOW)
    proposed = event.meeting
    assert proposed.starts is not None
    return Meeting(
        id=1,
        organisation=1,
        title="Choir",
        starts=proposed.starts,
        ends=proposed.ends,
        repeats=proposed.repeats,
        timezone=proposed.timezone or "UTC",
    )


def starts_of(meeting, *, since=NOW, most=30):
    """All starts, each found by asking for the next one after the one before has ended."""
    found, now = [], since
    while len(found) < most:
        start = next_start(meeting, now)
        if start is None:
            break
        found.append(start)
        now = start + timedelta(hours=1)
    return found


def expanded(text):
    found = recurring_ical_events.of(Calendar.from_ical(text)).between(NOW, NOW + timedelta(days=300))
    starts = (each["dtstart"].dt for each in found if each.get("status") != "CANCELLED")
    return sorted({start.astimezone(UTC) for start in starts})


def london(day, hour=19):
    return datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=ZoneInfo("Europe/London"))


@pytest.mark.parametrize(
    ("events", "nth", "expected"),
    [
        ((f"{WEEKLY}\nEXDATE;TZID=Europe/London:20261008T190000",), 0, london("2026-10-15")),
        ((f"{WEEKLY}\nEXDATE:20261029T190000Z",), 3, london("2026-11-05")),
        ((f"{WEEKLY}\nEXDATE;VALUE=DATE:20261015",), 1, london("2026-10-22")),
        ((f"{WEEKLY}\nRDATE;TZID=Europe/London:20261010T110000",), 1, london("2026-10-10", 11)),
        (
            (
                WEEKLY,
                "RECURRENCE-ID;TZID=Europe/London:20261015T190000\nDTSTART;TZID=Europe/London:20261016T200000",
            ),
            1,
            london("2026-10-16", 20),
        ),
        (
            (
                WEEKLY,
                "RECURRENCE-ID:20261008T180000Z\nDTSTART;TZID=Europe/London:20261006T190000",
            ),
            0,
            london("2026-10-06"),
        ),
        (
            (
                WEEKLY,
                "RECURRENCE-ID;TZID=Europe/London:20261008T190000\n"
                "DTSTART;TZID=Europe/London:20261008T190000\nSTATUS:CANCELLED",
            ),
            0,
            london("2026-10-15"),
        ),
        (
            (
                WEEKLY,
                "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20261022T190000\n"
                "DTSTART;TZID=Europe/London:20261022T183000",
            ),
            3,
            london("2026-10-29", 18) + timedelta(minutes=30),
        ),
        (
            (
                "DTSTART;TZID=Europe/London:20261008T190000",
                "RECURRENCE-ID;TZID=Europe/London:20261008T190000\n"
                "DTSTART;TZID=Europe/London:20261009T190000",
            ),
            0,
            london("2026-10-09"),
        ),
        (("DTSTART:20261008T180000Z\nRDATE:20261010T180000Z,20261012T180000Z",), 2, london("2026-10-12")),
    ],
    ids=[
        "first left out",
        "left out in another zone after the clocks changed",
        "left out by its day",
        "one more",
        "moved later",
        "the first moved earlier",
        "cancelled once",
        "moved from there on",
        "single moved",
        "a list of dates",
    ],
)
def test_exceptions_of_a_series(events, nth, expected):
    text = calendar(*events)
    starts = starts_of(meeting_of(text))
    assert starts[nth] == expected
    if "VALUE=DATE" not in text:  # the library takes a date for an exception of all-day events only
        assert starts == expanded(text)


def test_two_occurrences_that_change_places_both_take_place():
    swapped = calendar(
        WEEKLY,
        "RECURRENCE-ID;TZID=Europe/London:20261015T190000\nDTSTART;TZID=Europe/London:20261022T190000",
        "RECURRENCE-ID;TZID=Europe/London:20261022T190000\nDTSTART;TZID=Europe/London:20261029T190000",
    )
    assert starts_of(meeting_of(swapped)) == expanded(swapped)
    assert london("2026-10-22") in starts_of(meeting_of(swapped))


@settings(max_examples=60, deadline=None)
@given(
    rule=st.sampled_from(
        [
            "FREQ=WEEKLY;COUNT=12",
            "FREQ=WEEKLY;INTERVAL=2;COUNT=9",
            "FREQ=DAILY;COUNT=20",
            "FREQ=MONTHLY;COUNT=6",
        ]
    ),
    out=st.lists(st.integers(0, 60), max_size=4),
    moves=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40)), max_size=3, unique_by=lambda m: m[0]),
)
def test_every_start_is_the_one_that_the_calendar_library_expands(rule, out, moves):
    first = datetime(2026, 10, 8, 19)  # noqa: DTZ001

    def stamp(days, minutes=0):
        return f"{first + timedelta(days=days, minutes=minutes):%Y%m%dT%H%M%S}"

    zone = ";TZID=Europe/London:"
    event = f"DTSTART{zone}{stamp(0)}\nRRULE:{rule}"
    event += "".join(f"\nEXDATE{zone}{stamp(days)}" for days in out)
    plain = starts_of(meeting_of(calendar(event)), most=60)
    changes = [
        f"RECURRENCE-ID{zone}{stamp(days)}\nDTSTART{zone}{stamp(days, minutes=minutes * 70)}"
        for days, minutes in moves
        if (first + timedelta(days=days)).replace(tzinfo=ZoneInfo("Europe/London")) in plain
    ]
    text = calendar(event, *changes)
    meeting = meeting_of(text)
    now = NOW
    for start in expanded(text):
        found = next_start(meeting, now)
        assert found is not None
        assert found <= start
        now = max(now, start + timedelta(minutes=60, seconds=1))
    starts = set(expanded(text))
    assert set(starts_of(meeting, most=60)) <= starts


def test_a_series_is_written_and_read_alike():
    text = "FREQ=WEEKLY;BYDAY=TH\nEXDATE:20261224T190000,20261231T190000\nRDATE:20261223T190000"
    assert str(read_recurrence(text)) == text
    assert check_repeats("rrule:freq=weekly; byday=th" + text[20:]) == text
    assert check_repeats("") == ""
    assert check_repeats("\nRDATE:20261223T190000") == "\nRDATE:20261223T190000"
    assert str(Recurrence("FREQ=DAILY")) == "FREQ=DAILY"


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY\nEXDATE:soon",
        "FREQ=DAILY\nEXDATE:20261399T190000",
        "FREQ=DAILY\nRRULE:FREQ=DAILY",
        "FREQ=DAILY\nEXDATE:20261224T190000\nEXDATE:20261225T190000",
        "FREQ=DAILY\nEXDATE:" + ",".join(["20261224T190000"] * 1001),
        "FREQ=NEVER\nEXDATE:20261224T190000",
    ],
)
def test_an_exception_that_cannot_be_read_is_refused(text):
    with pytest.raises(InputError):
        check_repeats(text)


def test_more_exceptions_than_fit_are_written_out_as_dates():
    out = [datetime(2026, 10, 8, 19) + timedelta(days=2 * n) for n in range(1100)]  # noqa: DTZ001
    event = "DTSTART:20261008T190000Z\nRRULE:FREQ=DAILY\n" + "\n".join(
        f"EXDATE:{d:%Y%m%dT%H%M%SZ}" for d in out
    )
    meeting = meeting_of(calendar(event))
    assert meeting.repeats.startswith("\nEXDATE:20261008T200000\nRDATE:20261009T")
    assert len(meeting.repeats) < 20_000
