from __future__ import annotations

from datetime import timedelta

from scanner.model import SourceState
from tests.builders import NOON, a_coverage

HOUR = timedelta(hours=1)


def scanned(work, states, *, source="forum", start=NOON):
    """One scan an hour with these states; returns the ids."""
    ids = []
    for number, state in enumerate(states):
        scan = work.scans.start("nightly", [source], start + number * HOUR)
        work.scans.cover(scan, a_coverage(source, SourceState(state)))
        work.scans.finish(scan, start + number * HOUR + HOUR / 2)
        ids.append(scan)
    return ids


def test_a_scan_comes_back_with_its_coverage(work):
    scan = work.scans.start("by hand", ["forum", "our-site"], NOON)
    forum = a_coverage(
        "forum",
        SourceState.PARTIAL,
        read=12,
        unchanged=3,
        cut=1,
        skipped={"robots.txt forbids it": 4},
        failed={"HTTP 503": 2},
        notes=("page limit reached", "cannot read image/webp"),
        rooms_seen={"zoom": 7},
    )
    site = a_coverage("our-site", SourceState.FAILED)
    work.scans.cover(scan, forum)
    work.scans.cover(scan, site)
    work.scans.finish(scan, NOON + HOUR)
    found = work.scans.latest("forum")
    assert found == work.scans.recent(5)[0]
    assert (found.id, found.trigger, found.sources) == (scan, "by hand", ("forum", "our-site"))
    assert (found.started, found.finished) == (NOON, NOON + HOUR)
    assert found.coverages == (forum, site)


def test_covering_twice_keeps_the_second(work):
    scan = work.scans.start("by hand", ["forum"], NOON)
    work.scans.cover(scan, a_coverage(state=SourceState.OK, read=1))
    work.scans.cover(scan, a_coverage(state=SourceState.FAILED, notes=("cut short",)))
    (coverage,) = work.scans.latest("forum").coverages
    assert (coverage.state, coverage.read, coverage.notes) == (SourceState.FAILED, 0, ("cut short",))


def test_an_interrupted_scan_is_there_without_an_end(work):
    scanned(work, ["ok"])
    interrupted = work.scans.start("nightly", ["forum"], NOON + HOUR)
    newest, older = work.scans.recent(10)
    assert (newest.id, newest.finished, newest.coverages) == (interrupted, None, ())
    assert older.finished is not None
    assert work.scans.latest("forum") == older


def test_recent_is_newest_first_and_no_more_than_asked(work):
    ids = scanned(work, ["ok", "ok", "failed"])
    assert [scan.id for scan in work.scans.recent(2)] == [ids[2], ids[1]]
    assert work.scans.recent(0) == []


def test_a_source_never_scanned_has_no_standing(work):
    scanned(work, ["ok"], source="our-site")
    assert work.scans.latest("forum") is None
    assert work.scans.standing("forum") is None


def test_a_standing_says_since_when_without_a_break(work):
    def standing(source="forum"):
        found = work.scans.standing(source)
        return found.state.value, found.since, found.scans

    scanned(work, ["blocked", "ok", "ok"])
    assert standing() == ("ok", NOON + HOUR, 2)
    scanned(work, ["blocked"] * 30, source="our-site")
    scanned(work, ["blocked"], start=NOON + 3 * HOUR)
    assert standing() == ("blocked", NOON + 3 * HOUR, 1)
    scanned(work, ["blocked", "failed", "failed", "failed"], start=NOON + 4 * HOUR)
    assert standing() == ("failed", NOON + 5 * HOUR, 3)
    assert standing("our-site") == ("blocked", NOON, 30)


def test_states_may_count_as_one(work):
    dark = [SourceState.FAILED, SourceState.BLOCKED]
    scanned(work, ["ok", "failed", "blocked", "failed"])
    assert work.scans.standing("forum", alike=dark).since == NOON + HOUR
    assert work.scans.standing("forum", alike=dark).scans == 3
    scanned(work, ["ok", "ok"], start=NOON + 4 * HOUR)
    assert work.scans.standing("forum", alike=dark).scans == 2


def test_old_scans_are_forgotten_with_their_coverage(work):
    _, new = scanned(work, ["failed", "ok"])
    work.scans.forget(NOON + HOUR)
    assert [scan.id for scan in work.scans.recent(9)] == [new]
    assert work.scans.standing("forum").scans == 1


def test_whole_readings_leave_out_fast_scans(work):
    scanned(work, ["ok", "failed"])
    fast = work.scans.start("countdown", ["forum"], NOON + 3 * HOUR, fast=True)
    work.scans.cover(fast, a_coverage(state=SourceState.PARTIAL))
    assert work.scans.latest("forum").coverages[0].state is SourceState.PARTIAL
    assert [one.state.value for one in work.scans.whole_readings("forum", 9)] == ["failed", "ok"]
    assert [one.state.value for one in work.scans.whole_readings("forum", 1)] == ["failed"]
