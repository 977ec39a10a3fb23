"""The command tree. Each noun's functions live in a module of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from scanner import __version__
from scanner.cli import (
    alerts,
    allowances,
    backup,
    calendars,
    check,
    demo,
    detect,
    doctor,
    drill,
    exposure_states,
    exposures,
    init,
    keys,
    meeting_record,
    meeting_rotation,
    meetings,
    organisations,
    platforms,
    reports,
    scan,
    schedule,
    serve,
    sources,
    users,
)
from scanner.cli.say import ORGANISATION

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Tells a community group that its meeting link is loose in public before strangers walk in.\n\n"
        "Start with [bold]lychgate init[/bold], add a meeting with [bold]lychgate meetings add[/bold], name "
        "pages to look at in schedules.yaml, then [bold]lychgate scan[/bold]. "
        "[bold]lychgate demo[/bold] shows it all on made-up pages."
    ),
    epilog="Exit codes: 0 fine, 1 exposures found (--fail-on), 2 usage or settings, 3 something could not be "
    "read, 4 database or key, 70 a bug.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"lychgate {__version__}")
        raise typer.Exit


@app.callback()
def lychgate(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            metavar="DIR",
            help="Folder with the key, the database and schedules.yaml; also LYCHGATE_DATA. "
            r"\[default: ~/.local/share/lychgate]",
        ),
    ] = None,
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation",
            metavar="NAME|NUMBER",
            help=r"Whose meetings, where there are several. \[default: the first]",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    context.obj = data
    context.meta[ORGANISATION] = organisation


app.command("init")(init.init)
meetings.app.command("show")(meeting_record.show)
meetings.app.command("set")(meeting_record.set_answers)
meetings.app.command("checklist")(meeting_record.show_checklist)
meetings.app.command("rotate")(meeting_rotation.rotate)
app.add_typer(meetings.app, name="meetings")
app.add_typer(calendars.app, name="calendars")
app.add_typer(sources.app, name="sources")
app.command("scan")(scan.scan)
exposures.app.command("report")(reports.report)
for name, function, example in (
    ("snooze", exposure_states.snooze_exposure, 'snooze 3 --next-meeting --note "we change it on Sunday"'),
    ("rotated", exposure_states.rotated, 'rotated 3 --note "new link sent to members"'),
    ("removed", exposure_states.removed, 'removed 3 --note "the board took it down"'),
    ("intended", exposure_states.intended, 'intended 3 --for 2w --note "open day"'),
    ("not-ours", exposure_states.not_ours, 'not-ours 3 --note "another choir\'s room"'),
    ("duplicate", exposure_states.duplicate, 'duplicate 3 --note "the same leak as 2"'),
    ("ignore", exposure_states.ignore_exposure, 'ignore 3 --for 30d --note "old poster, in talks"'),
    ("ignores", exposure_states.list_ignores, "ignores --json"),
    ("reopen", exposure_states.reopen_exposure, "reopen 3"),
    ("history", exposure_states.history, "history 3"),
):
    exposures.app.command(name, epilog=f"Example: lychgate exposures {example}")(function)
app.add_typer(exposures.app, name="exposures")
app.add_typer(alerts.app, name="alerts")
app.add_typer(organisations.app, name="organisations")
app.add_typer(users.app, name="users")
app.add_typer(allowances.app, name="allowances")
app.add_typer(keys.app, name="keys")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("serve")(serve.serve)
app.command("schedule")(schedule.schedule)
app.command("doctor")(doctor.doctor)
app.command("drill")(drill.drill)
app.command("check")(check.check)
app.command("detect")(detect.detect)
app.command("platforms")(platforms.platforms)
app.command("demo")(demo.demo)


def _without_empty_types(made: TyperCommand | TyperGroup) -> None:
    """Keep the help of flags, which take no value, from saying ``<bool>`` beside each."""
    for option in (*made.params, made.get_help_option(typer.Context(made))):
        if isinstance(option, TyperOption) and option.is_flag:
            option.metavar = ""
    for inner in getattr(made, "commands", {}).values():
        _without_empty_types(inner)


command = typer.main.get_command(app)
assert isinstance(command, TyperGroup)
_without_empty_types(command)
