"""The ``serve`` process: a missed night is caught up, mail goes out, SIGTERM ends it, faults do not."""

from __future__ import annotations

import logging
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.actions.workspace import Workspace, opened
from scanner.cli.serve import _OneSafeLine
from scanner.model import Lane, News
from scanner.serve.server import Server
from scanner.serve.worker import Worker
from tests.e2e.installation import Installation
from tests.internet import Answer, Page, Site, serve
from tests.postbox import Postbox, postbox

ROOM = "82205550117"
LEAK = f'<p>Join <a href="https://us02web.zoom.us/j/{ROOM}">here</a>.</p>'
SERVE = "import sys; from scanner.cli import main; main(['--data', sys.argv[1], 'serve'])"
SIGNALLED_ELSEWHERE = """
import signal, sys, threading, time
from scanner.cli import main

def end():
    while 'answers' not in open(sys.argv[1] + '/log').read():
        time.sleep(0.1)
    time.sleep(1)
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    time.sleep(600)

threading.Thread(target=end, daemon=True).start()
main(['--data', sys.argv[1], 'serve'])
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an installation whose choir meets in two days, to be copied."""
    home = Installation(tmp_path_factory.mktemp("ready") / "data")
    home.set_up()
    starts = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    home.register([{"title": "Choir", "starts": starts, "rooms": [{"platform": "zoom", "key": ROOM}]}])
    return home.data


@pytest.fixture
def home(tmp_path: Path, ready: Path) -> Installation:
    return Installation(shutil.copytree(ready, tmp_path / "data"))


def missed_a_night(home: Installation, *, known: bool = True) -> None:
    """Let the last due time be three days ago, as if the machine had been off since."""
    with opened({}, home.data) as workspace, workspace.store.begin() as work:
        long_ago = datetime.now(UTC) - timedelta(days=3)
        work.units.beat(datetime.now(UTC) if known else long_ago)
        work.units.queue("nightly", "parish", long_ago, long_ago)
        for unit in work.units.claim(datetime.now(UTC), timedelta(minutes=1), 10):
            work.units.finish(unit.id, long_ago)


@contextmanager
def serving(home: Installation, script: str = SERVE) -> Iterator[subprocess.Popen[bytes]]:
    log = (home.data / "log").open("ab")
    command = [sys.executable, "-c", script, str(home.data)]
    with log, subprocess.Popen(command, stderr=log, preexec_fn=hear_ctrl_c) as process:
        try:
            yield process
        finally:
            process.kill()


