"""What programs change about one meeting: its link, its checklist, what may be public, that it is there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scanner.actions.allowances import allow, end_allowance
from scanner.actions.meeting_record import MeetingRecord, checklist, meeting_record, set_record
from scanner.actions.meeting_rotation import rotate_meeting
from scanner.actions.meetings import one_meeting, remove_meeting
from scanner.actions.reviewing import allowances_of, note_reveal
from scanner.errors import InputError
from scanner.match.checklist import Safeguard
from scanner.model import Allowance, Meeting
from scanner.web.api.answers import PROBLEMS, Key, actor, moment, once, one, sane
from scanner.web.desk import Call
from scanner.web.door import Caller, Number
from scanner.web.pages.meetings import understood

router = APIRouter(prefix="/api/v1", tags=["meetings"], responses=PROBLEMS)


class NewLink(BaseModel):
    """The new invitation, and what became of the old meeting."""

    model_config = ConfigDict(extra="forbid")
    invitation: Annotated[str, Field(min_length=1, max_length=100_000)]
    deleted: Annotated[bool, Field(description="The old meeting was deleted where it was made.")] = False
    close: Annotated[bool, Field(description="Close exposures that show only the old link.")] = False


class Answers(BaseModel):
    """Answers to the safety checklist; null takes one back, what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    answers: dict[Safeguard, bool | None]


class NewAllowance(BaseModel):
    """Until when the rooms may be public without their passcode (null: for good), and why."""

    model_config = ConfigDict(extra="forbid")
    until: AwareDatetime | None = None
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.post("/meetings/{number}/link")
def api_change_link(
    request: Request, call: Caller, number: Number, said: NewLink, key: Key = None
) -> Response:
    """Take the new invitation: the new link is watched, and the old one for as long as it may open."""
    _existing(call, number)

    def act() -> dict[str, object]:
        done = rotate_meeting(
            call.store,
            number,
            understood(call, said.invitation),
            deleted=said.deleted,
            close=said.close,
            organisation=call.organisation,
            actor=call.who.email,
            now=call.now,
        )
        _note(call, "link changed", number)
        return {
            "rooms": [f"{room.platform} {room.masked()}" for room in done.meeting.rooms],
            "retired": len(done.retired),
            "exposures": list(done.exposures),
            "closed": done.closed,
        }

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/meetings/{number}/reveal")
def api_reveal_meeting(call: Caller, number: Number) -> Response:
    """Show rooms and passcodes of a meeting in full, and write down that somebody saw them.

    It takes no idempotency key: each time is written down.
    """
    found = _existing(call, number)
    note_reveal(
        call.store,
        organisation=call.organisation.id,
        what=f"link and passcodes of meeting {number} ({found.title})",
        actor=actor(call),
        now=call.now,
    )
    rooms = [f"{room.platform} {room.key}" for room in found.rooms]
    passcodes = [passcode.text for passcode in found.passcodes]
    return JSONResponse({"id": number, "rooms": rooms, "passcodes": passcodes})


@router.get("/meetings/{number}/checklist")
def api_checklist(request: Request, call: Caller, number: Number) -> Response:
    """Show the safety checklist with what was answered, by whom and when."""
    _existing(call, number)
    record = meeting_record(call.store, number, organisation=call.organisation)
    return one(request, {"items": _points(record)})


@router.post("/meetings/{number}/checklist")
def api_answer_checklist(
    request: Request, call: Caller, number: Number, said: Answers, key: Key = None
) -> Response:
    """Write down answers to the safety checklist."""
    _existing(call, number)

    def act() -> dict[str, object]:
        record = set_record(
            call.store,
            number,
            answers=said.answers,
            owner=None,
            told=None,
            organisation=call.organisation,
            actor=call.who.email,
            now=call.now,
        )
        _note(call, "checklist answered", number)
        return {"items": _points(record)}

    return once(call, request, key, said.model_dump_json(), act)


@router.get("/meetings/{number}/allowances")
def api_allowances(request: Request, call: Caller, number: Number) -> Response:
    """List what may be public of a meeting, allowances that are over too."""
    _existing(call, number)
    found = allowances_of(call.store, number, organisation=call.organisation.id)
    return one(request, {"items": [_allowance(entry) for entry in found]})


@router.post("/meetings/{number}/allowances")
def api_allow(
    request: Request, call: Caller, number: Number, said: NewAllowance, key: Key = None
) -> Response:
    """Let the rooms of a meeting be public without their passcode."""
    _existing(call, number)

    def act() -> dict[str, object]:
        made = allow(
            call.store,
            number,
            until=sane(said.until) if said.until else None,
            reason=said.reason,
            organisation=call.organisation,
            actor=call.who.email,
            now=call.now,
        )
        _note(call, "allowed in public", number)
        return {**_allowance(made.allowance), "quietened": list(made.quietened)}

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/meetings/{number}/allowances/{allowance}/end")
def api_end_allowance(
    request: Request, call: Caller, number: Number, allowance: Number, key: Key = None
) -> Response:
    """Take an allowance back."""
    _existing(call, number)

    def act() -> dict[str, object]:
        mine = allowances_of(call.store, number, organisation=call.organisation.id)
        if allowance not in {entry.id for entry in mine}:
            raise HTTPException(404, "There is no such allowance.")
        end_allowance(call.store, allowance, organisation=call.organisation)
        _note(call, "allowance ended", number)
        return {"id": allowance, "ended": moment(call.now)}

    return once(call, request, key, "", act)


@router.post("/meetings/{number}/remove")
def api_remove_meeting(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Take a meeting out of the register for good, with its secrets and exposures."""

    def act() -> dict[str, object]:
        _existing(call, number)
        removed = remove_meeting(call.store, number, organisation=call.organisation, now=call.now)
        call.note("meeting removed", f"{removed.meeting.title}, by a program")
        return {"id": number, "removed": moment(call.now)}

    return once(call, request, key, "", act)


def _existing(call: Call, number: int) -> Meeting:
    try:
        return one_meeting(call.store, number, organisation=call.organisation)
    except InputError:
        raise HTTPException(404, "There is no such meeting.") from None


def _note(call: Call, what: str, number: int) -> None:
    call.note(what, f"meeting {number}, by a program")


def _points(record: MeetingRecord) -> list[dict[str, object]]:
    return [
        {
            "safeguard": point.item.safeguard,
            "question": point.item.question,
            "answer": point.declaration.answer if point.declaration else None,
            "safe": point.item.safe,
            "how": point.how,
        }
        for point in checklist(record)
    ]


def _allowance(entry: Allowance) -> dict[str, object]:
    return {
        "id": entry.id,
        "until": moment(entry.until),
        "reason": entry.reason,
        "actor": entry.actor,
        "made": moment(entry.made),
    }
