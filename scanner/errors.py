"""The errors an administrator can act on, and the exit codes scripts can rely on.

Anything that is not a LychgateError is a bug and ends the command with ``ExitCode.BUG``.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit status says."""

    FINE = 0
    EXPOSED = 1
    """Exposures were found; only where ``--fail-on`` asked for it."""
    USAGE = 2
    """The command line, a file given to it or the configuration is wrong."""
    INCOMPLETE = 3
    """A scan ran, but a source could not be read, or not in full."""
    STORAGE = 4
    BUG = 70


class LychgateError(Exception):
    """A sentence an administrator can act on."""

    exit_code = ExitCode.USAGE


class ConfigError(LychgateError):
    """A fault in ``schedules.yaml`` or the environment.

    ``where`` is ``schedules.yaml:LINE:COLUMN`` or the name of a variable.
    """

    def __init__(self, message: str, *, where: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where


class InputError(LychgateError):
    """Something a person typed, pasted or handed over as a file cannot be used."""


class SourceError(LychgateError):
    """A public place could not be read. It ends up in coverage and stops nothing else."""

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class DeliveryError(LychgateError):
    """A channel did not take an alert.

    ``permanent`` means asking again is useless; ``retry_after`` is what the other side asked for.
    """

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, *, permanent: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class StoreError(LychgateError):
    """The database cannot be used as it is."""

    exit_code = ExitCode.STORAGE


class SchemaOutdated(StoreError):
    """The database was made by another version of Lychgate."""


class StoreBusy(StoreError):
    """Another process holds the database."""


class KeyMissing(StoreError):
    """The key is absent, unreadable, malformed, exposed to other users, or not this database's key."""
