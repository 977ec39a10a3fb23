"""A store in a temporary folder for each test, and the same on PostgreSQL where a server can be started."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from scanner.model import Organisation
from scanner.secret import KeyRing
from storage.store import Store, Work, create_store


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
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL server that listens on a socket in a temporary folder; yield its address."""
    binaries = Path(str(shutil.which("postgres"))).resolve().parent
    folder = tmp_path_factory.mktemp("pg")
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        for parent in (folder, *folder.parents[:3]):
            parent.chmod(parent.stat().st_mode | 0o011)

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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a SQLite database goes."""
    return tmp_path / "lychgate.db"


@pytest.fixture
def file_url(file: Path) -> str:
    """The URL of a SQLite database that is still to be made, for tests of what is SQLite's own."""
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite"] if POSTGRESQL_MISSING else ["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, file_url: str) -> str:
    """The URL of a database that is still to be made."""
    if request.param == "sqlite":
        return file_url
    from sqlalchemy import create_engine, text

    server: str = request.getfixturevalue("postgresql")
    name = f"db_{uuid4().hex}"
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name=name)


@pytest.fixture(scope="session")
def postgresql_missing() -> str:
    """What keeps these tests off PostgreSQL, empty if nothing does."""
    return POSTGRESQL_MISSING


@pytest.fixture
def store(url: str, keys: KeyRing) -> Iterator[Store]:
    with create_store(url, keys) as store:
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
