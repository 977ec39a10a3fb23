from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scanner.cli import run
from tests.cli.clerk import Clerk


@pytest.fixture(scope="session")
def new_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``lychgate init`` makes, to be copied: migrations take a second."""
    folder = tmp_path_factory.mktemp("new") / "data"
    answers = ["--organisation", "St Mary's", "--timezone", "Europe/London", "--email", "clerk@example.org"]
    assert run(["--data", str(folder), "init", "--yes", *answers]) == 0
    return folder


@pytest.fixture
def nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Somebody who has no installation yet."""
    for name in ("LYCHGATE_DATA", "LYCHGATE_KEY", "LYCHGATE_KEY_FILE", "LYCHGATE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Clerk(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def clerk(nowhere: Clerk, new_installation: Path) -> Clerk:
    """Somebody with a new installation and nothing in it."""
    shutil.copytree(new_installation, nowhere.data)
    return nowhere
