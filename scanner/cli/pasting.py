"""An invitation as somebody hands it over: pasted, piped in, or as a file."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from scanner.cli.say import err
from scanner.errors import InputError

_LONGEST = 1024 * 1024


def read_invitation(path: Path | None) -> str:
    """Return the invitation in a file, or what is pasted; InputError if it is no text or too long."""
    if path is not None and str(path) != "-":
        return _text(str(path), read_content(path, most=_LONGEST))
    if sys.stdin.isatty():
        err.print("Paste the invitation, then press Enter and Ctrl-D:")
    return _text("This", sys.stdin.buffer.read(_LONGEST + 1))


def read_content(path: Path, *, most: int) -> bytes:
    """Return a file's bytes, one more than ``most`` of a longer one; InputError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error


def _text(name: str, content: bytes) -> str:
    if len(content) > _LONGEST:
        raise InputError(f"{name} is longer than {_LONGEST // 1024**2} MiB. Nothing was registered.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content:
        raise InputError(f"{name} is not text. Nothing was registered.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # what older Windows programs write in the West
