"""``lychgate backup`` and ``lychgate restore``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from scanner.actions.backup import back_up, check_backup, check_database
from scanner.actions.backup import restore as restore_backup
from scanner.cli.say import as_json, clock, opened, out
from scanner.errors import InputError
from storage.backup import Contents

Json = Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")]


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file; an existing one is never written over.")],
    as_object: Json = False,
) -> None:
    """Copy the database to a file while everything goes on. The key is not in it: keep that elsewhere.

    Example: lychgate backup /media/stick/lychgate-2026-11-22.db
    """
    with opened(context) as workspace:
        contents = back_up(workspace, file)
    if as_object:
        as_json({"file": str(file), **_counts(contents)})
        return
    out.print(f"{file} holds {_in_words(contents)}.")
    out.print("It opens only with the key, which is not in it. Keep the two apart.")


def restore(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="The backup; with --check and no file: the database in use.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the key opens it.")] = False,
    as_object: Json = False,
) -> None:
    """Put a backup in the place of the database. What was there is kept beside it, to undo this.

    Example: lychgate restore --check lychgate-2026-11-22.db
    """
    aside = None
    if check and file is None:
        with opened(context) as workspace:
            contents = check_database(workspace)
    elif file is None:
        raise InputError("Which backup? Example: lychgate restore lychgate-2026-11-22.db")
    elif check:
        contents = check_backup(os.environ, context.obj, file)
    else:
        done = restore_backup(os.environ, context.obj, file, now=clock())
        contents, aside = done.contents, done.aside
    if as_object:
        as_json({"restored": not check, "aside": str(aside) if aside else None, **_counts(contents)})
        return
    if check:
        out.print(f"The key opens all of it: {_in_words(contents)}.")
        return
    out.print(f"Restored: {_in_words(contents)}.")
    if aside:
        out.print(f"What was there is now {aside}. To undo this: lychgate restore {aside}")


def _counts(contents: Contents) -> dict[str, object]:
    return {
        "organisations": contents.organisations,
        "meetings": contents.meetings,
        "rooms": contents.rooms,
        "exposures": contents.exposures,
    }


def _in_words(contents: Contents) -> str:
    return (
        f"{contents.organisations} organisations, {contents.meetings} meetings with {contents.rooms} rooms, "
        f"{contents.exposures} exposures"
    )
