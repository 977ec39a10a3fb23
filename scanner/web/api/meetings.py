"""The register for programs. Links go in and never come out."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Body, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scanner.actions.imports import import_meetings
from scanner.actions.meetings import check_title, one_meeting, register_meeting
from scanner.actions.reviewing import some_meetings
from scanner.errors import InputError
from scanner.model import Meeting
from scanner.web.api.answers import PROBLEMS, After, Key, Limit, once, one, page, sane
from scanner.web.desk import Call
from scanner.web.door import Caller, Number
from scanner.web.pages.meetings import understood

router = APIRouter(prefix="/api/v1", tags=["meetings"], responses=PROBLEMS)


File = Annotated[
    bytes,
    Body(
        media_type="text/csv",
        description="A table, an iCalendar or JSON lines, told apart by what is in it, of any content type.",
    ),
]
DryRun = Annotated[bool, Query(description="Say what would become of it, and register nothing.")]


class NewMeeting(BaseModel):
    """An invitation as people get it, and what to put in the place of what it says."""

    model_config = ConfigDict(extra="forbid")
    invitation: Annotated[str, Field(min_length=1, max_length=100_000)]
    title: Annotated[str, Field(max_length=200)] = ""
    starts: AwareDatetime | None = None
    ends: AwareDatetime | None = None


@router.get("/meetings")
def api_meetings(request: Request, call: Caller, after: After = None, limit: Limit = 50) -> Response:
    """List the register, oldest entry first."""
    found = some_meetings(call.store, organisation=call.organisation.id, above=after, count=limit + 1)
    items = [_object(call, meeting) for meeting in found]
    return page(request, items, limit=limit, cursor=lambda nth: found[nth].id)


@router.get("/meetings/{number}")
def api_meeting(request: Request, call: Caller, number: Number) -> Response:
    """Show one meeting."""
    try:
        meeting = one_meeting(call.store, number, organisation=call.organisation)
    except InputError:
        raise HTTPException(404, "There is no such meeting.") from None
    return one(request, _object(call, meeting))


@router.post("/meetings")
def api_register(request: Request, call: Caller, said: NewMeeting, key: Key = None) -> Response:
    """Register a meeting from its invitation; registering it twice changes nothing."""

    def act() -> dict[str, object]:
        proposed = understood(call, said.invitation)
        if said.title:
            proposed = replace(proposed, title=check_title(said.title, passcodes=proposed.passcodes))
        if said.starts:
            proposed = replace(proposed, starts=sane(said.starts), ends=None)
        if said.ends:
            proposed = replace(proposed, ends=sane(said.ends))
        done = register_meeting(call.store, proposed, organisation=call.organisation, now=call.now)
        if not done.already:
            call.note("meeting registered", f"{done.meeting.title}, by a program")
        return {**_object(call, done.meeting), "warnings": list(done.warnings), "already": done.already}

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/meetings/import")
def api_import(
    request: Request, call: Caller, content: File, dry_run: DryRun = False, key: Key = None
) -> Response:
    """Register the meetings of a file. Faulty entries are named by their line and stop no other."""

    def act() -> dict[str, object]:
        done = import_meetings(
            call.store,
            content,
            organisation=call.organisation,
            now=call.now,
            detector=call.workspace.detector,
            dry_run=dry_run,
        )
        if not dry_run:
            call.note("meetings imported", f"{done.registered}, by a program")
        return {
            "rows": done.rows,
            "registered": done.registered,
            "already": done.already,
            "over": done.over,
            "without_room": done.without_room,
            "faults": [{"line": line, "says": says} for line, says in done.faults],
            "notes": [{"line": line, "says": says} for line, says in done.notes],
            "ignored": list(done.ignored),
            "dry_run": dry_run,
        }

    return once(call, request, key, f"{dry_run} {sha256(content).hexdigest()}", act)


def _object(call: Call, meeting: Meeting) -> dict[str, object]:
    following = call.desk.diary.next_start(meeting, call.now)
    return {
        "id": meeting.id,
        "title": meeting.title,
        "starts": meeting.starts.isoformat(),
        "next": following.isoformat() if following else None,
        "timezone": meeting.timezone,
        "repeats": meeting.repeats,
        "rooms": [f"{room.platform} {room.masked()}" for room in meeting.rooms],
        "passcode_known": bool(meeting.passcodes),
    }
