"""`lychgate detect` and `lychgate platforms` as a script sees them: streams and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from scanner.cli.detect import detect
from scanner.cli.platforms import platforms
from scanner.platforms import BUILT_IN
from tests.cli.clerk import Clerk, words

APP = typer.Typer(rich_markup_mode="rich")
APP.command("detect")(detect)
APP.command("platforms")(platforms)

PAGE = '<p>Zoom: <a href="https://zoom.us/j/84512367890?pwd=abc123">join</a></p>'


def run(*arguments: str, stdin: str | bytes = ""):
    return CliRunner().invoke(APP, arguments, input=stdin)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_table(page: Path) -> None:
    result = run("detect", str(page))
    assert result.exit_code == 0
    assert "84512367890" in result.stdout
    assert "abc123" not in result.stdout


def test_json_has_one_line_a_file(page: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("nothing here", encoding="utf-8")
    result = run("detect", "--json", str(page), str(other))
    first, second = map(json.loads, result.stdout.splitlines())
    assert first == {
        "path": str(page),
        "media_type": "text/html",
        "rooms": [
            {
                "platform": "zoom",
                "key": "84512367890",
                "passcode": "***",
                "passcode_kind": "plain",
                "form": "url",
                "where": "href",
                "confidence": "high",
            }
        ],
        "cut": False,
        "notes": [],
    }
    assert second["rooms"] == []


def test_reveal_shows_the_passcode(page: Path) -> None:
    result = run("detect", "--json", "--reveal", str(page))
    assert json.loads(result.stdout)["rooms"][0]["passcode"] == "abc123"


def test_standard_input() -> None:
    result = run("detect", "--json", "-", stdin=PAGE)
    assert [room["key"] for room in json.loads(result.stdout)["rooms"]] == ["84512367890"]


def test_an_unreadable_file_does_not_stop_the_others(page: Path, tmp_path: Path) -> None:
    result = run("detect", "--json", str(tmp_path / "absent"), str(tmp_path), str(page))
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1
    assert "absent cannot be read: no such file or directory" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_medium_without_reader_is_said(tmp_path: Path) -> None:
    blob = tmp_path / "film.mp4"
    blob.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(range(32)) * 200)
    report = json.loads(run("detect", "--json", str(blob)).stdout)
    assert report["rooms"] == []
    assert report["notes"] == ["cannot read video/mp4"]


def test_lines_answer_in_order() -> None:
    cases = [
        {"id": "a", "text": "https://zoom.us/j/84512367890", "kind": "href"},
        {"id": "b", "text": "nothing", "kind": "text"},
        {"id": 3, "text": "Zoom ID 845 1236 7890, passcode 4821", "kind": "text"},
    ]
    result = run("detect", "--jsonl", "-", stdin="\n".join(map(json.dumps, cases)))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [answer["id"] for answer in answers] == ["a", "b", 3]
    assert answers[0]["rooms"][0]["passcode"] is None
    assert answers[1]["rooms"] == []
    assert answers[2]["rooms"][0]["passcode"] == "***"
    assert answers[2]["rooms"][0]["form"] == "written"


def test_a_bad_line_is_named_and_stops_nothing(tmp_path: Path) -> None:
    lines = tmp_path / "texts.jsonl"
    good = json.dumps({"id": 1, "text": "zoom.us/j/84512367890", "kind": "text"})
    bad = [
        "{",
        "[1]",
        '{"id": 1}',
        '{"id": 1, "text": 5, "kind": "text"}',
        '{"id": 1, "text": "", "kind": "pdf"}',
    ]
    lines.write_text("\n".join([*bad, "", good]), encoding="utf-8")
    result = run("detect", "--jsonl", str(lines))
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1
    complaints = result.stderr.splitlines()
    assert [complaint.partition(":")[0] for complaint in complaints] == [f"line {n}" for n in range(1, 6)]


def test_bytes_that_are_no_text_do_not_break_the_lines() -> None:
    good = json.dumps({"id": 1, "text": "zoom.us/j/84512367890", "kind": "text"}).encode()
    result = run("detect", "--jsonl", "-", stdin=b"\xff\xfe\x00\n" + good + b"\n")
    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 1


def test_bare_numbers_only_when_asked(tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("ring 845 1236 7890 tomorrow", encoding="utf-8")
    assert json.loads(run("detect", "--json", str(text)).stdout)["rooms"] == []
    rooms = json.loads(run("detect", "--json", "--bare", str(text)).stdout)["rooms"]
    assert [(room["key"], room["form"], room["confidence"]) for room in rooms] == [
        ("84512367890", "bare", "low")
    ]


@pytest.mark.parametrize("arguments", [["detect"], ["detect", "--jsonl", "-", "x"]])
def test_wrong_use(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_help_has_an_example() -> None:
    assert "lychgate detect newsletter.html" in run("detect", "--help").stdout


def test_platforms() -> None:
    listed = run("platforms").stdout
    assert all(platform.slug.split("-")[0] in listed for platform in BUILT_IN)
    assert "Only looks like one" in run("platforms", "zoom").stdout
    described = json.loads(run("platforms", "zoom", "--json").stdout)
    assert described["slug"] == "zoom"
    assert len(described["ignored"]) >= 2
    missing = run("platforms", "nosuch")
    assert missing.exit_code == 2
    assert "no platform is called 'nosuch'" in missing.stderr


OWN_HOST = "platforms: {jitsi: {hosts: [meet.choir.example]}}\n"


def test_hosts_of_the_settings_are_known(clerk: Clerk) -> None:
    line = json.dumps({"id": 1, "text": "https://meet.choir.example/Practice", "kind": "text"})
    assert json.loads(clerk.run("detect", "--jsonl", "-", stdin=line).out)["rooms"] == []
    settings = clerk.data / "schedules.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + OWN_HOST, encoding="utf-8")
    rooms = json.loads(clerk.run("detect", "--jsonl", "-", stdin=line).out)["rooms"]
    assert [room["key"] for room in rooms] == ["meet.choir.example/practice"]
    page = clerk.data / "page.txt"
    page.write_text("https://meet.choir.example/Practice", encoding="utf-8")
    assert "meet.choir.example/practice" in clerk.run("detect", str(page)).out


def test_faulty_settings_are_said_with_their_line(clerk: Clerk) -> None:
    settings = clerk.data / "schedules.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "platfroms: {}\n", encoding="utf-8")
    assert "schedules.yaml:" in words(clerk.run("detect", "-", code=2, stdin="x").err)


def test_no_installation_is_needed(nowhere: Clerk) -> None:
    assert "84512367890" in nowhere.run("detect", "-", stdin=PAGE).out
