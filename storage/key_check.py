"""Which key a database is under, and whether it is ours.

A rotation appears as one row. From then on everything is written under the next key, while rows under the
old one are still read: whoever opens the database needs both keys until the row is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from scanner.errors import KeyMissing, StoreError
from scanner.secret import KeyRing
from storage import tables


@dataclass(frozen=True, slots=True)
class KeysInUse:
    """The check values of the key a database is under and of the one that is replacing it, if any."""

    check: bytes | None
    next_check: bytes | None

    def on(self, keys: KeyRing) -> KeyRing | None:
        """Return the ring with the key to write with in use, or None if a key that is needed is missing."""
        if self.check is None or keys.at(self.check) is None:
            return None
        return keys.at(self.check if self.next_check is None else self.next_check)


def keys_in_use(connection: Connection, *, writing: bool = False) -> KeysInUse:
    """Return the keys of a database; ``writing`` holds them as they are until the transaction ends.

    On SQLite a writer is alone anyway. On PostgreSQL the beginning and the end of a rotation wait for
    every writer that began before.
    """
    installation = select(tables.installation.c.key_check)
    check = connection.execute(
        installation.with_for_update(read=True) if writing else installation
    ).scalar_one_or_none()
    next_check = connection.execute(select(tables.rotations.c.next_check)).scalar_one_or_none()
    return KeysInUse(check, next_check)


def check_key(connection: Connection, keys: KeyRing, place: str) -> None:
    """Refuse a ring that lacks a key of this database: KeyMissing, never "nothing found"."""
    found = keys_in_use(connection)
    if found.check is None:
        raise StoreError(
            f"The database {place} has lost the check value of its key. Restore the last backup."
        )
    if found.on(keys) is not None:
        return
    if found.next_check is None or (keys.at(found.check) is None and keys.at(found.next_check) is None):
        raise KeyMissing(
            f"This is not the key of the database {place}. Nothing can be recognised with another key: "
            "restore the key file that belongs to it."
        )
    missing = "old" if keys.at(found.check) is None else "next (its file ends in .next)"
    raise KeyMissing(
        f"The key of the database {place} is being replaced, which needs two keys, and the {missing} one is "
        "missing. Put it back beside the other, then run `lychgate keys rotate`."
    )
