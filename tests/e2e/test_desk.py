"""The review desk in a real browser, on a phone and on a screen: from the first link to the closed case."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.installation import Installation
from tests.internet import Site, serve
from tests.postbox import Postbox, postbox

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60
PASSWORD = "harbour pencil violet otter"
ROOM = "82205550117"
LEAK = f'<p>Everybody come: <a href="https://us02web.zoom.us/j/{ROOM}?pwd=wren42abcDEF">join</a></p>'
CLEAN = "<p>Nothing here.</p>"
INVITATION = f"""Ann is inviting you to a scheduled Zoom meeting.

Topic: Evening prayer
Time: Dec 24, 2031 07:00 PM London

Join Zoom Meeting
https://us02web.zoom.us/j/{ROOM}?pwd=wren42abcDEF

Meeting ID: 822 0555 0117
Passcode: wren42
"""
NEW_INVITATION = INVITATION.replace(ROOM, "82205550998").replace("822 0555 0117", "822 0555 0998")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no /usr/bin/chromium")


@contextmanager
def serving(home: Installation) -> Iterator[str]:
    """Run ``lychgate serve`` and yield the link that it prints for the first person."""
    log = (home.data / "serve.log").open("wb")
    said = (home.data / "serve.out").open("wb")
    command = [
        sys.executable,
        "-u",
        "-c",
        "from scanner.cli import main; main()",
        "--data",
        str(home.data),
        "serve",
    ]
    with log, said, subprocess.Popen(command, stdout=said, stderr=log) as process:
        try:
            link = ""
            end = time.monotonic() + PATIENCE
            while not link and time.monotonic() < end:
                found = re.search(r"http://\S+/join/[\w-]+", (home.data / "serve.out").read_text())
                link = found[0] if found else ""
                time.sleep(0.1)
            assert link, (home.data / "serve.log").read_text()
            yield link
        finally:
            process.terminate()
            process.wait(30)


@contextmanager
def browsing(width: int) -> Iterator[Any]:
    """A page of a new browser; nothing it is shown may run a script that is not the desk's own."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        try:
            context = browser.new_context(viewport={"width": width, "height": 800})
            context.set_default_timeout(PATIENCE * 1000)
            page = context.new_page()
            page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
            yield page
        finally:
            browser.close()


