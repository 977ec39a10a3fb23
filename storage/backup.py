"""Copies of a SQLite database, and putting one in its place. PostgreSQL has its own tools for both.

A copy holds no key. It appears complete or not at all, and an existing file is never written over.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scanner.errors import InputError, StoreBusy, StoreError
from scanner.secret import KeyRing
from storage.engine import make_database_file, parse_url, sqlite_file
from storage.store import Store, open_store, upgrade_store

_BUSY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What opened in a database: every count is of things that were read and decrypted."""

    organisations: int
    meetings: int
    rooms: int
    exposures: int


def read_everything(store: Store) -> Contents:
    """Open everything that belongs to organisations, or raise SealBroken: the key fits all of it."""
    meetings = rooms = exposures = 0
    with store.reading() as work:
        organisations = work.organisations.all()
        for organisation in organisations:
            registered = work.meetings.all(organisation.id)
            meetings += len(registered)
            rooms += sum(len(meeting.rooms) for meeting in registered)
            exposures += len(work.exposures.all(organisation.id))
    return Contents(organisations=len(organisations), meetings=meetings, rooms=rooms, exposures=exposures)


def back_up(url: str, target: Path, keys: KeyRing) -> Contents:
    """Copy the database to a new file of mode 0600 as it is at one moment, while others go on using it.

    The copy is opened with the key before it gets its name. Refused during a rotation: the old key, which
    the copy would need, ends with it.
    """
    source = _file(url)
    if target.exists() or target.is_symlink():
        raise InputError(f"{target} exists already. Name a new file; a backup is never written over.")
    with open_store(url, keys) as store, store.reading() as work:
        if work.rotation.unfinished() is not None:
            raise StoreError(
                "The key is being replaced, and a backup of this moment would soon be beyond reading. "
                "Run `lychgate keys rotate` first."
            )
    with _draft(target) as draft:
        _copy(source, draft)
        contents = _read_copy(draft, keys)
        try:
            os.link(draft, target)
        except FileExistsError as error:
            raise InputError(f"{target} exists already; it was left as it is.") from error
        _sync(target.parent)
    return contents


def examine_backup(backup: Path, keys: KeyRing) -> Contents:
    """Say what is in a backup and that this key opens it. Neither the backup nor anything else is changed."""
    with _prepared(backup, backup, keys) as (_, contents):
        return contents


def restore(url: str, backup: Path, keys: KeyRing, *, aside: Path) -> Contents:
    """Put a backup in the place of the database, brought up to this version's schema.

    Everything is checked on a copy first. The database that was there is kept at ``aside``, which must not
    exist; without one there nothing is kept. StoreBusy while another program has the database open.
    """
    place = _file(url)
    with _prepared(backup, place, keys) as (draft, contents):
        if place.exists():
            _put_aside(place, aside)
        os.replace(draft, place)
        _sync(place.parent)
    return contents


@contextmanager
def _prepared(backup: Path, place: Path, keys: KeyRing) -> Iterator[tuple[Path, Contents]]:
    """Copy a backup beside ``place``, check the copy's key and schema, and bring it up to date."""
    if not backup.is_file():
        raise InputError(f"There is no backup at {backup}.")
    with _draft(place) as draft:
        _copy(backup, draft)
        upgrade_store(f"sqlite:///{draft}", keys)
        yield draft, _read_copy(draft, keys)


def _read_copy(copy: Path, keys: KeyRing) -> Contents:
    with open_store(f"sqlite:///{copy}", keys) as store:
        contents = read_everything(store)
    with closing(sqlite3.connect(copy)) as raw:
        found = raw.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"The copy is damaged ({found}). Nothing was kept of it.")
        # One file, without a write-ahead log beside it that could be forgotten.
        raw.execute("PRAGMA journal_mode = DELETE").fetchone()
    return contents


def _copy(source: Path, target: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be copied: {error}.") from error
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from error


def _put_aside(place: Path, aside: Path) -> None:
    """Give the database another name with everything that was written to it, if nobody else has it open."""
    try:
        with closing(sqlite3.connect(place, timeout=_BUSY_SECONDS)) as raw:
            # Leaving WAL takes the only connection there is, and brings the log into the file.
            raw.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        raise StoreBusy(
            f"The database {place} is in use. Stop `lychgate serve` and every other command, then restore."
        ) from error
    except sqlite3.DatabaseError:
        # Damaged, which may be why there is a restore: keep what there is, its log too.
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{place}{ending}", f"{aside}{ending}")
    try:
        os.link(place, aside)
    except FileExistsError as error:
        raise InputError(f"{aside} exists already; nothing was restored.") from error


@contextmanager
def _draft(beside: Path) -> Iterator[Path]:
    """Give a name for a private file in the same folder, and leave nothing of it behind."""
    draft = beside.with_name(f".{beside.name}.{secrets.token_hex(8)}")
    try:
        make_database_file(draft)
    except OSError as error:
        raise InputError(f"{beside.parent} cannot be written: {error.strerror}.") from error
    try:
        yield draft
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)


def _file(url: str) -> Path:
    path = sqlite_file(parse_url(url))
    if path is None:
        raise InputError(
            "This database is on PostgreSQL: use pg_dump and pg_restore (docs/backup.md), then "
            "`lychgate restore --check`."
        )
    return path


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
