"""``lychgate meetings show``, ``set`` and ``checklist``: what is known about a meeting besides its link."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from scanner.actions.meeting_record import (
    MeetingRecord,
    Point,
    checklist,
    meeting_record,
    set_record,
)
from scanner.actions.setup import check_email
from scanner.cli.say import as_json, clock, number, opened, out, short_when, stamp, table, when
from scanner.errors import InputError
from scanner.invitations.repeating import repeats_in_words
from scanner.match.checklist import Safeguard

Json = Annotated[bool, typer.Option("--json", help="One JSON object, for scripts.")]
Number = Annotated[
    int,
    typer.Argument(
        metavar="NUMBER", parser=number, help="Number of the meeting, as `lychgate meetings list` shows it."
    ),
]
_ANSWERS = {"yes": True, "no": False, "unknown": None}


def _answer(help_: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar="yes|no|unknown", help=help_, show_default=False)
    return option


def show(context: typer.Context, entry: Number, as_object: Json = False) -> None:
    """Show everything that is known about a meeting. Rooms are masked, passcodes counted.

    Example: lychgate meetings show 3
    """
    with opened(context) as workspace:
        record = meeting_record(workspace.store, entry, organisation=workspace.organisation)
        zone = workspace.organisation.timezone
    if as_object:
        as_json(_record_object(record))
        return
    meeting = record.meeting
    rows = [
        ("Meeting", meeting.title),
        ("First start", when(meeting.starts, meeting.timezone)),
        ("Repeats", repeats_in_words(meeting.repeats) if meeting.repeats else "no"),
        *(("Room", f"{room.platform} {room.masked()}") for room in meeting.rooms),
        ("Passcodes", str(len(meeting.passcodes)) if meeting.passcodes else "none known"),
        *(
            (
                "Old room",
                f"{left.room.platform} {left.room.masked()}, watched until "
                f"{short_when(left.watched_until, zone)}, {'deleted' if left.deleted else 'may still open'}",
            )
            for left in record.retired
        ),
        ("Owner", record.owner or "not said"),
        ("To be told", ", ".join(record.told) or "nobody besides the channels"),
        *(
            (
                said.safeguard,
                f"{'yes' if said.answer else 'no'} ({said.actor}, {short_when(said.at, zone)})",
            )
            for said in record.declarations
        ),
    ]
    table((f"No. {meeting.id}", ""), rows)
    open_points = sum(point.done is not True and not point.item.optional for point in checklist(record))
    if open_points:
        out.print(f"\n{open_points} points of its safety checklist are open: ", end="")
        out.print(f"lychgate meetings checklist {meeting.id}")


def show_checklist(context: typer.Context, entry: Number, as_object: Json = False) -> None:
    """Show the safety checklist of a meeting: what is open, what it changes, how to do it.

    Example: lychgate meetings checklist 3
    """
    with opened(context) as workspace:
        record = meeting_record(workspace.store, entry, organisation=workspace.organisation)
    points = checklist(record)
    if as_object:
        as_json([_point_object(point) for point in points])
        return
    for point in points:
        item = point.item
        safe = "yes" if item.safe else "no"
        mark = {True: "done", False: "OPEN", None: "?"}[point.done]
        out.print(f"[{mark}] {item.question}", style="bold")
        if point.done:
            continue
        out.print(f"    {item.changes}")
        out.print(f"    How: {point.how}")
        out.print(f"    When it is so: lychgate meetings set {entry} --{item.safeguard} {safe}")


def set_answers(
    context: typer.Context,
    entry: Number,
    personal_id: Annotated[str | None, _answer("It uses a personal meeting ID.")] = None,
    passcode: Annotated[str | None, _answer("It asks for a passcode.")] = None,
    waiting_room: Annotated[str | None, _answer("People wait until they are let in.")] = None,
    join_before_host: Annotated[str | None, _answer("People can join before the host.")] = None,
    sign_in: Annotated[str | None, _answer("People have to sign in.")] = None,
    registration: Annotated[str | None, _answer("People register and get links of their own.")] = None,
    sharing_limited: Annotated[str | None, _answer("Only hosts share their screen.")] = None,
    files_limited: Annotated[str | None, _answer("Sending files in the chat is off.")] = None,
    lock: Annotated[str | None, _answer("It is locked after the start.")] = None,
    co_hosts: Annotated[str | None, _answer("A second person can remove somebody.")] = None,
    shared_privately: Annotated[str | None, _answer("The link goes only to people you know.")] = None,
    passcode_apart: Annotated[str | None, _answer("Link and passcode are sent apart.")] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help='E-mail address of its owner; "" for nobody.')
    ] = None,
    tell: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help='Somebody to tell, may be given several times; "" for nobody.'),
    ] = None,
    as_object: Json = False,
) -> None:
    """Say how a meeting is protected, who owns it and who is to be told. It changes how severe a leak is.

    Example: lychgate meetings set 3 --waiting-room yes --join-before-host no
    """
    given = {
        Safeguard.PERSONAL_ID: personal_id,
        Safeguard.PASSCODE: passcode,
        Safeguard.WAITING_ROOM: waiting_room,
        Safeguard.JOIN_BEFORE_HOST: join_before_host,
        Safeguard.SIGN_IN: sign_in,
        Safeguard.REGISTRATION: registration,
        Safeguard.SHARING_LIMITED: sharing_limited,
        Safeguard.FILES_LIMITED: files_limited,
        Safeguard.LOCK: lock,
        Safeguard.CO_HOSTS: co_hosts,
        Safeguard.SHARED_PRIVATELY: shared_privately,
        Safeguard.PASSCODE_APART: passcode_apart,
    }
    answers = {name: _read(name, said) for name, said in given.items() if said is not None}
    if not answers and owner is None and tell is None:
        raise InputError(f"Nothing was said. `lychgate meetings checklist {entry}` asks what matters.")
    with opened(context) as workspace:
        record = set_record(
            workspace.store,
            entry,
            answers=answers,
            owner=check_email(owner) if owner else owner,
            told=None if tell is None else [check_email(address) for address in tell if address],
            organisation=workspace.organisation,
            actor=getpass.getuser(),
            now=clock(),
        )
    if as_object:
        as_json(_record_object(record))
    else:
        out.print(f"Written down for “{record.meeting.title}”. Set it on the platform too.")


def _read(name: Safeguard, said: str) -> bool | None:
    if said not in _ANSWERS:
        raise InputError(f"--{name} takes yes, no or unknown. You wrote {said!r}.")
    return _ANSWERS[said]


def _record_object(record: MeetingRecord) -> dict[str, object]:
    meeting = record.meeting
    return {
        "id": meeting.id,
        "title": meeting.title,
        "starts": stamp(meeting.starts),
        "repeats": meeting.repeats,
        "rooms": [{"platform": room.platform, "key": room.masked()} for room in meeting.rooms],
        "passcodes": len(meeting.passcodes),
        "retired": [
            {
                "platform": left.room.platform,
                "key": left.room.masked(),
                "watched_until": stamp(left.watched_until),
                "deleted": left.deleted,
            }
            for left in record.retired
        ],
        "owner": record.owner,
        "told": list(record.told),
        "declared": {
            said.safeguard: {"answer": said.answer, "by": said.actor, "at": stamp(said.at)}
            for said in record.declarations
        },
    }


def _point_object(point: Point) -> dict[str, object]:
    return {
        "safeguard": point.item.safeguard,
        "question": point.item.question,
        "done": point.done,
        "changes": point.item.changes,
        "how": point.how,
    }
