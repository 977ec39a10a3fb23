"""Stop mail by the page that each mail names in its header: for people, and for mail programs by one click.

Nobody signs in here: the token in the address, which only its owner's mails hold, is the proof. So mail
programs can post there (RFC 8058); looking changes nothing, since programs look at every address in a mail.
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from scanner.actions.stopping import stop_mail, whose
from scanner.scans.mailing import PAGE
from scanner.web.desk import Desk
from scanner.web.door import Form, language_of, text
from scanner.web.screen import show_form
from storage.recipients import Recipient

router = APIRouter(include_in_schema=False)

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What the form must say, by RFC 8058, section 3.1."""


@router.get(PAGE + "{token}")
def stop_page(request: Request, token: str) -> Response:
    """Ask whether they mean it."""
    desk: Desk = request.app.state.desk
    found = whose(desk.store, token)
    if found is None:
        raise HTTPException(404)
    return _page(request, found)


@router.post(PAGE + "{token}")
def stop_mail_now(request: Request, token: str, form: Form) -> Response:
    """Stop it, and answer with a page: mail programs do not follow a redirect."""
    desk: Desk = request.app.state.desk
    name, value = ONE_CLICK
    if text(form, name) != value:
        raise HTTPException(400, "This form is not complete.")
    found = stop_mail(desk.store, token, now=desk.clock())
    if found is None:
        raise HTTPException(404)
    return _page(request, found)


def _page(request: Request, found: Recipient) -> Response:
    local, _, domain = found.address.rpartition("@")
    return show_form(
        "stop.html",
        language=language_of(request),
        values={
            "address": f"{local[:1]}…@{domain}",
            "channel": found.channel,
            "stopped": found.stopped is not None,
            "one_click": ONE_CLICK,
        },
    )
