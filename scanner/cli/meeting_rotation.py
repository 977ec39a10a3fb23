"""``lychgate meetings rotate``: a meeting gets a new link."""

from __future__ import annotations

import getpass
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from scanner.actions.meeting_rotation import rotate_meeting
from scanner.cli.pasting import read_invitation
from scanner.cli.say import as_json, clock, number, opened, out, short_when
from scanner.errors import InputError
from scanner.model import Passcode, PasscodeKind


def rotate(
    context: typer.Context,
    entry: Annotated[
        int,
        typer.Argument(
            metavar="NUMBER",
            parser=number,
            help="Number of the meeting, as `lychgate meetings list` shows it.",
        ),
    ],
    invitation: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The new invitation as you got it; - or nothing: paste it."),
    ] = None,
    url: Annotated[
        list[str] | None, typer.Option(metavar="LINK", help="The new link; may be given several times.")
    ] = None,
    passcode: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The new passcode. Others on this machine may see it."),
    ] = None,
    deleted: Annotated[
        bool | None,
        typer.Option("--deleted/--kept", help="The old meeting was deleted where it was made, or not."),
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Close exposures that show only the old link as rotated.")
    ] = False,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> None:
    """Give a meeting a new link. The old one stays on watch for as long as it may open.

    Example: lychgate meetings rotate 3 --url LINK --deleted --close
    """
    from scanner.invitations.pasted import understand

    if url and invitation:
        raise InputError("Give either a file with the invitation or --url, not both.")
    with opened(context) as workspace:
        zone, now = workspace.organisation.timezone, clock()
        understood = understand(
            "\n".join(url) if url else read_invitation(invitation),
            now=now,
            timezone=zone,
            detector=workspace.detector,
        )
        if passcode:
            typed = Passcode(passcode, PasscodeKind.PLAIN)
            understood = replace(understood, passcodes=(*understood.passcodes, typed))
        if deleted is None:
            asks = sys.stdin.isatty() and not as_object
            deleted = asks and typer.confirm("Did you delete the old meeting where it was made?")
        done = rotate_meeting(
            workspace.store,
            entry,
            understood,
            deleted=deleted,
            close=close,
            organisation=workspace.organisation,
            actor=getpass.getuser(),
            now=now,
        )
    if as_object:
        as_json(
            {
                "id": done.meeting.id,
                "rooms": [{"platform": room.platform, "key": room.masked()} for room in done.meeting.rooms],
                "retired": len(done.retired),
                "exposures": list(done.exposures),
                "closed": done.closed,
            }
        )
        return
    rooms = ", ".join(f"{room.platform} {room.masked()}" for room in done.meeting.rooms)
    out.print(f"“{done.meeting.title}” is now watched as {rooms}.")
    for left in done.retired:
        until = short_when(left.watched_until, zone)
        out.print(f"The old {left.room.platform} {left.room.masked()} stays on watch until {until}.")
    if not deleted:
        out.print("The old link may still open: delete the old meeting where it was made.")
    if done.exposures:
        numbers = ", ".join(map(str, done.exposures))
        told = "closed as rotated" if done.closed else "still open; close them when members have the new link"
        out.print(f"Exposures that show only the old link ({numbers}) are {told}.")
