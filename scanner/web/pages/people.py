"""People: who may sign in and with which role, invitations, and the audit of what everybody did."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from scanner.actions.passkeys import holders, remove_all_passkeys
from scanner.actions.people import (
    AccountRole,
    Invite,
    all_invites,
    all_people,
    invite,
    remove_second_factor,
    revoke_invite,
    set_disabled,
    set_role,
)
from scanner.actions.reviewing import audit_entries
from scanner.errors import InputError
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_AUDIT_SHOWN = 200


@router.get("/people")
def people_page(call: Caller, done: str = "") -> Response:
    """List everybody who can sign in."""
    return _page(call, done=done)


@router.post("/people/invite")
def invite_person(request: Request, call: Caller, form: Form) -> Response:
    """Make a link that is good once, and show it once."""
    email = text(form, "email", most=320).strip()
    try:
        role = AccountRole(text(form, "role"))
        token = invite(
            call.store,
            organisation=call.organisation.id,
            email=email,
            role=role,
            actor=call.who.email,
            now=call.now,
        )
    except ValueError:
        raise InputError("Choose what they may do.") from None
    base = call.desk.public_address or str(request.base_url).rstrip("/")
    return _page(call, link=f"{base}/join/{token}", invited=email)


@router.post("/people/invitations/{number}/revoke")
def revoke_invitation(call: Caller, number: Number) -> Response:
    """Take an invitation back."""
    if number not in {entry.id for entry in _invites(call)}:
        raise HTTPException(404)
    revoke_invite(call.store, number, organisation=call.organisation.id, actor=call.who.email, now=call.now)
    return RedirectResponse("/people?done=revoked", status_code=303)


@router.post("/people/{number}/role")
def change_role(call: Caller, number: Number, form: Form) -> Response:
    """Give somebody another role."""
    _existing(call, number)
    try:
        role = AccountRole(text(form, "role"))
    except ValueError:
        raise InputError("Choose what they may do.") from None
    set_role(call.store, number, role, organisation=call.organisation.id, actor=call.who.email, now=call.now)
    return RedirectResponse("/people?done=role", status_code=303)


@router.post("/people/{number}/disable")
def disable_person(call: Caller, number: Number) -> Response:
    """Sign somebody out everywhere and keep them from signing in."""
    return _set_disabled(call, number, disabled=True)


@router.post("/people/{number}/enable")
def enable_person(call: Caller, number: Number) -> Response:
    """Let somebody sign in again."""
    return _set_disabled(call, number, disabled=False)


@router.post("/people/{number}/second-factor/remove")
def reset_second_factor(call: Caller, number: Number) -> Response:
    """Take the second factor from somebody who lost their phone."""
    _existing(call, number)
    remove_second_factor(
        call.store,
        number,
        password=None,
        organisation=call.organisation.id,
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse("/people?done=saved", status_code=303)


@router.post("/people/{number}/passkeys/remove")
def reset_passkeys(call: Caller, number: Number) -> Response:
    """Take every passkey from somebody who lost them."""
    _existing(call, number)
    remove_all_passkeys(
        call.store,
        number,
        organisation=call.organisation.id,
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse("/people?done=saved", status_code=303)


@router.get("/people/audit")
def audit_page(call: Caller) -> Response:
    """Show what everybody did, newest first."""
    entries = audit_entries(call.store, organisation=call.organisation.id, count=_AUDIT_SHOWN)
    return show("audit.html", call=call, entries=entries)


def _set_disabled(call: Call, number: int, *, disabled: bool) -> Response:
    _existing(call, number)
    set_disabled(
        call.store,
        number,
        disabled=disabled,
        organisation=call.organisation.id,
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse(f"/people?done={'disabled' if disabled else 'enabled'}", status_code=303)


def _existing(call: Call, number: int) -> None:
    if number not in {person.id for person in all_people(call.store, organisation=call.organisation.id)}:
        raise HTTPException(404)


def _invites(call: Call) -> list[Invite]:
    return all_invites(call.store, organisation=call.organisation.id, now=call.now)


def _page(call: Call, *, done: str = "", link: str = "", invited: str = "") -> Response:
    people = all_people(call.store, organisation=call.organisation.id)
    return show(
        "people.html",
        call=call,
        done=done,
        people=people,
        with_passkey=holders(call.store, people),
        invites=_invites(call),
        roles=list(AccountRole),
        link=link,
        invited=invited,
    )
