"""Opening, transactions, and what goes wrong with databases. SQLite where the file is the subject."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import threading

import pytest
from sqlalchemy import text

from scanner.errors import ExitCode, InputError, KeyMissing, SchemaOutdated, StoreBusy, StoreError
from scanner.secret import KeyRing
from storage.store import create_store, open_store, upgrade_store
from tests.builders import NOON, a_meeting


def add_club(store, name="Hill Climbers"):
    with store.begin() as work:
        return work.organisations.add(name=name, timezone="UTC", email="club@mail.example")


def names(store):
    with store.begin() as work:
        return [organisation.name for organisation in work.organisations.all()]


# --- transactions ------------------------------------------------------------------------------------


def test_what_was_committed_is_there_after_reopening(url, keys):
    with create_store(url, keys) as store:
        add_club(store)
    with open_store(url, keys) as store:
        assert names(store) == ["Hill Climbers"]


def test_an_error_in_the_block_leaves_nothing(store):
    def fail_half_way():
        with store.begin() as work:
            club = work.organisations.add(name="x", timezone="UTC", email="e")
            work.meetings.add(club.id, a_meeting(), NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert names(store) == []
    add_club(store)
    assert names(store) == ["Hill Climbers"]


def test_reading_sees_one_state_and_cannot_write(store):
    add_club(store)
    with store.reading() as before:
        assert len(before.organisations.all()) == 1
        with pytest.raises(Exception, match=r"read-only|cannot be written"), store.reading() as work:
            work.organisations.add(name="x", timezone="UTC", email="e")
    assert names(store) == ["Hill Climbers"]
    add_club(store, "Dale Choir")
    assert names(store) == ["Hill Climbers", "Dale Choir"]


def test_reading_waits_for_no_writer_and_sees_nothing_of_it(file_url, keys):
    with create_store(file_url, keys) as store, store.begin() as writer:
        writer.organisations.add(name="x", timezone="UTC", email="e")
        with store.reading() as work:
            assert work.organisations.all() == []


def test_threads_write_one_after_the_other(store):
    def add(number):
        for _ in range(5):
            add_club(store, f"club {number}")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(store)) == 20


def test_a_killed_transaction_leaves_nothing_half(file_url, keys, tmp_path):
    key_file = tmp_path / "key"
    keys = KeyRing.create(key_file)
    create_store(file_url, keys).close()
    script = """
        import os, signal, sys
        from pathlib import Path
        from scanner.secret import KeyRing
        from storage.store import open_store
        from tests.builders import NOON, a_meeting, a_severity, a_sighting, an_alert
        store = open_store(sys.argv[1], KeyRing.from_file(Path(sys.argv[2])))
        with store.begin() as work:
            club = work.organisations.add(name="kept", timezone="UTC", email="e")
        with store.begin() as work:
            meeting = work.meetings.add(club.id, a_meeting(), NOON)
            seen = work.exposures.see(club.id, meeting.id, a_sighting(), a_severity(), NOON)
            work.outbox.put(an_alert(club.id, exposure=seen.exposure_id), NOON, NOON)
            os.kill(os.getpid(), signal.SIGKILL)
    """
    arguments = [sys.executable, "-c", textwrap.dedent(script), file_url, key_file]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL
    with open_store(file_url, keys) as store, store.begin() as work:
        (club,) = work.organisations.all()
        assert club.name == "kept"
        assert work.meetings.all(club.id) == []
        assert work.exposures.all(club.id) == []
        assert work.outbox.all(club.id) == []
        assert list(work.meetings.register(NOON)) == []


def test_a_held_database_is_busy_not_broken(file, file_url, keys):
    with create_store(file_url, keys) as store:
        with store._engine.connect() as connection:  # the pool hands out this one again
            connection.exec_driver_sql("PRAGMA busy_timeout = 200")
        holder = sqlite3.connect(file, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="in use by another process") as raised:
            add_club(store)
        assert raised.value.exit_code is ExitCode.STORAGE
        holder.execute("ROLLBACK")
        holder.close()
        add_club(store)


def test_a_connection_keeps_the_promises_of_the_storage_rules(file_url, keys):
    with create_store(file_url, keys) as store, store._engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        }
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
        "secure_delete": 1,
    }


# --- the file ----------------------------------------------------------------------------------------


def test_the_database_files_are_private_even_under_a_careless_umask(file_url, keys, tmp_path):
    before = os.umask(0)
    try:
        with create_store(file_url, keys) as store:
            add_club(store)
            modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) for entry in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"lychgate.db": 0o600, "lychgate.db-wal": 0o600, "lychgate.db-shm": 0o600}


def test_a_missing_folder_and_a_missing_file_say_so(tmp_path, keys):
    with pytest.raises(StoreError, match=r"folder .*nowhere.* does not exist"):
        create_store(f"sqlite:///{tmp_path}/nowhere/lychgate.db", keys)
    for opening in (open_store, upgrade_store):
        with pytest.raises(StoreError, match=r"no database at .*lychgate init"):
            opening(f"sqlite:///{tmp_path}/lychgate.db", keys)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused_and_kept(file, file_url, keys):
    file.write_bytes(b"minutes of the last meeting\n" * 200)
    before = file.read_bytes()
    for opening in (open_store, create_store, upgrade_store):
        with pytest.raises(StoreError, match="is not a Lychgate database"):
            opening(file_url, keys)
    assert file.read_bytes() == before


def test_a_damaged_database_is_named_damaged(file, file_url, keys):
    with create_store(file_url, keys) as store:
        for number in range(50):
            add_club(store, f"club {number}" * 20)
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"is damaged\. Restore"):
        open_store(file_url, keys)


def test_an_empty_file_is_not_taken_for_a_store(file, file_url, keys):
    file.touch()
    with pytest.raises(SchemaOutdated, match="is empty"):
        open_store(file_url, keys)


def test_a_database_of_another_program_is_left_alone(file, file_url, keys):
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        create_store(file_url, keys)
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    connection.close()


def test_a_database_that_cannot_be_written_is_refused_at_opening(file, file_url, tmp_path):
    key_file = tmp_path / "key"
    create_store(file_url, KeyRing.create(key_file)).close()
    key_text = key_file.read_text()
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    script = """
        import os, sys
        from scanner.errors import StoreError
        from scanner.secret import KeyRing
        from storage.store import open_store
        if os.geteuid() == 0:  # permissions do not bind root
            os.setuid(65534)
        try:
            open_store(sys.argv[1], KeyRing.from_text(sys.stdin.read()))
        except StoreError as error:
            print(error)
    """
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(parent.stat().st_mode | 0o011)
    try:
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script), file_url],
            input=key_text,
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        tmp_path.chmod(0o755)
    assert "cannot be written" in done.stdout or "cannot be opened" in done.stdout, done


def test_a_full_disk_loses_no_commit_and_says_so(file_url, keys):
    with create_store(file_url, keys) as store:
        add_club(store)
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="disk is full"):
            add_club(store, "x" * 100_000)
        assert names(store) == ["Hill Climbers"]


# --- the key and the version -------------------------------------------------------------------------


def test_another_key_is_refused_and_changes_nothing(url, keys, tmp_path):
    create_store(url, keys).close()
    other = KeyRing.create(tmp_path / "other")
    for opening in (open_store, create_store, upgrade_store):
        with pytest.raises(KeyMissing, match="not the key of the database"):
            opening(url, other)
    open_store(url, keys).close()


def test_creating_twice_with_the_same_key_keeps_everything(url, keys):
    with create_store(url, keys) as store:
        add_club(store)
    with create_store(url, keys) as store:
        assert names(store) == ["Hill Climbers"]


def at_version(url, keys, version):
    with create_store(url, keys) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_newer_database_is_not_touched(url, keys):
    at_version(url, keys, "9999")
    for opening in (open_store, create_store, upgrade_store):
        with pytest.raises(SchemaOutdated, match="newer Lychgate"):
            opening(url, keys)


def test_an_older_database_says_how_to_upgrade_it(url, keys):
    at_version(url, keys, "0000")
    with pytest.raises(SchemaOutdated, match=r"older Lychgate. Run `lychgate init`"):
        open_store(url, keys)


def test_a_lost_check_value_is_not_taken_for_a_new_database(url, keys):
    with create_store(url, keys) as store, store._engine.begin() as connection:
        connection.execute(text("DELETE FROM installation"))
    with pytest.raises(StoreError, match="lost the check value"):
        open_store(url, keys)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lychgate.db",
        "mysql://u:hunter2@h/n",
        "sqlite://",
        "sqlite:///:memory:",
        "postgresql://u:hunter2@h/n",
        "sqlite:///x.db?mode=ro",
        "postgresql+psycopg://u:hunter2@h:port/n",
    ],
)
def test_a_url_that_cannot_be_used_is_explained_without_its_password(url, keys):
    with pytest.raises(StoreError, match=r"Use sqlite:///PATH or postgresql\+psycopg") as raised:
        open_store(url, keys)
    assert "hunter2" not in str(raised.value)


def test_these_tests_ran_on_postgresql_too(postgresql_missing):
    if postgresql_missing:
        pytest.skip(f"storage was tested on SQLite only: {postgresql_missing}")


def test_a_server_that_is_not_there_is_a_sentence(keys):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError, match=r"lychgate on 127\.0\.0\.1 does not answer") as raised:
        open_store("postgresql+psycopg://u:hunter2@127.0.0.1:1/lychgate", keys)
    assert "hunter2" not in str(raised.value)


def test_without_its_driver_postgresql_is_a_sentence():
    script = """if True:
        import sys
        sys.modules["psycopg"] = None  # as if it were not installed
        from scanner.errors import StoreError
        from scanner.secret import KeyRing
        from storage.store import open_store
        try:
            open_store("postgresql+psycopg://u@127.0.0.1:1/lychgate", KeyRing(bytes(32)))
        except StoreError as error:
            print(error)
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'psycopg[binary]'" in done.stdout


def test_an_organisation_that_is_not_there_is_a_sentence(work):
    with pytest.raises(InputError, match="no organisation 99"):
        work.meetings.add(99, a_meeting(), NOON)
    assert work.organisations.get(99) is None
