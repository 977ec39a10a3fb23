"""Sign in, with a second factor where there is one; join by invitation; sign out; one's own account."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from scanner.actions.passwords import new_second_factor, new_token, second_factor_address
from scanner.actions.people import (
    accept_invite,
    add_second_factor,
    change_password,
    invited,
    remove_second_factor,
)
from scanner.actions.signing_in import SignedIn, prove, sign_out, start_session, visitor
from scanner.actions.signing_in import sign_in as start_session_of
from scanner.actions.tokens import make_token, revoke_token, tokens_of
from scanner.errors import InputError
from scanner.web.codes import picture
from scanner.web.desk import Desk
from scanner.web.door import Caller, Form, Number, form_cookie, language_of, own_path, text
from scanner.web.screen import show, show_form, span

router = APIRouter(include_in_schema=False)

_TOKEN_LETTERS = 40
_WRONG = "This address and password do not belong together."


@router.get("/sign-in")
def sign_in_page(request: Request, back: str = "/") -> Response:
    """Ask who it is."""
    return _form(request, "sign_in.html", back=own_path(back), says="", email="")


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """Start a session, slower and slower for whoever guesses."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    email, back = text(form, "email", most=320), own_path(text(form, "back"))
    address = request.client.host if request.client else ""
    wait = desk.throttle.wait(email, address, now)
    if wait is not None:
        language = language_of(request)
        says = language.gettext("There were too many attempts. Wait %(length)s and try again.") % {
            "length": span(wait, language)
        }
        answer = _form(request, "sign_in.html", status=429, back=back, says=says, email=email)
        answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return answer
    done = start_session_of(desk.store, email=email, password=text(form, "password"), now=now)
    if done is None:
        desk.throttle.failed(email, address, now)
        return _form(request, "sign_in.html", status=403, back=back, says=_WRONG, email=email)
    desk.throttle.succeeded(email, address)
    return _welcome(desk, done, back)


@router.get("/sign-in/code")
def code_page(request: Request, back: str = "/") -> Response:
    """Ask for the second factor."""
    return _form(request, "code.html", back=own_path(back), says="")


@router.post("/sign-in/code")
def prove_code(request: Request, form: Form) -> Response:
    """Take the second factor and make the session whole, under a new token."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    back, half = own_path(text(form, "back")), request.cookies.get(desk.cookie, "")
    address = request.client.host if request.client else ""
    # By the account, since whoever has the password could begin anew after every few guesses.
    known = visitor(desk.store, half, now=now)
    guessed = f"code of {known.someone.email if known else 'nobody'}"
    if desk.throttle.wait(guessed, address, now) is not None:
        return _form(request, "sign_in.html", status=429, back=back, says="Too many attempts.", email="")
    try:
        whole = prove(desk.store, half, code=text(form, "code", most=20), now=now)
    except InputError as error:
        desk.throttle.failed(guessed, address, now)
        return _form(request, "code.html", status=403, back=back, says=str(error))
    return _welcome(desk, SignedIn(token=whole, needs_code=False), back)


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
    desk: Desk = request.app.state.desk
    found = invited(desk.store, invite, now=desk.clock())
    return _form(request, "join.html", email=found.email, new=found.account is None, says="")


@router.post("/join/{invite}")
def accept(request: Request, invite: str, form: Form) -> Response:
    """Use the invitation up and sign its person in."""
    desk: Desk = request.app.state.desk
    now = desk.clock()
    found = invited(desk.store, invite, now=now)
    password = text(form, "password")
    try:
        if password != text(form, "again"):
            raise InputError("The two passwords are not the same.")
        joined = accept_invite(desk.store, invite, password=password, now=now)
    except InputError as error:
        new = found.account is None
        return _form(request, "join.html", status=400, email=found.email, new=new, says=str(error))
    first = joined.made == now and joined.role.value == "owner"
    return _welcome(desk, start_session(desk.store, joined, now=now), "/start" if first else "/")


@router.get("/account")
def second_factor_page(call: Caller, done: str = "") -> Response:
    """Show one's own account: password, and the second factor with a new secret to scan."""
    return _account(call, done=done)


@router.post("/account/password")
def own_password(call: Caller, form: Form) -> Response:
    """Change one's own password."""
    try:
        if text(form, "password") != text(form, "again"):
            raise InputError("The two new passwords are not the same.")
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
        return _account(call, says=str(error), status=400)
    return RedirectResponse("/account?done=password", status_code=303)


@router.post("/account/second-factor")
def add_factor(call: Caller, form: Form) -> Response:
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
        return _account(call, says=str(error), secret=secret, status=400)
    return RedirectResponse("/account?done=factor", status_code=303)


@router.post("/account/second-factor/remove")
def drop_factor(call: Caller, form: Form) -> Response:
    """Ask for the password only, for whoever knows it."""
    remove_second_factor(
        call.store,
        call.who.id,
        password=text(form, "password"),
        organisation=call.organisation.id,
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse("/sign-in", status_code=303)


@router.post("/account/tokens")
def make_api_token(call: Caller, form: Form) -> Response:
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
        return _account(call, says=str(error), status=400)
    return _account(call, made=token)


@router.post("/account/tokens/{number}/revoke")
def revoke_api_token(call: Caller, number: Number) -> Response:
    """Make one's own token good for nothing."""
    if number not in {entry.id for entry in tokens_of(call.store, call.who)}:
        raise HTTPException(404)
    revoke_token(call.store, call.who, number, now=call.now)
    return RedirectResponse("/account?done=saved", status_code=303)


def _account(
    call: Caller, *, done: str = "", says: str = "", secret: str = "", made: str = "", status: int = 200
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
        code=picture(address) if address else "",
    )


def _form(request: Request, template: str, *, status: int = 200, **values: str | bool) -> Response:
    """Show a form to somebody who is not signed in, with a cookie of its own against forged ones."""
    desk: Desk = request.app.state.desk
    name = form_cookie(desk)
    known = request.cookies.get(name, "")
    secret = known if len(known) >= _TOKEN_LETTERS else new_token()
    answer = show_form(template, secret=secret, status=status, language=language_of(request), values=values)
    if secret != known:
        answer.set_cookie(name, secret, secure=desk.secure, httponly=True, samesite="lax", path="/")
    return answer


def _welcome(desk: Desk, done: SignedIn, back: str) -> Response:
    answer = RedirectResponse(f"/sign-in/code?back={back}" if done.needs_code else back, status_code=303)
    answer.set_cookie(desk.cookie, done.token, secure=desk.secure, httponly=True, samesite="lax", path="/")
    return answer
