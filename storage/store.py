"""Open the database; ``with store.begin() as work:`` is the transaction.

Everything written inside one ``begin`` is kept together or not at all. On SQLite transactions are
immediate, one writer at a time; a process that waits longer than ten seconds for its turn gets StoreBusy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from sqlalchemy import URL, Connection, Engine, insert, inspect
from sqlalchemy.exc import DBAPIError

from scanner.errors import KeyMissing, SchemaOutdated, StoreError
from scanner.secret import KeyRing
from storage import schema, tables
from storage.addresses import Addresses
from storage.allowances import Allowances
from storage.api import Api
from storage.audit import Audit
from storage.calendars import Calendars
from storage.canaries import Canaries
from storage.caps import Caps
from storage.chores import Chores
from storage.decisions import Ignores
from storage.drills import Drills
from storage.engine import (
    READ_ONLY,
    connect,
    make_database_file,
    parse_url,
    place_of,
    sqlite_file,
    truncate_log,
)
from storage.exposures import Exposures
from storage.faults import fault
from storage.identities import Identities
from storage.key_check import check_key, keys_in_use
from storage.meetings import Meetings
from storage.organisations import Organisations
from storage.outbox import Outbox
from storage.overview import Overview
from storage.passkeys import Passkeys
from storage.paused_sources import PausedSources
from storage.people import People
from storage.recipients import Recipients
from storage.record import Record
from storage.rereading import Rereading
from storage.retirements import Retirements
from storage.rotation import Rotation
from storage.scans import Scans
from storage.sessions import Sessions
from storage.silences import Silences
from storage.times import Times
from storage.transaction import Transaction
from storage.units import Units


class Work:
    """One transaction: a repository per noun. Use it only inside its ``with``.

    ``keys`` are good for what this transaction reads, and afterwards for comparing with it.
    """

    def __init__(self, transaction: Transaction) -> None:
        self.keys = transaction.keys
        self.rotation = Rotation(transaction)
        self.organisations = Organisations(transaction)
        self.caps = Caps(transaction)
        self.audit = Audit(transaction)
        self.meetings = Meetings(transaction)
        self.retirements = Retirements(transaction)
        self.allowances = Allowances(transaction)
        self.record = Record(transaction)
        self.calendars = Calendars(transaction)
        self.exposures = Exposures(transaction)
        self.rereading = Rereading(transaction)
        self.addresses = Addresses(transaction)
        self.scans = Scans(transaction)
        self.canaries = Canaries(transaction)
        self.times = Times(transaction)
        self.units = Units(transaction)
        self.paused_sources = PausedSources(transaction)
        self.drills = Drills(transaction)
        self.outbox = Outbox(transaction)
        self.silences = Silences(transaction)
        self.recipients = Recipients(transaction)
        self.ignores = Ignores(transaction)
        self.chores = Chores(transaction)
        self.overview = Overview(transaction)
        self.people = People(transaction)
        self.sessions = Sessions(transaction)
        self.passkeys = Passkeys(transaction)
        self.identities = Identities(transaction)
        self.api = Api(transaction)


class Store:
    """An open database with its keys. Threads may share it; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, keys: KeyRing) -> None:
        self._engine = engine
        self._keys = keys

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Begin to write; commit at the end of the block, or leave nothing if it raises."""
        with _transaction(self._engine) as connection:
            yield Work(Transaction(connection, self._keys_for(connection, writing=True)))

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Look at one consistent state without keeping anybody from writing; writing here fails."""
        with _transaction(self._engine, read_only=True) as connection:
            yield Work(Transaction(connection, self._keys_for(connection)))

    def clear_traces(self) -> None:
        """Overwrite what SQLite still holds of deleted and replaced rows in its write-ahead log.

        On PostgreSQL this is the work of VACUUM and of its own log's turnover.
        """
        truncate_log(self._engine)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _keys_for(self, connection: Connection, *, writing: bool = False) -> KeyRing:
        """Return the ring for a transaction; a key that was replaced meanwhile is read from its file."""
        found = keys_in_use(connection, writing=writing)
        keys = found.on(self._keys)
        if keys is None:
            self._keys = self._keys.reread()
            keys = found.on(self._keys)
        if keys is None:
            raise KeyMissing(
                f"The key of the database {place_of(self._engine.url)} was replaced since this program "
                "started, and it cannot read the new one. Start it again."
            )
        return keys


