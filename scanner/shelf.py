"""Keep what takes seconds to make for the next process: files in the cache of whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile

_MARK = 16
"""Bytes at the beginning of a file that say whether the rest is whole."""
_MOST_FILES = 40


class FolderShelf:
    """A folder of files by name. What cannot be written is made anew; what is broken counts as missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str) -> bytes | None:
        """Return what was put under a name, None if it is not there or not whole."""
        try:
            kept = (self._folder / name).read_bytes()
        except OSError:
            return None
        content = kept[_MARK:]
        return content if kept[:_MARK] == _mark(content) else None

    def put(self, name: str, content: bytes) -> None:
        """Keep a content under a name, and only the newest files of all."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(_mark(content) + content)
            os.replace(file.name, self._folder / name)
            newest = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
            for old in newest[_MOST_FILES:]:
                old.unlink()


def user_shelf(environ: Mapping[str, str]) -> FolderShelf | None:
    """Return the shelf in the user's cache (XDG Base Directory Specification), None without a home."""
    if cache := environ.get("XDG_CACHE_HOME"):
        return FolderShelf(Path(cache) / "lychgate")
    home = environ.get("HOME")
    return FolderShelf(Path(home) / ".cache" / "lychgate") if home else None


def _mark(content: bytes) -> bytes:
    return blake2b(content, digest_size=_MARK).digest()
