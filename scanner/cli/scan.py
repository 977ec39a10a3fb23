"""``lychgate scan``: look at the sources now, in the foreground."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scanner.actions.exposures import ListedExposure, all_exposures
from scanner.actions.scans import forget_what_is_old, scan_now, send_due, turn_by_hand, units_named
from scanner.cli.exposures import print_exposures
from scanner.cli.say import as_json, clock, err, opened, out, table
from scanner.errors import ExitCode, InputError
from scanner.model import Coverage, SeverityLevel, SourceState, Unit
from scanner.scans.coverage import UNREAD, Tally
from scanner.scans.postman import Round
from scanner.scans.queue import LocalQueue
from scanner.scans.run import Progress as ShowTallies
from scanner.scans.run import ScanReport


def scan(
    context: typer.Context,
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Names from schedules.yaml; none = all.")
    ] = None,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read every page again, changed or not.")] = False,
    fail_on: Annotated[
        str, typer.Option(metavar="SEVERITY", help="Exit with 1 if an open exposure is this severe or worse.")
    ] = "",
) -> int:
    """Look at the sources now, send alerts for what is new, and say what could not be read.

    Example: lychgate scan village-forum --fail-on high
    """
    if fail_on and fail_on not in list(SeverityLevel):
        raise InputError(f"--fail-on takes one of: {', '.join(SeverityLevel)}. You wrote {fail_on!r}.")
    with opened(context) as workspace:
        units = units_named(workspace, sources or ())
        try:
            with (
                turn_by_hand(workspace, units, clock=clock, waiting=Patience()) as set_free,
                progress_bars(units) as show,
            ):
                report = scan_now(
                    workspace,
                    units,
                    trigger="by hand",
                    clock=clock,
                    queue=LocalQueue(),
                    full=full,
                    progress=show,
                    unit_ended=set_free,
                )
        except KeyboardInterrupt:
            err.print("What was found until now is kept. Alerts about it go out with the next scan.")
            raise
        post = send_due(workspace, clock=clock)
        listed = all_exposures(workspace.store, organisation=workspace.organisation.id)
        if as_object:
            as_json(report_object(report))
        else:
            print_report(report, post, listed)
        for sentence in post.errors:
            err.print(f"Not sent: {sentence}")
        forget_what_is_old(workspace, clock=clock)
    if fail_on and any(entry.exposure.severity.level.rank >= SeverityLevel(fail_on).rank for entry in listed):
        return ExitCode.EXPOSED
    return ExitCode.FINE if report.complete else ExitCode.INCOMPLETE


class Patience:
    """Say once of each source that is being read by somebody else that this scan waits for it."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def __call__(self, busy: Collection[str]) -> None:
        """Name what is new among the sources that are in the way."""
        for source in sorted(set(busy) - self._said):
            err.print(f"Waiting: {source} is being read already, and one host is read by one run at a time.")
        self._said.update(busy)


@contextmanager
def progress_bars(units: tuple[Unit, ...]) -> Iterator[ShowTallies]:
    """Show a line for each source on standard error while a crawl runs."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("pages at most"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        tasks = {unit.source: bars.add_task(unit.source, total=unit.limits.pages) for unit in units}

        def show(tallies: Mapping[str, Tally]) -> None:
            for source, tally in tallies.items():
                bars.update(tasks[source], completed=tally.read + tally.unchanged)

        yield show


def print_report(report: ScanReport, post: Round, listed: tuple[ListedExposure, ...]) -> None:
    """Print what a scan found and, as loudly, what it could not read."""
    print_coverage(report.coverage)
    out.print()
    out.print(
        f"{report.new} new, {report.known} known, {report.gone} gone, in {report.seconds:g} seconds."
        f" {_post(post)}"
    )
    if listed:
        out.print()
        print_exposures(listed)
    elif report.complete:
        out.print("Nothing of yours stands on the pages that were read.")
    else:
        out.print("Nothing of yours was seen, but not everything could be read: see above.")


def print_coverage(coverage: tuple[Coverage, ...]) -> None:
    """Print one line for each source, and one for each reason why something was not read."""
    table(
        ("Source", "State", "Read", "Unchanged", "Not read, and why"),
        (
            (entry.source, str(entry.state), str(entry.read), str(entry.unchanged), _not_read(entry))
            for entry in coverage
        ),
    )


def _not_read(entry: Coverage) -> str:
    reasons = [f"{count} × {why}" for why, count in entry.failed.items()]
    reasons += [f"{count} × skipped: {why}" for why, count in entry.skipped.items()]
    if entry.cut:
        reasons.append(f"{entry.cut} × only in part")
    if entry.state in (SourceState.FAILED, SourceState.BLOCKED):
        reasons.insert(0, "could not look here")
    elif entry.state in UNREAD:
        reasons.insert(0, "what was read here proves nothing")
    return "\n".join((*reasons, *entry.notes)) or "-"


def _post(post: Round) -> str:
    parts = [f"{post.sent} alerts sent." if post.sent != 1 else "1 alert sent."] if post.sent else []
    if post.waiting:
        parts.append(f"{post.waiting} not sent yet, to be tried again.")
    if post.dead:
        parts.append(f"{post.dead} refused for good: see `lychgate alerts list`.")
    return " ".join(parts) or "No alert was due."


def report_object(report: ScanReport) -> dict[str, object]:
    """Return what scripts get of a scan (a contract: README, “For scripts”)."""
    return {
        "sources": [
            {
                "name": entry.source,
                "state": entry.state,
                "read": entry.read,
                "unchanged": entry.unchanged,
                "cut": entry.cut,
                "skipped": dict(entry.skipped),
                "failed": dict(entry.failed),
            }
            for entry in report.coverage
        ],
        "exposures": {"new": report.new, "known": report.known, "gone": report.gone},
        "seconds": report.seconds,
    }
