"""``lychgate check``: is it at work? For cron, systemd timers and monitors."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from scanner.actions.check import what_is_wrong
from scanner.cli.say import as_json, clock, opened, out
from scanner.errors import ExitCode, InputError
from scanner.settings.fields import read_duration


def check(
    context: typer.Context,
    within: Annotated[
        str, typer.Option("--within", metavar="LENGTH", help="How long ago the last scan may have begun.")
    ] = "26h",
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> int:
    """Say whether scans run, sources can be read and alerts go out. Ends with 0 if so, with 3 if not.

    Settings that are wrong end with 2, a database or key that cannot be used with 4.

    Example: lychgate check || echo "look after Lychgate" | mail -s Lychgate clerk@example.org
    """
    try:
        length: timedelta = read_duration(within)
    except ValueError as error:
        raise InputError(f"--within: {error}.") from None
    with opened(context) as workspace:
        wrong = what_is_wrong(workspace, within=length, clock=clock)
    if as_lines:
        as_json({"well": not wrong, "wrong": wrong})
    else:
        for sentence in wrong or ["all is well"]:
            out.print(f"{sentence[0].upper()}{sentence[1:]}.")
    return ExitCode.INCOMPLETE if wrong else ExitCode.FINE
