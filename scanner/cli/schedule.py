"""``lychgate schedule``: when Lychgate will look by itself, and why, before anybody trusts it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Annotated

import typer

from scanner.actions.sources import paused_sources
from scanner.actions.workspace import Workspace
from scanner.cli.say import as_json, clock, opened, out, short_when, stamp, table
from scanner.model import Lane
from scanner.scans.plan import Agenda, Run

_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Look:
    """One time at which sources are looked at for one reason, and the meeting that brings it about."""

    at: datetime
    lane: Lane
    schedule: str
    sources: tuple[str, ...]
    reason: str
    meeting: str


def schedule(
    context: typer.Context,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> None:
    """Show the coming 24 hours in local time: when which sources will be looked at, and why.

    So it will be if `lychgate serve` runs, and nothing else is decided, registered or found until then.

    Example: lychgate schedule
    """
    from scanner.serve.agenda import read_agenda, runs_between

    with opened(context) as workspace:
        now = clock()
        agenda = read_agenda(workspace, begin=now, end=now + _AHEAD)
        paused = paused_sources(workspace.store, known=workspace.settings.sources)
        runs = [run for run in runs_between(agenda, now, now + _AHEAD) if run.source not in paused]
        looks = list(_looks(runs, _titles(workspace)))
        zone = workspace.organisation.timezone
    if as_lines:
        for look in looks:
            as_json(
                {
                    "at": stamp(look.at),
                    "schedule": look.schedule,
                    "sources": list(look.sources),
                    "reason": look.reason,
                    "meeting": look.meeting or None,
                }
            )
        return
    for name, pause in paused.items():
        since = short_when(pause.since, zone)
        out.print(f"{name} is paused since {since} ({pause.reason}): nobody looks at it.")
    _show(looks, agenda, zone, without=paused)


def _show(looks: Sequence[_Look], agenda: Agenda, zone: str, *, without: Collection[str]) -> None:
    for name in (name for name in agenda.streams() if name not in without):
        out.print(f"{name} is a stream: it is listened to all the time.")
    if looks:
        table(
            (f"At ({zone})", "Schedule", "Sources", "Why"),
            (
                (
                    short_when(look.at, zone),
                    look.schedule,
                    ", ".join(look.sources),
                    look.reason + (f" ({look.meeting})" if look.meeting else ""),
                )
                for look in looks
            ),
        )
    else:
        out.print("Nothing is due in the next 24 hours.")
    if not agenda.settings.countdowns:
        out.print("There is no countdown: nobody looks more often when a meeting is near.")


def _looks(runs: Iterable[Run], titles: dict[int, str]) -> Iterator[_Look]:
    """Join the runs of one time and reason. The meetings of other organisations have no title here."""
    for (at, lane, name, reason), alike in groupby(sorted(runs, key=_what), key=_what):
        together = list(alike)
        nearest = together[0].nearest if lane is Lane.FAST else None
        title = titles.get(nearest.meeting, "of another organisation") if nearest else ""
        yield _Look(at, lane, name, tuple(run.source for run in together), reason, title)


def _what(run: Run) -> tuple[datetime, Lane, str, str]:
    return run.at, run.lane, run.schedule, run.reason


def _titles(workspace: Workspace) -> dict[int, str]:
    with workspace.store.reading() as work:
        return {meeting.id: meeting.title for meeting in work.meetings.all(workspace.organisation.id)}
