"""The organisation of a program's person: its name and time zone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from scanner.actions.organisations import change_organisation
from scanner.model import Organisation
from scanner.web.api.answers import PROBLEMS, Key, actor, once, one
from scanner.web.door import Caller

router = APIRouter(prefix="/api/v1", tags=["organisation"], responses=PROBLEMS)


class Names(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str | None, Field(max_length=200)] = None
    timezone: Annotated[
        str | None, Field(max_length=100, description="An IANA name, like Europe/London.")
    ] = None


@router.get("/organisation")
def api_organisation(request: Request, call: Caller) -> Response:
    """Show name and time zone."""
    return one(request, _object(call.organisation))


@router.post("/organisation")
def api_rename(request: Request, call: Caller, said: Names, key: Key = None) -> Response:
    """Take another name or time zone. For owners."""

    def act() -> dict[str, object]:
        changed = change_organisation(
            call.store,
            call.organisation,
            name=call.organisation.name if said.name is None else said.name,
            timezone=call.organisation.timezone if said.timezone is None else said.timezone,
            actor=actor(call),
            now=call.now,
        )
        return _object(changed)

    return once(call, request, key, said.model_dump_json(), act)


def _object(organisation: Organisation) -> dict[str, object]:
    return {"id": organisation.id, "name": organisation.name, "timezone": organisation.timezone}
