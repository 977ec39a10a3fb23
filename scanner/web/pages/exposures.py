"""Exposures: the list that needs people, and one with everything known about it."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from scanner.actions.alerts import told_and_not
from scanner.actions.exposures import (
    CLOSED_BY_PEOPLE,
    ListedExposure,
    change_state,
    one_exposure,
    reopen,
    snooze,
)
from scanner.actions.meetings import one_meeting
from scanner.actions.reports import report_page
from scanner.actions.reviewing import (
    DONE,
    IN_HAND,
    NEEDS_REVIEW,
    SNOOZED,
    add_note,
    exposure_counts,
    note_reveal,
    some_exposures,
)
from scanner.actions.upcoming import meeting_starts
from scanner.alerts.steps import steps
from scanner.errors import InputError
from scanner.model import OPEN_STATES, ExposureState, SightingState, Wait
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.language import N_
from scanner.web.pages.meeting import end_of_day
from scanner.web.pictures.countdown import nearness
from scanner.web.pictures.timeline import HAPPENINGS, timeline
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_A_PAGE = 30
_SNOOZES = {"day": timedelta(days=1), "week": timedelta(days=7)}
_FILTERS = {
    "review": (N_("Needs review"), NEEDS_REVIEW),
    "hand": (N_("In hand"), IN_HAND),
    "snoozed": (N_("Snoozed"), SNOOZED),
    "done": (N_("Done"), DONE),
}


@router.get("/exposures")
def exposures_page(call: Caller, only: str = "review", page: int = 1, done: str = "") -> Response:
    """List the exposures of one filter, worst first."""
    if only not in _FILTERS or not 1 <= page <= 100_000:
        raise HTTPException(404)
    states = _FILTERS[only][1]
    counts = exposure_counts(call.store, organisation=call.organisation.id)
    total = sum(counts.get(state, 0) for state in states)
    found = some_exposures(
        call.store,
        organisation=call.organisation.id,
        states=states,
        first=(page - 1) * _A_PAGE,
        count=_A_PAGE,
    )
    starts = meeting_starts(
        call.store,
        {entry.exposure.meeting for entry in found},
        organisation=call.organisation.id,
        diary=call.desk.diary,
        now=call.now,
    )
    return show(
        "exposures/list.html",
        call=call,
        done=done,
        chosen=only,
        filters=[
            (key, label, sum(counts.get(state, 0) for state in some))
            for key, (label, some) in _FILTERS.items()
        ],
        found=found,
        starts=starts,
        page=page,
        pages=max(1, -(-total // _A_PAGE)),
        GONE=SightingState.GONE,
        ever=bool(counts),
    )


@router.post("/exposures/acknowledge")
def acknowledge_many(call: Caller, form: Form) -> Response:
    """Acknowledge everything that was ticked."""
    numbers = [int(value) for value in form.getlist("exposure") if isinstance(value, str) and value.isdigit()]
    for number in numbers[:_A_PAGE]:
        _existing(call, number)
        _decide(call, number, ExposureState.ACKNOWLEDGED, "")
    return RedirectResponse("/exposures?done=acknowledged", status_code=303)


@router.get("/exposures/report")
def report_form(call: Caller) -> Response:
    """Ask what somebody saw, and where."""
    return show("exposures/report.html", call=call, says="", address="", outcome=None)


@router.post("/exposures/report")
def report_sighting(call: Caller, form: Form) -> Response:
    """Take what somebody saw: it is searched for meetings of ours and not kept."""
    address = text(form, "address").strip()
    pasted = text(form, "pasted", most=1024 * 1024)
    try:
        outcome = report_page(
            call.workspace,
            address,
            pasted=pasted.encode("utf-8", "replace") if pasted.strip() else None,
            by=call.who.email,
            clock=call.desk.clock,
        )
    except InputError as error:
        return show(
            "exposures/report.html", call=call, status=400, says=str(error), address=address, outcome=None
        )
    call.note("page reported", f"{len(outcome.exposures)} of our meetings named")
    return show("exposures/report.html", call=call, says="", address="", outcome=outcome)


@router.post("/exposures/{number}/note")
def note_exposure(call: Caller, number: Number, form: Form) -> Response:
    """Write a note into the history."""
    _existing(call, number)
    add_note(
        call.store,
        number,
        organisation=call.organisation.id,
        actor=call.who.email,
        note=text(form, "note"),
        now=call.now,
    )
    _audit(call, number, "note")
    return RedirectResponse(f"/exposures/{number}?done=noted", status_code=303)


@router.get("/exposures/{number}")
def exposure_page(call: Caller, number: Number, done: str = "") -> Response:
    """Show one exposure: where, why it is serious, what to do, what happened."""
    return _page(call, number, done=done)


@router.post("/exposures/{number}/reveal")
def reveal(call: Caller, number: Number) -> Response:
    """Show the rooms of an exposure in full, once, and write down that somebody saw them."""
    entry = _existing(call, number)
    note_reveal(
        call.store,
        organisation=call.organisation.id,
        what=f"rooms and addresses of exposure {number} ({entry.meeting})",
        actor=call.who.email,
        now=call.now,
    )
    return _page(call, number, revealed=True)


@router.post("/exposures/{number}/acknowledge")
def acknowledge(call: Caller, number: Number, form: Form) -> Response:
    """Say that somebody is dealing with it."""
    _existing(call, number)
    _decide(call, number, ExposureState.ACKNOWLEDGED, text(form, "note"))
    return RedirectResponse(f"/exposures/{number}?done=acknowledged", status_code=303)


@router.post("/exposures/{number}/close")
def close(call: Caller, number: Number, form: Form) -> Response:
    """Say what became of it."""
    _existing(call, number)
    how = text(form, "as")
    if how not in CLOSED_BY_PEOPLE:
        raise InputError("Say what became of it.")
    until = end_of_day(text(form, "until"), call.zone)
    if until is not None and how != ExposureState.INTENDED:
        raise InputError("A day belongs only to what is meant to stand there: leave it out, or choose that.")
    wait = None if until is None else Wait(until=until)
    _decide(call, number, ExposureState(how), text(form, "note"), wait=wait)
    return RedirectResponse(f"/exposures/{number}?done=closed", status_code=303)


@router.post("/exposures/{number}/snooze")
def snooze_exposure(call: Caller, number: Number, form: Form) -> Response:
    """Put an exposure off: for a while, until its next meeting nears, or until it turns up elsewhere."""
    _existing(call, number)
    how = text(form, "until")
    if how not in (*_SNOOZES, "meeting", "elsewhere"):
        raise InputError("Say until when.")
    snooze(
        call.workspace,
        number,
        until=call.now + _SNOOZES[how] if how in _SNOOZES else None,
        next_meeting=how == "meeting",
        elsewhere=how == "elsewhere",
        actor=call.who.email,
        note=text(form, "note").strip(),
        now=call.now,
    )
    _audit(call, number, "put off")
    return RedirectResponse(f"/exposures/{number}?done=snoozed", status_code=303)


@router.post("/exposures/{number}/reopen")
def reopen_exposure(call: Caller, number: Number, form: Form) -> Response:
    """Undo whatever was decided."""
    _existing(call, number)
    reopen(call.workspace, number, actor=call.who.email, note=text(form, "note").strip(), now=call.now)
    _audit(call, number, "reopened")
    return RedirectResponse(f"/exposures/{number}?done=reopened", status_code=303)


def _page(call: Call, number: int, *, done: str = "", revealed: bool = False) -> Response:
    entry = _existing(call, number)
    exposure = entry.exposure
    meeting = one_meeting(call.store, exposure.meeting, organisation=call.organisation)
    starts = call.desk.diary.next_start(meeting, call.now)
    deliveries, not_told = told_and_not(call.workspace, exposure)
    platform = exposure.sightings[0].room.platform if exposure.sightings else ""
    return show(
        "exposures/one.html",
        call=call,
        done=done,
        entry=entry,
        exposure=exposure,
        meeting=meeting,
        starts=starts,
        is_open=exposure.state in OPEN_STATES,
        is_new=exposure.state in NEEDS_REVIEW,
        steps=steps(platform, soon=starts is not None),
        deliveries=deliveries,
        not_told=not_told,
        revealed=revealed,
        UP=SightingState.UP,
        line=timeline([exposure], deliveries, starts=starts, now=call.now),
        HAPPENINGS=HAPPENINGS,
        nearness=nearness,
    )


def _existing(call: Call, number: int) -> ListedExposure:
    try:
        return one_exposure(call.store, number, organisation=call.organisation.id)
    except InputError:
        raise HTTPException(404) from None


def _decide(call: Call, number: int, state: ExposureState, note: str, *, wait: Wait | None = None) -> None:
    change_state(
        call.store,
        number,
        state,
        organisation=call.organisation.id,
        actor=call.who.email,
        note=note.strip(),
        now=call.now,
        wait=wait,
    )
    _audit(call, number, state)


def _audit(call: Call, number: int, what: str) -> None:
    call.note(f"exposure: {what}", f"exposure {number}")
