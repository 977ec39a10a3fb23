"""``lychgate exposures`` and ``alerts`` after one scan that found one leak."""

from __future__ import annotations

import pytest

from scanner.errors import ExitCode
from tests.cli.choir import LEAK, PASSCODE, ROOM, state
from tests.cli.clerk import Clerk, words
from tests.internet import Answer, serve
from tests.postbox import nobody_home, postbox


def test_json_is_as_the_readme_promises(leak: Clerk) -> None:
    (exposure,) = leak.run("exposures", "list", "--json").lines()
    assert list(exposure) == ["id", "meeting", "severity", "reason", "state", "sightings"]
    assert list(exposure["sightings"][0]) == [
        "address",
        "where",
        "form",
        "passcode_exposed",
        "state",
        "first_seen",
        "last_seen",
    ]
    assert leak.run("exposures", "show", "1", "--json").json() == exposure


def test_one_is_shown_with_its_story_and_without_its_secrets(leak: Clerk) -> None:
    leak.run("exposures", "ack", "1", "--note", "I call them")
    said = leak.run("exposures", "show", "1").out
    for part in (
        "Choir",
        "still up",
        "zoom ••••••••117",
        "as a link (href)",
        "with the current passcode",
        "I call them",
        "opened",
    ):
        assert part in said
    for secret in (ROOM, PASSCODE, "zoom.us/j"):
        assert secret not in said


def test_people_bring_it_through_its_states(leak: Clerk) -> None:
    assert "is now acknowledged" in leak.run("exposures", "ack", "1").out
    assert (
        "is now rotated" in leak.run("exposures", "close", "1", "--as", "rotated", "--note", "new link").out
    )
    assert "No open exposures." in leak.run("exposures", "list").out
    assert "reopen it first" in leak.run("exposures", "ack", "1", code=ExitCode.USAGE).err
    assert "is now open" in leak.run("exposures", "reopen", "1").out
    assert state(leak) == "open"


@pytest.mark.parametrize("how", ["removed", "intended", "false-positive", "duplicate"])
def test_every_way_to_close(leak: Clerk, how: str) -> None:
    leak.run("exposures", "close", "1", "--as", how, "--json")
    assert state(leak) == how


def test_only_people_close_and_only_in_these_ways(leak: Clerk) -> None:
    for how in ("gone", "regressed", "open", ""):
        assert "--as takes one of" in leak.run("exposures", "close", "1", "--as", how, code=2).err
    assert state(leak) == "open"


@pytest.mark.parametrize("command", ["show", "ack", "reopen"])
def test_a_number_that_no_exposure_has(leak: Clerk, command: str) -> None:
    assert "There is no exposure 7" in leak.run("exposures", command, "7", code=ExitCode.USAGE).err


def test_a_note_is_shown_as_text_only(leak: Clerk) -> None:
    leak.run("exposures", "ack", "1", "--note", "\x1b[31m[red]hm[/red]\u202e")
    assert "[red]hm[/red]" in leak.run("exposures", "show", "1").out


def test_nothing_found_speaks_only_for_what_was_read(clerk: Clerk) -> None:
    assert "nothing has been looked at yet" in clerk.run("exposures", "list").out
    with serve({"/": "hello"}) as site, serve({"/": Answer(status=403)}) as shut:
        clerk.configure({"parish": site, "shut": shut}, None)
        clerk.run("scan", code=ExitCode.INCOMPLETE)
    said = words(clerk.run("exposures", "list").out)
    assert "No open exposures." in said
    assert "Europe/London: parish, shut." in said
    assert "Not read in full: shut (blocked)." in said


# --- alerts ------------------------------------------------------------------------------------------


def test_a_test_message_arrives(clerk: Clerk) -> None:
    with postbox() as box:
        clerk.configure({}, box)
        assert "clerk: sent." in clerk.run("alerts", "test").out
        assert clerk.run("alerts", "test", "clerk", "--json").json()["sent"] is True
        assert len(box.messages) == 2
        assert box.messages[0].mail["Message-ID"] != box.messages[1].mail["Message-ID"]
    assert "No alerts yet" in clerk.run("alerts", "list").out


def test_a_channel_that_does_not_work_says_why(clerk: Clerk) -> None:
    with nobody_home() as away:
        clerk.configure({}, away)
        said = clerk.run("alerts", "test", code=ExitCode.INCOMPLETE)
        assert "clerk: not sent." in said.out
        assert "nothing listens there" in said.out
    with postbox(login=("lych", "gate")) as picky:
        clerk.configure({}, picky)
        assert "not sent" in clerk.run("alerts", "test", code=ExitCode.INCOMPLETE).out
        answer = clerk.run("alerts", "test", "--json", code=ExitCode.INCOMPLETE).json()
        assert answer["sent"] is False
        assert answer["error"]


def test_a_channel_that_is_not_there_is_said_so(clerk: Clerk) -> None:
    assert "There is no channel 'nobody'" in clerk.run("alerts", "test", "nobody", code=ExitCode.USAGE).err
    (clerk.data / "schedules.yaml").write_text("version: 1\n")
    assert "nobody would be told" in clerk.run("alerts", "test", code=ExitCode.USAGE).err


def test_the_outbox_shows_what_waits_and_why(clerk: Clerk) -> None:
    rooms = [{"platform": "zoom", "key": ROOM}]
    clerk.register([{"title": "Choir", "starts": "2031-01-07T19:30:00Z", "rooms": rooms}])
    with serve({"/": LEAK}) as site, nobody_home() as away:
        clerk.configure({"parish": site}, away)
        clerk.run("scan")
        said = clerk.run("alerts", "list").out
        (line,) = clerk.run("alerts", "list", "--json").lines()
    assert (line["news"], line["exposure"], line["state"], line["attempts"]) == ("opened", 1, "due", 1)
    assert "nothing listens there" in words(said)
    assert max(map(len, said.splitlines())) <= 80
