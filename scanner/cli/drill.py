"""``lychgate drill``: rehearse an alarm, from a planted page to the mailbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from scanner.actions.drills import PATIENCE, drill_now, last_drills
from scanner.cli.say import as_json, clock, opened, out, short_when, stamp
from scanner.errors import ExitCode
from storage.drills import Drill, DrillState, DrillStep

_MARKS = {True: "done  ", False: "FAILED"}


def drill(
    context: typer.Context,
    last: Annotated[bool, typer.Option("--last", help="Only show how the last one went.")] = False,
    seconds: Annotated[
        int,
        typer.Option(
            "--wait", metavar="SECONDS", min=1, max=3600, help="How long channels may take for their alert."
        ),
    ] = int(PATIENCE.total_seconds()),
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> int:
    """Put an invented meeting on a page of this machine, find it, and tell you as if it were in earnest.

    Page, crawl, register, alert and mail are the real ones; the message says that it is a drill. Afterwards
    everything invented is put away.

    Example: lychgate drill
    """
    with opened(context) as workspace:
        zone = workspace.organisation.timezone
        if last:
            found = last_drills(workspace.store, organisation=workspace.organisation.id)
            if not found:
                out.print("There was no drill yet: lychgate drill")
                return ExitCode.FINE
            held = found[0]
            for step in () if as_object else held.steps:
                _say(step, zone)
        else:
            held = drill_now(
                workspace,
                actor="command line",
                clock=clock,
                patience=timedelta(seconds=seconds),
                told=lambda step: None if as_object else _say(step, zone),
            )
    if as_object:
        as_json(_object(held))
    else:
        out.print(f"The drill {_VERDICTS[held.state]}.")
    return ExitCode.FINE if held.state is DrillState.PASSED else ExitCode.INCOMPLETE


_VERDICTS = {
    DrillState.ASKED: "waits for its turn",
    DrillState.RUNNING: "goes on",
    DrillState.PASSED: "passed: look into the mailbox",
    DrillState.FAILED: "failed: nobody would have been told",
}


def _object(held: Drill) -> dict[str, object]:
    """Return a drill for scripts."""
    return {
        "id": held.id,
        "state": held.state,
        "asked": stamp(held.asked),
        "ended": stamp(held.ended) if held.ended else None,
        "steps": [
            {"stage": step.stage, "at": stamp(step.at), "good": step.good, "says": step.says}
            for step in held.steps
        ],
    }


def _say(step: DrillStep, zone: str) -> None:
    out.print(f"{_MARKS[step.good]} {short_when(step.at, zone)}  {step.stage}: {step.says}")
