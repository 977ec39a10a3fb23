"""``lychgate init``: by options, by questions, twice, and where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.errors import ExitCode
from tests.cli.clerk import Clerk, at_a_terminal, words

ANSWERS = {"--organisation": "St Mary's", "--timezone": "Europe/London", "--email": "clerk@example.org"}


def options(**changes: str) -> list[str]:
    given = ANSWERS | {f"--{name}": value for name, value in changes.items()}
    return [part for pair in given.items() for part in pair]


def test_an_installation_is_private_and_complete(nowhere: Clerk) -> None:
    said = nowhere.run("init", "--yes", *options())
    assert {path.name for path in nowhere.data.iterdir()} == {"lychgate.db", "lychgate.key", "schedules.yaml"}
    assert nowhere.data.stat().st_mode & 0o777 == 0o700
    for name in ("lychgate.db", "lychgate.key"):
        assert (nowhere.data / name).stat().st_mode & 0o777 == 0o600
    assert str(nowhere.data / "schedules.yaml") in said.out
    doctor = nowhere.run("doctor", "--no-look")
    assert "WRONG" not in doctor.out


def test_the_second_time_changes_nothing_and_says_so(nowhere: Clerk) -> None:
    first = nowhere.run("init", "--yes", "--json", *options()).json()
    kept = {path.name: path.read_bytes() for path in nowhere.data.glob("*[ly]")}
    second = nowhere.run("init", "--yes", "--json", *options(organisation="Somebody else")).json()
    assert (len(first["made"]), first["found"]) == (3, [])
    assert (second["made"], len(second["found"])) == ([], 3)
    assert second["organisation"] == "St Mary's"
    assert {path.name: path.read_bytes() for path in nowhere.data.glob("*[ly]")} == kept
    assert "left it as it was" in nowhere.run("init", "--yes", *options()).out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"timezone": "Mars/Base"}, "no time zone"),
        ({"timezone": "../../etc/passwd"}, "no time zone"),
        ({"timezone": ""}, "must be given"),
        ({"email": "clerk"}, "no e-mail address"),
        ({"email": "clérk@exa mple"}, "no e-mail address"),
        ({"email": "a@b@c"}, "no e-mail address"),
        ({"organisation": "  "}, "needs a name"),
        ({"organisation": "two\nlines\x1b[31m"}, "needs a name"),
        ({"organisation": "x" * 300}, "needs a name"),
    ],
)
def test_a_wrong_answer_is_refused_before_anything_is_made(
    nowhere: Clerk, change: dict[str, str], sentence: str
) -> None:
    said = nowhere.run("init", "--yes", *options(**change), code=ExitCode.USAGE)
    assert sentence in said.err
    assert not nowhere.data.exists()


@pytest.mark.parametrize("name", ['Quote " and \\ back', "Côr: {yaml}", "# not a comment", "O'Neill's – ‘x’"])
def test_any_name_makes_settings_that_can_be_read(nowhere: Clerk, name: str) -> None:
    nowhere.run("init", "--yes", *options(organisation=name))
    assert "well-formed" in nowhere.run("doctor", "--no-look").out


def test_yes_asks_nothing_and_names_what_is_missing(nowhere: Clerk) -> None:
    said = nowhere.run("init", "--yes", "--email", "clerk@example.org", code=ExitCode.USAGE)
    assert "--organisation, --timezone must be given" in said.err


def test_a_folder_that_cannot_be_made_is_named(nowhere: Clerk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = nowhere.say("--data", str(tmp_path / "file" / "data"), "init", "--yes", *options(), code=2)
    assert "cannot be made" in said.err


def test_answers_may_come_through_a_pipe(nowhere: Clerk) -> None:
    said = nowhere.run("init", stdin="St Mary's\nMars\nEurope/London\nclerk\nclerk@example.org\n")
    assert "no time zone" in said.err
    assert "no e-mail address" in said.err
    assert "Made" in said.out


def test_answers_that_end_too_early_make_nothing(nowhere: Clerk) -> None:
    nowhere.run("init", stdin="St Mary's\n", code=130)
    assert not nowhere.data.exists()


def test_questions_at_a_terminal_are_asked_again_after_a_wrong_answer(nowhere: Clerk) -> None:
    with at_a_terminal(nowhere.data, "init") as terminal:
        terminal.wait_for("Name of your organisation:")
        terminal.type("St Mary's\n")
        terminal.wait_for("Time zone [")
        terminal.type("Mars\n")
        terminal.wait_for("no time zone I know")
        terminal.wait_for("Time zone [")
        terminal.type("Europe/London\n")
        terminal.wait_for("E-mail address for alerts:")
        terminal.type("clerk@example.org\n")
        terminal.wait_for("Next: lychgate meetings add")
        assert terminal.end() == 0


def test_ctrl_c_at_a_question_leaves_nothing_behind(nowhere: Clerk) -> None:
    with at_a_terminal(nowhere.data, "init") as terminal:
        terminal.wait_for("Name of your organisation:")
        assert terminal.interrupt() == 130
        assert "lychgate: stopped" in words(terminal.seen)
    assert not nowhere.data.exists()
