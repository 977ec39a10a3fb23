"""``lychgate organisations``: several groups in one installation, each with its own register."""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.actions.organisations import (
    DEFAULT_CAP,
    add_organisation,
    all_organisations,
    remove_organisation,
)
from scanner.cli.say import ORGANISATION, as_json, clock, opened, out, table, visible
from storage.caps import Cap

app = typer.Typer(no_args_is_help=True, help="Several groups in one installation.")

Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


@app.command("add", epilog='Example: lychgate organisations add "Dale Choir" --email choir@example.org')
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the group is called.")],
    email: Annotated[str, typer.Option(metavar="ADDRESS", help="Where its alerts go first.")],
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Its time zone; else that of the first organisation.")
    ] = None,
    meetings: Annotated[int, typer.Option(help="The most meetings it may have.")] = DEFAULT_CAP.meetings,
    per_hour: Annotated[
        int, typer.Option(help="The most it may register in an hour.")
    ] = DEFAULT_CAP.per_hour,
    as_object: Json = False,
) -> None:
    """Add a group. It sees nothing of the others, and has a key of its own that goes when it goes."""
    with opened(context) as workspace:
        added = add_organisation(
            workspace.store,
            name=name,
            timezone=timezone or workspace.organisation.timezone,
            email=email,
            cap=Cap(meetings=meetings, per_hour=per_hour),
        )
    if as_object:
        as_json({"id": added.id, "name": added.name, "meetings": 0})
        return
    out.print(f"“{added.name}” is organisation {added.id}. Speak for it with: --organisation {added.id}")


@app.command("list", epilog="Example: lychgate organisations list --json")
def list_organisations(context: typer.Context, as_lines: Json = False) -> None:
    """List the groups of this installation. The first is the operator's own, and no cap binds it."""
    with opened(context) as workspace:
        found = all_organisations(workspace.store, now=clock())
    if as_lines:
        for entry in found:
            cap = entry.cap
            as_json(
                {
                    "id": entry.organisation.id,
                    "name": entry.organisation.name,
                    "timezone": entry.organisation.timezone,
                    "meetings": entry.meetings,
                    "most": cap.meetings if cap else None,
                    "per_hour": cap.per_hour if cap else None,
                }
            )
        return
    rows = []
    for entry in found:
        cap = entry.cap
        most = f"{cap.meetings}, {cap.per_hour} an hour" if cap else "no limit"
        rows.append((str(entry.organisation.id), entry.organisation.name, str(entry.meetings), most))
    table(("No.", "Organisation", "Meetings", "May register"), rows)


@app.command("remove", epilog="Example: lychgate organisations remove 2")
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|NUMBER", help="Which group.")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Remove a group with its meetings, exposures, alerts and its key. There is no way back."""
    context.meta[ORGANISATION] = name
    with opened(context) as workspace:
        organisation = workspace.organisation
        if not yes:
            typer.confirm(f"Remove “{visible(organisation.name)}” and everything of it for good?", abort=True)
        remove_organisation(workspace.store, organisation)
    out.print(f"“{organisation.name}” is gone, and with its key everything that it had stored.")
    out.print("What remains: counts of pages and rooms seen, which name nobody; mails already sent; and")
    out.print("backups made before, which open with the key: delete those, or they keep what was in them.")
