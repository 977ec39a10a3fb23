"""``lychgate calendars``: feeds that keep the register up to date by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from scanner.actions.calendar_update import Refreshed
from scanner.actions.calendars import (
    all_calendars,
    follow_calendar,
    forget_calendar,
    one_calendar,
    pause_calendar,
    refresh_calendar,
    resume_calendar,
    try_calendar,
)
from scanner.actions.workspace import Workspace
from scanner.cli.say import as_json, clock, err, number, opened, out, short_when, stamp, table, visible, when
from scanner.errors import ExitCode, SourceError
from storage.calendars import Calendar

app = typer.Typer(no_args_is_help=True, help="Follow calendars: their meetings are registered by themselves.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", parser=number, help="As `lychgate calendars list` shows it.")
]
Numbers = Annotated[
    list[int] | None,
    typer.Argument(metavar="NUMBER", parser=number, help="As the list shows them; none = all."),
]


@app.command("add", epilog="Example: lychgate calendars add webcal://calendar.example/secret.ics --name Club")
def add(
    context: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="Its iCal address, https: or webcal:. Without it you are asked, and nobody sees it.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="What you call it.")] = None,
    as_line: Json = False,
) -> int:
    """Follow a calendar, and read it for the first time. Its address is a secret and is never shown again."""
    given = address or typer.prompt("Secret address of the calendar (iCal)", hide_input=True)
    with opened(context) as workspace:
        calendar = follow_calendar(workspace, given, name=name, now=clock())
        return _say([refresh_calendar(workspace, calendar, clock=clock)], as_lines=as_line)


@app.command("list", epilog="Example: lychgate calendars list")
def list_calendars(context: typer.Context, as_lines: Json = False) -> None:
    """List the calendars, and since when one cannot be read."""
    with opened(context) as workspace:
        found = all_calendars(workspace)
        zone = workspace.organisation.timezone
    if as_lines:
        for calendar in found:
            as_json(_calendar_object(calendar))
    elif not found:
        out.print("No calendars yet. Follow one: lychgate calendars add")
    else:
        table(("No.", "Calendar", f"Read ({zone})", "State"), (_row(calendar, zone) for calendar in found))


@app.command("check", epilog="Example: lychgate calendars check 1")
def check(context: typer.Context, calendars: Numbers = None, as_lines: Json = False) -> int:
    """Read calendars now and show what is understood. Nothing is registered."""
    readable = True
    with opened(context) as workspace:
        zone = workspace.organisation.timezone
        for calendar in _chosen(workspace, calendars):
            try:
                events = try_calendar(workspace, calendar)
            except SourceError as fault:
                readable = False
                if as_lines:
                    as_json({"id": calendar.id, "name": calendar.name, "fault": str(fault)})
                else:
                    err.print(f"{calendar.name}: {fault}")
                continue
            meetings = [event for event in events if event.meeting.rooms and not event.cancelled]
            if as_lines:
                as_json(
                    {
                        "id": calendar.id,
                        "name": calendar.name,
                        "fault": None,
                        "events": len(events),
                        "meetings": len(meetings),
                    }
                )
                continue
            held = f"{len(events)} {'event' if len(events) == 1 else 'events'}"
            out.print(f"{calendar.name}: {held}, {len(meetings)} with a meeting link or ID")
            for event in meetings:
                starts = event.meeting.starts
                rooms = ", ".join(f"{room.platform} {room.masked()}" for room in event.meeting.rooms)
                shown = when(starts, event.meeting.timezone or zone) if starts else "no start"
                out.print(f"  {event.meeting.title or 'without a title'}: {shown}, {rooms}")
    return ExitCode.FINE if readable else ExitCode.INCOMPLETE


@app.command("refresh", epilog="Example: lychgate calendars refresh")
def refresh(context: typer.Context, calendars: Numbers = None, as_lines: Json = False) -> int:
    """Read calendars now and bring the register up to date. `lychgate serve` does it every hour."""
    with opened(context) as workspace:
        done = [
            refresh_calendar(workspace, calendar, clock=clock) for calendar in _chosen(workspace, calendars)
        ]
    return _say(done, as_lines=as_lines)


@app.command("pause", epilog="Example: lychgate calendars pause 1")
def pause(context: typer.Context, calendar: Number) -> None:
    """Read a calendar no more until you resume it. Its meetings stay registered as they are."""
    with opened(context) as workspace:
        found = pause_calendar(workspace, calendar, now=clock())
    out.print(f"“{found.name}” is paused: what changes in it is not noticed.")


@app.command("resume", epilog="Example: lychgate calendars resume 1")
def resume(context: typer.Context, calendar: Number) -> None:
    """Read a calendar again, within the hour."""
    with opened(context) as workspace:
        found = resume_calendar(workspace, calendar)
    out.print(f"“{found.name}” is read again. Do it now: lychgate calendars refresh {found.id}")


@app.command("remove", epilog="Example: lychgate calendars remove 1")
def remove(
    context: typer.Context,
    calendar: Number,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Follow a calendar no longer. The meetings that came out of it stay registered."""
    with opened(context) as workspace:
        found = one_calendar(workspace, calendar)
        if not yes:
            typer.confirm(f"Follow “{visible(found.name)}” no longer?", abort=True)
        forget_calendar(workspace, calendar)
    out.print(f"“{found.name}” is no longer followed. Its meetings stay registered.")


def _chosen(workspace: Workspace, numbers: Sequence[int] | None) -> list[Calendar]:
    return [one_calendar(workspace, each) for each in numbers] if numbers else all_calendars(workspace)


def _say(done: Sequence[Refreshed], *, as_lines: bool) -> int:
    for reading in done:
        if as_lines:
            as_json(_reading_object(reading))
            continue
        name = reading.calendar.name
        if reading.fault:
            err.print(f"{name}: {reading.fault} The meetings that came out of it before stay as they are.")
        elif reading.unchanged:
            out.print(f"{name}: nothing has changed.")
        else:
            out.print(
                f"{name}: {len(reading.registered)} meetings new, {len(reading.changed)} changed, "
                f"{len(reading.ended)} take place no more; {reading.without_room} events have no link, "
                f"{reading.over} are long over."
            )
        for sentence in reading.refused:
            err.print(f"{name}: {sentence}")
    failed = any(reading.fault for reading in done)
    return ExitCode.INCOMPLETE if failed else ExitCode.FINE


def _row(calendar: Calendar, zone: str) -> tuple[str, str, str, str]:
    read = short_when(calendar.read, zone) if calendar.read else "never"
    state = "good" if calendar.read else "not read yet"
    if calendar.failing_since:
        state = f"failing since {short_when(calendar.failing_since, zone)}: {calendar.fault}"
    if calendar.paused_since:
        state = f"paused since {short_when(calendar.paused_since, zone)}"
    return str(calendar.id), calendar.name, read, state


def _calendar_object(calendar: Calendar) -> dict[str, object]:
    return {
        "id": calendar.id,
        "name": calendar.name,
        "read": stamp(calendar.read) if calendar.read else None,
        "failing_since": stamp(calendar.failing_since) if calendar.failing_since else None,
        "fault": calendar.fault or None,
        "paused_since": stamp(calendar.paused_since) if calendar.paused_since else None,
    }


def _reading_object(reading: Refreshed) -> dict[str, object]:
    return _calendar_object(reading.calendar) | {
        "fault": reading.fault or None,
        "unchanged": reading.unchanged,
        "registered": list(reading.registered),
        "changed": list(reading.changed),
        "ended": list(reading.ended),
        "refused": list(reading.refused),
        "without_room": reading.without_room,
        "over": reading.over,
    }
