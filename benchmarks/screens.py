"""Take pictures of the review desk as an invented parish sees it, and hold every page to axe-core.

    python benchmarks/screens.py FOLDER [--axe axe.min.js] [--language de] [PAGE ...]

Each page is seen on a phone and on a screen, in light and in dark. ``axe.min.js`` is a file of the npm
package axe-core; it looks at a page with its folded parts shut and open. A fault makes the exit code 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from scanner.actions.setup import set_up
from scanner.actions.workspace import Workspace, opened
from scanner.model import ExposureState, News, PasscodeMatch, Severity, SeverityLevel, SourceState
from storage.store import Work
from tests.builders import a_coverage, a_meeting, a_passcode, a_room, a_sighting, an_alert
from tests.web.desk import Clock, served

CHROMIUM = "/usr/bin/chromium"
SIZES = {"phone": (360, 800), "screen": (1280, 800)}
OPEN = ("/sign-in", "/sign-in/code", "/stop/x")
PAGES = (
    *("/", "/exposures", "/exposures?only=hand", "/exposures/1", "/exposures/2", "/exposures/3"),
    *("/exposures/report", "/meetings", "/meetings/1", "/meetings/3", "/meetings/add", "/meetings/3/link"),
    *(
        "/meetings/3/remove",
        "/calendars",
        "/sources",
        "/scans",
        "/alerts",
        "/drill",
        "/people",
        "/people/audit",
    ),
    *("/organisation", "/report", "/start", "/help", "/account", "/nowhere"),
)
SETTINGS = """version: 1
sources:
  our-site: {kind: site, start: ["https://stmarys.example/"]}
  village-forum: {kind: discourse, start: ["https://forum.example/"]}
  notice-board: {kind: site, start: ["https://board.example/"]}
channels:
  clerk: {kind: email, to: [clerk@example.org], host: 127.0.0.1, port: 1}
  warden: {kind: email, to: [warden@example.org], host: 127.0.0.1, port: 1}
routes: [{to: [clerk]}]
schedules:
  nightly: {cron: "10 3 * * mon-sun", sources: all}
