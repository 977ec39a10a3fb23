"""What pages and people wrote is text on every page of the desk, in a real browser and without its policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scanner.model import ExposureState, PasscodeMatch
from storage.drills import DrillStage, DrillStep
from storage.store import Work
from tests.builders import a_coverage, a_meeting, a_room, a_severity, a_sighting, an_alert
from tests.web.desk import Browser, Served
from tests.web.payloads import PAYLOADS

CHROMIUM = Path("/usr/bin/chromium")


def plant(desk: Served) -> list[str]:
    """Write every payload wherever text from elsewhere is kept, and return the pages that show it."""
    now, organisation = desk.clock(), desk.workspace.organisation.id
    pages = [
        "/",
        "/exposures",
        "/exposures?page=2",
        "/exposures?page=3",
        "/exposures?only=done",
        "/meetings",
        "/meetings?page=2",
        "/scans",
        "/alerts",
        "/report",
        "/people/audit",
        "/calendars",
        "/sources",
        "/drill",
        "/organisation",
    ]
    desk.workspace.environment.schedules.write_text(
        "version: 1\nsources: {forum: {kind: site, start: ['https://forum.example/']}}\n"
    )
    with desk.workspace.store.begin() as work:
        scan = work.scans.start("nightly", ["forum"], now)
        for number, text in enumerate(PAYLOADS):
            room = a_room(str(82_000_000_000 + number * 7_919))
            kept = a_meeting(room, title=text, starts=now + timedelta(days=1))
            meeting = work.meetings.add(organisation, kept, now)
            sighting = a_sighting(
                f"https://forum.example/{text}",
                room,
                where=text,
                excerpt=text,
                source=text,
                passcode=PasscodeMatch.CURRENT,
            )
            seen = work.exposures.see(organisation, meeting.id, sighting, a_severity(reason=text), now)
            assert seen is not None
            state = ExposureState.ACKNOWLEDGED if number % 3 else ExposureState.INTENDED
            work.exposures.set_state(organisation, seen.exposure_id, state, text, text, now)
            work.exposures.set_state(organisation, seen.exposure_id, ExposureState.OPEN, text, text, now)
            work.outbox.put(
                an_alert(organisation, key=f"k{number}", exposure=seen.exposure_id, reason=text, detail=text),
                now,
                now,
            )
            work.audit.write(organisation, what=text, actor=text, note=text, now=now)
            work.scans.cover(scan, a_coverage(f"{number} {text}", failed={text: 1}, notes=(text,)))
            work.allowances.add(organisation, meeting.id, until=None, reason=text, actor=text, now=now)
            if number % 20 == 0:
                pages += [f"/exposures/{seen.exposure_id}"]
                pages += [f"/meetings/{meeting.id}{part}" for part in ("", "/link", "/remove")]
            calendar = work.calendars.add(organisation, name=text, address="https://c.example/", now=now)
            work.calendars.failed(calendar, now, fault=text)
            step = DrillStep(stage=DrillStage.FOUND, at=now, good=False, says=text)
            work.drills.tell(work.drills.add(organisation, actor=text, now=now).id, [step])
        work.paused_sources.add("forum", reason=" ".join(PAYLOADS), actor=" ".join(PAYLOADS), now=now)
        work.organisations.change(organisation, name=" ".join(PAYLOADS), timezone="Europe/London")
        _everything_in_one(work, organisation, now)
    return pages


def _everything_in_one(work: Work, organisation: int, now: datetime) -> None:
    """Write every payload into the places and the history of the first exposure."""
    for text in PAYLOADS:
        place = a_sighting(
            f"https://other.example/{text}", a_room("82000000000"), where=text, excerpt=text, source=text
        )
        work.exposures.see(organisation, 1, place, a_severity(reason=text), now)
        for state in (ExposureState.ACKNOWLEDGED, ExposureState.OPEN):
            work.exposures.set_state(organisation, 1, state, text, text, now)


def typed(ann: Browser) -> list[str]:
    """What comes back at once of what somebody types."""
    invitation = "Topic: %s\nTime: Dec 24, 2031 07:00 PM London\nhttps://zoom.us/j/82205550117"
    return [
        ann.post("/meetings/add", on="/help", invitation=invitation % text, title=text).text
        for text in PAYLOADS[::3]
    ] + [ann.post("/sources/try", on="/help", address=text).text for text in PAYLOADS[::3]]


def test_no_payload_is_markup(desk: Served) -> None:
    """Every sign that could begin a tag is written as text; nothing that turns the writing round is left."""
    ann = desk.somebody()
    for path in plant(desk):
        page = ann.get(path)
        assert page.status == 200, path
        for text in PAYLOADS:
            if "<" in text:
                assert text not in page.text, (path, text)
        assert "\u202e" not in page.text
    for text in typed(ann):
        assert not any(payload in text for payload in PAYLOADS if "<" in payload)


@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")
def test_no_payload_runs_in_a_browser(desk: Served) -> None:
    """The strict policy is switched off here: what is shown must be harmless by itself."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    ann = desk.somebody()
    pages = plant(desk)
    base = f"http://127.0.0.1:{desk.port}"
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        context = browser.new_context(bypass_csp=True)
        context.add_cookies([{"name": "lychgate", "value": ann.cookies["lychgate"], "url": base}])
        ran: list[object] = []
        context.expose_function("planted", lambda what: ran.append(what))
        page = context.new_page()
        page.set_content("<img src=x onerror=planted('control')>")
        page.wait_for_timeout(500)
        assert ran == ["control"], "the payloads would be noticed"
        for path in pages:
            page.goto(base + path)
            page.evaluate("for (const place of document.querySelectorAll('details')) place.open = true")
            page.keyboard.press("Tab")
        page.wait_for_timeout(300)
        browser.close()
    assert ran == ["control"]