def create_store(url: str, keys: KeyRing) -> Store:
    """Make a database under this key and open it.

    An existing database of the same key is brought up to date; one of another key is KeyMissing.
    """
    parts = parse_url(url)
    path = sqlite_file(parts)
    if path is not None:
        if not path.parent.is_dir():
            raise StoreError(f"The folder {path.parent} for the database does not exist.")
        try:
            make_database_file(path)
        except OSError as error:
            raise StoreError(f"The database {path} cannot be made: {error.strerror}.") from error
    _bring_to_head(parts, keys, new=True)
    return open_store(url, keys)


def upgrade_store(url: str, keys: KeyRing) -> None:
    """Bring an existing database to this version's schema, all steps or none."""
    parts = parse_url(url)
    _require_file(parts)
    _bring_to_head(parts, keys)


def open_store(url: str, keys: KeyRing) -> Store:
    """Open a database that is this key's and this version's, or say what to do.

    KeyMissing for another key, SchemaOutdated for another version, StoreBusy if somebody holds it,
    StoreError for the rest. It is opened for writing: a store that can only be read would look healthy
    until the first alert had to be kept.
    """
    parts = parse_url(url)
    _require_file(parts)
    engine = connect(parts)
    try:
        with _transaction(engine) as connection:
            _check_schema(connection, place_of(parts))
            check_key(connection, keys, place_of(parts))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, keys)


@contextmanager
def _transaction(engine: Engine, *, read_only: bool = False) -> Iterator[Connection]:
    options: dict[str, object] = {READ_ONLY: read_only, "postgresql_readonly": read_only}
    if read_only and engine.dialect.name == "postgresql":
        # Its default shows each statement what was committed just before it.
        options["isolation_level"] = "REPEATABLE READ"
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        known = fault(error, place=place_of(engine.url))
        if known is None:
            raise
        raise known from error


def _require_file(parts: URL) -> None:
    path = sqlite_file(parts)
    if path is not None and not path.is_file():
        raise StoreError(f"There is no database at {path}. Run `lychgate init`, or restore a backup.")


def _bring_to_head(parts: URL, keys: KeyRing, *, new: bool = False) -> None:
    place = place_of(parts)
    engine = connect(parts, migrating=True)
    try:
        with _transaction(engine) as connection:
            schema.wait_for_turn(connection)
            found = schema.revision(connection)
            if found is not None:
                _check_version(found, place)
            elif inspect(connection).get_table_names():
                raise StoreError(f"The database {place} belongs to another program. Nothing was changed.")
            elif not new:
                raise StoreError(f"There is nothing in the database {place}.")
            schema.migrate(connection)
            if found is None:
                connection.execute(insert(tables.installation).values(id=1, key_check=keys.check_value()))
            check_key(connection, keys, place)
    finally:
        engine.dispose()


def _check_version(found: str, place: str) -> None:
    if not schema.is_known(found):
        raise SchemaOutdated(f"The database {place} was made by a newer Lychgate. Upgrade this one.")


def _check_schema(connection: Connection, place: str) -> None:
    found = schema.revision(connection)
    if found is None:
        raise SchemaOutdated(f"The database {place} is empty. Run `lychgate init`.")
    _check_version(found, place)
    if found != schema.HEAD:
        raise SchemaOutdated(
            f"The database {place} was made by an older Lychgate. Run `lychgate init` to bring it up to date."
        )
