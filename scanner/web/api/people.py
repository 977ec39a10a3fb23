"""People for programs of owners: accounts, invitations, and the audit of what everybody did.

What somebody signs in with is not here: passwords, codes and passkeys are changed by people on the desk, so
that a stolen token never turns into the account of somebody who is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from scanner.actions.passkeys import holders
from scanner.actions.people import (
    AccountRole,
    Invite,
    all_invites,
    all_people,
    invite,
    revoke_invite,
    set_disabled,
    set_role,
)
from scanner.actions.reviewing import audit_entries
from scanner.actions.setup import check_email
from scanner.errors import InputError
from scanner.web.api.answers import PROBLEMS, After, Key, Limit, actor, moment, once, one, page
from scanner.web.desk import Call
from scanner.web.door import Caller, Number

router = APIRouter(prefix="/api/v1", tags=["people"], responses=PROBLEMS)


class NewRole(BaseModel):
    """What somebody may do from now on."""

    model_config = ConfigDict(extra="forbid")
    role: AccountRole


class Invited(NewRole):
    """Whom to invite."""

    email: Annotated[str, Field(min_length=1, max_length=320)]


@router.get("/people")
def api_people(request: Request, call: Caller) -> Response:
    """List everybody who can or could sign in. For owners."""
    return one(request, {"items": _people(call)})


@router.get("/people/invitations")
def api_invitations(request: Request, call: Caller) -> Response:
    """List the invitations that are still good, without their links. For owners."""
    return one(request, {"items": [_invitation(entry) for entry in _invites(call)]})


@router.post("/people/invitations")
def api_invite(request: Request, call: Caller, said: Invited, key: Key = None) -> Response:
    """Invite somebody: `link` is good once and for a week, and is theirs alone. For owners.

    An earlier invitation of the same address is good no longer. Who has an account is refused: a link for a
    new password is made by people.
    """

    def act() -> dict[str, object]:
        email = check_email(said.email)
        here = {
            person.email.casefold() for person in all_people(call.store, organisation=call.organisation.id)
        }
        if email.casefold() in here:
            raise InputError(
                f"{email} has an account already. A link for a new password is made on the desk."
            )
        token = invite(
            call.store,
            organisation=call.organisation.id,
            email=email,
            role=said.role,
            actor=actor(call),
            now=call.now,
        )
        base = call.desk.public_address or str(request.base_url).rstrip("/")
        made = next(entry for entry in reversed(_invites(call)) if entry.email == email)
        return {**_invitation(made), "link": f"{base}/join/{token}"}

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/people/invitations/{number}/revoke")
def api_revoke_invitation(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Take an invitation back. For owners."""

    def act() -> dict[str, object]:
        if number not in {entry.id for entry in _invites(call)}:
            raise HTTPException(404, "There is no such invitation.")
        revoke_invite(call.store, number, organisation=call.organisation.id, actor=actor(call), now=call.now)
        return {"id": number, "revoked": moment(call.now)}

    return once(call, request, key, "", act)


@router.post("/people/{number}/role")
def api_change_role(
    request: Request, call: Caller, number: Number, said: NewRole, key: Key = None
) -> Response:
    """Give somebody another role; their sessions end. The last owner stays one. For owners."""
    return _change(
        call,
        request,
        key,
        number,
        said.model_dump_json(),
        lambda: set_role(
            call.store,
            number,
            said.role,
            organisation=call.organisation.id,
            actor=actor(call),
            now=call.now,
        ),
    )


@router.post("/people/{number}/disable")
def api_disable(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Sign somebody out everywhere and keep them out, their programs too. For owners."""
    return _set_disabled(call, request, key, number, disabled=True)


@router.post("/people/{number}/enable")
def api_enable(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Let somebody sign in again. For owners."""
    return _set_disabled(call, request, key, number, disabled=False)


@router.get("/audit")
def api_audit(request: Request, call: Caller, after: After = None, limit: Limit = 50) -> Response:
    """List who did what, newest first. For owners."""
    found = audit_entries(call.store, organisation=call.organisation.id, below=after, count=limit + 1)
    items = [
        {
            "id": entry.id,
            "at": moment(entry.at),
            "what": entry.what,
            "actor": entry.actor,
            "note": entry.note,
        }
        for entry in found
    ]
    return page(request, items, limit=limit, cursor=lambda nth: found[nth].id)


def _set_disabled(call: Call, request: Request, key: str | None, number: int, *, disabled: bool) -> Response:
    return _change(
        call,
        request,
        key,
        number,
        "",
        lambda: set_disabled(
            call.store,
            number,
            disabled=disabled,
            organisation=call.organisation.id,
            actor=actor(call),
            now=call.now,
        ),
    )


def _change(
    call: Call, request: Request, key: str | None, number: int, asked: str, change: Callable[[], None]
) -> Response:
    if number not in {person["id"] for person in _people(call)}:
        raise HTTPException(404, "There is no such account.")

    def act() -> dict[str, object]:
        change()
        return next(person for person in _people(call) if person["id"] == number)

    return once(call, request, key, asked, act)


def _people(call: Call) -> list[dict[str, object]]:
    people = all_people(call.store, organisation=call.organisation.id)
    with_passkey = holders(call.store, people)
    return [
        {
            "id": person.id,
            "email": person.email,
            "role": person.role,
            "joined": moment(person.made),
            "disabled": moment(person.disabled),
            "has_password": person.has_password,
            "second_factor": person.second_factor,
            "passkey": person.id in with_passkey,
        }
        for person in people
    ]


def _invites(call: Call) -> list[Invite]:
    return all_invites(call.store, organisation=call.organisation.id, now=call.now)


def _invitation(entry: Invite) -> dict[str, object]:
    return {
        "id": entry.id,
        "email": entry.email,
        "role": entry.role,
        "until": moment(entry.until),
        "new_password": entry.account is not None,
    }
