"""What is due, and what is coming: settings, meetings and earlier leaks read once, planned with values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from scanner.actions.workspace import Workspace
from scanner.scans.plan import (
    STREAM,
    Agenda,
    Run,
    broad_run,
    countdown_runs,
    occurrences,
    second_looks,
    stream_run,
)
from scanner.serve.ticker import all_due, latest_due

_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def read_agenda(workspace: Workspace, *, begin: datetime, end: datetime) -> Agenda:
    """Read what planning between two times goes by."""
    # Whole hours, since the occurrences of a series are remembered by what was asked.
    first = _hour(begin) - _DAY
    paces = (countdown.paces[0].before for countdown in workspace.settings.countdowns.values())
    last = _hour(end) + _HOUR + max(paces, default=timedelta())
    with workspace.store.reading() as work:
        meetings = work.times.between(first, last)
        leaks, missing = work.addresses.leaks(), work.addresses.missing()
    return Agenda(
        settings=workspace.settings,
        timezone=workspace.organisation.timezone,
        occurrences=[one for meeting in meetings for one in occurrences(meeting, first, last)],
        leaks=leaks,
        missing=missing,
    )


def due_runs(
    agenda: Agenda,
    last_due: Mapping[tuple[str, str], datetime],
    *,
    listening: Collection[str],
    started: datetime,
    now: datetime,
) -> list[Run]:
    """Return what has become due by now and has no row yet, at most once for each schedule and source.

    ``last_due`` is their latest due time so far, ``listening`` the streams that are or will be listened to,
    ``started`` since when this process serves. Of several missed times only the last counts: one look
    catches up for all of them.
    """
    runs: list[Run] = []
    # The clock may have been put back since the start.
    since = min(started, now - _MINUTE)
    for schedule in agenda.settings.schedules.values():
        latest: dict[datetime, datetime | None] = {}
        for source in agenda.names(schedule.sources):
            after = last_due.get((schedule.name, source), since)
            if after not in latest:
                latest[after] = latest_due(schedule, timezone=agenda.timezone, after=after, now=now)
            if (due := latest[after]) is not None:
                runs.append(broad_run(agenda, schedule.name, source, due))
    for countdown in agenda.settings.countdowns.values():
        ticks = countdown_runs(agenda, countdown, after=now - _DAY, until=now)
        newest = {run.source: run for run in ticks}
        runs.extend(run for run in newest.values() if _is_new(run, last_due))
    runs.extend(run for run in second_looks(agenda) if run.at <= now and _is_new(run, last_due))
    this_minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    runs.extend(
        stream_run(source, this_minute)
        for source in agenda.streams()
        if source not in listening and last_due.get((STREAM, source)) != this_minute
    )
    return runs


def runs_between(agenda: Agenda, begin: datetime, end: datetime) -> list[Run]:
    """Return every run due in ``begin < time <= end``, earliest first; streams have no times."""
    runs: list[Run] = []
    for schedule in agenda.settings.schedules.values():
        for at in all_due(schedule, timezone=agenda.timezone, after=begin, now=end):
            runs.extend(
                broad_run(agenda, schedule.name, source, at) for source in agenda.names(schedule.sources)
            )
    for countdown in agenda.settings.countdowns.values():
        runs.extend(countdown_runs(agenda, countdown, after=begin, until=end))
    runs.extend(run for run in second_looks(agenda) if begin < run.at <= end)
    return sorted(runs, key=lambda run: run.at)


def _is_new(run: Run, last_due: Mapping[tuple[str, str], datetime]) -> bool:
    latest = last_due.get((run.schedule, run.source))
    return latest is None or latest < run.at


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
