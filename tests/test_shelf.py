"""What takes long to make is made once for many processes, and again if what was kept is broken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scanner.detect.screen import Screen
from scanner.platforms import BUILT_IN
from scanner.shelf import FolderShelf, user_shelf

LEAK = "<p>Join https://us02web.zoom.us/j/84512367890 tonight, \u4f1a\u8bae\u53f7 845 1236 7890</p>"


def test_what_was_put_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path / "cache" / "lychgate")
    assert shelf.take("a") is None
    shelf.put("a", b"content")
    assert shelf.take("a") == b"content"
    file = tmp_path / "cache" / "lychgate" / "a"
    assert file.parent.stat().st_mode & 0o077 == 0
    file.write_bytes(file.read_bytes()[:-1])
    assert shelf.take("a") is None
    file.write_bytes(b"")
    assert shelf.take("a") is None


def test_only_the_newest_files_are_kept(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    for number in range(60):
        shelf.put(str(number), b"x")
    assert len(list(tmp_path.iterdir())) == 40


def test_a_folder_that_cannot_be_written_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    shelf = FolderShelf(tmp_path / "file" / "lychgate")
    shelf.put("a", b"content")
    assert shelf.take("a") is None


def test_the_folder_is_the_users_cache(tmp_path: Path) -> None:
    for environ, folder in (
        ({"XDG_CACHE_HOME": str(tmp_path / "x"), "HOME": "/nowhere"}, tmp_path / "x" / "lychgate"),
        ({"HOME": str(tmp_path)}, tmp_path / ".cache" / "lychgate"),
    ):
        shelf = user_shelf(environ)
        assert shelf is not None
        shelf.put("a", b"content")
        assert (folder / "a").exists()
    assert user_shelf({}) is None


def test_a_screen_is_compiled_once_and_again_if_its_file_is_broken(tmp_path: Path) -> None:
    pytest.importorskip("hyperscan", reason="the package that screens pages is not installed")
    another = "import sys; from tests.test_shelf import look; look(sys.argv[1])"
    subprocess.run(
        [sys.executable, "-c", another, str(tmp_path)],
        cwd=Path(__file__).parents[1],
        env={"PYTHONHASHSEED": "1"},
        check=True,
    )
    kept = {file: file.stat().st_ino for file in tmp_path.iterdir()}
    sizes = {file: file.stat().st_size for file in kept}
    assert len(kept) >= 3
    shown = look(tmp_path)
    assert shown
    assert {file: file.stat().st_ino for file in tmp_path.iterdir()} == kept, "nothing was made anew"
    for file in kept:
        FolderShelf(tmp_path).put(file.name, b"made for another processor")
    assert look(tmp_path) == shown
    assert {file: file.stat().st_size for file in tmp_path.iterdir()} == sizes


def look(folder: Path | str) -> frozenset[str]:
    """Return what is shown by a text in several alphabets."""
    return Screen(BUILT_IN, FolderShelf(Path(folder))).seen(LEAK)
