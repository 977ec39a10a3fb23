from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.model import Organisation
from scanner.secret import KeyRing
from storage.store import Store, create_store, open_store
from tests.scans.nights import Nights


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.create(tmp_path_factory.mktemp("keys") / "lychgate.key")


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Path:
    """A new database, to be copied: migrations take longer than most tests."""
    file = tmp_path_factory.mktemp("new") / "lychgate.db"
    create_store(f"sqlite:///{file}", keys).close()
    return file


@pytest.fixture
def store(tmp_path: Path, new_file: Path, keys: KeyRing) -> Iterator[Store]:
    with open_store(f"sqlite:///{shutil.copy(new_file, tmp_path)}", keys) as made:
        yield made


@pytest.fixture
def club(store: Store) -> Organisation:
    with store.begin() as work:
        return work.organisations.add(name="St Mary's", timezone="Europe/London", email="clerk@example.org")


@pytest.fixture
def nights(store: Store, club: Organisation) -> Nights:
    return Nights(store, club)
