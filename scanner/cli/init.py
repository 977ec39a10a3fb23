"""``lychgate init``: make an installation."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from tzlocal import get_localzone_name

from scanner.actions.setup import check_email, check_name, check_timezone, set_up
from scanner.cli.say import as_json, ask, out
from scanner.errors import InputError


def init(
    context: typer.Context,
    organisation: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of your group, as alerts shall say it.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Your time zone, like Europe/London.")
    ] = None,
    email: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where alerts go first.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; all three options must be given.")] = False,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> None:
    """Make the data folder, the key, the database and a first schedules.yaml.

    Running it again changes nothing but brings the database up to date after an upgrade.

    Example: lychgate init --organisation "St Mary's" --timezone Europe/London --email clerk@example.org
    """
    if yes:
        given = {"--organisation": organisation, "--timezone": timezone, "--email": email}
        if missing := [name for name, value in given.items() if not value]:
            raise InputError(f"With --yes nothing is asked, so {', '.join(missing)} must be given.")
    name = organisation or ask("Name of your organisation", check_name)
    zone = timezone or ask("Time zone", check_timezone, default=get_localzone_name())
    address = email or ask("E-mail address for alerts", check_email)
    done = set_up(os.environ, context.obj, name=name, timezone=zone, email=address)
    places = done.environment
    if as_object:
        as_json(
            {
                "data": str(places.folder),
                "schedules": str(places.schedules),
                "organisation": done.organisation.name,
                "made": list(done.made),
                "found": list(done.found),
            }
        )
        return
    for thing in done.made:
        out.print(f"Made   {thing}")
    for thing in done.found:
        out.print(f"Found  {thing}, and left it as it was")
    out.print("\nNext: lychgate meetings add, then name pages to look at in")
    out.print(f"{places.schedules}, then lychgate doctor.")
