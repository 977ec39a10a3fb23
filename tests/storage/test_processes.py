"""Several processes on one database: each piece of work goes to exactly one of them."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import timedelta

import pytest

from scanner.secret import KeyRing
from storage.store import create_store, open_store
from tests.builders import NOON, a_meeting, a_severity, a_sighting, an_alert

WORKERS, ROWS = 4, 60


def work_at_once(do, url, key_file):
    """Let several processes do something with the store, as ``at_once`` does."""

    def prepare():
        store = open_store(url, KeyRing.from_file(key_file))
        return lambda: do(store)

    return at_once(prepare)


def at_once(prepare):
    """Let several processes prepare, all go on together when each is ready, and return what they yield."""
    fork = multiprocessing.get_context("fork")
    ready, said = fork.Barrier(WORKERS, timeout=60), fork.SimpleQueue()

    def act():
        do = prepare()
        ready.wait()
        said.put(list(do()))

    workers = [fork.Process(target=act) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    return Counter(each for _ in workers for each in said.get())


@pytest.fixture
def key_file(tmp_path):
    return tmp_path / "lychgate.key"


@pytest.fixture
def shared(url, key_file):
    """A store whose key other processes can read. Close it first: no connection may become theirs."""
    with create_store(url, KeyRing.create(key_file)) as store:
        yield store


def test_each_unit_is_claimed_by_one_worker(shared, url, key_file):
    with shared.begin() as work:
        for number in range(ROWS):
            work.units.queue("nightly", f"source-{number}", NOON, NOON)
    shared.close()

    def claim(store):
        while True:
            with store.begin() as work:
                units = work.units.claim(NOON, timedelta(hours=1), 3)
            if not units:
                break
            yield from (unit.source for unit in units)

    assert work_at_once(claim, url, key_file) == {f"source-{number}": 1 for number in range(ROWS)}


def test_each_delivery_is_claimed_by_one_postman(shared, url, key_file):
    with shared.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
        for number in range(ROWS):
            work.outbox.put(an_alert(club.id, key=f"alert-{number}"), NOON, NOON)
    shared.close()

    def claim(store):
        while True:
            with store.begin() as work:
                deliveries = work.outbox.claim(NOON, timedelta(hours=1), 3)
            if not deliveries:
                break
            for delivery in deliveries:
                with store.begin() as work:
                    work.outbox.sent(delivery.id, NOON)
                yield delivery.alert.key

    assert work_at_once(claim, url, key_file) == {f"alert-{number}": 1 for number in range(ROWS)}
    with shared.begin() as work:
        assert work.outbox.claim(NOON + timedelta(days=1), timedelta(hours=1), ROWS) == []


def test_two_schedulers_queue_a_due_time_once(shared, url, key_file):
    shared.close()

    def queue(store):
        for number in range(ROWS):
            with store.begin() as work:
                if work.units.queue("nightly", f"source-{number}", NOON, NOON):
                    yield number

    assert work_at_once(queue, url, key_file) == dict.fromkeys(range(ROWS), 1)


def test_workers_that_see_one_leak_open_one_exposure(shared, url, key_file):
    with shared.begin() as work:
        club = work.organisations.add(name="x", timezone="UTC", email="e")
        meeting = work.meetings.add(club.id, a_meeting(), NOON)
    shared.close()

    def see(store):
        for number in range(10):
            sighting = a_sighting(f"https://forum.example/{number}")
            with store.begin() as work:
                seen = work.exposures.see(club.id, meeting.id, sighting, a_severity(), NOON)
                alert = an_alert(club.id, key=f"{seen.exposure_id}/opened", exposure=seen.exposure_id)
                work.outbox.put(alert, NOON, NOON)
            yield from ["exposure"] * seen.exposure_is_new + ["sighting"] * seen.sighting_is_new

    assert work_at_once(see, url, key_file) == {"exposure": 1, "sighting": 10}
    with shared.begin() as work:
        (exposure,) = work.exposures.all(club.id)
        assert len(exposure.sightings) == 10
        assert len(work.outbox.all(club.id)) == 1


def test_processes_that_make_one_database_at_once_make_it_once(url, key_file):
    keys = KeyRing.create(key_file)

    def make():
        with create_store(url, keys).begin() as work:
            yield work.organisations.add(name="x", timezone="UTC", email="e").id

    assert len(at_once(lambda: make)) == WORKERS
    with create_store(url, keys) as store, store.begin() as work:
        assert len(work.organisations.all()) == WORKERS
