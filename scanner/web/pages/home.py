"""The front page: what is wrong, in ten seconds."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from scanner.actions.reviewing import NEEDS_REVIEW, front, some_exposures
from scanner.actions.upcoming import upcoming
from scanner.errors import ConfigError
from scanner.settings import Settings
from scanner.web.door import Caller
from scanner.web.pictures.countdown import nearness
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_SHOWN = 12


@router.get("/")
def home_page(call: Caller, done: str = "") -> Response:
    """Show the next meetings with a plain state each, what needs review, and what could not be read."""
    fault = ""
    try:
        settings = call.desk.settings()
    except ConfigError as error:
        settings, fault = Settings(), str(error)
    meetings, total = upcoming(
        call.store,
        organisation=call.organisation.id,
        sources=settings.sources,
        diary=call.desk.diary,
        now=call.now,
        count=_SHOWN,
    )
    return show(
        "home.html",
        call=call,
        done=done,
        fault=fault if call.is_operator else "",
        meetings=[entry for entry in meetings if entry.starts is not None],
        total=total,
        front=front(call.store, organisation=call.organisation.id, sources=settings.sources),
        worst=some_exposures(
            call.store, organisation=call.organisation.id, states=NEEDS_REVIEW, first=0, count=3
        ),
        sources=len(settings.sources),
        next_run=call.desk.next_run(settings, call.organisation.timezone, call.now),
        channels=len(settings.channels),
        nearness=nearness,
    )
