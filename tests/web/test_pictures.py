from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model import (
    Delivery,
    DeliveryState,
    Exposure,
    ExposureEvent,
    ExposureState,
    News,
    Severity,
    SeverityLevel,
    SourceState,
    Wait,
)
from scanner.web.pictures.countdown import nearness
from scanner.web.pictures.nights import Nights, Reading, in_a_row, nights, tally
from scanner.web.pictures.timeline import (
    EDGE,
    HAPPENINGS,
    MOST_MARKS,
    PITCH,
    WIDTH,
    Happening,
    Phase,
    timeline,
)
from tests.builders import a_coverage, a_meeting, a_room, a_severity, a_sighting, an_alert

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("left", "full"),
    [
        (timedelta(days=400), 0),
        (timedelta(days=30), 0),
        (timedelta(days=18, hours=12), 10),
        (timedelta(days=7), 20),
        (timedelta(days=4), 30),
        (timedelta(days=1), 40),
        (timedelta(hours=3), 60),
        (timedelta(minutes=105), 70),
        (timedelta(minutes=30), 80),
        (timedelta(minutes=15), 90),
        (timedelta(0), 100),
        (timedelta(hours=-1), 100),
    ],
)
def test_the_countdown_fills_in_five_equal_steps(left, full):
    assert nearness(left) == full


@given(st.timedeltas(min_value=-40 * DAY, max_value=40 * DAY), st.timedeltas(min_value=timedelta(0)))
def test_what_is_nearer_is_never_less_full(left, less):
    assert 0 <= nearness(left) <= 100
    assert nearness(min(left, timedelta.max - less) + less) <= nearness(left)


def test_a_night_is_as_its_best_look_and_without_one_nobody_looked():
    looks = [
        (NOW, SourceState.BLOCKED),
        (NOW - 17 * HOUR, SourceState.OK),
        (NOW - DAY, SourceState.SUSPICIOUS),
        (NOW - 2 * DAY, SourceState.BLIND),
        (NOW - 3 * DAY, SourceState.PAUSED),
        (NOW - 29 * DAY, SourceState.PARTIAL),
        (NOW - 30 * DAY, SourceState.FAILED),
    ]
    found = nights(looks, zone="Europe/London", now=NOW)
    assert len(found) == 30
    assert [night.reading for night in found[-4:]] == [
        Reading.PAUSED,
        Reading.FAILED,
        Reading.PARTLY,
        Reading.FULL,
    ]
    assert (found[0].first, found[0].reading) == (date(2026, 10, 24), Reading.PARTLY), "and none before"
    assert {night.reading for night in found[1:-4]} == {Reading.NONE}
    assert tally(found) == {
        Reading.FULL: 1,
        Reading.PARTLY: 2,
        Reading.FAILED: 1,
        Reading.PAUSED: 1,
        Reading.NONE: 25,
    }


def test_a_night_is_a_day_of_the_zone_also_where_the_clock_changes():
    midnight = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    (last,) = [
        night
        for night in nights([(midnight, SourceState.OK)], zone="America/New_York", now=NOW)
        if night.reading is Reading.FULL
    ]
    assert last.first == date(2026, 10, 24)
    days = [night.first for night in nights([], zone="Europe/London", now=NOW)]
    assert days == [date(2026, 11, 22) - number * DAY for number in reversed(range(30))]


@pytest.mark.parametrize("state", SourceState)
def test_every_state_of_a_source_is_a_reading(state):
    assert nights([(NOW, state)], zone="UTC", now=NOW)[-1].reading is not Reading.NONE


def test_nights_that_went_alike_are_told_together_newest_first():
    looks = [(NOW - number * DAY, SourceState.OK) for number in (0, 1, 3)]
    told = in_a_row(nights(looks, zone="UTC", now=NOW))
    assert told == [
        Nights(date(2026, 11, 21), date(2026, 11, 22), Reading.FULL),
        Nights(date(2026, 11, 20), date(2026, 11, 20), Reading.NONE),
        Nights(date(2026, 11, 19), date(2026, 11, 19), Reading.FULL),
        Nights(date(2026, 10, 24), date(2026, 11, 18), Reading.NONE),
    ]
    assert sum(entry.count for entry in told) == 30


def an_exposure(state: ExposureState, *events: tuple[datetime, str]) -> Exposure:
    return Exposure(
        id=1,
        organisation=1,
        meeting=1,
        state=state,
        severity=Severity(SeverityLevel.HIGH, "Anybody can walk in."),
        opened=events[0][0],
        events=tuple(ExposureEvent(at=at, actor="ann", what=what) for at, what in events),
    )


