"""The register: the list, and a pasted invitation that is read back before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from scanner.actions.imports import import_meetings
from scanner.actions.meetings import check_title, register_meeting
from scanner.actions.upcoming import upcoming
from scanner.errors import ConfigError, InputError
from scanner.invitations.dates import read_moment
from scanner.invitations.pasted import LONGEST_INVITATION, understand
from scanner.model import ProposedMeeting
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, text
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_A_PAGE = 50


@router.get("/meetings")
def meetings_page(call: Caller, page: int = 1, done: str = "") -> Response:
    """List the register by what comes next."""
    if not 1 <= page <= 100_000:
        raise HTTPException(404)
    try:
        sources: Sequence[str] = tuple(call.desk.settings().sources)
    except ConfigError:
        sources = ()
    found, total = upcoming(
        call.store,
        organisation=call.organisation.id,
        sources=sources,
        diary=call.desk.diary,
        now=call.now,
        first=(page - 1) * _A_PAGE,
        count=_A_PAGE,
    )
    return show(
        "meetings/list.html",
        call=call,
        done=done,
        meetings=found,
        total=total,
        page=page,
        pages=max(1, -(-total // _A_PAGE)),
    )


@router.get("/meetings/add")
def add_page(call: Caller) -> Response:
    """Ask for an invitation."""
    return show("meetings/add.html", call=call, says="", invitation="")


@router.post("/meetings/add")
def add_meeting(call: Caller, form: Form) -> Response:
    """Read an invitation back, and register it once somebody says that it was understood."""
    invitation = text(form, "invitation", most=LONGEST_INVITATION)
    try:
        proposed = corrected(call, form, understood(call, invitation))
        if text(form, "understood") != "yes":
            return _read_back(call, form, proposed, invitation)
        done = register_meeting(call.store, proposed, organisation=call.organisation, now=call.now)
    except InputError as error:
        if text(form, "understood") == "yes":
            return _read_back(call, form, understood(call, invitation), invitation, says=str(error))
        return show("meetings/add.html", call=call, says=str(error), invitation=invitation, status=400)
    if not done.already:
        call.note("meeting registered", done.meeting.title)
    word = "already" if done.already else "registered"
    return RedirectResponse(f"/meetings/{done.meeting.id}?done={word}", status_code=303)


@router.post("/meetings/import")
def import_table(call: Caller, form: Form) -> Response:
    """Register the meetings of a table or calendar file. Faulty lines are named and stop no other."""
    file = form.get("file")
    if file is None or isinstance(file, str):
        raise InputError("Choose a file: a table (.csv) or a calendar (.ics).")
    done = import_meetings(
        call.store,
        file.file.read(),
        organisation=call.organisation,
        now=call.now,
        dates=None,
        detector=call.workspace.detector,
        dry_run=False,
    )
    call.note("meetings imported", str(done.registered))
    return show("meetings/imported.html", call=call, imported=done)


def understood(call: Call, invitation: str) -> ProposedMeeting:
    """Return what an invitation says, or raise InputError."""
    if not invitation.strip():
        raise InputError("Paste the whole invitation, from its first to its last line.")
    proposed = understand(
        invitation, now=call.now, timezone=call.organisation.timezone, detector=call.workspace.detector
    )
    if not proposed.rooms:
        raise InputError(
            "There is no meeting link or ID in this: nothing could be watched. Paste the whole invitation, "
            "from its first to its last line."
        )
    return proposed


def corrected(call: Call, form: Form, proposed: ProposedMeeting) -> ProposedMeeting:
    """Return what was understood with what the person typed in its place."""
    title, starts, ends = text(form, "title", most=300).strip(), text(form, "starts"), text(form, "ends")
    if title:
        proposed = replace(proposed, title=check_title(title, passcodes=proposed.passcodes))
    if starts:
        proposed = replace(proposed, starts=read_moment(starts, call.zone), ends=None)
    if ends:
        proposed = replace(proposed, ends=read_moment(ends, call.zone))
    return proposed


def _read_back(
    call: Call, form: Form, proposed: ProposedMeeting, invitation: str, *, says: str = ""
) -> Response:
    return show(
        "meetings/understood.html",
        call=call,
        status=400 if says else 200,
        says=says,
        proposed=proposed,
        invitation=invitation,
        title=text(form, "title", most=300),
        starts=text(form, "starts"),
        ends=text(form, "ends"),
    )
