"""Sources: how each answers, since when, and a try of an address before it goes into the settings."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.reviewing import source_looks, source_standings
from scanner.actions.scans import check_sources
from scanner.actions.sources import pause_source, paused_sources, resume_source
from scanner.actions.trying import Tried, try_address
from scanner.errors import InputError
from scanner.model import Coverage
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, text
from scanner.web.pictures.nights import NIGHTS, in_a_row, nights, tally
from scanner.web.screen import show
from scanner.web.writing import day_of

router = APIRouter(include_in_schema=False)


@router.get("/sources")
def sources_page(call: Caller, done: str = "") -> Response:
    """List the sources with their state and its history."""
    return _page(call, done=done)


@router.post("/sources/check")
def check_source(call: Caller, form: Form) -> Response:
    """Read the first page of one source now and say how it answered."""
    name = text(form, "source", most=100)
    units = call.desk.settings().units([name])
    call.note("source tried", name)
    return _page(call, tried=check_sources(units)[0])


@router.post("/sources/try")
def try_source(call: Caller, form: Form) -> Response:
    """Read an address that somebody typed and say what to write into the settings."""
    address = text(form, "address").strip()
    try:
        found = try_address(call.desk.settings(), address)
    except InputError as error:
        return _page(call, address=address, says=str(error))
    call.note("address tried", "")
    return _page(call, address=address, found=found)


@router.post("/sources/pause")
def pause_looking(call: Caller, form: Form) -> Response:
    """Look at a source no more until somebody resumes it."""
    try:
        pause_source(
            call.store,
            text(form, "source", most=100),
            known=call.desk.settings().sources,
            reason=text(form, "reason"),
            organisation=call.organisation.id,
            actor=call.who.email,
            now=call.now,
        )
    except InputError as error:
        return _page(call, says=str(error))
    return RedirectResponse("/sources?done=paused", status_code=303)


@router.post("/sources/resume")
def resume_looking(call: Caller, form: Form) -> Response:
    """Look at a source again."""
    resume_source(
        call.store,
        text(form, "source", most=100),
        known=call.desk.settings().sources,
        organisation=call.organisation.id,
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse("/sources?done=resumed", status_code=303)


def _page(
    call: Call,
    *,
    done: str = "",
    tried: Coverage | None = None,
    found: Tried | None = None,
    address: str = "",
    says: str = "",
) -> Response:
    settings = call.desk.settings()
    looks = source_looks(call.store, since=call.now - timedelta(days=NIGHTS))
    return show(
        "sources.html",
        call=call,
        status=400 if says else 200,
        sources=source_standings(call.store, sources=settings.sources),
        nights={name: nights(looks.get(name, ()), zone=call.zone, now=call.now) for name in settings.sources},
        tally=tally,
        in_a_row=in_a_row,
        day=partial(day_of, language=call.language),
        paused=paused_sources(call.store, known=settings.sources),
        done=done,
        kinds={source.name: source.kind for source in settings.sources.values()},
        tried=tried,
        found=found,
        address=address,
        says=says,
    )
