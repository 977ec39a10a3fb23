"""Calendars for programs. Addresses go in and never come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

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
from scanner.web.api.answers import PROBLEMS, Key, moment, once, one
from scanner.web.desk import Call
from scanner.web.door import Caller, Number
from storage.calendars import Calendar

router = APIRouter(prefix="/api/v1", tags=["calendars"], responses=PROBLEMS)


class NewCalendar(BaseModel):
    """The iCal address of a calendar, and what people call it."""

    model_config = ConfigDict(extra="forbid")
    address: Annotated[str, Field(min_length=1, max_length=2000)]
    name: Annotated[str, Field(max_length=200)] = ""


@router.get("/calendars")
def api_calendars(request: Request, call: Caller) -> Response:
    """List the calendars: when each was read, and since when it cannot be."""
    return one(request, {"items": [_object(each) for each in all_calendars(call.workspace)]})


@router.get("/calendars/{number}")
def api_calendar(request: Request, call: Caller, number: Number) -> Response:
    """Show one calendar."""
    return one(request, _object(_existing(call, number)))


@router.post("/calendars")
def api_follow(request: Request, call: Caller, said: NewCalendar, key: Key = None) -> Response:
    """Follow a calendar and read it at once; `reading` says what that brought."""

    def act() -> dict[str, object]:
        calendar = follow_calendar(
            call.workspace, said.address.strip(), name=said.name.strip() or None, now=call.now
        )
        call.note("calendar followed", f"{calendar.name}, by a program")
        return _read(call, calendar)

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/calendars/{number}/read")
def api_read_calendar(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Read a calendar now and bring the register up to date with it."""
    calendar = _existing(call, number)
    call.note("calendar read", f"{calendar.name}, by a program")
    return once(call, request, key, "", lambda: _read(call, calendar))


@router.post("/calendars/{number}/try")
def api_try_calendar(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Read a calendar and count what is understood. Nothing is registered."""
    calendar = _existing(call, number)

    def act() -> dict[str, object]:
        try:
            events = try_calendar(call.workspace, calendar)
        except SourceError as fault:
            return {"fault": str(fault), "events": 0, "meetings": 0}
        meetings = sum(bool(event.meeting.rooms) and not event.cancelled for event in events)
        return {"fault": None, "events": len(events), "meetings": meetings}

    return once(call, request, key, "", act)


@router.post("/calendars/{number}/pause")
def api_pause_calendar(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Read a calendar no more until it is resumed."""
    return _change(
        call, request, key, number, "paused", lambda: pause_calendar(call.workspace, number, now=call.now)
    )


@router.post("/calendars/{number}/resume")
def api_resume_calendar(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Read a calendar again."""
    return _change(call, request, key, number, "resumed", lambda: resume_calendar(call.workspace, number))


@router.post("/calendars/{number}/remove")
def api_remove_calendar(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Follow a calendar no longer. Its meetings stay in the register."""
    return _change(call, request, key, number, "forgotten", lambda: forget_calendar(call.workspace, number))


def _change(
    call: Call, request: Request, key: str | None, number: int, what: str, change: Callable[[], Calendar]
) -> Response:
    def act() -> dict[str, object]:
        _existing(call, number)
        changed = change()
        call.note(f"calendar {what}", f"{changed.name}, by a program")
        return _object(changed)

    return once(call, request, key, "", act)


def _existing(call: Call, number: int) -> Calendar:
    try:
        return one_calendar(call.workspace, number)
    except InputError:
        raise HTTPException(404, "There is no such calendar.") from None


def _read(call: Call, calendar: Calendar) -> dict[str, object]:
    reading = refresh_calendar(call.workspace, calendar, clock=call.desk.clock)
    return {**_object(one_calendar(call.workspace, calendar.id)), "reading": _reading(reading)}


def _reading(reading: Refreshed) -> dict[str, object]:
    return {
        "fault": reading.fault or None,
        "unchanged": reading.unchanged,
        "registered": list(reading.registered),
        "changed": list(reading.changed),
        "ended": list(reading.ended),
        "refused": list(reading.refused),
    }


def _object(calendar: Calendar) -> dict[str, object]:
    return {
        "id": calendar.id,
        "name": calendar.name,
        "read": moment(calendar.read),
        "failing_since": moment(calendar.failing_since),
        "fault": calendar.fault or None,
        "paused_since": moment(calendar.paused_since),
    }
