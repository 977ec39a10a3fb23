"""``lychgate allowances``: meetings that are public on purpose."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from scanner.actions.allowances import all_allowances, allow, end_allowance
from scanner.cli.say import as_json, clock, number, opened, out, short_when, stamp, table, when
from scanner.invitations.dates import read_moment
from scanner.model import Allowance

app = typer.Typer(no_args_is_help=True, help="Say which meetings may stand in public, and until when.")

Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


@app.command("add", epilog='Example: lychgate allowances add 3 --until "2026-12-24 22:00" --reason carols')
def add(
    context: typer.Context,
    meeting: Annotated[int, typer.Argument(metavar="MEETING", parser=number, help="Number of the meeting.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who look later.")],
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until when, in your time zone; else for good.")
    ] = None,
    as_object: Json = False,
) -> None:
    """Allow a meeting's link or ID to be public. Beside its passcode it stays an incident."""
    with opened(context) as workspace:
        zone = workspace.organisation.timezone
        made = allow(
            workspace.store,
            meeting,
            until=read_moment(until, zone) if until else None,
            reason=reason,
            organisation=workspace.organisation,
            actor=getpass.getuser(),
            now=clock(),
        )
    if as_object:
        as_json({**_allowance_object(made.allowance), "quietened": list(made.quietened)})
        return
    end = when(made.allowance.until, zone) if made.allowance.until else "you take it back"
    out.print(f"Meeting {meeting} may be public, without its passcode, until {end}.")
    if made.quietened:
        out.print(f"Intended now: exposure {', '.join(map(str, made.quietened))}.")
    out.print(f"Take it back with: lychgate allowances remove {made.allowance.id}")


@app.command("list", epilog="Example: lychgate allowances list --json")
def list_allowances(context: typer.Context, as_lines: Json = False) -> None:
    """List what may be public and what was allowed to be."""
    with opened(context) as workspace:
        found = all_allowances(workspace.store, organisation=workspace.organisation)
        zone = workspace.organisation.timezone
    if as_lines:
        for entry, _ in found:
            as_json(_allowance_object(entry))
        return
    if not found:
        out.print("Nothing may be public.")
        return
    now = clock()
    rows = []
    for entry, title in found:
        until = "it is taken back" if entry.until is None else short_when(entry.until, zone)
        over = " (over)" if entry.until and entry.until <= now else ""
        rows.append((str(entry.id), title, until + over, entry.reason, entry.actor))
    table(("No.", "Meeting", f"Until ({zone})", "Why", "Who said so"), rows)


@app.command("remove", epilog="Example: lychgate allowances remove 2")
def remove(
    context: typer.Context,
    allowance: Annotated[
        int,
        typer.Argument(
            metavar="NUMBER", parser=number, help="Number of the allowance, as `allowances list` shows it."
        ),
    ],
) -> None:
    """Take an allowance back: what it kept quiet is told by the next scan."""
    with opened(context) as workspace:
        end_allowance(workspace.store, allowance, organisation=workspace.organisation)
    out.print(f"Allowance {allowance} is over. What still stands in public is told by the next scan.")


def _allowance_object(entry: Allowance) -> dict[str, object]:
    return {
        "id": entry.id,
        "meeting": entry.meeting,
        "until": stamp(entry.until) if entry.until else None,
        "reason": entry.reason,
        "by": entry.actor,
        "made": stamp(entry.made),
    }