def told(at: datetime, news: News = News.OPENED, state: DeliveryState = DeliveryState.SENT):
    return Delivery(id=1, alert=an_alert(1, news=news), state=state, created=at, due=at, settled=at)


def test_a_timeline_is_true_to_the_hour():
    first = NOW - 4 * DAY
    exposure = an_exposure(
        ExposureState.ROTATED,
        (first, "opened"),
        (first + DAY, "acknowledged"),
        (first + 2 * DAY, "note"),
        (first + 3 * DAY, "rotated"),
        (first + 3 * DAY + 12 * HOUR, "gone from every place it was seen"),
    )
    sent = [
        told(first + 12 * HOUR),
        told(first + 13 * HOUR, state=DeliveryState.DEAD),
        told(NOW, News.REPORT),
    ]
    line = timeline([exposure], sent, starts=NOW + 4 * DAY, now=NOW)
    assert line is not None
    inner = WIDTH - 2 * EDGE
    assert [(mark.what, mark.true_x) for mark in line.marks] == [
        (Happening.SEEN, EDGE),
        (Happening.TOLD, round(EDGE + inner / 16, 1)),
        (Happening.TAKEN, round(EDGE + inner / 8, 1)),
        (Happening.ROTATED, round(EDGE + inner * 3 / 8, 1)),
        (Happening.GONE, round(EDGE + inner * 3.5 / 8, 1)),
        (Happening.START, WIDTH - EDGE),
    ]
    assert line.now_x == WIDTH / 2
    assert (line.first, line.last) == (first, NOW + 4 * DAY)
    spans = {span.phase: (span.x, span.width) for span in line.spans}
    assert spans == {
        Phase.OPEN: (EDGE, inner / 8),
        Phase.IN_HAND: (EDGE + inner / 8, inner / 4),
        Phase.OVER: (EDGE + inner * 3 / 8, inner / 8),
    }


def test_what_is_back_is_open_again():
    exposure = an_exposure(
        ExposureState.REGRESSED, (NOW - 3 * DAY, "opened"), (NOW - 2 * DAY, "gone"), (NOW - DAY, "regressed")
    )
    line = timeline([exposure], [], starts=None, now=NOW)
    assert line is not None
    assert [mark.what for mark in line.marks] == [Happening.SEEN, Happening.GONE, Happening.BACK]
    assert [span.phase for span in line.spans] == [Phase.OVER, Phase.OPEN, Phase.OPEN], "open lies on top"


def test_a_state_that_no_event_names_holds_since_the_last_one():
    exposure = an_exposure(
        ExposureState.OPEN, (NOW - 3 * DAY, "opened"), (NOW - 2 * DAY, "snoozed"), (NOW - DAY, "elsewhere")
    )
    line = timeline([exposure], [], starts=None, now=NOW)
    assert line is not None
    spans = sorted(line.spans, key=lambda span: span.x)
    assert [span.phase for span in spans] == [Phase.OPEN, Phase.IN_HAND, Phase.OPEN]


def test_what_storage_writes_down_is_what_a_timeline_knows(workspace):
    now, later = NOW, NOW + DAY
    with workspace.store.begin() as work:
        organisation = workspace.organisation.id
        meeting = work.meetings.add(organisation, a_meeting(a_room()), now - DAY)
        for place in ("https://forum.example/1", "https://forum.example/2"):
            seen = work.exposures.see(organisation, meeting.id, a_sighting(place), a_severity(), now)
        assert seen is not None
        number = seen.exposure_id
        wait = Wait(until=later)
        work.exposures.set_state(organisation, number, ExposureState.SNOOZED, "ann", "", now, wait=wait)
        work.exposures.wake(later)
        for place in ("https://forum.example/1", "https://forum.example/2"):
            for _ in range(2):
                work.rereading.address_gone("forum", place, later + HOUR)
        work.exposures.see(organisation, meeting.id, a_sighting(), a_severity(), later + 2 * HOUR)
        intended, wait = ExposureState.INTENDED, Wait(until=later + DAY)
        work.exposures.set_state(organisation, number, intended, "ann", "", later + 3 * HOUR, wait=wait)
        work.exposures.wake(later + DAY)
        found = work.exposures.get(organisation, number)
    line = timeline([found], [], starts=None, now=later + 2 * DAY)
    assert line is not None
    assert [mark.what for mark in line.marks] == [
        Happening.SEEN,
        Happening.SPREAD,
        Happening.PUT_OFF,
        Happening.BACK,
        Happening.GONE,
        Happening.BACK,
        Happening.CLOSED,
        Happening.BACK,
    ]
    assert set(ExposureState) <= set(HAPPENINGS)


