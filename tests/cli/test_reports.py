"""Somebody saw a meeting where Lychgate does not look: it is recorded and told, and others' are forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ExitCode
from tests.cli.clerk import Clerk, words
from tests.extract.flyers import flyer, saved
from tests.internet import Site, serve
from tests.postbox import postbox

ROOM, PASSCODE = "82205550117", "wren42"
LINK = f"https://us02web.zoom.us/j/{ROOM}"
OTHERS = "https://us02web.zoom.us/j/84105550199"
POST = "https://www.social.org/groups/raid/posts/9"


@pytest.fixture
def choir(clerk: Clerk) -> Clerk:
    rooms = [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}]
    clerk.register([{"title": "Choir", "starts": "2031-01-07T19:30:00Z", "rooms": rooms}])
    clerk.configure({}, None)
    return clerk


def watch(clerk: Clerk, site: Site) -> None:
    """Let the pages that people report be read again."""
    clerk.configure({}, None, more=f'network: {{allow: ["{site.pair}"]}}')
    settings = clerk.data / "schedules.yaml"
    lines = [line for line in settings.read_text().splitlines() if line != "network: {allow: []}"]
    settings.write_text("\n".join(lines).replace("sources:", "sources:\n  told: {kind: reported}", 1))


def test_a_pasted_post_is_recorded_and_told_in_true_words(choir: Clerk) -> None:
    with serve({"/": "nothing here"}) as site, postbox() as box:
        choir.configure({"parish": site}, box)
        said = choir.run(
            *("exposures", "report", POST, "--text", "-", "--said-by", "Ann", "--seen", "2026-11-20 18:03"),
            stdin=f"come and join us lol {LINK} passcode: {PASSCODE}",
        ).out
        assert "exposures show 1" in said
        choir.run("scan")
        (message,) = box.messages
    text = words(message.body())
    assert "As was reported, the way into “Choir” stands in public on www[.]social[.]org." in text
    assert "reported by Ann, who saw it on 20 Nov 2026 at 18:03 GMT" in text
    assert "Not seen by Lychgate." in text
    (exposure,) = choir.run("exposures", "list", "--json").lines()
    (sighting,) = exposure["sightings"]
    assert (sighting["address"], sighting["form"], sighting["passcode_exposed"]) == (POST, "reported", True)
    assert sighting["where"] == "reported by Ann, who saw it on 20 Nov 2026 at 18:03 GMT"
    shown = words(choir.run("exposures", "show", "1").out)
    assert "not seen by Lychgate (reported by Ann" in shown
    for secret in (ROOM, PASSCODE):
        assert secret not in shown


def test_a_screenshot_is_read(choir: Clerk, tmp_path: Path) -> None:
    picture = tmp_path / "screenshot.png"
    picture.write_bytes(saved(flyer(qr=LINK), "PNG"))
    said = choir.run("exposures", "report", POST, "--text", str(picture), "--json").json()
    assert said == {"exposures": [1], "new": True, "rooms": 1, "read_again_by": None}


def test_a_persons_word_is_enough_where_there_is_nothing_to_search(choir: Clerk) -> None:
    choir.run("exposures", "report", "www.social.org/groups/raid/posts/9", "--meeting", "1")
    (exposure,) = choir.run("exposures", "list", "--json").lines()
    assert exposure["sightings"][0]["address"] == POST
    again = choir.run("exposures", "report", POST, "--meeting", "1").out
    assert "It is known already." in again
    assert len(choir.run("exposures", "list", "--json").lines()) == 1


def test_meetings_of_others_are_counted_and_forgotten(choir: Clerk) -> None:
    said = choir.run("exposures", "report", POST, "--text", "-", stdin=f"see {OTHERS}").out
    assert "one meeting stands in it, none of yours. That was counted and forgotten." in words(said)
    nothing = choir.run("exposures", "report", POST, "--text", "-", stdin="hello").out
    assert "no meeting could be found in it" in nothing
    assert "No open exposures." in choir.run("exposures", "list").out
    for file in choir.data.iterdir():
        assert b"84105550199" not in file.read_bytes()
        assert b"social.org" not in file.read_bytes()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (LINK, "That is the meeting itself"),
        ("ftp://social.org/x", "That is not the address of a page"),
        ("http://192.168.1.1/", "That is no page in public"),
        ("https://ann:secret@social.org/", "That is no page in public"),
        ("on the notice board", "That is not the address of a page"),
        ("https://social.org/" + "x" * 3000, "That is not the address of a page"),
    ],
)
def test_what_is_no_public_page_is_refused(choir: Clerk, address: str, sentence: str) -> None:
    error = choir.run("exposures", "report", address, "--meeting", "1", code=ExitCode.USAGE).err
    assert sentence in error
    assert ROOM not in error


def test_other_mistakes_have_their_sentences(choir: Clerk, tmp_path: Path) -> None:
    for arguments, sentence in (
        ((), "Give what stands there"),
        (("--meeting", "7"), "There is no meeting 7"),
        (("--meeting", "1", "--seen", "2099-01-01 10:00"), "That time has not come yet"),
        (("--text", str(tmp_path / "none")), "cannot be read"),
    ):
        assert sentence in choir.run("exposures", "report", POST, *arguments, code=ExitCode.USAGE).err


def test_the_page_is_looked_at_from_then_on(choir: Clerk) -> None:
    with serve({"/post": f'<a href="{LINK}">join</a>', "/wall": "<p>Log in to see this post</p>"}) as site:
        watch(choir, site)
        assert choir.run("scan", "--json").json()["sources"][0]["state"] == "ok", "nothing reported yet"
        for path in ("/post", "/wall"):
            said = choir.run("exposures", "report", site.url(path), "--meeting", "1").out
            assert "Source told looks at the page" in said
        for _ in range(2):
            assert "asks for a log-in" in choir.run("scan", code=ExitCode.INCOMPLETE).out
        assert sorted(set(site.paths)) == ["/post", "/wall"]
        (exposure,) = choir.run("exposures", "list", "--json").lines()
        seen = {s["address"]: (s["form"], s["state"]) for s in exposure["sightings"]}
        assert seen == {
            site.url("/post"): ("url", "up"),
            site.url("/wall"): ("reported", "unreadable"),
        }
        del site.pages["/wall"]
        site.pages["/post"] = "<p>taken down</p>"
        choir.run("scan")
        choir.run("scan")
    assert "No open exposures." in choir.run("exposures", "list").out