def fits(page: Any) -> None:
    """Hold a page to what holds for all: no sideways scrolling, one heading, a title."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
    assert page.locator("h1").count() == 1, page.url


def sees(page: Any, text: str) -> None:
    """Wait for a page that shows a text."""
    sync_api.expect(page.locator("main")).to_contain_text(text, timeout=PATIENCE * 1000)


def join(page: Any, link: str) -> None:
    page.goto(link)
    fits(page)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Begin").click()


def scan(page: Any, done: Callable[[], bool]) -> None:
    """Press the button, and wait for the page to say by itself that it is at rest."""
    base = page.url.split("/", 3)
    page.goto(f"{base[0]}//{base[2]}/scans")
    page.get_by_role("button", name="Look at everything now").click()
    sync_api.expect(page.get_by_text("At rest.")).to_be_visible(timeout=PATIENCE * 1000)
    assert done()


def open_desk(home: Installation, site: Site, box: Postbox) -> None:
    home.configure({"parish": site}, box, more="web: {listen: '127.0.0.1:0'}")


PAGES = ("/", "/exposures", "/exposures/1", "/meetings", "/meetings/1", "/meetings/add", "/sources", "/scans")
MORE = ("/alerts", "/report", "/help", "/start", "/account", "/drill", "/calendars")


def hold_a_drill(page: Any, desk: str, box: Postbox) -> None:
    """End the first steps with a drill, and wait for its mail and for the page to say so by itself."""
    before = len(box.messages)
    page.goto(f"{desk}/start")
    fits(page)
    page.get_by_role("button", name=re.compile("drill")).click()
    sees(page, "A leak is planted")
    sees(page, "Drill passed, ")
    fits(page)
    (mail,) = box.wait_for(before + 1)[before:]
    assert "DRILL, nothing is wrong" in str(mail.mail["subject"])
    sees(page, "clerk (clerk@example.org): delivered.")
    page.goto(desk)
    sees(page, "Next meetings")
    assert page.get_by_text("invented meeting").count() == 0, "nothing of it is left"


def pause_and_resume(page: Any, desk: str) -> None:
    page.goto(f"{desk}/sources")
    page.get_by_text("Pause", exact=False).first.click()
    page.get_by_label("Why, for those who look later").fill("the site moves house")
    page.get_by_role("button", name="Pause it").click()
    sees(page, "Not looked at since")
    fits(page)
    page.goto(desk)
    sees(page, "parish is paused: not looked at since")
    fits(page)
    page.goto(f"{desk}/sources")
    page.get_by_role("button", name="Resume").click()
    sees(page, "It is looked at again from its next turn on.")


def test_from_the_first_link_to_the_closed_case(home: Installation) -> None:
    with postbox() as box, serve({"/": LEAK}) as site:
        open_desk(home, site, box)
        with serving(home) as link, browsing(360) as page:
            join(page, link)
            sees(page, "First steps")
            fits(page)

            page.get_by_role("button", name="Paste an invitation").click()
            page.get_by_label("Paste the whole invitation").fill(INVITATION)
            page.get_by_role("button", name="Read it").click()
            sees(page, "This is what I understood")
            sees(page, "Evening prayer")
            fits(page)
            assert ROOM not in page.locator("dl").inner_text().replace(" ", "")
            page.get_by_role("button", name="Yes, watch this meeting").click()
            sees(page, "Registered. It is watched from now on.")
            fits(page)

            desk = page.url.removesuffix("/meetings/1?done=registered")
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 800})
                hold_a_drill(page, desk, box)
            pause_and_resume(page, desk)
            box.messages.clear()

            scan(page, lambda: "/" in site.paths)
            fits(page)
            assert len(box.wait_for(1)) == 1, "and the mail went out"
            page.get_by_role("link", name="Lychgate", exact=True).click()
            sees(page, "Leak open")
            fits(page)
            page.get_by_role("button", name="Deal with it").click()
            sees(page, "still there")
            fits(page)
            assert ROOM not in page.content()
            assert "wren42" not in page.content()
            page.get_by_role("button", name="Show rooms and addresses in full").click()
            sees(page, ROOM)
            page.go_back()
            page.get_by_role("button", name="I am on it").click()
            sees(page, "Noted: somebody is on it.")

            page.get_by_role("button", name="Give the meeting a new link").click()
            sees(page, "A new link for Evening prayer")
            fits(page)
            page.get_by_label("Paste the new invitation").fill(NEW_INVITATION)
            page.get_by_label("I deleted the old meeting").check()
            page.get_by_role("button", name="Watch the new link").click()
            sees(page, "Earlier rooms, still on watch")
            sees(page, "closed: the meeting has a new link")

            site.pages["/"] = CLEAN
            scan(page, lambda: site.paths.count("/") >= 2)
            page.get_by_role("link", name="Lychgate", exact=True).click()
            sees(page, "Next meetings")
            assert page.get_by_text("Clear", exact=True).count() == 1

            page.get_by_text("More", exact=True).click()
            page.get_by_role("link", name="People").click()
            sees(page, "Invite somebody")
            fits(page)
            page.get_by_label("E-mail address").fill("bea@example.org")
            page.get_by_label("Read-only").check()
            page.get_by_role("button", name="Make a link").click()
            invitation = page.get_by_label("Link", exact=True).input_value()
            page.get_by_role("link", name="Who did what").click()
            sees(page, "revealed")
            page.get_by_text("More", exact=True).click()
            page.get_by_role("button", name="Sign out").click()
            sees(page, "Sign in")

            join(page, invitation)
            sees(page, "Next meetings")
            page.get_by_role("link", name="Meetings", exact=True).click()
            page.get_by_role("link", name="Evening prayer").click()
            sees(page, "Safety checklist")
            assert page.get_by_role("button", name="Show ID and passcode").count() == 0
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                for path in (*PAGES, *MORE):
                    page.goto(desk + path)
                    fits(page)
