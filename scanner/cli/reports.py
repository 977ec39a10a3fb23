"""``lychgate exposures report``: somebody told us where they saw a meeting."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from scanner.actions.reports import LONGEST_PASTE, REPORTED, Outcome, report_page
from scanner.cli.say import as_json, clock, err, number, opened, out
from scanner.errors import InputError
from scanner.invitations.dates import read_moment


def report(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The page where it can be seen.")],
    text: Annotated[
        Path | None,
        typer.Option(metavar="FILE|-", help="What stands there: copied text, a saved page, a screenshot."),
    ] = None,
    meeting: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", parser=number, help="Which meeting, if there is no text to search."),
    ] = None,
    said_by: Annotated[str | None, typer.Option(metavar="NAME", help="Who saw it, if not you.")] = None,
    seen: Annotated[str | None, typer.Option(metavar="TIME", help="When, in your time zone.")] = None,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> None:
    """Record a page where somebody saw one of your meetings, and alert as for a leak that a scan finds.

    For places that Lychgate cannot read: private groups, apps, posters. The text is searched and not kept;
    meetings of others in it are forgotten. It is never taken for gone because Lychgate cannot see it.

    Example: lychgate exposures report https://social.example/p/9 --text screenshot.png --said-by Ann
    """
    pasted = _pasted(text) if text is not None else None
    with opened(context) as workspace:
        outcome = report_page(
            workspace,
            address,
            pasted=pasted,
            meeting=meeting,
            by=said_by or getpass.getuser(),
            seen=read_moment(seen, workspace.organisation.timezone) if seen else None,
            clock=clock,
        )
    if as_object:
        as_json(
            {
                "exposures": list(outcome.exposures),
                "new": outcome.new,
                "rooms": outcome.rooms,
                "read_again_by": outcome.read_again_by or None,
            }
        )
    else:
        _tell(outcome)


def _tell(outcome: Outcome) -> None:
    if not outcome.exposures:
        found = "no meeting could be found in it"
        if outcome.rooms:
            count = "one meeting stands" if outcome.rooms == 1 else f"{outcome.rooms} meetings stand"
            found = f"{count} in it, none of yours. That was counted and forgotten"
        out.print(f"Nothing was recorded: {found}.")
        return
    for exposure in outcome.exposures:
        out.print(f"Recorded: see it with lychgate exposures show {exposure}")
    out.print("People are told as your routes say." if outcome.new else "It is known already.")
    if outcome.read_again_by:
        out.print(f"Source {outcome.read_again_by} looks at the page from now on.")
    else:
        out.print(
            "Nobody looks at the page again: for that, add under sources in schedules.yaml:  "
            f"{REPORTED}: {{kind: {REPORTED}}}"
        )


def _pasted(path: Path) -> bytes:
    if str(path) == "-":
        if sys.stdin.isatty():
            err.print("Paste what stands there, then press Enter and Ctrl-D:")
        return sys.stdin.buffer.read(LONGEST_PASTE + 1)
    try:
        with path.open("rb") as file:
            return file.read(LONGEST_PASTE + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
