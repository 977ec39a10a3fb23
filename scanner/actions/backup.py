"""Copy the database to a safe place, put a copy back, and see whether the key opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.actions.workspace import Workspace, read_keys
from scanner.settings import environment
from storage import backup
from storage.backup import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore put in place; ``aside`` is where the database that was there is now, if any."""

    contents: Contents
    aside: Path | None


def back_up(workspace: Workspace, target: Path) -> Contents:
    """Copy the database to a new file, which holds no key, and say what is in it."""
    return backup.back_up(workspace.environment.database_url, target, workspace.keys)


def check_database(workspace: Workspace) -> Contents:
    """Read everything in the database in use with its key."""
    return backup.read_everything(workspace.store)


def check_backup(environ: Mapping[str, str], folder: Path | None, file: Path) -> Contents:
    """Read everything in a backup with this installation's key. Nothing is changed."""
    return backup.examine_backup(file, read_keys(environment(environ, folder)))


def restore(environ: Mapping[str, str], folder: Path | None, file: Path, *, now: datetime) -> Restored:
    """Put a backup in the place of the database and keep the one that was there.

    The database need not be readable, or be there at all: that may be why there is a restore.
    """
    surroundings = environment(environ, folder)
    keys = read_keys(surroundings)
    aside = surroundings.folder / f"lychgate.db.before-restore-{now:%Y%m%dT%H%M%SZ}"
    contents = backup.restore(surroundings.database_url, file, keys, aside=aside)
    return Restored(contents=contents, aside=aside if aside.exists() else None)
