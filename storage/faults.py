"""Say in a sentence what is wrong with the database, from the errors its driver raises."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from scanner.errors import StoreBusy, StoreError

_SQLITE = (
    ("SQLITE_BUSY", "is in use by another process for too long. Try again in a moment."),
    ("SQLITE_LOCKED", "is in use by another process for too long. Try again in a moment."),
    ("SQLITE_READONLY", "cannot be written. Check the permissions of the file and of its folder."),
    ("SQLITE_CANTOPEN", "cannot be opened. Check that its folder exists and may be read and written."),
    ("SQLITE_NOTADB", "is not a Lychgate database. Restore a backup, or move the file away."),
    ("SQLITE_CORRUPT", "is damaged. Restore the last backup."),
    ("SQLITE_FULL", "cannot grow: the disk is full. Nothing of this step was kept; make room and repeat it."),
    ("SQLITE_IOERR", "cannot be read or written: the disk reports an error."),
)
_POSTGRESQL_BUSY = frozenset({"40001", "40P01", "55P03", "57014"})
"""Serialisation failure, deadlock, lock not available, statement time-out (PostgreSQL, appendix A)."""


def fault(error: DBAPIError, *, place: str) -> StoreError | None:
    """Return the error to raise for the database at ``place``, or None if this is a bug of ours."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if isinstance(name, str):
        for prefix, sentence in _SQLITE:
            if name.startswith(prefix):
                kind = StoreBusy if prefix in {"SQLITE_BUSY", "SQLITE_LOCKED"} else StoreError
                return kind(f"The database {place} {sentence}")
        return None
    if getattr(error.orig, "sqlstate", None) in _POSTGRESQL_BUSY:
        return StoreBusy(f"The database {place} is in use by another process for too long. Try again.")
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    return StoreError(f"The database {place} does not answer. Check that its server runs and lets us in.")
