"""A store in a temporary folder for each test, and the same on PostgreSQL where a server can be started."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from scanner.model import Organisation
from scanner.secret import KeyRing
from storage.store import Store, Work, create_store, open_store


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.create(tmp_path_factory.mktemp("keys") / "lychgate.key")


def _postgresql_missing() -> str:
    """Say what keeps these tests from starting a PostgreSQL server; empty if nothing does."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if shutil.which("postgres") is None:
        return "there are no PostgreSQL binaries on the PATH"
    return ""


POSTGRESQL_MISSING = _postgresql_missing()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Start a PostgreSQL server that listens on a socket in a temporary folder; yield its address."""
    binaries = Path(str(shutil.which("postgres"))).resolve().parent
    # PostgreSQL refuses to run as root, and whom it runs as instead has to get to the folder: pytest shuts
    # its own folders to everybody else whenever another run begins.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(mkdtemp(prefix="lychgate-pg-"))
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [binaries / program, *arguments], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL
        )

    cluster = str(folder / "cluster")
    options = f"-c listen_addresses= -k {folder} -c fsync=off"
    run("initdb", "-D", cluster, "-U", "lychgate", "-A", "trust", "--no-sync")
    run("pg_ctl", "-D", cluster, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://lychgate@/{{name}}?host={folder}"
    finally:
        run("pg_ctl", "-D", cluster, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a SQLite database goes."""
    return tmp_path / "lychgate.db"


@pytest.fixture
def file_url(file: Path) -> str:
    """The URL of a SQLite database that is still to be made, for tests of what is SQLite's own."""
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite"] if POSTGRESQL_MISSING else ["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of database."""
    return str(request.param)


@pytest.fixture
def url(kind: str, file_url: str, request: pytest.FixtureRequest) -> str:
    """The URL of a database that is still to be made."""
    return file_url if kind == "sqlite" else _new_database(request.getfixturevalue("postgresql"))


def _new_database(server: str, like: str = "template1") -> str:
    """Make a database that is a copy of another, and return its URL."""
    name = f"db_{uuid4().hex}"
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy"))
    engine.dispose()
    return server.format(name=name)


@pytest.fixture(scope="session")
def postgresql_missing() -> str:
    """What keeps these tests off PostgreSQL, empty if nothing does."""
    return POSTGRESQL_MISSING


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Path:
    """A new SQLite database, to be copied: migrations take longer than most tests."""
    file = tmp_path_factory.mktemp("new") / "lychgate.db"
    create_store(f"sqlite:///{file}", keys).close()
    return file


@pytest.fixture(scope="session")
def new_database(postgresql: str, keys: KeyRing) -> str:
    """The name of a new PostgreSQL database, to be copied too."""
    url = _new_database(postgresql)
    create_store(url, keys).close()
    return str(make_url(url).database)


@pytest.fixture
def store(kind: str, file: Path, keys: KeyRing, request: pytest.FixtureRequest) -> Iterator[Store]:
    if kind == "sqlite":
        url = f"sqlite:///{shutil.copy(request.getfixturevalue('new_file'), file)}"
    else:
        like = request.getfixturevalue("new_database")
        url = _new_database(request.getfixturevalue("postgresql"), like)
    with open_store(url, keys) as store:
        yield store


@pytest.fixture
def work(store: Store) -> Iterator[Work]:
    """One transaction for tests that need no more."""
    with store.begin() as work:
        yield work


@pytest.fixture
def club(work: Work) -> Organisation:
    return work.organisations.add(name="Hill Climbers", timezone="Europe/London", email="club@mail.example")


@pytest.fixture
def choir(work: Work) -> Organisation:
    """A second organisation, to see that nothing of the first reaches it."""
    return work.organisations.add(name="Dale Choir", timezone="Europe/Berlin", email="choir@mail.example")
