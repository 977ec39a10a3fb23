"""Who may open which route, in one place.

Every route asks for a signed-in person unless it is named in ``OPEN``. What changes something takes a
reviewer, unless the route is named among those of owners or of everybody; it comes by POST, with the token
of the session's forms, from a page of our own.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, HTTPException, Path, Request
from starlette.datastructures import FormData

from scanner.actions.people import AccountRole
from scanner.actions.signing_in import visitor
from scanner.actions.tokens import program
from scanner.web.desk import Call, Desk
from scanner.web.language import ENGLISH, Language, choose

OPEN: Final = frozenset(
    {
        "sign_in_page",
        "sign_in",
        "code_page",
        "prove_code",
        "longer_page",
        "take_longer",
        "ask_for_passkey",
        "prove_passkey",
        "leave_for_provider",
        "come_back",
        "invite_page",
        "accept",
        "stop_page",
        "static",
        "health",
    }
)
"""Routes for everybody. Besides these, hooks that prove themselves by a signature are open."""

BY_ADDRESS: Final = frozenset({"stop_mail_now"})
"""Routes whose address holds a secret of its own, so mail programs can post there without a page of ours."""

OWNERS_ONLY: Final = frozenset(
    {
        "people_page",
        "invite_person",
        "revoke_invitation",
        "change_role",
        "disable_person",
        "enable_person",
        "reset_second_factor",
        "reset_passkeys",
        "audit_page",
        "organisation_page",
        "rename_organisation",
        "api_rename",
        "api_people",
        "api_invitations",
        "api_invite",
        "api_revoke_invitation",
        "api_change_role",
        "api_disable",
        "api_enable",
        "api_audit",
    }
)
FOR_EVERYBODY: Final = frozenset(
    {
        "sign_out_now",
        "own_password",
        "second_factor_page",
        "add_factor",
        "drop_factor",
        "ask_for_new_passkey",
        "add_own_passkey",
        "remove_own_passkey",
        "make_api_token",
        "revoke_api_token",
        "choose_language",
    }
)
"""Changes that even somebody who may only look can make: they concern themselves."""

OPERATOR_ONLY: Final = frozenset(
    {
        "test_channel",
        "check_source",
        "try_source",
        "pause_looking",
        "resume_looking",
        "scan_soon",
        "start_drill",
        "api_scan",
        "api_try_address",
        "api_try_source",
        "api_pause_source",
        "api_resume_source",
        "api_start_drill",
        "api_test_channel",
    }
)
"""What acts with the settings of the installation, which are those of its first organisation."""

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
"""The number of something, in an address."""

API: Final = "/api/"
FORM_COOKIE: Final = "lychgate-form"
_SAFE = ("GET", "HEAD")


class SignInNeeded(Exception):
    """Nobody is signed in; ``back`` is where they wanted to go."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


