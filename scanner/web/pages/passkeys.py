"""Sign in with a passkey."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response

from scanner.actions.passkeys import (
    LONGEST_ANSWER,
    new_challenge,
    passkey_question,
    sign_in_with_passkey,
)
from scanner.errors import InputError
from scanner.web.arriving import (
    address_of,
    passkey_place,
    sign_in_form,
    too_often,
    visitor_secret,
    welcome,
)
from scanner.web.desk import Desk
from scanner.web.door import Form, own_path, text

router = APIRouter(include_in_schema=False)


@router.post("/sign-in/passkey/question")
def ask_for_passkey(request: Request) -> Response:
    """Return what the visitor's browser answers with a passkey: good once, for this visitor."""
    desk: Desk = request.app.state.desk
    place = passkey_place(request)
    if place is None:
        raise HTTPException(404)
    if wait := too_often(request, _guessed(request)):
        return PlainTextResponse(wait[0], status_code=429, headers={"Retry-After": wait[1]})
    challenge = new_challenge()
    desk.challenges.keep(visitor_secret(request), challenge, desk.clock())
    return Response(passkey_question(challenge, place=place), media_type="application/json")


@router.post("/sign-in/passkey")
def prove_passkey(request: Request, form: Form) -> Response:
    """Start a whole session: a passkey sees by itself that its owner is there."""
    desk: Desk = request.app.state.desk
    now, place = desk.clock(), passkey_place(request)
    if place is None:
        raise HTTPException(404)
    back, guessed = own_path(text(form, "back")), _guessed(request)
    if wait := too_often(request, guessed):
        return sign_in_form(request, status=429, back=back, says=wait[0])
    try:
        done = sign_in_with_passkey(
            desk.store,
            text(form, "credential", most=LONGEST_ANSWER),
            challenge=desk.challenges.take(visitor_secret(request), now),
            place=place,
            now=now,
        )
    except InputError as error:
        desk.throttle.failed(guessed, address_of(request), now)
        return sign_in_form(request, status=403, back=back, says=str(error))
    desk.throttle.succeeded(guessed, address_of(request))
    return welcome(desk, done, back)


def _guessed(request: Request) -> str:
    """Count by address: whose account it is shows only in the answer, and is the guesser's to choose."""
    return f"passkey from {address_of(request)}"
