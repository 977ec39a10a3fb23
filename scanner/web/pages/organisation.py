"""The organisation's name and time zone, and what changes with them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.organisations import change_organisation
from scanner.errors import InputError
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, text
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)


@router.get("/organisation")
def organisation_page(call: Caller, done: str = "") -> Response:
    """Show name and time zone, to be changed."""
    return _page(call, name=call.organisation.name, zone=call.organisation.timezone, done=done)


@router.post("/organisation")
def rename_organisation(call: Caller, form: Form) -> Response:
    """Take another name or time zone."""
    name, zone = text(form, "name", most=300), text(form, "timezone", most=100).strip()
    try:
        change_organisation(
            call.store, call.organisation, name=name, timezone=zone, actor=call.who.email, now=call.now
        )
    except InputError as error:
        return _page(call, name=name, zone=zone, says=str(error))
    return RedirectResponse("/organisation?done=saved", status_code=303)


def _page(call: Call, *, name: str, zone: str, done: str = "", says: str = "") -> Response:
    return show(
        "organisation.html",
        call=call,
        status=400 if says else 200,
        done=done,
        says=says,
        name=name,
        timezone=zone,
    )
