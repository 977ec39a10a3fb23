"""The language and the time zone in which somebody reads the desk."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.people import set_reading
from scanner.errors import InputError
from scanner.web.door import Caller, Form, text
from scanner.web.language import N_, languages

router = APIRouter(include_in_schema=False)


@router.post("/account/language")
def choose_language(call: Caller, form: Form) -> Response:
    """Keep what somebody chose; empty leaves the language to their browser, the zone to the organisation."""
    code = text(form, "language", most=10)
    if code and code not in languages():
        raise InputError(N_("There is no such language here."))
    set_reading(
        call.store,
        call.who.id,
        language=code,
        timezone=text(form, "timezone", most=60).strip(),
        organisation=call.organisation.id,
        now=call.now,
    )
    return RedirectResponse("/account?done=saved", status_code=303)
