"""``lychgate scan`` and ``sources`` against real sites on loopback, seen from the keyboard."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from scanner.actions.workspace import opened
from scanner.errors import ExitCode
from tests.cli.clerk import START, Clerk, at_a_terminal, words
from tests.extract.flyers import flyer, saved
from tests.internet import Answer, Page, serve
from tests.postbox import nobody_home, postbox

ROOM, PASSCODE = "82205550117", "wren42"
LEAK = f'<p>Join <a href="https://us02web.zoom.us/j/{ROOM}">here</a>. Passcode: {PASSCODE}</p>'


@pytest.fixture
def choir(clerk: Clerk) -> Clerk:
    """Somebody whose choir meets in two days."""
    starts = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    rooms = [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}]
    clerk.register([{"title": "Choir", "starts": starts, "rooms": rooms}])
    return clerk


def long_way(pages: int, *, delay: float) -> dict[str, Page]:
    """A site whose pages follow each other slowly."""
    return {"/": '<a href="/0">on</a>'} | {
        f"/{n}": Answer(body=f'<a href="/{n + 1}">on</a>', delay=delay) for n in range(pages)
    }


def test_the_report_says_what_was_found_and_what_could_not_be_read(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, serve({"/": Answer(status=403)}) as shut, postbox() as box:
        choir.configure({"parish": site, "shut": shut}, box)
        said = choir.run("scan", code=ExitCode.INCOMPLETE)
    shown = words(said.out)
    assert "1 new, 0 known, 0 gone" in shown
    assert "1 alert sent" in shown
    assert "blocked" in shown
    assert "could not look here" in shown
    assert "1 × HTTP 403" in shown
    assert "HIGH open Choir" in shown
    assert max(map(len, said.out.splitlines())) <= 80
    assert said.err == ""


def test_a_poster_that_a_page_shows_is_looked_at(choir: Clerk) -> None:
    poster = saved(flyer(["Sing with us"], qr=f"https://us02web.zoom.us/j/{ROOM}"), "PNG")
    shown = {"/": "<h1>News</h1><img src=/poster.png>", "/poster.png": Answer(body=poster, type="image/png")}
    with serve(shown) as site:
        choir.configure({"parish": site}, None)
        choir.run("scan")
        (exposure,) = choir.run("exposures", "list", "--json").lines()
        assert exposure["sightings"][0]["address"] == site.url("/poster.png")


def test_json_is_all_that_stands_on_standard_output_even_if_no_mail_leaves(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, nobody_home() as away:
        choir.configure({"parish": site}, away)
        said = choir.run("scan", "--json")
    report = said.json()
    assert list(report) == ["sources", "exposures", "seconds"]
    assert list(report["sources"][0]) == ["name", "state", "read", "unchanged", "cut", "skipped", "failed"]
    assert report["exposures"] == {"new": 1, "known": 0, "gone": 0}
    assert said.err.startswith("Not sent: clerk: ")


def test_only_the_named_sources_are_read(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site, serve({"/": "other"}) as other:
        choir.configure({"parish": site, "other": other}, None)
        assert [entry["name"] for entry in choir.run("scan", "other", "--json").json()["sources"]] == [
            "other"
        ]
        assert site.hits == []
        assert "'parsih'" in choir.run("scan", "parsih", code=ExitCode.USAGE).err


@pytest.mark.parametrize(("level", "code"), [("low", 1), ("high", 1), ("critical", 0)])
def test_fail_on_looks_at_severity(choir: Clerk, level: str, code: int) -> None:
    with serve({"/": LEAK}) as site:
        choir.configure({"parish": site}, None)
        choir.run("scan", "--fail-on", level, "--json", code=code)


def test_fail_on_takes_only_severities(clerk: Clerk) -> None:
    assert "low, medium, high, critical" in clerk.run("scan", "--fail-on", "awful", code=2).err


def test_full_reads_unchanged_pages_again(clerk: Clerk) -> None:
    with serve({"/": "the same"}) as site:
        clerk.configure({"parish": site}, None)
        counts = [
            (source["read"], source["unchanged"])
            for arguments in ((), (), ("--full",))
            for source in clerk.run("scan", "--json", *arguments).json()["sources"]
        ]
    assert counts == [(1, 0), (0, 1), (1, 0)]


def test_a_file_that_cannot_be_searched_is_not_counted_as_read(clerk: Clerk) -> None:
    film = Answer(body=b"\0\0\0\x18ftypmp42" + bytes(range(256)), type="video/mp4")
    with serve({"/": '<a href="/film">film</a>', "/film": film}) as site:
        clerk.configure({"parish": site}, None)
        for _ in range(2):
            (source,) = clerk.run("scan", "--json").json()["sources"]
            assert source["read"] + source["unchanged"] == 1
            assert source["skipped"] == {"cannot read video/mp4": 1}
        assert "1 × skipped: cannot read video/mp4" in words(clerk.run("scan").out)


def test_without_sources_there_is_nothing_to_look_at(clerk: Clerk) -> None:
    for command in ("scan", "sources check"):
        assert "names no sources yet" in clerk.run(*command.split(), code=ExitCode.USAGE).err
    assert "No sources yet" in clerk.run("sources", "list").out


def test_faults_of_the_settings_are_named_with_their_lines(clerk: Clerk) -> None:
    (clerk.data / "schedules.yaml").write_text("version: 1\nsorces: {}\nchannels:\n  clerk: {kind: pigeon}\n")
    said = clerk.run("scan", code=ExitCode.USAGE).err
    assert "schedules.yaml:2:1" in said
    assert "schedules.yaml:4:" in said


def test_what_pages_are_called_stays_text(choir: Clerk) -> None:
    with serve({"/": '<a href="/%1b[31m%e2%80%aex?a=[bold]">x</a>'}) as site:
        leaky = Answer(body=f'<p title="\x1b[2J\u202e">\x1b]0;owned\x07 {LEAK} [red]loud[/red]</p>')
        site.pages.update(
            dict.fromkeys(("/%1B[31m%E2%80%AEx?a=[bold]", "/%1b[31m%e2%80%aex?a=[bold]"), leaky)
        )
        choir.configure({"parish": site}, None)
        choir.run("scan")
        said = choir.run("exposures", "show", "1").out + choir.run("exposures", "list", "--json").out
    assert "[bold]" in said
    assert not set(said) & {"\x1b", "\x07", "\u202e"}


def test_progress_is_shown_at_a_terminal_and_nothing_of_it_is_left(choir: Clerk) -> None:
    with serve(long_way(4, delay=0.4) | {"/2": LEAK}) as site:
        choir.configure({"parish": site}, None)
        with at_a_terminal(choir.data, "scan") as terminal:
            terminal.wait_for("pages at most")
            assert terminal.end() == ExitCode.FINE
    assert "1 new" in terminal.seen


def test_ctrl_c_keeps_what_was_found_and_says_so(choir: Clerk) -> None:
    with serve({**long_way(60, delay=0.3), "/0": f'{LEAK}<a href="/1">on</a>'}) as site:
        choir.configure({"parish": site}, None)
        with at_a_terminal(choir.data, "scan") as terminal:
            terminal.wait_for("pages at most")
            end = time.monotonic() + 60
            while len(site.paths) < 4 and time.monotonic() < end:
                time.sleep(0.1)
            terminal.type("\x03")
            assert terminal.end() == 130
        assert "What was found until now is kept" in words(terminal.seen)
        assert "Traceback" not in terminal.seen
        asked = len(site.hits)
        time.sleep(1.5)
        assert len(site.hits) <= asked + 1, "the crawl has ended too"
    assert len(choir.run("exposures", "list", "--json").lines()) == 1
    assert "did not come to its end" in choir.run("doctor", "--no-look").out


def test_a_killed_scan_leaves_no_crawl_behind(choir: Clerk) -> None:
    with serve(long_way(60, delay=0.3)) as site:
        choir.configure({"parish": site}, None)
        with subprocess.Popen(
            [sys.executable, "-c", START, "--data", str(choir.data), "scan"], stdout=subprocess.DEVNULL
        ) as process:
            end = time.monotonic() + 60
            while len(site.paths) < 3 and time.monotonic() < end:
                time.sleep(0.1)
            process.send_signal(signal.SIGKILL)
        time.sleep(1.5)
        asked = len(site.hits)
        time.sleep(1.5)
        assert len(site.hits) == asked


def test_two_scans_at_once_tell_people_once(choir: Clerk) -> None:
    with (
        serve({"/": LEAK + '<a href="/0">on</a>', "/0": Answer(body=LEAK, delay=0.5)}) as site,
        postbox() as box,
    ):
        choir.configure({"parish": site}, box)
        command = [sys.executable, "-c", START, "--data", str(choir.data), "scan", "--json"]
        scans = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        ended = [(scan.communicate(timeout=90), scan.returncode) for scan in scans]
        assert [code for _, code in ended] == [0, 0], ended
        assert len(box.messages) == 1
    assert len(choir.run("exposures", "list", "--json").lines()) == 1


def test_a_scan_waits_for_a_host_that_somebody_else_is_reading(choir: Clerk) -> None:
    with serve({"/": LEAK}) as site:
        choir.configure({"parish": site, "parish-news": site}, None)
        with opened({}, choir.data) as workspace:
            now = datetime.now(UTC)
            with workspace.store.begin() as work:
                work.units.beat(now)
                work.units.queue("nightly", "parish", now, now)
                (night,) = work.units.claim(now, timedelta(minutes=10), 1)
            with at_a_terminal(choir.data, "scan", "parish-news") as terminal:
                terminal.wait_for("Waiting: parish is being read already")
                assert site.hits == []
                with workspace.store.begin() as work:
                    work.units.finish(night.id, now)
                terminal.wait_for("known, 0 gone")
                assert terminal.end() == ExitCode.FINE
            assert site.paths[0] == "/"
            with workspace.store.reading() as work:
                assert work.units.running(datetime.now(UTC)) == frozenset(), "what was held is given back"


# --- sources -----------------------------------------------------------------------------------------


def test_check_reads_one_page_and_stores_nothing(clerk: Clerk) -> None:
    with serve(long_way(5, delay=0)) as site, serve({"/": Answer(status=500)}) as broken:
        clerk.configure({"parish": site, "broken": broken}, None)
        said = clerk.run("sources", "check", code=ExitCode.INCOMPLETE)
        assert "parish: can be read" in said.out
        assert "broken: cannot be read: HTTP 500" in said.out
        assert site.paths == ["/"]
        lines = clerk.run("sources", "check", "--json", "parish").lines()
        skipped = {"deeper than the depth limit": 1, "page limit reached": 1}
        assert lines == [{"name": "parish", "readable": True, "failed": {}, "skipped": skipped, "notes": []}]
        states = {line["name"]: line["state"] for line in clerk.run("sources", "list", "--json").lines()}
        assert states == {"parish": None, "broken": None}
        assert "never scanned" in clerk.run("sources", "list").out


def test_the_list_says_how_each_answered_last_and_since_when(clerk: Clerk) -> None:
    with serve({"/": "hello"}) as site, serve({"/": Answer(status=403)}) as shut:
        clerk.configure({"parish": site, "shut": shut}, None)
        clerk.run("scan", code=ExitCode.INCOMPLETE)
        states = {line["name"]: line["state"] for line in clerk.run("sources", "list", "--json").lines()}
    assert states == {"parish": "ok", "shut": "blocked"}
    assert "Since (Europe/London)" in words(clerk.run("sources", "list").out)


def test_kinds_are_listed_with_a_line_each(clerk: Clerk) -> None:
    shown = {line["kind"]: line["summary"] for line in clerk.run("sources", "kinds", "--json").lines()}
    assert {"site", "feed"} <= shown.keys()
    assert all(shown.values())
    assert "site" in clerk.run("sources", "kinds").out
