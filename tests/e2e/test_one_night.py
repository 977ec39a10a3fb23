"""The main job on real processes: register, scan, read the mail, acknowledge, scan again, see it gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.installation import AtAShell, Installation
from tests.internet import Answer, redirect, serve
from tests.postbox import postbox

ROOM, PASSCODE = "82205550117", "wren42"
FOREIGN = "82205559903"
FRONT = (
    '<h1>Bell ringers</h1><a href="/news">News</a> <a href="/minutes">Minutes</a> <a href="/away">Away</a>'
)
LEAK = f'<p>Join <a href="https://us02web.zoom.us/j/{ROOM}">here</a>. Passcode: {PASSCODE}</p>'
CLEAN = "<p>The link is on its way to members by e-mail.</p>"
MINUTES = f"<p>The council meets at https://zoom.us/j/{FOREIGN}</p>"


def in_hours(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


def test_one_night(tmp_path: Path) -> None:
    shell, home = AtAShell(tmp_path / "data"), Installation(tmp_path / "data")
    shell.set_up()
    with postbox() as box, serve({"/": FRONT, "/news": LEAK, "/minutes": MINUTES}) as site:
        home.configure({"parish": site}, box)
        shell.register(
            [
                {
                    "title": "Evening prayer",
                    "starts": in_hours(5),
                    "rooms": [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}],
                }
            ]
        )

        first = shell.run("scan", "--json").json()
        assert first["exposures"] == {"new": 1, "known": 0, "gone": 0}
        (source,) = first["sources"]
        assert source["name"] == "parish"
        assert (source["state"], source["read"], source["failed"]) == ("ok", 3, {"HTTP 404": 1})

        (received,) = box.wait_for(1)
        mail = received.mail
        assert mail["To"] == "clerk@example.org"
        assert "St Mary" in mail["Subject"]
        assert "127.0.0.1" in mail["Subject"]
        text = received.body("plain")
        assert "Evening prayer" in text
        assert "current passcode" in text
        for body in (received.raw.decode(), text, received.body("html")):
            assert ROOM not in body.replace(" ", "")
            assert PASSCODE not in body
            assert "zoom.us/j" not in body

        (exposure,) = shell.run("exposures", "list", "--json").lines()
        assert (exposure["meeting"], exposure["severity"], exposure["state"]) == (
            "Evening prayer",
            "critical",
            "open",
        )
        (sighting,) = exposure["sightings"]
        assert sighting["address"] == site.url("/news")
        assert (sighting["where"], sighting["form"], sighting["passcode_exposed"], sighting["state"]) == (
            "href",
            "url",
            True,
            "up",
        )

        number = str(exposure["id"])
        home.run("exposures", "ack", number, "--note", "changing it tonight")
        again = home.run("scan", "--json").json()
        assert again["exposures"] == {"new": 0, "known": 1, "gone": 0}
        assert len(box.messages) == 1, "people are told once"

        site.pages["/news"] = CLEAN
        assert home.run("scan", "--json").json()["exposures"]["gone"] == 0, "once may be a page that lacks it"
        last = home.run("scan", "--json").json()
        assert last["exposures"] == {"new": 0, "known": 0, "gone": 1}
        (exposure,) = home.run("exposures", "list", "--all", "--json").lines()
        assert exposure["state"] == "gone"
        assert exposure["sightings"][0]["state"] == "gone"
        all_clear = box.wait_for(2)[1].mail
        assert "gone" in all_clear["Subject"].lower()
        assert all_clear["In-Reply-To"] == mail["Message-ID"]

        site.pages["/news"] = LEAK
        back = home.run("scan", "--json").json()
        assert back["exposures"]["new"] == 1
        assert home.run("exposures", "list", "--json").lines()[0]["state"] == "regressed"
        assert len(box.wait_for(3)) == 3

    stored = b"".join(path.read_bytes() for path in home.data.iterdir() if path.name != "lychgate.key")
    for secret in (ROOM, PASSCODE, FOREIGN, "Evening prayer", "/news", "clerk@example.org\x00"):
        assert secret.encode() not in stored


def test_a_leak_that_was_there_before_its_meeting_is_found_on_an_unchanged_page(home: Installation) -> None:
    with serve({"/": Answer(body=LEAK, headers={"ETag": '"1"'})}) as site:
        home.configure({"parish": site}, None)
        assert home.run("scan", "--json").json()["exposures"]["new"] == 0
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        assert home.run("scan", "--json").json()["exposures"]["new"] == 1
        third = home.run("scan", "--json").json()
        assert third["sources"][0]["unchanged"] == 1
        assert third["exposures"] == {"new": 0, "known": 1, "gone": 0}


def test_a_source_that_is_down_hides_nothing_of_the_others_and_is_said(home: Installation) -> None:
    with serve({"/": LEAK}) as up, serve({}) as closing:
        down = closing
    with serve({"/": LEAK}) as up, serve({"/": Answer(status=403)}) as shut:
        home.configure({"down": down, "parish": up, "shut": shut}, None)
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        report = home.run("scan", "--json", code=3).json()
        states = {source["name"]: source["state"] for source in report["sources"]}
        assert states == {"down": "failed", "parish": "ok", "shut": "blocked"}
        assert report["sources"][0]["failed"]
        assert report["exposures"]["new"] == 1
        said = home.run("scan", code=3).out
        assert "could not look here" in said


def test_a_page_that_cannot_be_read_is_never_taken_for_gone(home: Installation) -> None:
    with serve({"/": LEAK}) as site:
        home.configure({"parish": site}, None)
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        home.run("scan")
        for trouble in (Answer(status=403), Answer(status=500), Answer(body=CLEAN, length=100_000)):
            site.pages["/"] = trouble
            report = home.run("scan", "--json", code=3).json()
            assert report["exposures"]["gone"] == 0
            (exposure,) = home.run("exposures", "list", "--json").lines()
            assert exposure["state"] == "open"
            assert exposure["sightings"][0]["state"] == "unreadable"


def test_a_mail_server_that_is_down_loses_nothing(home: Installation) -> None:
    with serve({"/": LEAK}) as site:
        with postbox() as closing:
            pass
        home.configure({"parish": site}, closing)
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        said = home.run("scan")
        assert "Not sent" in said.err
        (waiting,) = home.run("alerts", "list", "--json").lines()
        assert (waiting["state"], waiting["attempts"]) == ("due", 1)
        assert waiting["last_error"]


def test_what_was_not_read_one_night_is_read_the_next_behind_an_unchanged_front_page(
    home: Installation,
) -> None:
    front = Answer(body='<a href="/news">News</a> <a href="/late">Late</a>', headers={"ETag": '"1"'})
    with serve({"/": front, "/news": Answer(status=500)}) as site:
        home.configure({"parish": site}, None)
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        first = home.run("scan", "--json", code=3).json()
        assert first["sources"][0]["failed"] == {"HTTP 500": 1, "HTTP 404": 1}
        site.pages["/news"] = LEAK
        site.pages["/late"] = LEAK
        second = home.run("scan", "--json").json()
        assert (second["sources"][0]["unchanged"], second["sources"][0]["read"]) == (1, 2)
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert {sighting["address"] for sighting in exposure["sightings"]} == {
            site.url("/news"),
            site.url("/late"),
        }


def test_a_place_that_redirects_elsewhere_is_not_taken_for_gone(home: Installation) -> None:
    with serve({"/": '<a href="/news">News</a>', "/news": LEAK, "/members": CLEAN}) as site:
        home.configure({"parish": site}, None)
        home.register(
            [{"title": "Choir", "starts": in_hours(50), "rooms": [{"platform": "zoom", "key": ROOM}]}]
        )
        home.run("scan")
        site.pages["/news"] = redirect("/members")
        assert home.run("scan", "--json").json()["exposures"]["gone"] == 0
        (exposure,) = home.run("exposures", "list", "--json").lines()
        assert (exposure["state"], exposure["sightings"][0]["state"]) == ("open", "unreadable")
