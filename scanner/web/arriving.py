"""What every way in shares: forms for nobody in particular, the cookie that begins a session, guesses."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from scanner.actions.passkeys import Place, place_of
from scanner.actions.passwords import new_token
from scanner.actions.signing_in import SignedIn, Step
from scanner.errors import ConfigError
from scanner.settings import Provider
from scanner.web.desk import Desk
from scanner.web.door import form_cookie, language_of
from scanner.web.screen import show_form
from scanner.web.writing import span

_TOKEN_LETTERS = 40
_NEXT: Final = {Step.CODE: "/sign-in/code", Step.LONGER_PASSWORD: "/sign-in/longer"}


def form_page(request: Request, template: str, *, status: int = 200, **values: str | bool | int) -> Response:
    """Show a form to somebody who is not signed in, with a cookie of its own against forged ones."""
    desk: Desk = request.app.state.desk
    known = visitor_secret(request)
    secret = known or new_token()
    answer = show_form(template, secret=secret, status=status, language=language_of(request), values=values)
    if secret != known:
        give_form_cookie(answer, desk, secret)
    return answer


def give_form_cookie(answer: Response, desk: Desk, secret: str) -> None:
    """Make somebody who is not signed in known again."""
    name = form_cookie(desk)
    answer.set_cookie(name, secret, secure=desk.secure, httponly=True, samesite="lax", path="/")


def sign_in_form(
    request: Request, *, status: int = 200, back: str = "/", says: str = "", email: str = ""
) -> Response:
    """Show the ways in that this desk has."""
    provider = provider_of(request.app.state.desk)
    return form_page(
        request,
        "sign_in.html",
        status=status,
        back=back,
        says=says,
        email=email,
        passkeys=passkey_place(request) is not None,
        provider=provider.name if provider else "",
    )


def provider_of(desk: Desk) -> Provider | None:
    """Return where people may sign in too; nowhere while the settings cannot be read."""
    try:
        return desk.settings().provider
    except ConfigError:
        return None


def visitor_secret(request: Request) -> str:
    """Return what a visitor who is not signed in is known by; empty if they have no cookie of ours."""
    known = request.cookies.get(form_cookie(request.app.state.desk), "")
    return known if len(known) >= _TOKEN_LETTERS else ""


def welcome(desk: Desk, done: SignedIn, back: str) -> Response:
    """Begin a session and lead to what it lacks, or to where somebody wanted to go."""
    lacking = _NEXT.get(done.lacks)
    to = f"{lacking}?back={quote(back, safe='/')}" if lacking else back
    answer = RedirectResponse(to, status_code=303)
    answer.set_cookie(desk.cookie, done.token, secure=desk.secure, httponly=True, samesite="lax", path="/")
    return answer


def address_of(request: Request) -> str:
    """Return the network address that asks."""
    return request.client.host if request.client else ""


def too_often(request: Request, account: str) -> tuple[str, str] | None:
    """Return a sentence and a ``Retry-After`` for whoever failed too often; None if they may try now."""
    desk: Desk = request.app.state.desk
    wait = desk.throttle.wait(account, address_of(request), desk.clock())
    if wait is None:
        return None
    language = language_of(request)
    says = language.gettext("There were too many attempts. Wait %(length)s and try again.") % {
        "length": span(wait, language)
    }
    return says, str(int(wait.total_seconds()) + 1)


def passkey_place(request: Request) -> Place | None:
    """Return where passkeys of this desk are good, or None if they are not at the address that was opened.

    Without a public address it is ``localhost``, at the port that really answers: another program on this
    machine has another port, and so another origin, whatever it says in ``Host``.
    """
    desk: Desk = request.app.state.desk
    host = request.headers.get("host", "").lower()
    if desk.public_address:
        return place_of(desk.public_address) if host == desk.host else None
    here = f"localhost:{request.scope['server'][1]}"
    return place_of(f"http://{here}") if host == here else None
