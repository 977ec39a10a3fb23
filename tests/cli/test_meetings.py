"""``lychgate meetings``: pasted, by options, from files; what is missing is asked, what is wrong is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.errors import ExitCode
from tests.cli.clerk import Clerk, at_a_terminal, words

ZOOM = """\
Mary Clerk is inviting you to a scheduled Zoom meeting.

Topic: Parish council
Time: Nov 26, 2031 07:00 PM London

Join Zoom Meeting
https://us02web.zoom.us/j/82205550117?pwd=Vm9pY2VzT2ZUaGVXcmVu.1

Meeting ID: 822 0555 0117
Passcode: wren42
"""
TEAMS = """\
Microsoft Teams
Join the meeting now
Meeting ID: 345 678 901 234 5
Passcode: aB3xY9
"""
MEET = "Come to https://meet.google.com/abq-defz-hik on Friday"
WEBEX = "https://stmarys.webex.com/meet/clerk"
JITSI = "https://meet.jit.si/ParishChoirTuesday"
BY_HAND = ("--title", "Choir", "--starts", "2031-01-07 19:30")


@pytest.mark.parametrize(
    ("text", "more", "title", "platform"),
    [
        (ZOOM, (), "Parish council", "zoom"),
        (TEAMS, BY_HAND, "Choir", "teams"),
        (MEET, BY_HAND, "Choir", "google-meet"),
        (WEBEX, BY_HAND, "Choir", "webex"),
        (JITSI, BY_HAND, "Choir", "jitsi"),
    ],
    ids=["zoom", "teams", "meet", "webex", "jitsi"],
)
def test_an_invitation_is_taken_from_a_pipe_or_a_file(
    clerk: Clerk, tmp_path: Path, text: str, more: tuple[str, ...], title: str, platform: str
) -> None:
    shown = clerk.run("meetings", "add", *more, stdin=text).out
    assert "Registered as meeting 1" in shown
    assert "is called" not in shown, "what an option answered is not asked"
    (tmp_path / "mail.txt").write_text(text)
    again = clerk.run("meetings", "add", str(tmp_path / "mail.txt"), *more).out
    assert "registered already, as meeting 1" in again
    (listed,) = clerk.run("meetings", "list", "--json").lines()
    assert (listed["title"], listed["rooms"][0]["platform"]) == (title, platform)


def test_nothing_that_is_shown_opens_the_meeting(clerk: Clerk) -> None:
    said = clerk.run("meetings", "add", stdin=ZOOM).out
    said += clerk.run("meetings", "list").out + clerk.run("meetings", "list", "--json").out
    for secret in ("82205550117", "822 0555 0117", "Vm9pY2VzT2ZUaGVXcmVu", "wren42", "zoom.us/j"):
        assert secret not in said
    assert "•117" in said


def test_json_is_one_object_and_asks_nothing(clerk: Clerk) -> None:
    made = clerk.run("meetings", "add", "--json", stdin=ZOOM).json()
    assert (made["id"], made["title"], made["starts"]) == (1, "Parish council", "2031-11-26T19:00:00Z")
    assert made["passcodes"] == 2


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        ((), "nothing here at all", "no meeting link or ID"),
        ((), "", "no meeting link or ID"),
        (("--url", "https://example.org/"), "", "no meeting link or ID"),
        ((), MEET, "no title"),
        (("--title", "Coffee"), MEET, "When does it start"),
        (("--title", "Coffee", "--starts", "03/04/2031 10:00"), MEET, "does not say for sure which day"),
        (("--title", "Coffee", "--starts", "tomorrow"), MEET, "is no date and time"),
        ((*BY_HAND, "--ends", "2031-01-07 19:00"), MEET, "ends before it starts"),
        ((*BY_HAND, "--repeats", "WEEKLY"), MEET, "recurrence rule"),
        ((*BY_HAND, "--repeats", "FREQ=SECONDLY"), MEET, "repeat more often than daily"),
        (("--title", " \n ", "--starts", "2031-01-07 19:30"), MEET, "title is empty"),
        (("--title", "Pass wren42", "--starts", "2031-01-07 19:30"), ZOOM, "title holds the passcode"),
        (("mail.txt", "--url", JITSI), "", "not both"),
        (("there-is-none.txt",), "", "cannot be read: No such file"),
        (("/",), "", "cannot be read: Is a directory"),
    ],
)
def test_what_cannot_be_registered_is_said_in_a_sentence(
    clerk: Clerk, arguments: tuple[str, ...], stdin: str, sentence: str
) -> None:
    said = clerk.run("meetings", "add", *arguments, stdin=stdin, code=ExitCode.USAGE)
    assert sentence in said.err
    assert "No meetings yet" in clerk.run("meetings", "list").out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "is not text"),
        (b"join us " * 200_000, "longer than 1 MiB"),
    ],
    ids=["binary", "huge"],
)
def test_a_file_that_is_no_invitation(clerk: Clerk, tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "file").write_bytes(content)
    assert sentence in clerk.run("meetings", "add", str(tmp_path / "file"), code=2).err
    assert sentence in clerk.run("meetings", "add", "-", stdin=content, code=2).err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_files_as_mail_programs_save_them(clerk: Clerk, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "mail.txt").write_bytes(ZOOM.replace("Parish council", "Café parish").encode(encoding))
    assert "Registered" in clerk.run("meetings", "add", str(tmp_path / "mail.txt")).out


def test_a_meeting_that_is_over_is_registered_with_a_note(clerk: Clerk) -> None:
    said = clerk.run("meetings", "add", "--title", "Choir", "--starts", "2025-01-07 19:30", "--url", JITSI)
    assert "is over" in said.err
    assert "over" in clerk.run("meetings", "list").out


def test_two_meetings_may_share_a_room_and_are_told_so(clerk: Clerk) -> None:
    clerk.run("meetings", "add", *BY_HAND, "--url", JITSI)
    said = clerk.run("meetings", "add", "--title", "Band", "--starts", "2031-01-08 19:30", "--url", JITSI)
    assert "also used by “Choir”" in said.err
    assert len(clerk.run("meetings", "list", "--json").lines()) == 2


def test_a_title_is_shown_as_text_only(clerk: Clerk) -> None:
    title = "Evil \x1b[31mred\x1b[0m \u202eabc\u2069 [bold]x[/bold] :smile:\nnext"
    clerk.run("meetings", "add", "--title", title, "--starts", "2031-01-07 19:30", "--url", JITSI)
    for command in (("meetings", "list"), ("meetings", "list", "--json")):
        said = clerk.run(*command).out
        assert not set(said) & {"\x1b", "\u202e", "\u2069"}
        assert "[bold]x[/bold] :smile: next" in words(said)


def test_the_list_fits_the_screen(clerk: Clerk) -> None:
    clerk.run("meetings", "add", stdin=ZOOM)
    clerk.run("meetings", "add", *BY_HAND, "--repeats", "FREQ=WEEKLY", "--url", WEBEX)
    said = clerk.run("meetings", "list").out
    assert max(map(len, said.splitlines())) <= 80
    assert "Europe/London" in said.splitlines()[0] + said.splitlines()[1]


def test_removing_takes_the_meeting_out(clerk: Clerk) -> None:
    clerk.run("meetings", "add", stdin=ZOOM)
    assert "“Parish council” is no longer registered" in clerk.run("meetings", "remove", "1", "--yes").out
    assert "There is no meeting 1" in clerk.run("meetings", "remove", "1", "--yes", code=2).err


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_removing_asks_first_and_no_means_no(clerk: Clerk, answer: str) -> None:
    clerk.run("meetings", "add", stdin=ZOOM)
    assert "Remove “Parish council”" in clerk.run("meetings", "remove", "1", stdin=answer, code=130).out
    assert len(clerk.run("meetings", "list", "--json").lines()) == 1


# --- at a terminal -----------------------------------------------------------------------------------


def test_what_the_invitation_leaves_open_is_asked_at_a_terminal(clerk: Clerk) -> None:
    with at_a_terminal(clerk.data, "meetings", "add") as terminal:
        terminal.wait_for("press Enter and Ctrl-D")
        terminal.type(MEET + "\n\x04")
        terminal.wait_for("Title:")
        terminal.type("Coffee\n")
        terminal.wait_for("Start, in Europe/London")
        terminal.type("03/04/2031\n")
        terminal.wait_for("which day")
        terminal.wait_for("Start, in Europe/London")
        terminal.type("2031-12-03 10:00\n")
        terminal.wait_for("Register this meeting? [Y/n]")
        terminal.type("y\n")
        terminal.wait_for("Registered as meeting 1")
        assert terminal.end() == 0
    (listed,) = clerk.run("meetings", "list", "--json").lines()
    assert (listed["title"], listed["starts"]) == ("Coffee", "2031-12-03T10:00:00Z")


def test_saying_no_at_the_end_registers_nothing(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "mail.txt").write_text(ZOOM)
    with at_a_terminal(clerk.data, "meetings", "add", str(tmp_path / "mail.txt")) as terminal:
        terminal.wait_for("Register this meeting?")
        terminal.type("n\n")
        assert terminal.end() == 130
    assert clerk.run("meetings", "list", "--json").lines() == []


def test_a_text_without_a_meeting_is_not_asked_about(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "none.txt").write_text("nothing here")
    with at_a_terminal(clerk.data, "meetings", "add", str(tmp_path / "none.txt")) as terminal:
        assert terminal.end() == ExitCode.USAGE
        assert "no meeting link or ID" in words(terminal.seen)


# --- import ------------------------------------------------------------------------------------------


def lines(count: int, *, first: int = 0) -> str:
    return "\n".join(
        json.dumps(
            {
                "title": f"Meeting {number}",
                "starts": "2031-01-07T19:30:00Z",
                "rooms": [{"platform": "zoom", "key": str(82_205_000_000 + number * 7)}],
            }
        )
        for number in range(first, first + count)
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "meetings.jsonl"


def test_faulty_lines_are_named_and_stop_no_other(clerk: Clerk, file: Path) -> None:
    bad = ["{", '{"title": "x"}', "[]", '{"title": "x", "starts": "soon", "rooms": []}', "\x01"]
    file.write_text("\n\n".join([lines(2), *bad, lines(1, first=5)]))
    said = clerk.run("meetings", "import", str(file), code=ExitCode.USAGE)
    assert "3 meetings registered, 0 were there already, 5 lines are faulty." in said.out
    assert [int(line.split(":")[1]) for line in said.err.splitlines()] == [4, 6, 8, 10, 12]
    counts = clerk.run("meetings", "import", str(file), "--json", code=ExitCode.USAGE).json()
    assert counts == {
        "lines": 8,
        "registered": 0,
        "already": 3,
        "over": 0,
        "without_room": 0,
        "faulty": 5,
        "dry_run": False,
    }


def test_a_dry_run_registers_nothing(clerk: Clerk, file: Path) -> None:
    file.write_text(lines(3))
    assert "3 meetings could be registered" in clerk.run("meetings", "import", str(file), "--dry-run").out
    assert clerk.run("meetings", "list", "--json").lines() == []


def test_an_empty_file_registers_nothing(clerk: Clerk, file: Path) -> None:
    file.write_text("\n\n")
    assert "empty" in clerk.run("meetings", "import", str(file), "--json", code=2).err


@pytest.mark.timeout(90)
def test_many_lines_take_seconds(clerk: Clerk, file: Path) -> None:
    count = 1000
    file.write_text(lines(count))
    assert clerk.run("meetings", "import", str(file), "--json").json()["registered"] == count


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01binary", b"\0" * 100], ids=["utf-16", "zeros"])
def test_a_file_of_something_else_is_refused(clerk: Clerk, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    clerk.run("meetings", "import", str(file), code=ExitCode.USAGE)
    assert clerk.run("meetings", "list", "--json").lines() == []
