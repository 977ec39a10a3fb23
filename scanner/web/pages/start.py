"""The first three minutes: zone, a meeting, a page, a mail, a scan."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from scanner.actions.drills import last_drills
from scanner.actions.reviewing import some_scans, waiting_sources
from scanner.actions.upcoming import upcoming
from scanner.web.door import Caller
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)


@router.get("/start")
def start_page(call: Caller, done: str = "") -> Response:
    """Show what is done and what comes next, each step with its place."""
    settings = call.desk.settings()
    _, meetings = upcoming(
        call.store,
        organisation=call.organisation.id,
        sources=settings.sources,
        diary=call.desk.diary,
        now=call.now,
        count=1,
    )
    return show(
        "start.html",
        call=call,
        done=done,
        meetings=meetings,
        sources=list(settings.sources),
        channels=list(settings.channels),
        schedules=len(settings.schedules),
        scans=some_scans(call.store, count=1),
        waiting=waiting_sources(call.store),
        drill=next(iter(last_drills(call.store, organisation=call.organisation.id)), None),
    )
