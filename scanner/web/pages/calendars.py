"""Calendars that keep the register up to date: follow one, see what it says, pause it, forget it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from scanner.actions.calendar_update import Refreshed
from scanner.actions.calendars import (
    all_calendars,
    follow_calendar,
    forget_calendar,
    one_calendar,
    pause_calendar,
    refresh_calendar,
    resume_calendar,
    try_calendar,
)
from scanner.errors import InputError, SourceError
from scanner.invitations.calendars import CalendarEvent
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.screen import show
from storage.calendars import Calendar

router = APIRouter(include_in_schema=False)

_SHOWN = 30


@router.get("/calendars")
def calendars_page(call: Caller, done: str = "") -> Response:
    """List the calendars: when each was read, and since when it cannot be."""
    return _page(call, done=done)


@router.post("/calendars")
def add_calendar(call: Caller, form: Form) -> Response:
    """Follow a calendar and read it at once; one that cannot be read is followed all the same."""
    address = text(form, "address").strip()
    try:
        calendar = follow_calendar(
            call.workspace, address, name=text(form, "name", most=300).strip() or None, now=call.now
        )
    except InputError as error:
        return _page(call, says=str(error))
    call.note("calendar followed", calendar.name)
    return _page(call, reading=refresh_calendar(call.workspace, calendar, clock=call.desk.clock))


@router.post("/calendars/{number}/try")
def check_calendar(call: Caller, number: Number) -> Response:
    """Read a calendar and show what is understood. Nothing is registered."""
    calendar = _existing(call, number)
    call.note("calendar tried", calendar.name)
    try:
        return _page(call, tried=calendar, events=try_calendar(call.workspace, calendar))
    except SourceError as fault:
        return _page(call, tried=calendar, fault=str(fault))


@router.post("/calendars/{number}/read")
def read_calendar(call: Caller, number: Number) -> Response:
    """Read a calendar now and bring the register up to date with it."""
    calendar = _existing(call, number)
    call.note("calendar read", calendar.name)
    return _page(call, reading=refresh_calendar(call.workspace, calendar, clock=call.desk.clock))


@router.post("/calendars/{number}/pause")
def pause_reading(call: Caller, number: Number) -> Response:
    """Read a calendar no more until it is resumed."""
    return _change(call, number, "paused", lambda: pause_calendar(call.workspace, number, now=call.now))


@router.post("/calendars/{number}/resume")
def resume_reading(call: Caller, number: Number) -> Response:
    """Read a calendar again."""
    return _change(call, number, "resumed", lambda: resume_calendar(call.workspace, number))


@router.get("/calendars/{number}/remove")
def remove_calendar_page(call: Caller, number: Number) -> Response:
    """Ask whether a calendar is really not to be followed any more."""
    return show("calendars/remove.html", call=call, calendar=_existing(call, number))


@router.post("/calendars/{number}/remove")
def remove_calendar(call: Caller, number: Number) -> Response:
    """Follow a calendar no longer. Its meetings stay in the register."""
    return _change(call, number, "forgotten", lambda: forget_calendar(call.workspace, number))


def _change(call: Call, number: int, what: str, act: Callable[[], Calendar]) -> Response:
    _existing(call, number)
    call.note(f"calendar {what}", act().name)
    return RedirectResponse(f"/calendars?done=calendar-{what}", status_code=303)


def _existing(call: Call, number: int) -> Calendar:
    try:
        return one_calendar(call.workspace, number)
    except InputError:
        raise HTTPException(404) from None


def _page(
    call: Call,
    *,
    done: str = "",
    says: str = "",
    reading: Refreshed | None = None,
    tried: Calendar | None = None,
    events: tuple[CalendarEvent, ...] = (),
    fault: str = "",
) -> Response:
    meetings = [event.meeting for event in events if event.meeting.rooms and not event.cancelled]
    return show(
        "calendars/list.html",
        call=call,
        status=400 if says else 200,
        done=done,
        says=says,
        calendars=all_calendars(call.workspace),
        reading=reading,
        tried=tried,
        fault=fault,
        events=len(events),
        meetings=meetings[:_SHOWN],
        more=len(meetings) - _SHOWN,
    )
