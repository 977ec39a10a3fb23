"""``lychgate users``: who may sign in to the review desk."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from scanner.actions.people import (
    AccountRole,
    Someone,
    all_invites,
    all_people,
    invite,
    remove_second_factor,
    set_disabled,
)
from scanner.actions.workspace import Workspace
from scanner.cli.say import as_json, clock, number, opened, out, short_when, stamp, table
from scanner.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Invite people to the review desk, list them, shut them out.")

Number = Annotated[
    int,
    typer.Argument(metavar="NUMBER", parser=number, help="Their number, as `lychgate users list` shows it."),
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]


@app.command("invite", epilog="Example: lychgate users invite clerk@example.org --role owner")
def invite_user(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="Their e-mail address.")],
    role: Annotated[
        AccountRole, typer.Option(help="What they may do: owner, reviewer or read-only.")
    ] = AccountRole.REVIEWER,
) -> None:
    """Print a link that makes an account, or sets a new password for one. It works once, within a week."""
    with opened(context) as workspace:
        now = clock()
        token = invite(
            workspace.store,
            organisation=workspace.organisation.id,
            email=email,
            role=role,
            actor=getpass.getuser(),
            now=now,
        )
        address = workspace.settings.web_address
    out.print(f"Send this to {email} and to nobody else; it works once:")
    out.print(f"{address}/join/{token}")


@app.command("list", epilog="Example: lychgate users list --json")
def list_users(context: typer.Context, as_lines: Json = False) -> None:
    """List who may sign in, and who is invited."""
    with opened(context) as workspace:
        people = all_people(workspace.store, organisation=workspace.organisation.id)
        invites = all_invites(workspace.store, organisation=workspace.organisation.id, now=clock())
        zone = workspace.organisation.timezone
    if as_lines:
        for person in people:
            as_json(
                {
                    "id": person.id,
                    "email": person.email,
                    "role": person.role,
                    "second_factor": person.second_factor,
                    "made": stamp(person.made),
                    "disabled": stamp(person.disabled) if person.disabled else None,
                }
            )
        return
    if not people and not invites:
        out.print("Nobody yet. Invite somebody: lychgate users invite ADDRESS --role owner")
        return
    rows = [
        (
            str(person.id),
            person.email,
            person.role,
            "yes" if person.second_factor else "no",
            f"shut out {short_when(person.disabled, zone)}" if person.disabled else "may sign in",
        )
        for person in people
    ]
    rows += [
        ("", entry.email, entry.role, "", f"invited until {short_when(entry.until, zone)}")
        for entry in invites
    ]
    table(("No.", "Address", "Role", "Second factor", "State"), rows)


@app.command("disable", epilog="Example: lychgate users disable 3")
def disable(
    context: typer.Context,
    person: Number,
    undo: Annotated[bool, typer.Option("--undo", help="Let them in again.")] = False,
) -> None:
    """Sign somebody out everywhere and keep them from signing in."""
    with opened(context) as workspace:
        _known(workspace, person)
        set_disabled(
            workspace.store,
            person,
            disabled=not undo,
            organisation=workspace.organisation.id,
            actor=getpass.getuser(),
            now=clock(),
        )
    out.print("They can sign in again." if undo else "They are signed out everywhere and cannot sign in.")


@app.command("lost-phone", epilog="Example: lychgate users lost-phone 1")
def lost_phone(context: typer.Context, person: Number) -> None:
    """Ask somebody for the password only, because the phone with the second factor is lost.

    For an owner whom no other owner can help on the page “People”. They are signed out everywhere.
    """
    with opened(context) as workspace:
        found = _known(workspace, person)
        if not found.second_factor:
            raise InputError(f"{found.email} has no second factor.")
        remove_second_factor(
            workspace.store,
            person,
            password=None,
            organisation=workspace.organisation.id,
            actor=getpass.getuser(),
            now=clock(),
        )
    out.print(f"{found.email} signs in with the password alone. For a new password, too:")
    out.print(f"lychgate users invite {found.email} --role {found.role}")
    out.print("Add a new second factor on the page of the account, and remove passkeys of that phone there.")


def _known(workspace: Workspace, person: int) -> Someone:
    known = {entry.id: entry for entry in all_people(workspace.store, organisation=workspace.organisation.id)}
    if person not in known:
        raise InputError(f"There is nobody with the number {person}: see `lychgate users list`.")
    return known[person]
