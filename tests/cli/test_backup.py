"""``lychgate backup`` and ``lychgate restore`` as a person uses them."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.installation import Installation

CHOIR = {"title": "Choir", "starts": "2031-05-01T18:00:00Z"}
ROOM = {"platform": "zoom", "key": "82205550117"}


def test_a_backup_is_made_checked_and_put_back(home: Installation, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    home.register([{**CHOIR, "rooms": [ROOM]}])
    assert home.run("backup", str(copy), "--json").json()["meetings"] == 1
    assert "exists already" in home.run("backup", str(copy), code=2).err
    home.run("meetings", "remove", "1", "--yes")
    assert home.run("restore", "--check", "--json").json()["meetings"] == 0
    assert home.run("restore", "--check", str(copy), "--json").json() == {
        "restored": False,
        "aside": None,
        "organisations": 1,
        "meetings": 1,
        "rooms": 1,
        "exposures": 0,
    }
    said = home.run("restore", str(copy)).out
    (aside,) = home.data.glob("lychgate.db.before-restore-*")
    assert str(aside) in said
    assert [meeting["title"] for meeting in home.run("meetings", "list", "--json").lines()] == ["Choir"]
    earlier = aside.rename(tmp_path / "earlier.db")  # what is put aside in the same second has its name
    home.run("restore", str(earlier))
    assert home.run("meetings", "list", "--json").lines() == []
