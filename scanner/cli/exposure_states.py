"""What people decide about an exposure: ``snooze``, ``rotated``, ``intended``, ``ignore`` and the others."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import Annotated

import typer

from scanner.actions.alerts import told_and_not
from scanner.actions.exposures import (
    ListedExposure,
    all_ignores,
    change_state,
    ignore,
    one_exposure,
    reopen,
    snooze,
)
from scanner.actions.workspace import Workspace
from scanner.cli.exposures import Json, Note, Number, exposure_object
from scanner.cli.say import as_json, clock, opened, out, short_when, stamp, table, visible
from scanner.errors import InputError
from scanner.invitations.dates import read_moment
from scanner.model import DeliveryState, ExposureState, Wait
from scanner.settings.fields import read_duration

Until = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help='When it ends: "2026-12-24 22:00".')
]
For = Annotated[str | None, typer.Option("--for", metavar="LENGTH", help="How long: 90m, 3h, 2d, 4w.")]

_SO_FAR = {
    DeliveryState.DUE: "waits",
    DeliveryState.SENT: "sent",
    DeliveryState.DEAD: "could not be delivered",
    DeliveryState.WITHHELD: "not sent",
}


def end_of(until: str | None, length: str | None, *, timezone: str, now: datetime) -> datetime | None:
    """Return the end that ``--until`` or ``--for`` names, None if neither is given."""
    if until is not None and length is not None:
        raise InputError("--until and --for say the same; give one of them.")
    if until is not None:
        return read_moment(until, timezone)
    if length is None:
        return None
    try:
        return now + read_duration(length)
    except ValueError as error:
        raise InputError(f"--for: {error}.") from None


def snooze_exposure(
    context: typer.Context,
    number: Number,
    until: Until = None,
    length: For = None,
    next_meeting: Annotated[
        bool, typer.Option("--next-meeting", help="Until a day before its meeting starts next.")
    ] = False,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="Until it is seen at another place.")
    ] = False,
    note: Note = "",
    as_lines: Json = False,
) -> None:
    """Put it off: no reminders until then. New places and rises are told all the same."""
    with opened(context) as workspace:
        now = clock()
        entry = snooze(
            workspace,
            number,
            until=end_of(until, length, timezone=workspace.organisation.timezone, now=now),
            elsewhere=elsewhere,
            next_meeting=next_meeting,
            actor=getpass.getuser(),
            note=note,
            now=now,
        )
        _say(workspace, entry, as_lines=as_lines)


def rotated(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Say that the meeting has a new link. The old one is still watched for."""
    _close(context, number, ExposureState.ROTATED, note=note, as_lines=as_lines)


