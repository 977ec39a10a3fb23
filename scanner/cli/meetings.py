"""``lychgate meetings``: the register."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from scanner.actions.meetings import (
    all_meetings,
    check_title,
    one_meeting,
    register_meeting,
    remove_meeting,
)
from scanner.cli.pasting import read_content, read_invitation
from scanner.cli.say import (
    as_json,
    ask,
    clock,
    err,
    number,
    opened,
    out,
    short_when,
    stamp,
    table,
    visible,
    when,
)
from scanner.errors import ExitCode, InputError
from scanner.invitations.columns import DateOrder
from scanner.invitations.dates import read_moment
from scanner.invitations.repeating import repeats_in_words
from scanner.model import Meeting, Passcode, PasscodeKind, ProposedMeeting

app = typer.Typer(no_args_is_help=True, help="Register meetings, list them, remove them.")

_KINDS = {PasscodeKind.PLAIN: "typed by people", PasscodeKind.TOKEN: "inside the link"}
_MOST_NOTES = 20
"""Notes of an import that are shown: a room used in a thousand rows has a thousand of one sort."""

Json = Annotated[bool, typer.Option("--json", help="For scripts.")]


@app.command(
    "add", epilog='Example: lychgate meetings add --title Yoga --starts "2026-11-26 19:00" --url LINK'
)
def add(
    context: typer.Context,
    invitation: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="The invitation as you got it (text, .eml, .ics); - or nothing: paste it."
        ),
    ] = None,
    url: Annotated[
        list[str] | None,
        typer.Option(metavar="LINK", help="A link into the meeting; may be given several times."),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="What people call the meeting.")] = None,
    starts: Annotated[
        str | None, typer.Option(metavar="TIME", help='First start, in your time zone: "2026-11-26 19:00".')
    ] = None,
    ends: Annotated[str | None, typer.Option(metavar="TIME", help='Its end: "2026-11-26 20:00".')] = None,
    repeats: Annotated[str, typer.Option(metavar="RRULE", help="How it repeats: FREQ=WEEKLY;BYDAY=TH.")] = "",
    passcode: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Its passcode. Others on this machine may see it; pasting the invitation is safer.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Register without asking.")] = False,
    as_object: Json = False,
) -> None:
    """Register a meeting from a pasted invitation, or from --url, --starts and --title."""
    from scanner.invitations.pasted import understand
    from scanner.invitations.series import check_rule

    if url and invitation:
        raise InputError("Give either a file with the invitation or --url, not both.")
    asks = sys.stdin.isatty() and not yes and not as_object
    with opened(context) as workspace:
        zone, now = workspace.organisation.timezone, clock()
        understood = understand(
            "\n".join(url) if url else read_invitation(invitation),
            now=now,
            timezone=zone,
            detector=workspace.detector,
        )
        if not understood.rooms:
            raise InputError(
                "There is no meeting link or ID in this: nothing could be watched. Give the whole "
                "invitation, from its first to its last line."
            )
        proposed = replace(
            understood,
            title=title or understood.title,
            starts=read_moment(starts, zone) if starts else understood.starts,
            ends=read_moment(ends, zone) if ends else (None if starts else understood.ends),
            repeats=check_rule(repeats) if repeats else understood.repeats,
            passcodes=(*understood.passcodes, *([_typed(passcode)] if passcode else [])),
            questions=() if starts else understood.questions,
        )
        if title:
            check_title(title, passcodes=proposed.passcodes)
        if asks:
            proposed = _completed(proposed, zone)
        if not as_object:
            _show(proposed, zone)
        if asks and not typer.confirm("Register this meeting?", default=True):
            raise typer.Abort
        done = register_meeting(workspace.store, proposed, organisation=workspace.organisation, now=now)
    for warning in done.warnings:
        err.print(f"Note: {warning}")
    if as_object:
        as_json(_meeting_object(done.meeting))
    elif done.already:
        out.print(f"“{done.meeting.title}” was registered already, as meeting {done.meeting.id}.")
    else:
        out.print(f"Registered as meeting {done.meeting.id}. Take it out again with: ", end="")
        out.print(f"lychgate meetings remove {done.meeting.id}")


@app.command("import", epilog="Example: lychgate meetings import meetings.csv --dates dmy --dry-run")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="A table (.csv), a calendar (.ics) or JSON lines; see README, “For scripts”."),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be registered.")] = False,
    dates: Annotated[
        DateOrder | None,
        typer.Option(help="How a table writes dates like 03/04/2026: day, month or year first."),
    ] = None,
    as_object: Json = False,
) -> int:
    """Register many meetings from a file. Faulty lines are named and stop no other."""
    from scanner.actions.imports import LONGEST_FILE, import_meetings

    with opened(context) as workspace:
        done = import_meetings(
            workspace.store,
            read_content(file, most=LONGEST_FILE),
            organisation=workspace.organisation,
            now=clock(),
            dates=dates,
            detector=workspace.detector,
            dry_run=dry_run,
        )
    for line, note in done.notes[:_MOST_NOTES]:
        err.print(f"{file}:{line}: note: {note}")
    if (more := len(done.notes) - _MOST_NOTES) > 0:
        err.print(f"{file}: {more} more notes of this sort")
    for line, fault in done.faults:
        err.print(f"{file}:{line}: {fault}")
    if done.ignored:
        err.print(f"{file}: not used: {', '.join(done.ignored)}")
    if as_object:
        as_json(
            {
                "lines": done.rows,
                "registered": 0 if dry_run else done.registered,
                "already": done.already,
                "over": done.over,
                "without_room": done.without_room,
                "faulty": len(done.faults),
                "dry_run": dry_run,
            }
        )
    else:
        said = "meetings could be registered" if dry_run else "meetings registered"
        left = f", {done.over} are over or cancelled, {done.without_room} have no link"
        out.print(
            f"{done.registered} {said}, {done.already} were there already, "
            f"{len(done.faults)} lines are faulty{left if done.over or done.without_room else ''}."
        )
    return ExitCode.USAGE if done.faults else ExitCode.FINE


@app.command("export", epilog="Example: lychgate meetings export meetings.csv")
def export_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The table to write; - writes it to standard output.")],
) -> None:
    """Write the register as a table (CSV): titles and times, rooms masked, no passcodes."""
    from scanner.actions.imports import export_meetings

    with opened(context) as workspace:
        text = export_meetings(workspace.store, organisation=workspace.organisation, now=clock())
    if str(file) == "-":
        sys.stdout.write(text)
        return
    try:
        with file.open("x", encoding="utf-8-sig", newline="") as opened_file:  # Excel wants the mark
            opened_file.write(text)
    except FileExistsError:
        raise InputError(f"{file} exists already; it was left as it is.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from error


@app.command("list", epilog="Example: lychgate meetings list --json")
def list_meetings(context: typer.Context, as_lines: Json = False) -> None:
    """List the register. Rooms are masked."""
    from scanner.invitations.series import next_start

    with opened(context) as workspace:
        meetings = all_meetings(workspace.store, organisation=workspace.organisation)
        zone = workspace.organisation.timezone
    if as_lines:
        for meeting in meetings:
            as_json(_meeting_object(meeting))
        return
    if not meetings:
        out.print("No meetings yet. Add one: lychgate meetings add")
        return
    now = clock()
    rows = []
    for meeting in meetings:
        following = next_start(meeting, now)
        rows.append(
            (
                str(meeting.id),
                meeting.title,
                short_when(following, zone) if following else "over",
                ", ".join(f"{room.platform} {room.masked()}" for room in meeting.rooms),
                "yes" if meeting.passcodes else "none known",
            )
        )
    table(("No.", "Meeting", f"Next ({zone})", "Rooms", "Passcode"), rows)


@app.command("remove", epilog="Example: lychgate meetings remove 3")
def remove(
    context: typer.Context,
    entry: Annotated[
        int,
        typer.Argument(
            metavar="NUMBER",
            parser=number,
            help="Number of the meeting, as `lychgate meetings list` shows it.",
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Take a meeting out of the register, with its secrets and its exposures. There is no way back."""
    with opened(context) as workspace:
        found = one_meeting(workspace.store, entry, organisation=workspace.organisation)
        if not yes:
            question = f"Remove “{visible(found.title)}”, its secrets and its exposures for good?"
            typer.confirm(question, abort=True)
        removed = remove_meeting(workspace.store, entry, organisation=workspace.organisation, now=clock())
    out.print(f"“{removed.meeting.title}” is no longer registered, and nothing will warn of its link.")
    out.print("Its secrets are deleted. What remains: mails already sent, and backups made before.")
    if removed.events:
        out.print("The calendar it came from is still followed, but will not bring it back: the number that")
        out.print("the calendar gave its event is kept (encrypted), and nothing else of it.")


