"""Replacing the instance key: nothing goes undetected, however often and wherever it is killed."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from scanner.actions.keys import rotate_keys
from scanner.errors import InputError, KeyMissing
from scanner.match.register import Register
from scanner.match.verdict import match
from scanner.model import Form, Link, PasscodeMatch, Room
from scanner.secret import KeyRing
from scanner.secret.keyfile import next_to
from storage import tables
from storage.rotation import TABLES, sealed_columns
from storage.store import create_store, open_store
from tests.builders import NOON, a_coverage, a_meeting, a_page, a_passcode, a_severity, a_sighting, an_alert

MEETINGS = 60
PAGE = "https://forum.example/t/{}"


def clock():
    return datetime.now(UTC)


def key_of(number):
    return Room("zoom", str(82_000_000_000 + number * 7_919))


@pytest.fixture
def key_file(tmp_path):
    KeyRing.create(tmp_path / "lychgate.key")
    return tmp_path / "lychgate.key"


@pytest.fixture
def surroundings(tmp_path, url, key_file):
    """The environment of an installation with two organisations and a leak of every meeting."""
    fill(url, key_file)
    return {"LYCHGATE_DATA": str(tmp_path), "LYCHGATE_DATABASE_URL": url, "HOME": str(tmp_path)}


def fill(url, key_file):
    with create_store(url, KeyRing.from_file(key_file)) as store, store.begin() as work:
        for name in ("Hill Climbers", "Dale Choir"):
            club = work.organisations.add(name=name, timezone="Europe/London", email="club@mail.example")
            for number in range(MEETINGS):
                room = key_of(number + club.id * 1000)
                passcode = a_passcode(f"wren-{number}")
                meeting = work.meetings.add(club.id, a_meeting(room, passcodes=(passcode,)), NOON)
                seen = work.exposures.see(
                    club.id, meeting.id, a_sighting(PAGE.format(number), room), a_severity(), NOON
                )
                work.outbox.put(an_alert(club.id, key=f"k{number}", exposure=seen.exposure_id), NOON, NOON)
        work.addresses.remember("forum", [a_page(PAGE.format(n), rooms=1) for n in range(MEETINGS)])
        scan = work.scans.start("nightly", ["forum"], NOON)
        work.scans.cover(scan, a_coverage(notes=("read in part",)))


def everything_is_detected(store):
    """Match every registered room with its passcode, as a scan does, and open every text there is."""
    with store.reading() as work:
        register = Register(work.meetings.register(NOON))
        organisations = work.organisations.all()
        assert len(organisations) == 2
        for club in organisations:
            for number in range(MEETINGS):
                room = key_of(number + club.id * 1000)
                link = Link(room=room, form=Form.URL, where="href", passcode=a_passcode(f"wren-{number}"))
                (verdict,) = match(link, register, work.keys, now=NOON)
                assert verdict.organisation == club.id
                assert verdict.passcode is PasscodeMatch.CURRENT
                assert [found.rooms for found in work.meetings.with_room(club.id, room)] == [(room,)]
            assert len(work.exposures.all(club.id)) == MEETINGS
            assert len(work.outbox.all(club.id)) == MEETINGS
        known = work.addresses.known("forum")
        assert sorted(page.known.address for page in known) == sorted(PAGE.format(n) for n in range(MEETINGS))
        assert all(page.known.watched for page in known)
        assert work.scans.recent(1)[0].coverages[0].notes == ("read in part",)


def rotation(surroundings, *, batch=4):
    """A process of its own that rotates."""
    fork = multiprocessing.get_context("fork")
    child = fork.Process(
        target=rotate_keys, args=(surroundings, None), kwargs={"clock": clock, "batch": batch}
    )
    child.start()
    return child


def test_killed_again_and_again_it_loses_no_detection_and_ends_with_the_old_key_useless(
    tmp_path, url, surroundings, key_file
):
    shutil.copy(key_file, tmp_path / "first.key")
    chance = random.Random(7)
    kills = 12 if url.startswith("sqlite") else 6
    unfinished = 0
    for _ in range(kills):
        child = rotation(surroundings)
        child.join(chance.uniform(0.0, 0.4))
        if child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert child.exitcode in (0, -signal.SIGKILL)
        unfinished += next_to(key_file).exists()
        with open_store(url, KeyRing.from_file(key_file)) as store:
            everything_is_detected(store)
    assert unfinished > kills // 3, "too few kills fell into a rotation"
    rotate_keys(surroundings, None, clock=clock)
    assert not next_to(key_file).exists()
    with open_store(url, KeyRing.from_file(key_file)) as store:
        everything_is_detected(store)
    with pytest.raises(KeyMissing, match="not the key"):
        open_store(url, KeyRing.from_file(tmp_path / "first.key"))


def test_nothing_is_left_under_the_old_key(tmp_path, url, surroundings, key_file):
    old = KeyRing.from_file(key_file)
    rotate_keys(surroundings, None, clock=clock)
    new = KeyRing.from_file(key_file)
    with open_store(url, new) as store:
        everything_is_detected(store)
        with store.reading() as work:
            registered = {entry.fingerprint for entry in work.meetings.register(NOON)}
            connection = work.meetings._transaction.connection
            for row in connection.execute(select(tables.organisations)):
                with pytest.raises(Exception, match="altered or moved"):
                    old.vault(row.data_key, organisation=row.seal)
            assert connection.execute(select(tables.earlier_data_keys)).all() == []
            assert connection.execute(select(tables.rotations)).all() == []
    assert not {old.fingerprint(key_of(n + c * 1000)) for n in range(MEETINGS) for c in (1, 2)} & registered


def test_every_sealed_column_is_renewed():
    """A new table is renewed too: all its sealed columns are known, and its organisation is found."""
    named = {f"{table.name}.{column.name}" for table in TABLES for column in sealed_columns(table)}
    assert {"rooms.key", "passcodes.text", "allowances.reason", "people.email", "audit.note"} <= named
    binary = {
        f"{table.name}.{column.name}"
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if str(column.type) == "BLOB"
    }
    assert {name.partition(".")[2] for name in binary - named} == {
        "address_fingerprint",
        "credential_fingerprint",
        "data_key",
        "fingerprint",
        "key_check",
        "key_fingerprint",
        "next_check",
        "request_fingerprint",
        "room_fingerprint",
        "seal",
        "token_fingerprint",
    }


def test_a_program_that_runs_meanwhile_goes_on_detecting_and_writing(url, surroundings, key_file):
    room = key_of(1000)
    rooms = frozenset({room, key_of(2000)})
    with open_store(url, KeyRing.from_file(key_file)) as running:
        with running.begin() as work:
            keys, register = work.keys, Register(work.meetings.register(NOON))
            club = work.organisations.all()[0]
        child = rotation(surroundings)
        rounds = 0
        while child.is_alive() or rounds < 3:
            with running.begin() as work:
                later = NOON + timedelta(minutes=rounds)
                page = PAGE.format(0)
                seen = work.exposures.see(club.id, 1, a_sighting(page, room), a_severity(), later)
                assert not seen.sighting_is_new
                assert work.rereading.read_without("forum", page, rooms, later) == []
                work.addresses.remember("forum", [a_page(page, rooms=1)])
            everything_is_detected(running)
            # The Register that a scan read before the rotation stays good for that scan.
            assert match(Link(room=room, form=Form.URL, where="href"), register, keys, now=NOON)
            rounds += 1
        child.join()
        assert child.exitcode == 0
        everything_is_detected(running)
        assert not next_to(key_file).exists()
        with running.begin() as work:
            work.meetings.add(club.id, a_meeting(Room("zoom", "99988877766")), NOON)
    with open_store(url, KeyRing.from_file(key_file)) as fresh, fresh.reading() as work:
        assert len(work.meetings.all(club.id)) == MEETINGS + 1


def begun(surroundings, url, key_file):
    """Begin a rotation and leave it there."""
    following = KeyRing.create_next(key_file)
    with open_store(url, following) as store, store.begin() as work:
        work.rotation.begin(following.check_value(), NOON)


def test_an_unfinished_rotation_needs_both_keys(tmp_path, url, surroundings, key_file):
    begun(surroundings, url, key_file)
    with open_store(url, KeyRing.from_file(key_file)) as store, store.reading() as work:
        assert work.rotation.unfinished() == NOON
    spare = next_to(key_file).rename(tmp_path / "spare")
    with pytest.raises(KeyMissing, match="next"):
        open_store(url, KeyRing.from_file(key_file))
    with pytest.raises(KeyMissing, match="old one is missing"):
        open_store(url, KeyRing.from_file(spare))
    spare.rename(next_to(key_file))
    rotate_keys(surroundings, None, clock=clock)
    with open_store(url, KeyRing.from_file(key_file)) as store:
        everything_is_detected(store)


def test_a_key_in_the_environment_is_not_rotated(surroundings, key_file):
    named = {**surroundings, "LYCHGATE_KEY": key_file.read_text()}
    with pytest.raises(InputError, match="LYCHGATE_KEY_FILE"):
        rotate_keys(named, None, clock=clock)


def test_a_wrong_key_makes_no_next_one(surroundings, key_file):
    key_file.unlink()
    KeyRing.create(key_file)
    with pytest.raises(KeyMissing, match="not the key"):
        rotate_keys(surroundings, None, clock=clock)
    assert not next_to(key_file).exists()


def test_the_last_moment_before_the_file_is_replaced(url, surroundings, key_file):
    """Killed between the last commit and the rename: the next run only renames."""
    begun(surroundings, url, key_file)
    following = KeyRing.create_next(key_file)
    with open_store(url, following) as store:
        for table in TABLES:
            with store.begin() as work:
                assert work.rotation.renew(table, None, 10_000).end
        with store.begin() as work:
            work.rotation.finish()
    with open_store(url, KeyRing.from_file(key_file)) as store:
        everything_is_detected(store)
    rotate_keys(surroundings, None, clock=clock)
    assert KeyRing.from_file(key_file).check_value() == following.check_value()
    assert not next_to(key_file).exists()
