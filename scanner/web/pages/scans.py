"""Scans: what was and was not read, and a new one at once, with its progress."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.reviewing import look_soon, some_scans, waiting_sources
from scanner.errors import InputError
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, text
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_SHOWN = 20


@router.get("/scans")
def scans_page(call: Caller, done: str = "") -> Response:
    """Show the last scans with their coverage."""
    return _page(call, "scans.html", done=done)


@router.get("/scans/progress")
def scan_progress(call: Caller) -> Response:
    """Show only what is going on now, for the page that asks again by itself."""
    return _page(call, "progress.html")


@router.post("/scans/now")
def scan_soon(call: Caller, form: Form) -> Response:
    """Queue a scan of one source, or of all."""
    named = text(form, "source", most=100)
    sources = call.desk.settings().sources
    if named and named not in sources:
        raise InputError("There is no such source.")
    if not sources:
        return RedirectResponse("/scans?done=nothing", status_code=303)
    look_soon(call.store, [named] if named else sources, now=call.now)
    call.note("scan asked for", named or "all sources")
    back = "/start" if text(form, "start") == "yes" else "/scans"
    return RedirectResponse(f"{back}?done=queued", status_code=303)


def _page(call: Call, template: str, *, done: str = "") -> Response:
    return show(
        template,
        call=call,
        done=done,
        scans=some_scans(call.store, count=_SHOWN),
        waiting=waiting_sources(call.store),
        any_sources=bool(call.desk.settings().sources),
    )
