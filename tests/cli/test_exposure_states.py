"""What people decide about an exposure, for how long, and how they undo it."""

from __future__ import annotations

from scanner.errors import ExitCode
from tests.cli.choir import state
from tests.cli.clerk import Clerk, words


def test_decisions_are_made_told_and_undone(leak: Clerk) -> None:
    for arguments, expected, says in (
        (("snooze", "1", "--next-meeting"), "snoozed", "until Mon 6 Jan 2031 19:30"),
        (("snooze", "1", "--for", "3d"), "snoozed", "until "),
        (("snooze", "1", "--elsewhere"), "snoozed", "until it is seen elsewhere"),
        (("rotated", "1", "--note", "new link sent"), "rotated", "is now rotated."),
        (("removed", "1"), "removed", "is now removed."),
        (("intended", "1", "--until", "2030-12-24 22:00"), "intended", "until Tue 24 Dec 2030 22:00"),
        (("not-ours", "1", "--note", "another choir"), "false-positive", "is now false-positive."),
        (("duplicate", "1", "--note", "see 2"), "duplicate", "is now duplicate."),
        (("ignore", "1", "--for", "30d", "--note", "old poster"), "snoozed", "until "),
    ):
        said = leak.run("exposures", *arguments).out
        assert says in words(said), arguments
        assert "Undo: lychgate exposures reopen 1" in said
        assert state(leak) == expected
        assert leak.run("exposures", "reopen", "1", "--json").json()["state"] == "open"
    story = leak.run("exposures", "history", "1").out
    for what in ("opened (scan)", "snoozed (", "rotated (", "new link sent", "ignored at 1 place ("):
        assert what in story
    assert len(leak.run("exposures", "history", "1", "--json").lines()) >= 17


def test_what_is_ignored_is_listed_until_it_is_undone(leak: Clerk) -> None:
    assert "Nothing is ignored." in leak.run("exposures", "ignores").out
    leak.run("exposures", "ignore", "1", "--for", "30d", "--note", "old poster")
    (ignored,) = leak.run("exposures", "ignores", "--json").lines()
    assert (ignored["exposure"], ignored["reason"]) == (1, "old poster")
    assert "old poster" in leak.run("exposures", "ignores").out
    leak.run("exposures", "reopen", "1")
    assert leak.run("exposures", "ignores", "--json").lines() == []


CANNOT_BE_MEANT = [
    (("snooze", "1"), "Say until when"),
    (("snooze", "1", "--for", "3d", "--elsewhere"), "Say until when"),
    (("snooze", "1", "--for", "3d", "--until", "2030-01-01 10:00"), "give one of them"),
    (("snooze", "1", "--for", "soon"), "needs a number and a unit"),
    (("snooze", "1", "--until", "2020-01-01 10:00"), "ends in the future"),
    (("snooze", "1", "--for", "200d"), "within 90 days"),
    (("not-ours", "1"), "Say why"),
    (("ignore", "1", "--for", "3d"), "Say why"),
    (("ignore", "1", "--note", "x"), "Say until when"),
    (
        ("ignore", "1", "--note", "x", "--for", "3d", "--address", "https://b.example/"),
        "not seen at that",
    ),
    (("intended", "1", "--until", "2020-01-01 10:00"), "That time is over"),
    (("rotated", "9"), "There is no exposure 9"),
    (("history", "9"), "There is no exposure 9"),
]


def test_what_cannot_be_meant_is_said_and_changes_nothing(leak: Clerk) -> None:
    for arguments, says in CANNOT_BE_MEANT:
        assert says in leak.run("exposures", *arguments, code=ExitCode.USAGE).err, arguments
        assert state(leak) == "open"
