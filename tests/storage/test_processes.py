"""Several processes on one database: each piece of work goes to exactly one of them."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections import Counter
from datetime import timedelta

import pytest

from scanner.secret import KeyRing
from storage.store import create_store
from tests.builders import NOON, a_meeting, an_alert

WORKERS, ROWS = 4, 60


def run_workers(script, *arguments):
    """Run the script several times at once on an open store; return what all printed, line by line."""
    preamble = """
        import sys
        from datetime import timedelta
        from pathlib import Path
        from scanner.secret import KeyRing
        from storage.store import open_store
        from tests.builders import *
        store = open_store(sys.argv[1], KeyRing.from_file(Path(sys.argv[2])))
        print("ready", flush=True)
        sys.stdin.readline()
    """
    return start_at_once(textwrap.dedent(preamble) + textwrap.dedent(script), *arguments)


def start_at_once(script, *arguments):
    """Start a script several times, let all go on together when each has said that it is ready."""
    command = [sys.executable, "-c", script, *arguments]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    printed = [line for worker in workers for line in worker.communicate()[0].split()]
    assert [worker.returncode for worker in workers] == [0] * WORKERS
    return printed


@pytest.fixture
def key_file(tmp_path):
    return tmp_path / "lychgate.key"


@pytest.fixture
def shared(url, key_file):
    """A store whose key other processes can read."""
    with create_store(url, KeyRing.create(key_file)) as store:
        yield store


def test_each_unit_is_claimed_by_one_worker(shared, url, key_file):
    with shared.begin() as work:
        for number in range(ROWS):
            work.units.queue("nightly", f"source-{number}", NOON, NOON)
    claim = """
        while True:
            with store.begin() as work:
                units = work.units.claim(NOON, timedelta(hours=1), 3)
            if not units:
                break
            print(*(unit.source for unit in units), flush=True)
    """
    assert Counter(run_workers(claim, url, key_file)) == {f"source-{number}": 1 for number in range(ROWS)}


def test_each_delivery_is_claimed_by_one_postman(shared, url, key_file):
    with shared.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
        for number in range(ROWS):
            work.outbox.put(an_alert(club.id, key=f"alert-{number}"), NOON, NOON)
    claim = """
        while True:
            with store.begin() as work:
                deliveries = work.outbox.claim(NOON, timedelta(hours=1), 3)
            if not deliveries:
                break
            for delivery in deliveries:
                with store.begin() as work:
                    work.outbox.sent(delivery.id, NOON)
                print(delivery.alert.key, flush=True)
    """
    assert Counter(run_workers(claim, url, key_file)) == {f"alert-{number}": 1 for number in range(ROWS)}
    with shared.begin() as work:
        assert work.outbox.claim(NOON + timedelta(days=1), timedelta(hours=1), ROWS) == []


def test_two_schedulers_queue_a_due_time_once(shared, url, key_file):
    queue = """
        for number in range(60):
            with store.begin() as work:
                if work.units.queue("nightly", f"source-{number}", NOON, NOON):
                    print(number)
    """
    assert Counter(run_workers(queue, url, key_file)) == {str(number): 1 for number in range(ROWS)}


def test_workers_that_see_one_leak_open_one_exposure(shared, url, key_file):
    with shared.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
        meeting = work.meetings.add(club.id, a_meeting(), NOON)
    see = f"""
        for number in range(10):
            sighting = a_sighting(f"https://forum.example/{{number}}")
            with store.begin() as work:
                seen = work.exposures.see({club.id}, {meeting.id}, sighting, a_severity(), NOON)
                alert = an_alert({club.id}, key=f"{{seen.exposure_id}}/opened", exposure=seen.exposure_id)
                work.outbox.put(alert, NOON, NOON)
            print("exposure" * seen.exposure_is_new, "sighting" * seen.sighting_is_new)
    """
    assert Counter(run_workers(see, url, key_file)) == {"exposure": 1, "sighting": 10}
    with shared.begin() as work:
        (exposure,) = work.exposures.all(club.id)
        assert len(exposure.sightings) == 10
        assert len(work.outbox.all(club.id)) == 1


def test_processes_that_make_one_database_at_once_make_it_once(url, key_file):
    keys = KeyRing.create(key_file)
    make = """
        import sys
        from pathlib import Path
        from scanner.secret import KeyRing
        from storage.store import create_store
        print("ready", flush=True)
        sys.stdin.readline()
        with create_store(sys.argv[1], KeyRing.from_file(Path(sys.argv[2]))).begin() as work:
            work.organisations.add(name="x", timezone="UTC", email="e")
    """
    assert start_at_once(textwrap.dedent(make), url, str(key_file)) == []
    with create_store(url, keys) as store, store.begin() as work:
        assert len(work.organisations.all()) == WORKERS
