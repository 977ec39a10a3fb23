"""``lychgate keys``: the key that everything secret is under."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scanner.actions.keys import key_status, rotate_keys
from scanner.cli.say import as_json, clock, err, opened, out, stamp

app = typer.Typer(no_args_is_help=True, help="Replace the key that everything secret is under.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")]


@app.command("status", epilog="Example: lychgate keys status --json")
def status(context: typer.Context, as_object: Json = False) -> None:
    """Say where the key comes from and whether it is being replaced."""
    with opened(context) as workspace:
        found = key_status(workspace)
    if as_object:
        as_json(
            {
                "key": found.origin,
                "rotating": found.unfinished,
                "since": stamp(found.rotating_since) if found.rotating_since else None,
            }
        )
        return
    out.print(f"The key comes from {found.origin} and opens the database.")
    if found.unfinished:
        since = f", begun at {stamp(found.rotating_since)}" if found.rotating_since else ""
        out.print(f"Its replacement{since} is not finished. Go on with: lychgate keys rotate")
    else:
        out.print("It is not being replaced.")


@app.command("rotate", epilog="Example: lychgate keys rotate")
def rotate(context: typer.Context, as_object: Json = False) -> None:
    """Replace the key: everything is encrypted and fingerprinted anew while detection goes on.

    Interrupted, it goes on when it is run again. Backups made before need the old key.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        task = bars.add_task("rows under the new key", total=None)

        def show(done: int, total: int) -> None:
            bars.update(task, completed=done, total=total)

        file = rotate_keys(os.environ, context.obj, clock=clock, progress=show)
    if as_object:
        as_json({"key": str(file), "rotating": False})
        return
    out.print(f"Everything is under a new key now: {file}. The old one opens nothing any more.")
    out.print("Copy the new key to your safe place, apart from the database, and make a new backup:")
    out.print("a backup made before opens only with the old key.")
