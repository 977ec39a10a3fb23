"""A mail that reports a leak becomes an alert, one about other people's meetings nothing at all."""

from __future__ import annotations

from tests.e2e.installation import Installation
from tests.internet import serve
from tests.postbox import postbox

ROOM, OTHERS = "82205550117", "84105550199"


def test_a_mail_that_reports_a_leak_is_told_and_its_page_looked_at(home: Installation) -> None:
    rooms = [{"platform": "zoom", "key": ROOM}]
    home.register([{"title": "Choir", "starts": "2037-01-07T19:30:00Z", "rooms": rooms}])
    mails = home.data.parent / "mails"
    mails.mkdir()
    with serve({"/raid": f"<p>Meeting ID: {ROOM}</p>"}) as site, postbox() as box:
        home.configure({}, box)
        settings = home.data / "schedules.yaml"
        inbox = f"sources:\n  mails: {{kind: inbox, folder: {mails}}}"
        text = settings.read_text().replace("sources:", inbox, 1).replace("[]", f'["{site.pair}"]')
        settings.write_text(text)
        for name, room, page in (("ours", ROOM, "/raid"), ("others", OTHERS, "/party")):
            written = f"Zoom Meeting ID: {room} was posted at {site.url(page)}"
            (mails / f"{name}.eml").write_text(f"From: a@b.c\nTo: d@e.f\nSubject: x\n\n{written}\n")
        (mails / "nowhere.eml").write_text(f"From: a@b.c\nTo: d@e.f\nSubject: x\n\nMeeting ID: {ROOM}\n")
        report = home.run("scan", "--json").json()
        assert report["exposures"]["new"] == 1
        assert report["sources"][0]["state"] == "ok"
        assert site.paths == [], "no page is opened before its mail is known to speak of us"
        (mail,) = box.messages
        assert "As was reported, the way into “Choir”" in " ".join(mail.body().split())
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert [(place["address"], place["where"]) for place in exposure["sightings"]] == [
            (site.url("/raid"), "reported by mail")
        ]
        home.run("scan")
        assert site.paths == ["/raid"]
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert exposure["sightings"][0]["form"] == "written", "now Lychgate saw it itself"
    for file in home.data.iterdir():
        assert b"/party" not in file.read_bytes()
