"""The way from the alarm to the closed case with nothing but a keyboard, in a real browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from scanner.model import Severity, SeverityLevel
from tests.builders import a_meeting, a_room, a_sighting
from tests.web.desk import PASSWORD, Served

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60
MOST_STEPS = 60
ROOMS = ("82205550117", "82205550118", "82205550119")
INVITATION = """Topic: {title}
Time: Dec 24, 2031 07:00 PM London
https://us02web.zoom.us/j/{room}?pwd=wren42abcDEF
Passcode: wren42"""
FOCUS = """() => {
  const place = document.activeElement;
  if (!place || place === document.body) return null;
  const style = getComputedStyle(place), box = place.getBoundingClientRect();
  const across = box.left + box.width / 2, down = box.top + Math.min(box.height / 2, 10);
  const top = document.elementFromPoint(across, down);
  return {
    name: (place.labels?.[0]?.innerText || place.innerText || place.getAttribute("aria-label") || "").trim(),
    outlined: style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && (place.contains(top) || Boolean(top?.contains(place))),
    where: place.outerHTML.slice(0, 120),
  };
}"""

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium"),
    pytest.mark.timeout(300),
]


def step(page: Any, key: str = "Tab") -> str | None:
    """Press a key and return the name of what has the focus then, which is always to be seen.

    None outside the page.
    """
    page.keyboard.press(key)
    found: dict[str, Any] | None = page.evaluate(FOCUS)
    if found is None:
        return None
    assert found["outlined"], (page.url, found)
    assert found["seen"], (page.url, found)
    return str(found["name"])


def reach(page: Any, name: str) -> None:
    """Press Tab until something of this name has the focus."""
    passed = []
    for _ in range(MOST_STEPS):
        found = step(page)
        if found and found.startswith(name):
            return
        passed.append(found)
    pytest.fail(f"{name!r} was never reached on {page.url}: {passed}")


def press(page: Any, name: str, key: str = "Enter") -> None:
    reach(page, name)
    page.keyboard.press(key)


def sees(page: Any, text: str) -> None:
    sync_api.expect(page.locator("main")).to_contain_text(text, timeout=PATIENCE * 1000)


def leaks(desk: Served) -> None:
    """Three meetings in public."""
    now, organisation = desk.clock(), desk.workspace.organisation.id
    with desk.workspace.store.begin() as work:
        for number, room in enumerate(ROOMS):
            kept = a_meeting(a_room(room), title=f"Group {number}", starts=now + timedelta(hours=5 + number))
            meeting = work.meetings.add(organisation, kept, now - timedelta(days=1))
            place = a_sighting(f"https://forum.example/t/{number}", a_room(room))
            severity = Severity(SeverityLevel.HIGH, "Anybody can walk in.")
            work.exposures.see(organisation, meeting.id, place, severity, now)


def test_the_whole_way_by_keyboard(desk: Served) -> None:
    leaks(desk)
    desk.somebody()
    with sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.goto(f"http://127.0.0.1:{desk.port}/")

        assert step(page) == "Skip to the page", "it comes first, and is seen then"
        page.keyboard.press("Enter")
        assert step(page) == "E-mail address", "the menu was skipped"
        page.keyboard.type("ann@example.org")
        reach(page, "Password")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        sees(page, "3 leaks need somebody now.")

        press(page, "Deal with it")
        sees(page, "What to do now")
        press(page, "I am on it")
        sees(page, "Noted: somebody is on it.")
        press(page, "Give the meeting a new link")
        sees(page, "A new link for Group 0")
        reach(page, "Paste the new invitation here")
        page.keyboard.insert_text(INVITATION.format(title="Group 0", room="82205550998"))
        press(page, "I deleted the old meeting", "Space")
        press(page, "Watch the new link")
        sees(page, "Earlier rooms, still on watch")

        press(page, "Exposures")
        sees(page, "Needs review (2)")
        help_line = page.get_by_text("Keys, while an entry has the focus")
        sync_api.expect(help_line).to_be_visible(timeout=PATIENCE * 1000)
        reach(page, "Group 2")
        assert step(page, "j") == "Group 1", "j goes on"
        page.keyboard.press("x")
        assert page.get_by_role("checkbox").nth(1).is_checked()
        page.keyboard.press("x")
        assert not page.get_by_role("checkbox").nth(1).is_checked()
        assert step(page, "k") == "Group 2", "k goes back"
        page.keyboard.press("x")
        press(page, "Acknowledge what is ticked")
        sees(page, "In hand (1)")

        press(page, "Group 1")
        sees(page, "Where it stands")
        press(page, "Close it")
        press(page, "The meeting has a new link", "Space")
        page.keyboard.press("ArrowDown")
        assert page.get_by_label("It was taken down").is_checked()
        press(page, "Close")
        sees(page, "closed: the place was taken down")

        press(page, "Meetings")
        sees(page, "Add a meeting")
        press(page, "Add a meeting")
        sees(page, "Many at once")
        reach(page, "Paste the whole invitation")
        page.keyboard.insert_text(INVITATION.format(title="Evening prayer", room="82205550555"))
        press(page, "Read it")
        sees(page, "This is what I understood")
        press(page, "Yes, watch this meeting")
        sees(page, "Registered. It is watched from now on.")

        page.reload()
        places = [step(page) for _ in range(MOST_STEPS)]
        assert None in places, "Tab leads out of the page again"
        assert {"Lychgate", "Give it a new link", "Save the answers"} <= set(places[: places.index(None)])
        press(page, "More")
        press(page, "Sign out")
        sees(page, "Sign in")
        browser.close()
