from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.choir import LEAK, PASSCODE, ROOM
from tests.cli.clerk import Clerk
from tests.e2e.installation import Installation
from tests.internet import serve


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    """Somebody who has no installation yet."""
    for name in ("LYCHGATE_DATA", "LYCHGATE_KEY", "LYCHGATE_KEY_FILE", "LYCHGATE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Clerk(tmp_path / "data", monkeypatch)


@pytest.fixture
def clerk(nowhere: Clerk, new_installation: Path) -> Clerk:
    """Somebody with a new installation and nothing in it."""
    shutil.copytree(new_installation, nowhere.data)
    return nowhere


@pytest.fixture(scope="session")
def new_leak(tmp_path_factory: pytest.TempPathFactory, new_installation: Path) -> Path:
    """The folder of an installation that has found its choir's link, to be copied: a scan takes a second."""
    data = tmp_path_factory.mktemp("leak") / "data"
    choir = Installation(shutil.copytree(new_installation, data))
    rooms = [{"platform": "zoom", "key": ROOM, "passcode": PASSCODE}]
    choir.register([{"title": "Choir", "starts": "2031-01-07T19:30:00Z", "rooms": rooms}])
    with serve({"/": LEAK}) as site:
        choir.configure({"parish": site}, None)
        choir.run("scan")
    return data


@pytest.fixture
def leak(nowhere: Clerk, new_leak: Path) -> Clerk:
    """Somebody whose choir's link stands on a page; nobody was told, since there is no channel."""
    shutil.copytree(new_leak, nowhere.data)
    return nowhere
