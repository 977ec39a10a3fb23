"""Measure the pages of the review desk with a big register: server time and size of each.

    python benchmarks/web.py [--meetings 10000] [--exposures 5000] [--rounds 15]

Everything is made up, in a temporary folder, and asked for over HTTP on loopback. On a busy machine look at
the time on the processor: it is that of this process, which serves and asks.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scanner.actions.setup import set_up
from scanner.actions.workspace import Workspace, opened
from scanner.model import ExposureState, PasscodeMatch, Severity, SeverityLevel
from tests.builders import a_coverage, a_meeting, a_passcode, a_room, a_sighting, an_alert
from tests.web.desk import Clock, served

PAGES = (
    "/",
    "/exposures",
    "/exposures?page=20",
    "/exposures?only=done",
    "/exposures/1",
    "/meetings",
    "/meetings?page=100",
    "/meetings/1",
    "/sources",
    "/scans",
    "/alerts",
    "/people",
    "/people/audit",
    "/report",
    "/report.csv",
    "/start",
    "/calendars",
    "/drill",
    "/organisation",
    "/help",
    "/account",
)
SETTINGS = """version: 1
sources:
  parish: {kind: site, start: ["https://parish.example/"]}
  forum: {kind: site, start: ["https://forum.example/"]}
channels:
  clerk: {kind: email, to: [clerk@example.org], host: 127.0.0.1, port: 1}
"""
REPEATS = ("", "FREQ=WEEKLY;BYDAY=TU", "FREQ=MONTHLY;BYDAY=2TH", "FREQ=DAILY;COUNT=500")


def fill(workspace: Workspace, clock: Clock, *, meetings: int, exposures: int) -> None:
    """Register meetings of all kinds, one leak in each of the first ones, 30 nights of scans."""
    now, organisation = clock(), workspace.organisation.id
    levels = list(SeverityLevel)
    with workspace.store.begin() as work:
        for number in range(meetings):
            room = a_room(str(81_000_000_000 + number * 7_919))
            starts = now + timedelta(hours=number % 700 - 200)
            kept = a_meeting(
                room,
                title=f"Group {number} of the parish",
                starts=starts,
                repeats=REPEATS[number % len(REPEATS)],
                passcodes=(a_passcode(f"lark{number}"),),
            )
            meeting = work.meetings.add(organisation, kept, now - timedelta(days=3))
            if number >= exposures:
                continue
            for place in range(1 + number % 3):
                sighting = a_sighting(
                    f"https://forum.example/t/{number}/{place}", room, passcode=PasscodeMatch.CURRENT
                )
                severity = Severity(levels[number % 4], "The link stands there, with its passcode.")
                seen = work.exposures.see(organisation, meeting.id, sighting, severity, now)
            assert seen is not None
            if number % 5 == 0:
                closed = ExposureState.REMOVED
                work.exposures.set_state(organisation, seen.exposure_id, closed, "ann", "done", now)
            alert = an_alert(organisation, key=f"{number}", exposure=seen.exposure_id)
            work.outbox.put(alert, now, now)
        for night in range(30):
            scan = work.scans.start("nightly", ["parish", "forum"], now - timedelta(days=30 - night))
            for source in ("parish", "forum"):
                work.scans.cover(scan, a_coverage(source, read=200, failed={"HTTP 404": 3}))
            work.scans.finish(scan, now - timedelta(days=30 - night) + timedelta(minutes=9))


def main() -> None:
    """Print a table in milliseconds: first time, median, 95th percentile, on the processor; and bytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meetings", type=int, default=10_000)
    parser.add_argument("--exposures", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        set_up({}, data, name="Big parish", timezone="Europe/London", email="clerk@example.org")
        (data / "schedules.yaml").write_text(SETTINGS)
        clock = Clock()
        with opened({}, data) as workspace:
            fill(workspace, clock, meetings=given.meetings, exposures=given.exposures)
            with served(workspace, clock) as desk:
                ann = desk.somebody()
                print(f"{given.meetings} meetings, {given.exposures} exposures")
                print(f"{'page':24} {'first':>8} {'median':>8} {'p95':>8} {'cpu':>8} {'bytes':>8}")
                for path in PAGES:
                    times, busy = [], []
                    for _ in range(given.rounds + 1):
                        begin, worked = time.perf_counter(), time.process_time()
                        said = ann.get(path)
                        times.append((time.perf_counter() - begin) * 1000)
                        busy.append((time.process_time() - worked) * 1000)
                        assert said.status == 200, (path, said.status)
                    first, rest = times[0], sorted(times[1:])
                    p95 = rest[min(len(rest) - 1, round(0.95 * len(rest)))]
                    median = statistics.median(rest)
                    cpu = statistics.median(busy[1:])
                    print(f"{path:24} {first:8.0f} {median:8.0f} {p95:8.0f} {cpu:8.0f} {len(said.body):8}")


if __name__ == "__main__":
    main()
