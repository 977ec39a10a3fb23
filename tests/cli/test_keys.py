"""``lychgate keys`` as a person uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scanner.secret import KeyRing
from tests.e2e.installation import Installation


@pytest.fixture
def home(home: Installation) -> Installation:
    home.register(
        [
            {
                "title": "Choir",
                "starts": "2031-05-01T18:00:00Z",
                "rooms": [{"platform": "zoom", "key": "82205550117"}],
            }
        ]
    )
    return home


def test_the_key_is_replaced_and_the_old_one_opens_nothing(home: Installation, tmp_path: Path) -> None:
    shutil.copy(home.data / "lychgate.key", tmp_path / "old.key")
    assert home.run("keys", "status", "--json").json() == {
        "key": str(home.data / "lychgate.key"),
        "rotating": False,
        "since": None,
    }
    assert "make a new backup" in home.run("keys", "rotate").out
    assert home.run("meetings", "list", "--json").lines()[0]["title"] == "Choir"
    shutil.copy(tmp_path / "old.key", home.data / "lychgate.key")
    assert "not the key" in home.run("meetings", "list", code=4).err


def test_an_unfinished_rotation_is_said_and_finished(home: Installation) -> None:
    KeyRing.create_next(home.data / "lychgate.key")
    assert "lychgate keys rotate" in home.run("keys", "status").out
    assert "replacement is not finished" in home.run("doctor", "--no-look").out
    home.run("keys", "rotate")
    assert "not being replaced" in home.run("keys", "status").out
