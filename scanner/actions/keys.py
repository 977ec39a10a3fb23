"""Replace the instance key while everything goes on, and say how far that is.

The order is what makes a kill harmless anywhere: the next key is on disk before a row needs it; from one
commit on everything is written under it; every row is brought over; one more commit says so; and only then
the old key's file is replaced. Running it again goes on from wherever it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scanner.actions.workspace import Workspace, read_keys
from scanner.errors import InputError
from scanner.secret import KeyRing
from scanner.settings import environment
from storage.rotation import TABLES
from storage.store import open_store

Progress = Callable[[int, int], None]
"""Called with the rows looked at so far and how many there are."""

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatus:
    """Where the key comes from, and since when it is being replaced, if it is."""

    origin: str
    rotating_since: datetime | None
    unfinished: bool
    """A rotation was begun and has not come to its end; ``rotating_since`` is None in its last moment."""


def key_status(workspace: Workspace) -> KeyStatus:
    """Say where the key comes from and whether its rotation is unfinished."""
    surroundings = workspace.environment
    with workspace.store.reading() as work:
        since = work.rotation.unfinished()
    in_file = surroundings.key is None
    return KeyStatus(
        origin=str(surroundings.key_file) if in_file else "LYCHGATE_KEY",
        rotating_since=since,
        unfinished=since is not None or (in_file and KeyRing.has_next(surroundings.key_file)),
    )


def rotate_keys(
    environ: Mapping[str, str],
    folder: Path | None,
    *,
    clock: Callable[[], datetime],
    progress: Progress = lambda done, total: None,
    batch: int = _BATCH,
) -> Path:
    """Replace the instance key, or go on with a replacement that was interrupted; return the key's file.

    Programs that run meanwhile read the next key by themselves. Raises InputError where the key is not in
    a file, and KeyMissing or StoreError with what to do; nothing is lost by running it again.
    """
    surroundings = environment(environ, folder)
    if surroundings.key is not None:
        raise InputError(
            "The key is in LYCHGATE_KEY, where running programs cannot read the next one. Put it into a file "
            "of mode 0600, name that file in LYCHGATE_KEY_FILE, restart, and rotate then."
        )
    # A key that is wrong is said before a next one is made beside it.
    open_store(surroundings.database_url, read_keys(surroundings)).close()
    following = KeyRing.create_next(surroundings.key_file)
    check = following.check_value()
    with open_store(surroundings.database_url, following) as store:
        with store.begin() as work:
            done = work.rotation.is_done(check)
            if not done:
                work.rotation.begin(check, clock())
        if not done:
            with store.reading() as work:
                total = sum(work.rotation.count(table) for table in TABLES)
            looked_at = 0
            for table in TABLES:
                after, end = None, False
                while not end:
                    with store.begin() as work:
                        position = work.rotation.renew(table, after, batch)
                    after, end = position.last, position.end
                    looked_at += position.rows
                    progress(min(looked_at, total), total)
            with store.begin() as work:
                work.rotation.finish()
        store.clear_traces()
    KeyRing.retire(surroundings.key_file)
    return surroundings.key_file
