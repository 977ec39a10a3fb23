"""Connect to SQLite or PostgreSQL with the settings that make a commit mean a commit."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from scanner.errors import StoreError

READ_ONLY: Final = "lychgate_read_only"
_BUSY_SECONDS = 10


def parse_url(url: str) -> URL:
    """Return the parts of a database URL that Lychgate can use, or raise StoreError."""
    advice = "Use sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME."
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StoreError(f"The database URL cannot be understood. {advice}") from error
    if parts.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"The database URL names {parts.drivername}. {advice}")
    if parts.drivername == "sqlite" and (parts.database in {None, "", ":memory:"} or parts.query):
        raise StoreError(f"The database has to be a file. {advice}")
    return parts


def sqlite_file(url: URL) -> Path | None:
    """Return the database's file, or None for a server."""
    if url.drivername != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def place_of(url: URL) -> str:
    """Name a database in an error sentence, without its password."""
    return str(sqlite_file(url) or f"{url.database} on {url.host or 'this machine'}")


def make_database_file(path: Path) -> None:
    """Create an empty database file that only its owner can read; leave an existing one alone.

    SQLite gives its -wal and -shm files the permissions of this file.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def connect(url: URL, *, migrating: bool = False) -> Engine:
    """Return an engine; its connections begin every transaction as the module's rules ask.

    ``migrating`` leaves foreign keys unenforced: SQLite changes a table by rebuilding it, and dropping the
    old one would delete everything that refers to it.
    """
    if url.drivername != "sqlite":
        try:
            return create_engine(url, hide_parameters=True, pool_pre_ping=True)
        except ModuleNotFoundError as error:
            raise StoreError(
                "PostgreSQL needs one more package. Run: pip install 'psycopg[binary]'"
            ) from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, deferred and not before DDL.
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")
        # Deleted ciphertexts and wrapped keys are overwritten, not only unlinked.
        raw.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def truncate_log(engine: Engine) -> None:
    """Bring everything from SQLite's write-ahead log into the database and empty it, if nobody reads now."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