"""
MEETINGS = (
    ("Evening prayer", 5, "FREQ=WEEKLY"),
    ("Parish council", 26, ""),
    ("Youth group", 50, "FREQ=WEEKLY"),
    ("Bell ringers", 75, ""),
    ("Coffee and questions for newcomers to the parish", 220, ""),
)
NIGHTS: dict[str, dict[int, SourceState | None]] = {
    "our-site": {},
    "village-forum": {
        3: SourceState.PARTIAL,
        9: SourceState.BLOCKED,
        10: SourceState.BLOCKED,
        17: SourceState.FAILED,
        22: SourceState.SUSPICIOUS,
    },
    "notice-board": {
        **dict.fromkeys(range(12)),
        20: SourceState.PAUSED,
        21: SourceState.PAUSED,
        29: SourceState.BLOCKED,
    },
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fill(workspace: Workspace, clock: Clock) -> None:
    """Invent a month of a parish: five meetings, three leaks, 30 nights, a mail that did not arrive."""
    with workspace.store.begin() as work:
        _leaks(work, workspace.organisation.id, clock)
        for night in range(30):
            at = (clock() - (29 - night) * DAY).replace(hour=3, minute=10)
            went = {source: odd.get(night, SourceState.OK) for source, odd in NIGHTS.items()}
            scan = work.scans.start("nightly", [source for source, state in went.items() if state], at)
            for source, state in went.items():
                if state is not None:
                    pages = 40 + night if state in (SourceState.OK, SourceState.PARTIAL) else 0
                    failed = {"HTTP 403": 1} if state is SourceState.BLOCKED else {}
                    work.scans.cover(scan, a_coverage(source, state, read=pages, failed=failed))
            work.scans.finish(scan, at + timedelta(minutes=9))


def _leaks(work: Work, organisation: int, clock: Clock) -> None:
    now, registered = clock(), []
    for number, (title, hours, repeats) in enumerate(MEETINGS):
        room = a_room(str(82_205_550_117 + number * 7_919))
        kept = a_meeting(
            room,
            title=title,
            starts=now + hours * HOUR,
            repeats=repeats,
            passcodes=(a_passcode("wren42"),),
        )
        registered.append((work.meetings.add(organisation, kept, now - 40 * DAY).id, room))

    def see(number: int, path: str, level: SeverityLevel, reason: str, ago: timedelta, **more: Any) -> int:
        meeting, room = registered[number]
        place = a_sighting(f"https://forum.example/{path}", room, source="village-forum", **more)
        seen = work.exposures.see(organisation, meeting, place, Severity(level, reason), now - ago)
        assert seen is not None
        return seen.exposure_id

    def tell(exposure: int, news: News, ago: timedelta) -> None:
        work.outbox.put(
            an_alert(organisation, key=f"{ago}", exposure=exposure, news=news), now - ago, now - ago
        )
        (due,) = work.outbox.claim(now - ago, HOUR, 1)
        work.outbox.sent(due.id, now - ago + timedelta(minutes=1))

    def decide(exposure: int, state: ExposureState, note: str, ago: timedelta) -> None:
        work.exposures.set_state(organisation, exposure, state, "ann@example.org", note, now - ago)

    excerpt = "Everybody is welcome on Sunday evening, join here: [link] and bring a friend"
    grave = "Link and passcode stand in public, nobody has to let people in, and it starts today."
    shown = {"passcode": PasscodeMatch.CURRENT, "excerpt": excerpt}
    prayer = see(0, "t/evening-prayer/12", SeverityLevel.CRITICAL, grave, 9 * HOUR, **shown)
    tell(prayer, News.OPENED, 9 * HOUR)
    see(0, "t/what-is-on/31", SeverityLevel.HIGH, grave, 4 * HOUR, **shown)
    tell(prayer, News.SPREAD, 4 * HOUR)
    council = see(1, "t/council/8", SeverityLevel.MEDIUM, "A waiting room holds strangers back.", 6 * DAY)
    tell(council, News.OPENED, 6 * DAY)
    decide(council, ExposureState.ACKNOWLEDGED, "changing it tonight", 5 * DAY)
    youth = see(2, "t/youth/3", SeverityLevel.HIGH, "Anybody can walk in.", 20 * DAY)
    tell(youth, News.OPENED, 20 * DAY)
    decide(youth, ExposureState.ACKNOWLEDGED, "", 19 * DAY)
    decide(youth, ExposureState.ROTATED, "new link sent to parents", 18 * DAY)
    work.outbox.put(an_alert(organisation, key="lost", exposure=prayer, channel="warden"), now, now)
    (due,) = work.outbox.claim(now, HOUR, 1)
    work.outbox.dead(due.id, "550 no such person here", now)


def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core finds on a page, with its folded parts shut and open."""
    found = []
    for way in ("shut", "open"):
        page.evaluate(
            "way => document.querySelectorAll('main details').forEach(d => d.open = way)", way == "open"
        )
        page.evaluate(axe)
        said = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        found += [
            f"{way}: {entry['id']} ({entry['impact']}): {entry['nodes'][0]['html'][:150]}"
            for entry in said["violations"]
        ]
    return found


def main() -> int:
    """Write a picture of each page into the folder; print what axe-core or the width objects to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("pages", nargs="*", default=[*OPEN, *PAGES])
    parser.add_argument("--axe", type=Path)
    parser.add_argument("--language", default="en-GB")
    given = parser.parse_intermixed_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    axe = given.axe.read_text() if given.axe else ""
    checked, faults = 0, []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data, clock = Path(folder) / "data", Clock()
        set_up({}, data, name="St Mary's", timezone="Europe/London", email="clerk@example.org")
        (data / "schedules.yaml").write_text(SETTINGS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with opened({}, data) as workspace:
            fill(workspace, clock)
            with served(workspace, clock) as desk:
                base, ann = f"http://127.0.0.1:{desk.port}", desk.somebody()
                for size, (width, height) in SIZES.items():
                    for scheme in ("light", "dark"):
                        context = browser.new_context(
                            viewport={"width": width, "height": height},
                            color_scheme=scheme,
                            locale=given.language,
                        )
                        page = context.new_page()
                        for path in given.pages:
                            context.clear_cookies()
                            if path not in OPEN:
                                session = {"name": "lychgate", "value": ann.cookies["lychgate"], "url": base}
                                context.add_cookies([session])
                            page.goto(base + path)
                            name = "-".join(path.replace("?", "/").strip("/").split("/")) or "home"
                            picture = given.folder / f"{name}-{size}-{scheme}.png"
                            page.screenshot(path=str(picture), full_page=True)
                            said = violations(page, axe) if axe else []
                            if page.evaluate("document.documentElement.scrollWidth") > width:
                                said.append("it is wider than the window")
                            faults += [f"{path} ({size}, {scheme}) {fault}" for fault in said]
                            checked += 1
                        context.close()
        browser.close()
    print("\n".join([*faults, f"{checked} pages looked at, {len(faults)} faults"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