def test_nothing_happened_and_everything_at_once():
    assert timeline([], [told(NOW)], starts=NOW + DAY, now=NOW) is None
    line = timeline([an_exposure(ExposureState.OPEN, (NOW, "opened"))], [], starts=None, now=NOW)
    assert line is not None
    assert [(mark.x, mark.count) for mark in line.marks] == [(EDGE, 1)]


def test_alike_and_near_is_counted_once_with_its_end():
    events = [(NOW - DAY, "opened"), *((NOW - DAY + number * HOUR, "regressed") for number in (1, 2, 3))]
    line = timeline([an_exposure(ExposureState.REGRESSED, *events)], [], starts=NOW + 30 * DAY, now=NOW)
    assert line is not None
    back = line.marks[1]
    assert (back.what, back.count, back.at, back.until) == (Happening.BACK, 3, events[1][0], events[3][0])


@given(
    st.lists(
        st.tuples(
            st.timedeltas(min_value=timedelta(0), max_value=300 * DAY),
            st.sampled_from(["opened", "acknowledged", "gone", "regressed", "rotated", "note"]),
        ),
        min_size=1,
        max_size=60,
    ),
    st.none() | st.timedeltas(min_value=-HOUR, max_value=60 * DAY),
)
def test_marks_never_cover_each_other_and_none_is_lost(ago, ahead):
    events = sorted((NOW - length, what) for length, what in ago)
    starts = None if ahead is None else NOW + ahead
    line = timeline([an_exposure(ExposureState.OPEN, *events)], [], starts=starts, now=NOW)
    shown = sum(what != "note" for _, what in events)
    if line is None:
        assert shown == 0
        return
    assert sum(mark.count for mark in line.marks) == shown + (starts is not None)
    assert len(line.marks) <= MOST_MARKS
    places = [mark.x for mark in line.marks]
    assert all(after - before >= PITCH - 0.2 for before, after in pairwise(places))
    assert all(EDGE <= x <= WIDTH - EDGE for x in (*places, line.now_x))
    assert all(span.width >= 0 for span in line.spans)


SETTINGS = """version: 1
sources:
  parish: {kind: site, start: ["https://parish.example/"]}
  forum: {kind: site, start: ["https://forum.example/"]}
"""


def test_pages_show_the_pictures_and_say_the_same_in_words(desk):
    desk.workspace.environment.schedules.write_text(SETTINGS)
    now, organisation = desk.clock(), desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        kept = a_meeting(a_room(), starts=now + 5 * HOUR)
        meeting = work.meetings.add(organisation, kept, now - 3 * DAY)
        seen = work.exposures.see(organisation, meeting.id, a_sighting(), a_severity(), now - 2 * DAY)
        assert seen is not None
        work.exposures.set_state(
            organisation, seen.exposure_id, ExposureState.ACKNOWLEDGED, "ann", "", now - DAY
        )
        work.outbox.put(an_alert(organisation, exposure=seen.exposure_id), now - DAY, now - DAY)
        (due,) = work.outbox.claim(now - DAY, HOUR, 1)
        work.outbox.sent(due.id, now - DAY)
        for ago, state in ((2 * DAY, SourceState.BLOCKED), (DAY, SourceState.OK)):
            scan = work.scans.start("nightly", ["parish"], now - ago)
            work.scans.cover(scan, a_coverage("parish", state))
            work.scans.finish(scan, now - ago + HOUR)
    ann = desk.somebody()
    home, exposure, one, sources = (
        ann.get(path) for path in ("/", "/exposures/1", f"/meetings/{meeting.id}", "/sources")
    )
    for page in (home, exposure, one):
        assert '<rect class="full" width="58.1" height="5"/>' in page.text
    for page in (exposure, one):
        for what in ("seen", "taken", "told", "start"):
            assert f'class="mark {what}"' in page.text
    for words in ("Seen in public: Fri, 20 Nov 2026, 20:00", "People were told: Sat, 21 Nov 2026, 20:00"):
        assert words in one.words
    for words in ("read in full: 1", "refused to be read: 1", "not looked at: 28", "not looked at: 30"):
        assert words in sources.words
    assert "21 November 2026: read in full" in sources.words
    for page in (home, exposure, one, sources):
        assert " style=" not in page.text, "the policy forbids it"
