"""What holds for every command: help, mistakes, where the data is, pipes, exit codes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer.core import TyperGroup

from scanner.cli.app import command
from scanner.errors import ExitCode
from tests.cli.clerk import START, Clerk, words


def commands(group: TyperGroup, *above: str) -> Iterator[tuple[str, ...]]:
    for name, inner in group.commands.items():
        if isinstance(inner, TyperGroup):
            yield from commands(inner, *above, name)
        else:
            yield (*above, name)


assert isinstance(command, TyperGroup)
ALL = list(commands(command))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_teaches_with_an_example_and_fits_the_screen(nowhere: Clerk, path: tuple[str, ...]) -> None:
    said = nowhere.say(*path, "--help").out
    usage, _, rest = words(said).partition("[OPTIONS]")
    assert usage == f"Usage: lychgate {' '.join(path)} "
    example = rest.replace("lychgate --data /var/lib/lychgate", "lychgate").replace("curl -s", "")
    assert f"lychgate {' '.join(path)}" in example
    assert max(map(len, said.splitlines())) <= 80
    assert "<bool>" not in said


def test_without_a_command_the_help_is_shown(nowhere: Clerk) -> None:
    said = nowhere.say(code=ExitCode.USAGE)
    assert "lychgate init" in words(said.out)
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["nonsense"], "lychgate --help"),
        (["meetings", "lst"], "lychgate meetings --help"),
        (["scan", "--nope"], "lychgate scan --help"),
        (["exposures", "close", "3"], "lychgate exposures close --help"),
        (["--data"], "lychgate --help"),
        (["exposures", "show"], "lychgate exposures show --help"),
    ],
)
def test_a_mistyped_command_is_one_sentence_with_a_hint(
    nowhere: Clerk, arguments: list[str], hint: str
) -> None:
    said = nowhere.say(*arguments, code=ExitCode.USAGE)
    (line,) = said.err.splitlines()
    assert line.startswith("lychgate: ")
    assert line.endswith(f". See `{hint}`.")


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "９", "99999999999999999999", ""])
@pytest.mark.parametrize("path", [("exposures", "show"), ("exposures", "ack"), ("meetings", "remove")])
def test_a_number_that_is_none_is_said_so(clerk: Clerk, path: tuple[str, str], number: str) -> None:
    said = clerk.run(*path, "--", number, code=ExitCode.USAGE)
    assert "is not the number of an entry" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--data", "{}", "meetings", "list", "--json"],
        ["meetings", "--data", "{}", "list", "--json"],
        ["meetings", "list", "--json", "--data", "{}"],
        ["meetings", "list", "--data={}", "--json"],
    ],
)
def test_the_data_folder_may_be_named_anywhere(clerk: Clerk, arguments: list[str]) -> None:
    clerk.say(*(argument.format(clerk.data) for argument in arguments))


def test_the_environment_names_the_data_folder_and_the_command_line_wins(clerk: Clerk) -> None:
    clerk.monkeypatch.setenv("LYCHGATE_DATA", str(clerk.data))
    assert "No meetings yet" in clerk.say("meetings", "list").out
    said = clerk.say("--data", str(clerk.data / "other"), "meetings", "list", code=ExitCode.STORAGE)
    assert "lychgate init" in said.err


def test_the_key_may_come_from_the_environment(clerk: Clerk) -> None:
    key = clerk.data / "lychgate.key"
    clerk.monkeypatch.setenv("LYCHGATE_KEY", key.read_text().strip())
    key.unlink()
    clerk.run("meetings", "list")
    clerk.monkeypatch.setenv("LYCHGATE_KEY", "short")
    said = clerk.run("meetings", "list", code=ExitCode.STORAGE)
    assert "LYCHGATE_KEY" in said.err
    assert "short" not in said.err.replace("too short", "")


def test_a_reader_who_has_seen_enough_is_no_error(clerk: Clerk) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", START, "--data", str(clerk.data), "platforms"],
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_the_letters_still_shows_the_list(clerk: Clerk) -> None:
    link = "https://meet.jit.si/ParishChoirTuesday"
    clerk.run("meetings", "add", "--title", "Côr Llanfair", "--starts", "2031-01-07 19:30", "--url", link)
    done = subprocess.run(
        [sys.executable, "-c", START, "--data", str(clerk.data), "meetings", "list"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert rb"C\xf4r Llanfair" in done.stdout


def test_a_bug_is_called_one_and_gives_nothing_away(clerk: Clerk) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("cannot read https://us02web.zoom.us/j/81234567890?pwd=larks77")

    clerk.monkeypatch.setattr("scanner.actions.workspace.read_keys", broken)
    said = clerk.answer("--data", str(clerk.data), "meetings", "list")
    assert said.code == ExitCode.BUG
    assert "this is a bug in Lychgate" in said.err
    assert "RuntimeError" in said.err
    assert "81234567890" not in said.err
    assert "larks77" not in said.err


def test_version(nowhere: Clerk) -> None:
    assert nowhere.say("--version").out.startswith("lychgate 0.")


def test_help_of_the_data_option_names_its_default(nowhere: Clerk) -> None:
    assert "[default: ~/.local/share/lychgate]" in words(nowhere.say("--help").out.replace("│", ""))
