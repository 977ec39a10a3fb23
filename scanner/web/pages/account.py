"""One's own account: password, second factor, passkeys, programs that act for one."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from scanner.actions.passkeys import (
    LONGEST_ANSWER,
    add_passkey,
    begin_passkey,
    passkeys_of,
    remove_passkey,
)
from scanner.actions.passwords import (
    SHORTEST,
    SHORTEST_ALONE,
    new_second_factor,
    second_factor_address,
)
from scanner.actions.people import add_second_factor, change_password, remove_second_factor
from scanner.actions.tokens import make_token, revoke_token, tokens_of
from scanner.errors import InputError
from scanner.web.arriving import address_of, passkey_place, provider_of, too_often
from scanner.web.codes import picture
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.language import N_
from scanner.web.screen import show
from scanner.web.sentences import say

router = APIRouter(include_in_schema=False)


@router.get("/account")
def second_factor_page(request: Request, call: Caller, done: str = "") -> Response:
    """Show one's own account: ways in, and the second factor with a new secret to scan."""
    return _account(request, call, done=done)


@router.post("/account/password")
def own_password(request: Request, call: Caller, form: Form) -> Response:
    """Change one's own password."""
    try:
        if text(form, "password") != text(form, "again"):
            raise InputError(N_("The two new passwords are not the same."))
        change_password(
            call.store,
            call.who.id,
            old=text(form, "old"),
            new=text(form, "password"),
            organisation=call.organisation.id,
            session=call.session,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), status=400)
    return RedirectResponse("/account?done=password", status_code=303)


@router.post("/account/second-factor")
def add_factor(request: Request, call: Caller, form: Form) -> Response:
    """Ask for codes from now on."""
    secret = text(form, "secret", most=64)
    try:
        add_second_factor(
            call.store,
            call.who.id,
            secret=secret,
            code=text(form, "code", most=20),
            organisation=call.organisation.id,
            session=call.session,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), secret=secret, status=400)
    return RedirectResponse("/account?done=factor", status_code=303)


@router.post("/account/second-factor/remove")
def drop_factor(request: Request, call: Caller, form: Form) -> Response:
    """Ask for the password only, for whoever knows it."""
    try:
        remove_second_factor(
            call.store,
            call.who.id,
            password=text(form, "password"),
            organisation=call.organisation.id,
            actor=call.who.email,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), status=400)
    return RedirectResponse("/sign-in", status_code=303)


@router.post("/account/passkeys/question")
def ask_for_new_passkey(request: Request, call: Caller, form: Form) -> Response:
    """Return what the visitor's browser makes a passkey from, to whoever knows the password."""
    desk, address = call.desk, address_of(request)
    place = passkey_place(request)
    if place is None:
        raise HTTPException(404)
    guessed = f"password of {call.who.email}"
    if wait := too_often(request, guessed):
        return PlainTextResponse(wait[0], status_code=429, headers={"Retry-After": wait[1]})
    try:
        enrolment = begin_passkey(call.store, call.who, password=text(form, "password"), place=place)
    except InputError as error:
        desk.throttle.failed(guessed, address, call.now)
        return PlainTextResponse(say(str(error), call.language), status_code=400)
    desk.throttle.succeeded(guessed, address)
    desk.enrolments.keep(call.session, enrolment, call.now)
    return Response(enrolment.options, media_type="application/json")


@router.post("/account/passkeys")
def add_own_passkey(request: Request, call: Caller, form: Form) -> Response:
    """Keep the passkey that the visitor's browser made."""
    place = passkey_place(request)
    if place is None:
        raise HTTPException(404)
    try:
        add_passkey(
            call.store,
            call.who,
            call.desk.enrolments.take(call.session, call.now),
            answer=text(form, "credential", most=LONGEST_ANSWER),
            name=text(form, "name", most=200),
            place=place,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), status=400)
    return RedirectResponse("/account?done=passkey", status_code=303)


@router.post("/account/passkeys/{number}/remove")
def remove_own_passkey(request: Request, call: Caller, number: Number) -> Response:
    """Remove one of one's own passkeys, unless it is the only way in."""
    if number not in {each.id for each in passkeys_of(call.store, call.who)}:
        raise HTTPException(404)
    try:
        remove_passkey(
            call.store,
            call.who,
            number,
            provider=provider_of(call.desk) is not None,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), status=400)
    # The session that began with it is over, and then this leads to the front door.
    return RedirectResponse("/account?done=saved", status_code=303)


@router.post("/account/tokens")
def make_api_token(request: Request, call: Caller, form: Form) -> Response:
    """Make a token for a program and show it, once."""
    try:
        token = make_token(
            call.store,
            call.who,
            name=text(form, "name", most=200),
            may_write=text(form, "write") == "yes" and call.who.may_change,
            now=call.now,
        )
    except InputError as error:
        return _account(request, call, says=str(error), status=400)
    return _account(request, call, made=token)


@router.post("/account/tokens/{number}/revoke")
def revoke_api_token(call: Caller, number: Number) -> Response:
    """Make one's own token good for nothing."""
    if number not in {entry.id for entry in tokens_of(call.store, call.who)}:
        raise HTTPException(404)
    revoke_token(call.store, call.who, number, now=call.now)
    return RedirectResponse("/account?done=saved", status_code=303)


def _account(
    request: Request,
    call: Call,
    *,
    done: str = "",
    says: str = "",
    secret: str = "",
    made: str = "",
    status: int = 200,
) -> Response:
    secret = "" if call.who.second_factor else secret or new_second_factor()
    address = second_factor_address(secret, email=call.who.email) if secret else ""
    return show(
        "account.html",
        call=call,
        status=status,
        done=done,
        says=says,
        secret=secret,
        made=made,
        tokens=tokens_of(call.store, call.who),
        passkeys=passkeys_of(call.store, call.who),
        passkeys_work=passkey_place(request) is not None,
        shortest=SHORTEST if call.who.second_factor else SHORTEST_ALONE,
        shortest_alone=SHORTEST_ALONE,
        shortest_with=SHORTEST,
        code=picture(address) if address else "",
    )