def hear_ctrl_c() -> None:
    """Let no parent of the tests decide that their children ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def said(home: Installation) -> str:
    return (home.data / "log").read_text()


def soon(true: Callable[[], bool], *, within: float = 60) -> bool:
    end = time.monotonic() + within
    while not true() and time.monotonic() < end:
        time.sleep(0.1)
    return true()


def slow_way(pages: int) -> dict[str, Page]:
    return {"/": f'{LEAK}<a href="/0">on</a>'} | {
        f"/{n}": Answer(body=f'<a href="/{n + 1}">on</a>', delay=0.4) for n in range(pages)
    }


def test_a_missed_night_is_caught_up_and_its_mail_goes_out(home: Installation) -> None:
    with serve({"/": LEAK}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        missed_a_night(home, known=False)
        with serving(home) as process:
            box.wait_for(2)
            assert soon(lambda: "exposures: 1 new" in said(home))
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        assert site.paths.count("/") == 1
        told = [" ".join(mail.body().split()) for mail in box.messages]
        assert any("Lychgate itself was not running for 3 days, from" in text for text in told)
    log = said(home)
    assert "was due at" in log
    assert "nobody served for 3 days" in log
    assert log.rstrip().endswith("stopped")
    assert ROOM not in log


def test_sigterm_in_a_crawl_ends_it_within_seconds_and_the_next_serve_does_it_again(
    home: Installation,
) -> None:
    with serve(slow_way(200)) as site, postbox() as box:
        home.configure({"parish": site}, box)
        missed_a_night(home)
        with serving(home) as process:
            assert soon(lambda: len(site.paths) > 3)
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        asked = len(site.hits)
        time.sleep(1)
        assert len(site.hits) <= asked + 1, "the crawl went on"
        with serving(home) as process:
            assert soon(lambda: len(site.hits) > asked + 2), "at once, not when a lease ends"
            box.wait_for(1)
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        assert len(box.messages) == 1, "people are told once"


def test_a_signal_that_another_thread_gets_ends_it_too(home: Installation) -> None:
    with serving(home, SIGNALLED_ELSEWHERE) as process:
        assert process.wait(60) == 0
    assert said(home).rstrip().endswith("stopped")


def test_one_that_was_told_to_ignore_ctrl_c_does_so(home: Installation) -> None:
    ignoring = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
    with serving(home, f"{ignoring}\n{SERVE}") as process:
        assert soon(lambda: "serving" in said(home))
        status = Path(f"/proc/{process.pid}/status").read_text()
        ignored = re.search(r"^SigIgn:\s*([0-9a-f]+)$", status, re.MULTILINE)
        assert ignored
        assert int(ignored[1], 16) & 1 << signal.SIGINT - 1


def test_killed_in_a_crawl_nothing_is_lost_and_people_are_told_once(home: Installation) -> None:
    with serve(slow_way(3)) as site, postbox() as box:
        home.configure({"parish": site}, box)
        missed_a_night(home)
        with serving(home) as process:
            assert soon(lambda: len(site.paths) > 1)
            process.kill()
            process.wait()
        lease_ends = datetime.now(UTC) + timedelta(hours=2)
        with opened({}, home.data) as workspace:
            server = Server(workspace, clock=lambda: lease_ends)
            server.work(Lane.BROAD)
            server.post()
            with workspace.store.reading() as work:
                assert work.units.pending() == []
                alerts = [sent.alert for sent in work.outbox.all(workspace.organisation.id)]
        assert [alert.news for alert in alerts].count(News.OPENED) == 1
        assert box.messages


SOON = "schedules: {countdown: {every: {30m: 1m}, sources: [parish]}}"


def meets_in(home: Installation, before: timedelta, key: str = "82205550118") -> None:
    starts = (datetime.now(UTC) + before).isoformat()
    home.register([{"title": "Vestry", "starts": starts, "rooms": [{"platform": "zoom", "key": key}]}])


def test_a_meeting_in_twenty_minutes_is_watched_by_the_settings_that_somebody_has_just_mended(
    home: Installation,
) -> None:
    meets_in(home, timedelta(minutes=20))
    with serve({"/": "Nothing yet"}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        nightly = (home.data / "schedules.yaml").read_text()
        with serving(home) as process:
            assert soon(lambda: "sources are looked at" in said(home))
            (home.data / "schedules.yaml").write_text(nightly + "\nshcedules: {}")
            assert soon(lambda: "those from before the change stay in force" in said(home))
            assert "no setting 'shcedules'" in said(home)
            lines = [line for line in nightly.splitlines() if "nightly" not in line and line != "schedules:"]
            site.pages["/"] = LEAK.replace(ROOM, "82205550118")
            (home.data / "schedules.yaml").write_text("\n".join([*lines, SOON]))
            assert soon(lambda: "the settings were read anew" in said(home))
            assert soon(lambda: any("Vestry" in mail.body() for mail in box.messages))
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
    assert "before the meeting at" in said(home), "the log says why it looked"


def test_two_serves_by_mistake_look_once_and_tell_once(home: Installation) -> None:
    with serve({"/": f'{LEAK}<a href="/1">1</a>', "/1": "one"}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        missed_a_night(home)
        with serving(home) as one, serving(home) as other:
            box.wait_for(1)
            assert soon(lambda: "exposures: 1 new" in said(home))
            time.sleep(3)  # a second look would be taken in the next turn of either
            for process in (one, other):
                process.send_signal(signal.SIGTERM)
            assert (one.wait(30), other.wait(30)) == (0, 0)
        assert site.paths.count("/1") == 1
        assert len(box.messages) == 1


# --- single turns, in this process -------------------------------------------------------------------


@pytest.fixture
def workspace(home: Installation) -> Iterator[Workspace]:
    with serve({"/": LEAK}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        with opened({}, home.data) as workspace:
            yield workspace


NIGHT = datetime(2031, 5, 4, 3, 10, tzinfo=UTC) - timedelta(hours=1)
"""03:10 in London."""


def test_two_servers_queue_a_due_time_once(workspace: Workspace) -> None:
    servers = [Server(workspace, clock=lambda: NIGHT - timedelta(minutes=1)) for _ in range(2)]
    for server in servers:
        server._clock = lambda: NIGHT + timedelta(seconds=1)
    threads = [threading.Thread(target=server.plan) for server in servers for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with workspace.store.reading() as work:
        assert [unit.due for unit in work.units.pending()] == [NIGHT]


@pytest.mark.parametrize("years", [-4, 4])
def test_a_clock_that_is_put_right_while_serving_silences_nothing(workspace: Workspace, years: int) -> None:
    now = NIGHT - timedelta(hours=1) + timedelta(days=365 * years)
    server = Server(workspace, clock=lambda: now)
    server.plan()
    now = NIGHT + timedelta(seconds=30)
    server.plan()
    with workspace.store.reading() as work:
        assert [unit.due for unit in work.units.pending()] == [NIGHT]


def test_a_due_time_of_the_future_is_no_reason_to_wait_for_it(workspace: Workspace) -> None:
    with workspace.store.begin() as work:
        work.units.queue("nightly", "parish", NIGHT + timedelta(days=900), NIGHT)
    Server(workspace, clock=lambda: NIGHT + timedelta(seconds=30)).plan()
    with workspace.store.reading() as work:
        assert NIGHT in [unit.due for unit in work.units.pending()]


def test_a_source_that_left_the_settings_is_done_without_a_look(workspace: Workspace) -> None:
    with workspace.store.begin() as work:
        work.units.queue("nightly", "closed-down", NIGHT, NIGHT)
    Server(workspace, clock=lambda: NIGHT + timedelta(minutes=1)).work(Lane.BROAD)
    with workspace.store.reading() as work:
        assert work.units.pending() == []
        assert work.scans.recent(1) == []


def test_a_fault_in_one_turn_ends_neither_it_nor_the_others(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    turns: list[int] = []
    server = Server(workspace, clock=lambda: NIGHT)

    def faulty() -> None:
        turns.append(len(turns))
        if len(turns) > 3:
            server.stop()
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        server._repeat(faulty, timedelta(milliseconds=1))
    assert len(turns) == 4
    assert caplog.text.count("a fault in Lychgate; it goes on") == 4


def test_a_bad_edit_is_told_within_five_minutes_and_once(home: Installation) -> None:
    with serve({}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        with opened({}, home.data) as workspace:
            now = NIGHT
            server = Server(workspace, clock=lambda: now)
            for minutes, mails in ((0, 0), (1, 0), (5, 1), (6, 1), (10, 1)):
                now = NIGHT + timedelta(minutes=minutes)
                server.plan()
                server.post()
                assert len(box.messages) == mails, f"after {minutes} minutes"
                if minutes == 0:
                    settings = home.data / "schedules.yaml"
                    settings.write_text(settings.read_text() + "\nshcedules: {}")
    assert "did you mean 'schedules'? WHAT TO DO NOW" in " ".join(box.messages[0].body().split())


def test_what_is_old_is_forgotten_while_serving(workspace: Workspace) -> None:
    with workspace.store.begin() as work:
        work.scans.start("nightly", ["parish"], NIGHT - timedelta(days=401))
        work.scans.start("nightly", ["parish"], NIGHT - timedelta(days=399))
    Server(workspace, clock=lambda: NIGHT).forget()
    with workspace.store.reading() as work:
        assert len(work.scans.recent(9)) == 1


def test_mail_that_cannot_be_sent_is_logged_and_kept(
    home: Installation, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    with workspace.store.begin() as work:
        work.units.queue("nightly", "parish", NIGHT, NIGHT)
    server = Server(workspace, clock=lambda: NIGHT)
    server.work(Lane.BROAD)
    text = (home.data / "schedules.yaml").read_text()
    box = workspace.settings.channels["clerk"].options
    (home.data / "schedules.yaml").write_text(text.replace(str(box.port), "1"))  # type: ignore[attr-defined]
    with opened({}, home.data) as elsewhere:
        Server(elsewhere, clock=lambda: NIGHT).post()
        assert "an alert could not be sent" in caplog.text
        with elsewhere.store.reading() as work:
            assert len(work.outbox.all(elsewhere.organisation.id)) == 1


def test_the_log_is_one_line_an_event_without_links() -> None:
    record = logging.LogRecord(
        "lychgate", logging.ERROR, "", 0, "bad\nhttps://zoom.us/j/%s?pwd=x", (ROOM,), None
    )
    shown = _OneSafeLine().format(record)
    assert re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2},[0-9]{3} ERROR bad", shown)
    assert "\n" not in shown
    assert ROOM not in shown
    assert "zoom.us" not in shown


# --- lanes ---------------------------------------------------------------------------------------------


def two_on_one_host(home: Installation, site: Site, other: Site, box: Postbox) -> None:
    home.configure({"parish": site, "parish-news": site, "club": other}, box)


def queue_all(workspace: Workspace, lane: Lane, *sources: str) -> None:
    with workspace.store.begin() as work:
        for source in sources:
            work.units.queue(lane.value, source, NIGHT, NIGHT, lane=lane)


def a_worker(lane: Lane, now: datetime = NIGHT) -> Worker:
    return Worker(lane, clock=lambda: now, stop=threading.Event())


def claimed(worker: Worker, workspace: Workspace) -> set[str]:
    return {unit.source for unit in worker._claim(workspace)}


def test_a_night_does_not_keep_the_fast_lane_waiting_but_on_its_own_hosts(home: Installation) -> None:
    with serve({}) as site, serve({}) as other, postbox() as box:
        two_on_one_host(home, site, other, box)
        with opened({}, home.data) as workspace:
            queue_all(workspace, Lane.BROAD, "parish")
            assert claimed(a_worker(Lane.BROAD), workspace) == {"parish"}
            queue_all(workspace, Lane.FAST, "parish", "parish-news", "club")
            assert claimed(a_worker(Lane.FAST), workspace) == {"club"}


def test_where_both_are_due_the_fast_lane_comes_first(home: Installation) -> None:
    with serve({}) as site, serve({}) as other, postbox() as box:
        two_on_one_host(home, site, other, box)
        with opened({}, home.data) as workspace:
            queue_all(workspace, Lane.BROAD, "parish", "parish-news", "club")
            queue_all(workspace, Lane.FAST, "parish")
            assert claimed(a_worker(Lane.BROAD), workspace) == {"club"}
            assert claimed(a_worker(Lane.FAST), workspace) == {"parish"}


def test_a_server_that_asks_for_a_pause_gets_it_and_the_report_says_so(
    home: Installation, workspace: Workspace
) -> None:
    busy = Answer(status=503, headers={"Retry-After": "1800"})
    with serve({"/": busy, "/robots.txt": "User-agent: *"}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        with opened({}, home.data) as workspace:
            queue_all(workspace, Lane.FAST, "parish")
            a_worker(Lane.FAST).work(workspace)
            assert site.paths == ["/"]
            later = NIGHT + timedelta(minutes=2)
            with workspace.store.begin() as work:
                work.units.queue("fast", "parish", later, later, lane=Lane.FAST)
            a_worker(Lane.FAST, later).work(workspace)
            assert site.paths == ["/"], "the cadence has to wait"
            site.pages["/"] = "Open again"
            a_worker(Lane.FAST, NIGHT + timedelta(minutes=31)).work(workspace)
            assert site.paths[:2] == ["/", "/"]
            with workspace.store.reading() as work:
                coverage = work.scans.latest("parish").coverages[0]
    assert [note for note in coverage.notes if note.startswith("its turn came 29 minutes late")]


def test_a_source_is_free_when_its_own_unit_has_ended_not_when_all_have(home: Installation) -> None:
    slow = slow_way(30)
    with serve(slow) as site, serve({"/": "quick"}) as other, postbox() as box:
        two_on_one_host(home, site, other, box)
        with opened({}, home.data) as workspace:
            queue_all(workspace, Lane.BROAD, "parish", "club")
            worker = a_worker(Lane.BROAD)
            thread = threading.Thread(target=worker.work, args=[workspace])
            thread.start()

            def running() -> frozenset[str]:
                with workspace.store.reading() as work:
                    return work.units.running(NIGHT)

            assert soon(lambda: running() == {"parish", "club"})
            assert soon(lambda: running() == {"parish"})
            assert thread.is_alive()
            worker._stop.set()
            worker.cancel()
            thread.join(30)
            with workspace.store.reading() as work:
                pending = {unit.source for unit in work.units.pending()}
            assert pending == {"parish", "club"}, "a run without a report is done again, whole"


def test_a_stream_is_listened_to_again_when_it_has_ended(home: Installation) -> None:
    with serve({}) as site, postbox() as box:
        home.configure({"parish": site}, box)
        text = (home.data / "schedules.yaml").read_text()
        stream = f'  sky: {{kind: jetstream, api: "{site.url("")}"}}'
        (home.data / "schedules.yaml").write_text(text.replace("sources:\n", f"sources:\n{stream}\n", 1))
        with opened({}, home.data) as workspace:
            now = NIGHT
            server = Server(workspace, clock=lambda: now)
            seen = []
            for minutes in (0, 1, 2):
                now = NIGHT + timedelta(hours=3, minutes=minutes)
                server.plan()
                with workspace.store.begin() as work:
                    seen.append([unit.source for unit in work.units.pending() if unit.lane is Lane.STREAM])
                    if minutes == 1:
                        (unit,) = work.units.claim(now, timedelta(hours=1), 9, lane=Lane.STREAM)
                        work.units.finish(unit.id, now)
        assert seen == [["sky"], ["sky"], ["sky"]], "one at a time, and again at the end"


def test_what_was_missed_is_caught_up_nearest_meeting_first(workspace: Workspace) -> None:
    """After a night without power: the sources where the next meetings' links stood come first."""
    soon_, later = NIGHT + timedelta(hours=1), NIGHT + timedelta(hours=9)
    with workspace.store.begin() as work:
        for source, nearest in (("b", later), ("c", None), ("a", soon_)):
            work.units.queue("nightly", source, NIGHT - timedelta(hours=3), NIGHT, nearest=nearest)
        order = [unit.source for unit in work.units.claim(NIGHT, timedelta(hours=1), 9, lane=Lane.BROAD)]
    assert order == ["a", "b", "c"]


def test_a_gap_without_anything_missed_is_no_news_for_people(workspace: Workspace) -> None:
    now = NIGHT + timedelta(hours=2)
    server = Server(workspace, clock=lambda: now)
    server.plan()
    now += timedelta(hours=3)
    server.plan()
    now += timedelta(days=1)
    server.plan()
    with workspace.store.reading() as work:
        told = [sent.alert for sent in work.outbox.all(workspace.organisation.id)]
    (alert,) = [alert for alert in told if alert.news is News.GAP]
    assert "one look was missed" in alert.detail
