from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.actions.setup import set_up
from scanner.actions.workspace import Workspace, opened
from tests.web.desk import Clock, Served, served


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation, to be copied: migrations take a second."""
    folder = tmp_path_factory.mktemp("desk") / "data"
    set_up({}, folder, name="St Mary's", timezone="Europe/London", email="clerk@example.org")
    return folder


@pytest.fixture
def workspace(tmp_path: Path, empty_installation: Path) -> Iterator[Workspace]:
    shutil.copytree(empty_installation, tmp_path / "data")
    with opened({}, tmp_path / "data") as workspace:
        yield workspace


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(workspace: Workspace, clock: Clock) -> Iterator[Served]:
    """A desk that answers on loopback; nobody has an account yet."""
    with served(workspace, clock) as desk:
        yield desk