def removed(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Say that the link was taken down. Seen again, it is open again, and louder."""
    _close(context, number, ExposureState.REMOVED, note=note, as_lines=as_lines)


def intended(
    context: typer.Context,
    number: Number,
    until: Until = None,
    length: For = None,
    note: Note = "",
    as_lines: Json = False,
) -> None:
    """Say that it may stand at these places, for good or until a time; other places are told."""
    _close(context, number, ExposureState.INTENDED, until=until, length=length, note=note, as_lines=as_lines)


def not_ours(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Say that this is no leak of your meeting, and why. Other places are told."""
    if not note.strip():
        raise InputError("Say why with --note: whoever looks later has to understand it.")
    _close(context, number, ExposureState.FALSE_POSITIVE, note=note, as_lines=as_lines)


def duplicate(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Say that these places are counted as another exposure already. Other places are told."""
    _close(context, number, ExposureState.DUPLICATE, note=note, as_lines=as_lines)


def ignore_exposure(
    context: typer.Context,
    number: Number,
    address: Annotated[
        str | None, typer.Option("--address", help="Only this one of its places; none: all so far.")
    ] = None,
    until: Until = None,
    length: For = None,
    note: Note = "",
    as_lines: Json = False,
) -> None:
    """Ignore this room of this meeting at these places until a time, whatever else changes there."""
    with opened(context) as workspace:
        now = clock()
        end = end_of(until, length, timezone=workspace.organisation.timezone, now=now)
        if end is None:
            raise InputError("Say until when: --until TIME or --for LENGTH.")
        entry = ignore(
            workspace, number, address=address, until=end, actor=getpass.getuser(), note=note, now=now
        )
        _say(workspace, entry, as_lines=as_lines)


def list_ignores(context: typer.Context, as_lines: Json = False) -> None:
    """List what is ignored now, until when and why."""
    with opened(context) as workspace:
        found = all_ignores(workspace, now=clock())
        zone = workspace.organisation.timezone
    if as_lines:
        for each in found:
            as_json(
                {
                    "exposure": each.exposure,
                    "address": each.address,
                    "until": stamp(each.until),
                    "reason": each.reason,
                    "actor": each.actor,
                }
            )
        return
    if not found:
        out.print("Nothing is ignored.")
        return
    table(
        ("No.", f"Until ({zone})", "Where", "Why", "Who"),
        (
            (
                str(each.exposure),
                short_when(each.until, zone),
                visible(each.address),
                each.reason,
                each.actor,
            )
            for each in found
        ),
    )


def reopen_exposure(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Undo what was decided: acknowledged, put off, closed, ignored."""
    with opened(context) as workspace:
        entry = reopen(workspace, number, actor=getpass.getuser(), note=note, now=clock())
        _say(workspace, entry, as_lines=as_lines)


def history(context: typer.Context, number: Number, as_lines: Json = False) -> None:
    """Show who did what when and why, who was told, and who was not and why not."""
    with opened(context) as workspace:
        exposure = one_exposure(workspace.store, number, organisation=workspace.organisation.id).exposure
        deliveries, refused = told_and_not(workspace, exposure)
        zone = workspace.organisation.timezone
    lines = [(event.at, event.actor, event.what, event.note) for event in exposure.events] + [
        (
            delivery.settled or delivery.created,
            "lychgate",
            f"{delivery.alert.news} to {delivery.alert.channel} {_SO_FAR[delivery.state]}",
            delivery.why_not or delivery.last_error or delivery.alert.reason,
        )
        for delivery in deliveries
    ]
    for at, actor, what, note in sorted(lines, key=lambda line: line[0]):
        if as_lines:
            as_json({"at": stamp(at), "actor": actor, "what": what, "note": note})
        else:
            out.print(f"{short_when(at, zone)}  {what} ({actor})" + (f": {note}" if note else ""))
    for channel, why in refused.items():
        if as_lines:
            as_json({"at": None, "actor": "lychgate", "what": f"nothing to {channel}", "note": why})
        else:
            out.print(f"Not told: {channel}: {why}")
    if not as_lines:
        out.print(f"Times are those of {zone}.")


def _close(
    context: typer.Context,
    number: int,
    state: ExposureState,
    *,
    until: str | None = None,
    length: str | None = None,
    note: str,
    as_lines: bool,
) -> None:
    with opened(context) as workspace:
        now = clock()
        end = end_of(until, length, timezone=workspace.organisation.timezone, now=now)
        entry = change_state(
            workspace.store,
            number,
            state,
            organisation=workspace.organisation.id,
            actor=getpass.getuser(),
            note=note,
            now=now,
            wait=Wait(until=end) if end else None,
        )
        _say(workspace, entry, as_lines=as_lines)


def _say(workspace: Workspace, entry: ListedExposure, *, as_lines: bool) -> None:
    if as_lines:
        as_json(exposure_object(entry))
        return
    exposure, zone = entry.exposure, workspace.organisation.timezone
    end = ""
    if exposure.wait and exposure.wait.until:
        end = f" until {short_when(exposure.wait.until, zone)} {zone}"
    elif exposure.wait and exposure.wait.elsewhere:
        end = " until it is seen elsewhere"
    out.print(f"Exposure {exposure.id} ({visible(entry.meeting)}) is now {exposure.state}{end}.")
    out.print(f"Undo: lychgate exposures reopen {exposure.id}")
