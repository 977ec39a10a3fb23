"""One meeting: its state, its safety checklist, its link, what may be public, what happened."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from scanner.actions.allowances import allow, end_allowance
from scanner.actions.meeting_record import checklist, meeting_record, set_record
from scanner.actions.meeting_rotation import rotate_meeting
from scanner.actions.meetings import one_meeting, remove_meeting
from scanner.actions.reviewing import allowances_of, exposures_of, note_reveal, told_of
from scanner.alerts.steps import steps
from scanner.errors import InputError
from scanner.match.checklist import Safeguard
from scanner.model import Meeting
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.pages.meetings import understood
from scanner.web.pictures.countdown import nearness
from scanner.web.pictures.timeline import timeline
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_ANSWERS = {"yes": True, "no": False, "unknown": None}


@router.get("/meetings/{number}")
def meeting_page(call: Caller, number: Number, done: str = "") -> Response:
    """Show everything known about a meeting."""
    return _page(call, number, done=done)


@router.post("/meetings/{number}/reveal")
def reveal_meeting(call: Caller, number: Number) -> Response:
    """Show link and passcodes in full, once, and write down that somebody saw them."""
    found = _existing(call, number)
    note_reveal(
        call.store,
        organisation=call.organisation.id,
        what=f"link and passcodes of meeting {number} ({found.title})",
        actor=call.who.email,
        now=call.now,
    )
    return _page(call, number, revealed=True)


@router.post("/meetings/{number}/checklist")
def answer_checklist(call: Caller, number: Number, form: Form) -> Response:
    """Write down the answers to the safety checklist."""
    _existing(call, number)
    given = {
        safeguard: _ANSWERS[text(form, f"answer-{safeguard}")]
        for safeguard in Safeguard
        if text(form, f"answer-{safeguard}") in _ANSWERS
    }
    set_record(
        call.store,
        number,
        answers=given,
        owner=None,
        told=None,
        organisation=call.organisation,
        actor=call.who.email,
        now=call.now,
    )
    _note(call, "checklist answered", number)
    return RedirectResponse(f"/meetings/{number}?done=saved#checklist", status_code=303)


@router.get("/meetings/{number}/link")
def link_page(call: Caller, number: Number) -> Response:
    """Guide somebody to a new link, step by step."""
    return _link(call, _existing(call, number))


@router.post("/meetings/{number}/link")
def change_link(call: Caller, number: Number, form: Form) -> Response:
    """Take the new invitation: the new link is watched, and the old one for as long as it may open."""
    meeting = _existing(call, number)
    try:
        proposed = understood(call, text(form, "invitation", most=1024 * 1024))
        rotate_meeting(
            call.store,
            number,
            proposed,
            deleted=text(form, "deleted") == "yes",
            close=text(form, "close") == "yes",
            organisation=call.organisation,
            actor=call.who.email,
            now=call.now,
        )
    except InputError as error:
        return _link(call, meeting, says=str(error))
    _note(call, "link changed", number)
    return RedirectResponse(f"/meetings/{number}?done=rotated", status_code=303)


@router.post("/meetings/{number}/allow")
def allow_public(call: Caller, number: Number, form: Form) -> Response:
    """Let the rooms of a meeting be public without their passcode, until a day or for good."""
    _existing(call, number)
    allow(
        call.store,
        number,
        until=end_of_day(text(form, "until"), call.zone),
        reason=text(form, "reason"),
        organisation=call.organisation,
        actor=call.who.email,
        now=call.now,
    )
    _note(call, "allowed in public", number)
    return RedirectResponse(f"/meetings/{number}?done=allowed", status_code=303)


@router.post("/meetings/{number}/allowances/{allowance}/end")
def end_allowed(call: Caller, number: Number, allowance: Number) -> Response:
    """Take an allowance back."""
    _existing(call, number)
    mine = allowances_of(call.store, number, organisation=call.organisation.id)
    if allowance not in {entry.id for entry in mine}:
        raise HTTPException(404)
    end_allowance(call.store, allowance, organisation=call.organisation)
    _note(call, "allowance ended", number)
    return RedirectResponse(f"/meetings/{number}?done=ended", status_code=303)


@router.get("/meetings/{number}/remove")
def remove_page(call: Caller, number: Number) -> Response:
    """Ask whether a meeting is really to be removed."""
    return show("meetings/remove.html", call=call, meeting=_existing(call, number))


@router.post("/meetings/{number}/remove")
def remove(call: Caller, number: Number) -> Response:
    """Take a meeting out of the register for good."""
    meeting = _existing(call, number)
    remove_meeting(call.store, number, organisation=call.organisation, now=call.now)
    call.note("meeting removed", meeting.title)
    return RedirectResponse("/meetings?done=removed", status_code=303)


def _page(call: Call, number: int, *, done: str = "", revealed: bool = False) -> Response:
    _existing(call, number)
    record = meeting_record(call.store, number, organisation=call.organisation)
    starts = call.desk.diary.next_start(record.meeting, call.now)
    exposures = exposures_of(call.store, number, organisation=call.organisation.id)
    return show(
        "meetings/one.html",
        call=call,
        done=done,
        record=record,
        meeting=record.meeting,
        starts=starts,
        points=checklist(record),
        exposures=exposures,
        line=timeline(exposures, told_of(call.store, exposures), starts=starts, now=call.now),
        nearness=nearness,
        allowances=allowances_of(call.store, number, organisation=call.organisation.id),
        revealed=revealed,
    )


def _link(call: Call, meeting: Meeting, *, says: str = "") -> Response:
    platform = meeting.rooms[0].platform if meeting.rooms else ""
    return show(
        "meetings/link.html",
        call=call,
        status=400 if says else 200,
        says=says,
        meeting=meeting,
        steps=steps(platform, soon=False),
    )


def _existing(call: Call, number: int) -> Meeting:
    try:
        return one_meeting(call.store, number, organisation=call.organisation)
    except InputError:
        raise HTTPException(404) from None


def _note(call: Call, what: str, number: int) -> None:
    call.note(what, f"meeting {number}")


def end_of_day(day: str, zone: str) -> datetime | None:
    """Return the last minute of a day that a form names, None for no day; InputError for what is no day."""
    if not day:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(day).date(), time(23, 59), ZoneInfo(zone))
    except ValueError:
        raise InputError("That is no date. Write it like 2026-12-24.") from None
