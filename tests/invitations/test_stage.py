"""The demonstration's invitations are understood, and its pages leak exactly those three meetings."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from string import Template

import pytest

from scanner.detect import detect
from scanner.invitations.pasted import understand
from scanner.model import Document, Form, PasscodeKind, Room

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
STAGE = Path(str(files("scanner.cli") / "demo"))
YOGA = Room("zoom", "83905550142")
STEADY = Room("zoom", "84605550178")
YOUTH = Room("google-meet", "tcy-fitn-ess")
LEAKS = {
    ("site/newsletters/autumn.html", YOGA),
    ("forum/viewtopic-t204-s10.html", STEADY),
    ("forum/viewtopic-t326.html", YOUTH),
    ("site/societies/youth-fitness.html", YOUTH),
}
STRANGERS = {
    "site/events.html",
    "site/minutes/october.html",
    "site/societies/repair-cafe.html",
    "forum/viewtopic-t318.html",
    "forum/viewtopic-t322.html",
}


@pytest.mark.parametrize(
    ("name", "title", "room"),
    [
        ("yoga", "Yoga for everybody", YOGA),
        ("steady-together", "Steady Together", STEADY),
        ("youth-fitness", "Youth fitness", YOUTH),
    ],
)
def test_each_invitation_is_understood_without_a_question(name, title, room):
    text = Template((STAGE / f"invitations/{name}.txt").read_text(encoding="utf-8")).substitute(
        day_zoom="Nov 26, 2026", day_meet="Thursday, Nov 26", day_short="Thu", day_weekday="Thursday"
    )
    meeting = understand(text, now=NOW, timezone="Europe/London")
    assert (meeting.title, meeting.rooms, meeting.questions) == (title, (room,), ())
    assert meeting.starts.date().isoformat() == "2026-11-26"
    assert meeting.repeats == "FREQ=WEEKLY;BYDAY=TH"


def test_the_pages_leak_three_meetings_and_name_five_of_strangers():
    found = {}
    for path in sorted(STAGE.glob("[sf]*/**/*.html")):
        name = path.relative_to(STAGE).as_posix()
        document = Document(f"http://127.0.0.1/{name}", path.read_bytes(), "text/html", "utf-8")
        for link in detect(document).links:
            found[name, link.room] = link
    assert {place for place in found if place[1] in (YOGA, STEADY, YOUTH)} == LEAKS
    assert {name for name, room in found if room not in (YOGA, STEADY, YOUTH)} == STRANGERS
    assert len(found) == len(LEAKS) + len(STRANGERS)
    yoga, steady = found["site/newsletters/autumn.html", YOGA], found["forum/viewtopic-t204-s10.html", STEADY]
    assert yoga.passcode.kind is PasscodeKind.TOKEN
    assert (steady.form, steady.passcode.text) == (Form.WRITTEN, "604218")