async def read_form(request: Request) -> FormData:
    """Return the form of a POST, empty for everything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method in _SAFE or kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return FormData()
    return await request.form(max_files=1, max_fields=200, max_part_size=2 * 1024 * 1024)


Form = Annotated[FormData, Depends(read_form)]


def admit(request: Request, form: Form) -> None:
    """Let a request in, or raise. This is a dependency of the whole application."""
    desk: Desk = request.app.state.desk
    name, path = request.scope["route"].name, request.url.path
    if path.startswith(API):
        request.state.call = _admit_program(request, desk, name)
        return
    token = request.cookies.get(desk.cookie, "")
    proves_itself = path.startswith("/hooks/") or name in BY_ADDRESS
    if request.method not in _SAFE and not proves_itself:
        _check_origin(request, desk)
        secret = token if name not in OPEN else request.cookies.get(form_cookie(desk), "")
        if not secret or not hmac.compare_digest(form_token(secret), text(form, "token")):
            if name not in OPEN and not token:
                raise SignInNeeded("/")
            raise HTTPException(403, "This form is too old. Go back, load the page again, and send it again.")
    if name in OPEN or proves_itself:
        return
    now = desk.clock()
    found = visitor(desk.store, token, now=now) if token else None
    if found is None or not found.proven:
        raise SignInNeeded(request.url.path if request.method in _SAFE else "/")
    needed = _needed(name, request.method)
    if list(AccountRole).index(found.someone.role) > list(AccountRole).index(needed):
        raise HTTPException(403, f"This is for {_PEOPLE[needed]}.")
    call = Call(
        desk=desk,
        who=found.someone,
        organisation=found.organisation,
        now=now,
        session=token,
        language=language_of(request, found.someone.language),
    )
    _check_operator(call, name)
    request.state.call = call


def _admit_program(request: Request, desk: Desk, name: str) -> Call:
    """Let a program in by its token alone: cookies count for nothing here, so no form can forge it."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    now = desk.clock()
    found = program(desk.store, token.strip(), now=now) if kind.lower() == "bearer" else None
    if found is None:
        raise HTTPException(401, "Send a token that is good: Authorization: Bearer lychgate_…")
    changes = request.method not in _SAFE
    if name in OWNERS_ONLY and found.someone.role is not AccountRole.OWNER:
        raise HTTPException(403, "This is for owners of the organisation.")
    if changes and not (found.may_write and found.someone.may_change):
        raise HTTPException(403, "This token is for looking only.")
    call = Call(
        desk=desk,
        who=found.someone,
        organisation=found.organisation,
        now=now,
        session="",
        language=ENGLISH,
    )
    _check_operator(call, name)
    return call


def _check_operator(call: Call, name: str) -> None:
    if name in OPERATOR_ONLY and not call.is_operator:
        raise HTTPException(403, "This is for people of the organisation that runs this installation.")


def current(request: Request) -> Call:
    """Return the call that ``admit`` let in."""
    call: Call = request.state.call
    return call


Caller = Annotated[Call, Depends(current)]


def language_of(request: Request, chosen: str = "") -> Language:
    """Return the language for whoever asks: what they chose, else what their browser says."""
    return choose(chosen, request.headers.get("accept-language", ""))


def form_token(secret: str) -> str:
    """Return the token of forms that belongs to a session, or to a form's own cookie before signing in."""
    return hmac.digest(secret.encode("utf-8", "surrogatepass"), b"lychgate form", "sha256").hex()


def form_cookie(desk: Desk) -> str:
    """Return the name of the cookie that stands for a session while there is none."""
    return f"__Host-{FORM_COOKIE}" if desk.secure else FORM_COOKIE


def text(form: FormData, name: str, *, most: int = 2000) -> str:
    """Return one text of a form, empty if it is missing, no text, or longer than it may be."""
    value = form.get(name, "")
    return value if isinstance(value, str) and len(value) <= most else ""


def sign_in_address(back: str) -> str:
    """Return where somebody signs in who then goes back to a page of ours."""
    return "/sign-in" if back == "/" else f"/sign-in?back={quote(back, safe='/')}"


def own_path(path: str) -> str:
    """Return a path of this desk to go to; the front page for anything that leads elsewhere."""
    plain = path.isascii() and path.isprintable() and len(path) < 300
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if plain and ours else "/"


def _needed(name: str, method: str) -> AccountRole:
    if name in OWNERS_ONLY:
        return AccountRole.OWNER
    if method in _SAFE or name in FOR_EVERYBODY:
        return AccountRole.READER
    return AccountRole.REVIEWER


_PEOPLE = {
    AccountRole.OWNER: "owners of the organisation",
    AccountRole.REVIEWER: "people who may change things; your account can only look",
    AccountRole.READER: "people who are signed in",
}


def _check_origin(request: Request, desk: Desk) -> None:
    """Refuse a form that was not sent from a page of ours.

    Browsers say where a form comes from in ``Sec-Fetch-Site``, to HTTPS and to this machine; where they do
    not, ``Origin`` has to be ours.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise HTTPException(403, "This form was sent from another page.")
        return
    host = request.headers.get("host", "").lower()
    if request.headers.get("origin", "").lower() not in (f"http://{host}", f"https://{host}"):
        raise HTTPException(403, "This form was sent from another page, or by a browser that does not say.")
