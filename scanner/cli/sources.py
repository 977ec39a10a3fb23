"""``lychgate sources``: the places to look at, and whether they can be read."""

from __future__ import annotations

from typing import Annotated

import typer

from scanner.actions.scans import canary_for, check_sources, units_named
from scanner.actions.sources import pause_source, resume_source
from scanner.cli.say import as_json, clock, err, opened, out, short_when, stamp, table
from scanner.cli.scan import progress_bars
from scanner.errors import ExitCode
from spiders import kinds

app = typer.Typer(no_args_is_help=True, help="See which places are looked at, and whether they can be read.")

Names = Annotated[
    list[str] | None, typer.Argument(metavar="SOURCE", help="Names from schedules.yaml; none = all.")
]


@app.command("list", epilog="Example: lychgate sources list")
def list_sources(
    context: typer.Context,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> None:
    """List the configured sources and how each answered last."""
    with opened(context) as workspace:
        sources = workspace.settings.sources
        with workspace.store.reading() as work:
            standing = {name: work.scans.standing(name) for name in sources}
            paused = work.paused_sources.all()
        zone = workspace.organisation.timezone
    if as_lines:
        for name, source in sources.items():
            last = standing[name]
            as_json(
                {
                    "name": name,
                    "kind": source.kind,
                    "state": last.state if last else None,
                    "since": stamp(last.since) if last else None,
                    "paused": paused[name].reason if name in paused else None,
                }
            )
        return
    if not sources:
        out.print(f"No sources yet: name pages to look at in {workspace.environment.schedules}.")
        return
    table(
        ("Source", "Kind", "State", f"Since ({zone})"),
        (
            (name, source.kind, f"paused: {paused[name].reason}", short_when(paused[name].since, zone))
            if name in paused
            else (name, source.kind, str(last.state), short_when(last.since, zone))
            if (last := standing[name])
            else (name, source.kind, "never scanned", "-")
            for name, source in sources.items()
        ),
    )


@app.command("pause", epilog='Example: lychgate sources pause village-forum --reason "it moves house"')
def pause(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A name from schedules.yaml.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for those who look later.")],
) -> None:
    """Look at a source no more until you resume it. No meeting counts as clear meanwhile."""
    with opened(context) as workspace:
        pause_source(
            workspace.store,
            source,
            known=workspace.settings.sources,
            reason=reason,
            organisation=workspace.organisation.id,
            actor="command line",
            now=clock(),
        )
    out.print(f"{source} is paused. Resume it: lychgate sources resume {source}")


@app.command("resume", epilog="Example: lychgate sources resume village-forum")
def resume(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A name from schedules.yaml.")],
) -> None:
    """Look at a source again, from its next turn on."""
    with opened(context) as workspace:
        resume_source(
            workspace.store,
            source,
            known=workspace.settings.sources,
            organisation=workspace.organisation.id,
            actor="command line",
            now=clock(),
        )
    out.print(f"{source} is looked at again. Do it now: lychgate scan {source}")


@app.command("kinds", epilog="Example: lychgate sources kinds")
def list_kinds(
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> None:
    """List the kinds of sources that schedules.yaml may name."""
    found = kinds().values()
    if as_lines:
        for kind in found:
            as_json({"kind": kind.name, "summary": kind.summary})
        return
    table(("Kind", "What it does"), ((kind.name, kind.summary) for kind in found))


@app.command("canary", epilog="Example: lychgate sources canary village-forum")
def canary(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A name from schedules.yaml.")],
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")] = False,
) -> None:
    """Print the link to plant on a page of a source: a scan that does not find it there is blind.

    It is nobody's meeting and leads nowhere. Only this installation knows it.
    """
    with opened(context) as workspace:
        link = canary_for(workspace, source)
        is_expected = workspace.settings.sources[source].canary
    if as_object:
        as_json({"source": source, "link": link, "expected": is_expected})
        return
    out.print(link)
    err.print(f"Put it on a page that a scan of {source} reads and that will stay, as a link or as text.")
    if not is_expected:
        err.print(f"Then write `canary: true` below {source} in schedules.yaml: only then it is looked for.")


@app.command("check", epilog="Example: lychgate sources check village-forum")
def check(
    context: typer.Context,
    sources: Names = None,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line, for scripts.")] = False,
) -> int:
    """Read the first page of each source and say how it answered."""
    with opened(context) as workspace:
        units = units_named(workspace, sources or ())
        with progress_bars(units) as show:
            answers = check_sources(units, progress=show)
    readable = {entry.source: entry.read > 0 for entry in answers}
    if as_lines:
        for entry in answers:
            as_json(
                {
                    "name": entry.source,
                    "readable": readable[entry.source],
                    "failed": dict(entry.failed),
                    "skipped": dict(entry.skipped),
                    "notes": list(entry.notes),
                }
            )
    else:
        for entry in answers:
            why = ", ".join((*entry.failed, *entry.skipped)) or "nothing came back"
            but = f", but not in full: {'; '.join(entry.notes)}" if entry.cut and entry.notes else ""
            out.print(
                f"{entry.source}: "
                + (f"can be read{but}" if readable[entry.source] else f"cannot be read: {why}")
            )
    return ExitCode.FINE if all(readable.values()) else ExitCode.INCOMPLETE
