"""Sign in, with a second factor where there is one; join by invitation; sign out."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from scanner.actions.passwords import SHORTEST, SHORTEST_ALONE
from scanner.actions.people import accept_invite, has_second_factor, invited
from scanner.actions.signing_in import lengthen, prove, sign_out, start_session, visitor
from scanner.actions.signing_in import sign_in as start_session_of
from scanner.errors import InputError
from scanner.web.arriving import address_of, form_page, sign_in_form, too_often, welcome
from scanner.web.desk import Desk
from scanner.web.door import Caller, Form, own_path, text
from scanner.web.language import N_

router = APIRouter(include_in_schema=False)

_WRONG = N_("This address and password do not belong together.")
_NOT_THE_SAME = N_("The two passwords are not the same.")


@router.get("/sign-in")
def sign_in_page(request: Request, back: str = "/") -> Response:
    """Ask who it is."""
    return sign_in_form(request, back=own_path(back))


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """Start a session, slower and slower for whoever guesses."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    email, back = text(form, "email", most=320), own_path(text(form, "back"))
    if wait := too_often(request, email):
        answer = sign_in_form(request, status=429, back=back, says=wait[0], email=email)
        answer.headers["Retry-After"] = wait[1]
        return answer
    done = start_session_of(desk.store, email=email, password=text(form, "password"), now=now)
    if done is None:
        desk.throttle.failed(email, address_of(request), now)
        return sign_in_form(request, status=403, back=back, says=_WRONG, email=email)
    desk.throttle.succeeded(email, address_of(request))
    return welcome(desk, done, back)


@router.get("/sign-in/code")
def code_page(request: Request, back: str = "/") -> Response:
    """Ask for the second factor."""
    return form_page(request, "code.html", back=own_path(back), says="")


@router.post("/sign-in/code")
def prove_code(request: Request, form: Form) -> Response:
    """Take the second factor and make the session whole, under a new token."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    back, half = own_path(text(form, "back")), request.cookies.get(desk.cookie, "")
    # By the account, since whoever has the password could begin anew after every few guesses.
    known = visitor(desk.store, half, now=now)
    guessed = f"code of {known.someone.email if known else 'nobody'}"
    if wait := too_often(request, guessed):
        return sign_in_form(request, status=429, back=back, says=wait[0])
    try:
        whole = prove(desk.store, half, code=text(form, "code", most=20), now=now)
    except InputError as error:
        desk.throttle.failed(guessed, address_of(request), now)
        return form_page(request, "code.html", status=403, back=back, says=str(error))
    return welcome(desk, whole, back)


@router.get("/sign-in/longer")
def longer_page(request: Request, back: str = "/") -> Response:
    """Ask for a longer password of somebody who lost the second factor that made a short one good."""
    return form_page(request, "longer.html", back=own_path(back), shortest=SHORTEST_ALONE, says="")


@router.post("/sign-in/longer")
def take_longer(request: Request, form: Form) -> Response:
    """Take the longer password and make the session whole, under a new token."""
    desk: Desk = request.app.state.desk
    back, half = own_path(text(form, "back")), request.cookies.get(desk.cookie, "")
    password = text(form, "password")
    try:
        if password != text(form, "again"):
            raise InputError(_NOT_THE_SAME)
        whole = lengthen(desk.store, half, password=password, now=desk.clock())
    except InputError as error:
        says = str(error)
        return form_page(request, "longer.html", status=400, back=back, shortest=SHORTEST_ALONE, says=says)
    return welcome(desk, whole, back)


@router.post("/sign-out")
def sign_out_now(call: Caller) -> Response:
    """End the session, here and in the database."""
    sign_out(call.store, call.session)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(call.desk.cookie, secure=call.desk.secure, httponly=True, samesite="lax")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/join/{invite}")
def invite_page(request: Request, invite: str) -> Response:
    """Ask somebody who was invited for a password."""
    return _join(request, invite)


@router.post("/join/{invite}")
def accept(request: Request, invite: str, form: Form) -> Response:
    """Use the invitation up and sign its person in."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    password = text(form, "password")
    try:
        if password != text(form, "again"):
            raise InputError(_NOT_THE_SAME)
        joined = accept_invite(desk.store, invite, password=password, now=now)
    except InputError as error:
        return _join(request, invite, status=400, says=str(error))
    first = joined.made == now and joined.role.value == "owner"
    return welcome(desk, start_session(desk.store, joined, now=now), "/start" if first else "/")


def _join(request: Request, invite: str, *, status: int = 200, says: str = "") -> Response:
    desk: Desk = request.app.state.desk
    found = invited(desk.store, invite, now=desk.clock())
    return form_page(
        request,
        "join.html",
        status=status,
        email=found.email,
        new=found.account is None,
        shortest=SHORTEST if has_second_factor(desk.store, found) else SHORTEST_ALONE,
        says=says,
    )
