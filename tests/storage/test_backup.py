"""Backups: whole, without the key, refused with another one, and put back without losing what was there."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert

from scanner.errors import InputError, KeyMissing, StoreBusy, StoreError
from scanner.match.register import Register
from scanner.match.verdict import match
from scanner.model import Form, Link
from scanner.secret import KeyRing
from storage import schema, tables
from storage.backup import Contents, back_up, examine_backup, restore
from storage.engine import connect, make_database_file, parse_url
from storage.store import create_store, open_store
from tests.builders import NOON, a_meeting, a_passcode, a_room, a_severity, a_sighting


@pytest.fixture
def club(file_url, keys):
    with create_store(file_url, keys) as store, store.begin() as work:
        club = work.organisations.add(name="Hill Climbers", timezone="Europe/London", email="c@mail.example")
        meeting = work.meetings.add(club.id, a_meeting(passcodes=(a_passcode(),)), NOON)
        work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)
        return club


ONE = Contents(organisations=1, meetings=1, rooms=1, exposures=1)


def add_meeting(url, keys, club, key):
    with open_store(url, keys) as store, store.begin() as work:
        work.meetings.add(club.id, a_meeting(a_room(key)), NOON)


def is_recognised(url, keys, key="81234567890"):
    with open_store(url, keys) as store, store.reading() as work:
        link = Link(room=a_room(key), form=Form.URL, where="href")
        return bool(match(link, Register(work.meetings.register(NOON)), work.keys, now=NOON))


def test_a_backup_comes_back_and_what_was_there_is_kept(tmp_path, file, file_url, keys, club):
    assert back_up(file_url, tmp_path / "copy", keys) == ONE
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    add_meeting(file_url, keys, club, "99911122233")
    assert restore(file_url, tmp_path / "copy", keys, aside=tmp_path / "aside") == ONE
    assert is_recognised(file_url, keys)
    assert not is_recognised(file_url, keys, "99911122233")
    restore(file_url, tmp_path / "aside", keys, aside=tmp_path / "aside2")
    assert is_recognised(file_url, keys, "99911122233")
    names = {path.name for path in tmp_path.iterdir()}
    assert names <= {"copy", "aside", "aside2", file.name, f"{file.name}-wal", f"{file.name}-shm"}


def test_a_backup_is_made_while_others_write_and_is_of_one_moment(tmp_path, file_url, keys, club):
    """Every transaction writes two meetings: no copy has an odd number of them."""
    stop = threading.Event()

    def write():
        with open_store(file_url, keys) as store:
            number = 70_000_000_000
            while not stop.is_set():
                with store.begin() as work:
                    for _ in range(2):
                        number += 1
                        work.meetings.add(club.id, a_meeting(a_room(str(number))), NOON)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [back_up(file_url, tmp_path / f"copy{n}", keys).meetings for n in range(6)]
    finally:
        stop.set()
        writer.join()
    assert all(count % 2 == 1 for count in counts)
    assert counts[-1] > counts[0]


def test_an_existing_file_is_never_written_over(tmp_path, file_url, keys, club):
    (tmp_path / "copy").write_text("precious")
    with pytest.raises(InputError, match="exists already"):
        back_up(file_url, tmp_path / "copy", keys)
    assert (tmp_path / "copy").read_text() == "precious"
    back_up(file_url, tmp_path / "good", keys)
    with pytest.raises(InputError, match="exists already"):
        restore(file_url, tmp_path / "good", keys, aside=tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "precious"
    assert is_recognised(file_url, keys)


def test_another_key_is_refused_before_anything_changes(tmp_path, file_url, keys, club):
    other = KeyRing(bytes(32))
    with create_store(f"sqlite:///{tmp_path}/other.db", other) as store, store.begin() as work:
        work.organisations.add(name="x", timezone="UTC", email="e")
    back_up(f"sqlite:///{tmp_path}/other.db", tmp_path / "theirs", other)
    for attempt in (
        lambda: examine_backup(tmp_path / "theirs", keys),
        lambda: restore(file_url, tmp_path / "theirs", keys, aside=tmp_path / "aside"),
        lambda: back_up(file_url, tmp_path / "copy", other),
    ):
        with pytest.raises(KeyMissing, match="not the key"):
            attempt()
    assert not (tmp_path / "aside").exists()
    assert not (tmp_path / "copy").exists()
    assert is_recognised(file_url, keys)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500, b"SQLite format 3\0" + bytes(5000)])
def test_what_is_no_backup_is_refused(tmp_path, file_url, keys, club, content):
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(StoreError):
        restore(file_url, tmp_path / "bad", keys, aside=tmp_path / "aside")
    assert (tmp_path / "bad").read_bytes() == content
    assert not (tmp_path / "aside").exists()
    assert is_recognised(file_url, keys)


def test_a_cut_backup_is_refused(tmp_path, file_url, keys, club):
    back_up(file_url, tmp_path / "copy", keys)
    whole = (tmp_path / "copy").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError):
        restore(file_url, tmp_path / "cut", keys, aside=tmp_path / "aside")
    assert is_recognised(file_url, keys)


def test_a_missing_backup_is_said(tmp_path, file_url, keys, club):
    with pytest.raises(InputError, match="no backup"):
        restore(file_url, tmp_path / "nowhere", keys, aside=tmp_path / "aside")


def test_a_database_in_use_is_not_replaced(tmp_path, file_url, keys, club):
    back_up(file_url, tmp_path / "copy", keys)
    with open_store(file_url, keys) as running:
        with running.begin() as work:
            work.organisations.all()
        with pytest.raises(StoreBusy, match="in use"):
            restore(file_url, tmp_path / "copy", keys, aside=tmp_path / "aside")
        with running.begin() as work:
            work.meetings.add(club.id, a_meeting(a_room("99911122233")), NOON)
    assert is_recognised(file_url, keys, "99911122233")


def test_a_damaged_or_missing_database_is_replaced(tmp_path, file, file_url, keys, club):
    back_up(file_url, tmp_path / "copy", keys)
    file.write_bytes(b"\xff" * 9000)
    restore(file_url, tmp_path / "copy", keys, aside=tmp_path / "aside")
    assert (tmp_path / "aside").read_bytes() == b"\xff" * 9000
    assert is_recognised(file_url, keys)
    file.unlink()
    restore(file_url, tmp_path / "copy", keys, aside=tmp_path / "none")
    assert is_recognised(file_url, keys)
    assert not (tmp_path / "none").exists()


def test_a_backup_of_an_older_version_is_brought_up_to_date(tmp_path, file_url, keys):
    old = tmp_path / "old"
    make_database_file(old)
    engine = connect(parse_url(f"sqlite:///{old}"), migrating=True)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(schema._MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(insert(tables.installation).values(id=1, key_check=keys.check_value()))
    engine.dispose()
    before = old.read_bytes()
    with pytest.raises(StoreError, match="older"):
        open_store(f"sqlite:///{old}", keys)
    restore(file_url, old, keys, aside=tmp_path / "aside")
    with open_store(file_url, keys) as store, store.reading() as work:
        assert work.organisations.all() == []
    assert old.read_bytes() == before


def test_a_backup_of_a_newer_version_is_refused(tmp_path, file_url, keys, club):
    back_up(file_url, tmp_path / "copy", keys)
    with closing(sqlite3.connect(tmp_path / "copy")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(StoreError, match="newer"):
        restore(file_url, tmp_path / "copy", keys, aside=tmp_path / "aside")
    assert is_recognised(file_url, keys)


def test_no_backup_is_made_while_the_key_is_being_replaced(tmp_path, file_url):
    key_file = tmp_path / "lychgate.key"
    with create_store(file_url, KeyRing.create(key_file)):
        pass
    following = KeyRing.create_next(key_file)
    with open_store(file_url, following) as store, store.begin() as work:
        work.rotation.begin(following.check_value(), NOON)
    with pytest.raises(StoreError, match="keys rotate"):
        back_up(file_url, tmp_path / "copy", following)
    assert not (tmp_path / "copy").exists()


def test_postgresql_is_sent_to_its_own_tools(tmp_path, keys):
    with pytest.raises(InputError, match="pg_dump"):
        back_up("postgresql+psycopg://lychgate@localhost/lychgate", tmp_path / "copy", keys)