def _typed(passcode: str) -> Passcode:
    return Passcode(passcode, PasscodeKind.PLAIN)


def _completed(proposed: ProposedMeeting, zone: str) -> ProposedMeeting:
    """Ask for what the invitation did not say."""
    for question in proposed.questions:
        err.print(question)
    if not proposed.title:
        proposed = replace(proposed, title=ask("Title", partial(check_title, passcodes=proposed.passcodes)))
    if proposed.starts is None:
        question = f"Start, in {zone} (like 2026-11-26 19:00)"
        proposed = replace(proposed, starts=ask(question, partial(read_moment, timezone=zone)))
    return replace(proposed, questions=())


def _show(proposed: ProposedMeeting, zone: str) -> None:
    starts = when(proposed.starts, proposed.timezone or zone) if proposed.starts else "?"
    rows = [
        ("Meeting", proposed.title or "?"),
        ("Starts", starts),
        *((("Ends", when(proposed.ends, proposed.timezone or zone)),) if proposed.ends else ()),
        ("Repeats", repeats_in_words(proposed.repeats) if proposed.repeats else "no"),
        *(("Room", f"{room.platform} {room.masked()}") for room in proposed.rooms),
        *(("Passcode", f"understood ({_KINDS[each.kind]})") for each in proposed.passcodes),
        *(() if proposed.passcodes else (("Passcode", "none understood"),)),
        *(("Question", question) for question in proposed.questions),
    ]
    table(("Understood", ""), rows)


def _meeting_object(meeting: Meeting) -> dict[str, object]:
    return {
        "id": meeting.id,
        "title": meeting.title,
        "starts": stamp(meeting.starts),
        "ends": stamp(meeting.ends) if meeting.ends else None,
        "repeats": meeting.repeats,
        "timezone": meeting.timezone,
        "rooms": [{"platform": room.platform, "key": room.masked()} for room in meeting.rooms],
        "passcodes": len(meeting.passcodes),
    }
