"""The key as text and as a file that only its owner can get at.

While a key is being replaced, the next one lies beside it as ``NAME.next``. It is made exclusively, so two
rotations begun at once share one next key, and the last step renames it over the old key, so there is no
moment without a whole key file.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from scanner.errors import KeyMissing

KEY_BYTES: Final = 32
_PREFIX = "lychgate-key-1:"
_LONGEST_KEY_FILE = 1024


def next_to(path: Path) -> Path:
    """Return where the next key lies while the key at this path is being replaced."""
    return path.with_name(f"{path.name}.next")


def parse_key(text: str, *, where: str) -> bytes:
    """Return the bytes of a key written as text, or KeyMissing with the reason."""
    advice = "Restore the key from your safe copy; a new key cannot open an existing database."
    stripped = text.strip()
    if not stripped:
        raise KeyMissing(f"{where} is empty. {advice}")
    if not stripped.startswith(_PREFIX):
        raise KeyMissing(f"{where} is not a Lychgate key (it should begin with {_PREFIX}). {advice}")
    try:
        key = base64.b64decode(stripped.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyMissing(f"{where} is damaged (it is not valid base64). {advice}") from error
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"{where} holds {len(key)} bytes instead of {KEY_BYTES}. {advice}")
    return key


def read_key_file(path: Path) -> bytes:
    """Read a key file, which only its owner may be able to read or write."""
    try:
        with path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise KeyMissing(f"{path} is not a file. Point Lychgate to its key file.")
            if facts.st_mode & 0o077:
                raise KeyMissing(
                    f"Other users of this machine can get at the key file {path}. "
                    f"Run: chmod 600 {path} (and ask yourself who may have read it)."
                )
            content = file.read(_LONGEST_KEY_FILE + 1)
    except FileNotFoundError as error:
        raise KeyMissing(
            f"There is no key file at {path}. Run `lychgate init` for a new installation, or restore the "
            "key of the existing one."
        ) from error
    except OSError as error:
        raise KeyMissing(f"The key file {path} cannot be read: {error.strerror}.") from error
    if len(content) > _LONGEST_KEY_FILE:
        raise KeyMissing(f"{path} is too long to be a key file. Point Lychgate to its key file.")
    return parse_key(content.decode("ascii", "replace"), where=str(path))


def read_next_key_file(path: Path) -> bytes | None:
    """Read the key that is to replace the one at this path, or return None if none is."""
    try:
        return read_key_file(next_to(path))
    except KeyMissing as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return None
        raise


def create_key_file(path: Path) -> bytes:
    """Write a new key to a file that must not exist yet, readable by its owner only, and return it.

    The file appears complete or not at all; a crash leaves no half key behind that would be found
    short later.
    """
    text = _PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_directory(path.parent)
    except FileExistsError as error:
        raise KeyMissing(f"There is a key file at {path} already; it was left as it is.") from error
    except OSError as error:
        raise KeyMissing(f"The key file {path} cannot be written: {error.strerror}.") from error
    return parse_key(text, where=str(path))


def promote_key_file(path: Path) -> None:
    """Put the next key in the place of the key at this path; harmless if that has happened already."""
    try:
        with suppress(FileNotFoundError):
            os.replace(next_to(path), path)
        _sync_directory(path.parent)
    except OSError as error:
        raise KeyMissing(
            f"The next key {next_to(path)} cannot be put in the place of {path}: {error.strerror}. "
            "Everything is under the next key by now. Move it there yourself."
        ) from error


def _sync_directory(folder: Path) -> None:
    """Make a new name in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
