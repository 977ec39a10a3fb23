"""``lychgate exposures``: what was found, and what people did about it."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.text import Text

from scanner.actions.alerts import told_and_not
from scanner.actions.exposures import (
    CLOSED_BY_PEOPLE,
    ListedExposure,
    all_exposures,
    change_state,
    one_exposure,
)
from scanner.actions.scans import last_scan
from scanner.cli.say import (
    SEVERITY_STYLE,
    as_json,
    clock,
    number,
    opened,
    out,
    short_when,
    stamp,
    table,
    visible,
    when,
)
from scanner.errors import InputError
from scanner.model import ExposureState, Form, PasscodeMatch, SightingState, SourceState
from storage.scans import Scan

app = typer.Typer(no_args_is_help=True, help="See what was found, acknowledge it, close it.")

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")]
Number = Annotated[
    int,
    typer.Argument(
        metavar="NUMBER", parser=number, help="Number of the exposure, as `lychgate exposures list` shows it."
    ),
]
Note = Annotated[str, typer.Option("--note", help="Why, for those who look later.")]


@app.command("list", epilog="Example: lychgate exposures list --all --json")
def list_exposures(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_lines: Json = False,
) -> None:
    """List exposures, worst first."""
    with opened(context) as workspace:
        found = all_exposures(workspace.store, organisation=workspace.organisation.id, closed=everything)
        latest = last_scan(workspace)
        zone = workspace.organisation.timezone
    if as_lines:
        for entry in found:
            as_json(exposure_object(entry))
        return
    if not found:
        out.print("No exposures." if everything else "No open exposures.")
        _print_what_that_means(latest, zone)
        return
    print_exposures(found)
    out.print("\n`lychgate exposures show NUMBER` says where, why it is serious and what happened so far.")


def _print_what_that_means(latest: Scan | None, zone: str) -> None:
    """Say what was looked at last: silence speaks only for what was read."""
    if latest is None:
        out.print("But nothing has been looked at yet. Run `lychgate scan`.")
        return
    out.print(f"Last looked at {when(latest.started, zone)}: {', '.join(latest.sources)}.")
    if latest.finished is None:
        out.print("That scan did not come to its end, or is still running.")
    for entry in latest.coverages:
        if entry.state is not SourceState.OK:
            out.print(f"Not read in full: {entry.source} ({entry.state}).")


@app.command("show", epilog="Example: lychgate exposures show 3")
def show(context: typer.Context, number: Number, as_lines: Json = False) -> None:
    """Show one exposure: every place, why it is serious, what happened so far."""
    with opened(context) as workspace:
        entry = one_exposure(workspace.store, number, organisation=workspace.organisation.id)
        told, refused = told_and_not(workspace, entry.exposure)
    if as_lines:
        as_json(exposure_object(entry))
        return
    zone = workspace.organisation.timezone
    print_exposure(entry, zone)
    out.print()
    for event in entry.exposure.events:
        note = f": {event.note}" if event.note else ""
        out.print(f"{short_when(event.at, zone)}  {event.what} ({event.actor}){note}")
    for delivery in told:
        news = f"{delivery.alert.news} to {delivery.alert.channel}"
        out.print(f"Told: {news}: {delivery.state}, because {delivery.alert.reason}")
    for channel, why in refused.items():
        out.print(f"Not told: {channel}: {why}")
    out.print(f"Times are those of {zone}.")


def print_exposure(entry: ListedExposure, zone: str) -> None:
    """Print one exposure: how severe, why, and every place with what stands there."""
    exposure = entry.exposure
    level = exposure.severity.level
    out.print(
        Text.assemble((f" {level} ", SEVERITY_STYLE[level]), f" {visible(entry.meeting)} · {exposure.state}")
    )
    out.print(exposure.severity.reason)
    for sighting in exposure.sightings:
        out.print(Text(f"{_STILL[sighting.state]}  {visible(sighting.address)}", style="bold"))
        room = f"{sighting.room.platform} {sighting.room.masked()}"
        out.print(f"    {room}, {_FORM[sighting.form]} ({sighting.where})")
        out.print(f"    {_PASSCODE[sighting.passcode]}")
        if sighting.excerpt:
            out.print(f"    “{sighting.excerpt}”")
        first = short_when(sighting.first_seen, zone)
        out.print(f"    first seen {first}, last {when(sighting.last_seen, zone)}")


@app.command("ack", epilog='Example: lychgate exposures ack 3 --note "changing the link tonight"')
def acknowledge(context: typer.Context, number: Number, note: Note = "", as_lines: Json = False) -> None:
    """Say that somebody is dealing with it. It stays open until it is gone or closed."""
    _change(context, number, ExposureState.ACKNOWLEDGED, note, as_lines)


@app.command(
    "close", epilog='Example: lychgate exposures close 3 --as rotated --note "new link sent to members"'
)
def close(
    context: typer.Context,
    number: Number,
    how: Annotated[
        str,
        typer.Option("--as", help=f"What became of it: {', '.join(CLOSED_BY_PEOPLE)}.", show_default=False),
    ],
    note: Note = "",
    as_lines: Json = False,
) -> None:
    """Close an exposure. Seen again later, it reopens (except when intended or a false positive)."""
    if how not in CLOSED_BY_PEOPLE:
        raise InputError(f"--as takes one of: {', '.join(CLOSED_BY_PEOPLE)}. You wrote {how!r}.")
    _change(context, number, ExposureState(how), note, as_lines)


def _change(context: typer.Context, number: int, state: ExposureState, note: str, as_lines: bool) -> None:
    with opened(context) as workspace:
        entry = change_state(
            workspace.store,
            number,
            state,
            organisation=workspace.organisation.id,
            actor=getpass.getuser(),
            note=note,
            now=clock(),
        )
    if as_lines:
        as_json(exposure_object(entry))
    else:
        out.print(f"Exposure {number} ({entry.meeting}) is now {state}.")


def print_exposures(found: Iterable[ListedExposure]) -> None:
    """Print a line for each exposure: how severe, which meeting, how many places, and why."""
    table(
        ("No.", "Severity", "State", "Meeting", "Places", "Why"),
        (
            (
                str(entry.exposure.id),
                entry.exposure.severity.level.upper(),
                entry.exposure.state,
                entry.meeting,
                str(sum(place.state is not SightingState.GONE for place in entry.exposure.sightings)),
                entry.exposure.severity.reason,
            )
            for entry in found
        ),
    )


def exposure_object(entry: ListedExposure) -> dict[str, object]:
    """Return what scripts get of an exposure (a contract: README, "For scripts")."""
    exposure = entry.exposure
    return {
        "id": exposure.id,
        "meeting": entry.meeting,
        "severity": exposure.severity.level,
        "reason": exposure.severity.reason,
        "state": exposure.state,
        "sightings": [
            {
                "address": sighting.address,
                "where": sighting.where,
                "form": sighting.form,
                "passcode_exposed": sighting.passcode is not PasscodeMatch.NONE,
                "state": sighting.state,
                "first_seen": stamp(sighting.first_seen),
                "last_seen": stamp(sighting.last_seen),
            }
            for sighting in exposure.sightings
        ],
    }


_STILL = {
    SightingState.UP: "still up   ",
    SightingState.GONE: "gone       ",
    SightingState.UNREADABLE: "unreadable ",
}
_FORM = {
    Form.URL: "as a link",
    Form.WRITTEN: "as a written meeting ID",
    Form.DIAL_IN: "as a dial-in number",
    Form.BARE: "as a bare number",
    Form.IMAGE: "in a picture",
    Form.REPORTED: "not seen by Lychgate",
}
_PASSCODE = {
    PasscodeMatch.NONE: "no passcode beside it",
    PasscodeMatch.CURRENT: "with the current passcode",
    PasscodeMatch.DIFFERENT: "with a passcode that is not the current one",
    PasscodeMatch.UNKNOWN: "with a passcode that cannot be compared with yours",
}
