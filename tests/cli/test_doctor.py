"""``lychgate doctor``: each breakage named, none hiding another, and the exit code that scripts want."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from scanner.actions.workspace import opened
from scanner.errors import ExitCode
from scanner.secret import KeyRing
from tests.cli.clerk import Clerk
from tests.internet import Answer, serve
from tests.postbox import nobody_home, postbox


def parts(clerk: Clerk, *arguments: str, code: int) -> dict[str, str]:
    """What is wrong, by part."""
    lines = clerk.run("doctor", "--json", *arguments, code=code).lines()
    return {line["part"]: line["says"] for line in lines if line["health"] == "bad"}


def test_all_is_well(clerk: Clerk) -> None:
    with serve({"/": "hello"}) as site, postbox() as box:
        clerk.configure({"parish": site}, box)
        said = clerk.run("doctor").out
        assert box.messages == [], "it only knocks"
    assert "WRONG" not in said
    assert "ok     source parish: Its first page can be read." in said
    assert "ok     channel clerk: It answers." in said


def test_nothing_there_yet(nowhere: Clerk) -> None:
    wrong = parts(nowhere, code=ExitCode.STORAGE)
    assert all("lychgate init" in sentence for sentence in wrong.values())
    assert not nowhere.data.exists()


def test_a_key_that_others_can_read(clerk: Clerk) -> None:
    (clerk.data / "lychgate.key").chmod(0o644)
    (sentence,) = parts(clerk, "--no-look", code=ExitCode.STORAGE).values()
    assert "chmod 600" in sentence


@pytest.mark.parametrize(
    "content", ["", "pepper", "é" * 60, "A" * 200], ids=["empty", "short", "foreign", "long"]
)
def test_a_key_that_is_none(clerk: Clerk, content: str) -> None:
    (clerk.data / "lychgate.key").write_text(content)
    (sentence,) = parts(clerk, "--no-look", code=ExitCode.STORAGE).values()
    assert "key" in sentence
    assert not content or content not in sentence


def test_a_key_of_another_database(clerk: Clerk, tmp_path: Path) -> None:
    KeyRing.create(tmp_path / "other.key")
    clerk.monkeypatch.setenv("LYCHGATE_KEY_FILE", str(tmp_path / "other.key"))
    (sentence,) = parts(clerk, "--no-look", code=ExitCode.STORAGE).values()
    assert "not the key" in sentence


@pytest.mark.parametrize(
    ("content", "says"), [(None, "database"), (b"not a database at all" * 99, "not a Lychgate database")]
)
def test_a_database_that_is_gone_or_damaged(clerk: Clerk, content: bytes | None, says: str) -> None:
    database = clerk.data / "lychgate.db"
    database.unlink()
    if content is not None:
        database.write_bytes(content)
    (sentence,) = parts(clerk, "--no-look", code=ExitCode.STORAGE).values()
    assert says in sentence


def test_a_database_cut_in_the_middle_is_said_to_be_damaged(clerk: Clerk) -> None:
    database = clerk.data / "lychgate.db"
    database.write_bytes(database.read_bytes()[:30_000])
    (sentence,) = parts(clerk, "--no-look", code=ExitCode.STORAGE).values()
    assert "damaged" in sentence


def test_settings_with_a_fault_hide_nothing_of_the_database(clerk: Clerk) -> None:
    (clerk.data / "schedules.yaml").write_text("version: 1\nsources: [\n")
    lines = {line["part"]: line for line in clerk.run("doctor", "--json", code=2).lines()}
    assert lines["settings"]["health"] == "bad"
    assert "schedules.yaml:" in lines["settings"]["says"]
    assert "goes on with those from before this mistake" in lines["settings"]["says"]
    assert lines["database"]["health"] == "good"


def test_a_canary_that_nobody_has_made_and_a_serve_that_sleeps(clerk: Clerk) -> None:
    (clerk.data / "schedules.yaml").write_text(
        "version: 1\nsources: {forum: {kind: site, start: ['https://forum.example/'], canary: true}}\n"
    )

    def found(awake: timedelta, code: int) -> dict[str, str]:
        with opened({}, clerk.data) as workspace, workspace.store.begin() as work:
            work.units.beat(datetime.now(UTC) - awake)
        lines = clerk.run("doctor", "--json", "--no-look", code=code).lines()
        return {line["part"]: line["says"] for line in lines}

    before = found(timedelta(minutes=11), ExitCode.INCOMPLETE)
    assert "lychgate sources canary forum" in before["source forum"]
    assert "last awake at" in before["serve"]
    clerk.run("sources", "canary", "forum")
    assert not {"source forum", "serve"} & found(timedelta(minutes=1), ExitCode.FINE).keys()


def test_a_secret_that_is_missing(clerk: Clerk) -> None:
    (clerk.data / "schedules.yaml").write_text(
        "version: 1\nchannels: {clerk: {kind: email, to: [a@example.org], host: mail.example,"
        " username: u@example.org, password: {env: NO_SUCH_SECRET}}}\n"
    )
    assert "NO_SUCH_SECRET" in parts(clerk, "--no-look", code=ExitCode.USAGE)["secrets"]


def test_a_source_and_a_mail_server_that_do_not_answer(clerk: Clerk) -> None:
    with serve({"/": Answer(status=503)}) as down, nobody_home() as away:
        clerk.configure({"parish": down}, away)
        wrong = parts(clerk, code=ExitCode.INCOMPLETE)
    assert "HTTP 503" in wrong["source parish"]
    assert "nothing listens there" in wrong["channel clerk"]


def test_a_clock_of_the_past(clerk: Clerk) -> None:
    with time_machine.travel(datetime(1970, 1, 2, tzinfo=UTC), tick=False):
        wrong = parts(clerk, "--no-look", code=ExitCode.USAGE)
    assert "02 January 1970" in wrong["clock"]


def test_the_worst_breakage_decides_the_exit_code(clerk: Clerk) -> None:
    (clerk.data / "schedules.yaml").write_text("version: 2\n")
    (clerk.data / "lychgate.key").chmod(0o640)
    assert len(parts(clerk, code=ExitCode.STORAGE)) == 2
