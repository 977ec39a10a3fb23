"""Scans and their coverage for programs; and a scan at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from scanner.actions.reviewing import look_soon, some_scans
from scanner.errors import InputError
from scanner.web.api.answers import PROBLEMS, Key, Limit, once, one
from scanner.web.api.sources import coverage_object
from scanner.web.door import Caller

router = APIRouter(prefix="/api/v1", tags=["scans"], responses=PROBLEMS)


class Wanted(BaseModel):
    """Which sources to look at; none named: all."""

    model_config = ConfigDict(extra="forbid")
    sources: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=500)] = []


@router.get("/scans")
def api_scans(request: Request, call: Caller, limit: Limit = 20) -> Response:
    """List the last scans with what was and was not read of each source, newest first."""
    items = [
        {
            "id": scan.id,
            "trigger": scan.trigger,
            "started": scan.started.isoformat(),
            "finished": scan.finished.isoformat() if scan.finished else None,
            "coverage": [coverage_object(entry) for entry in scan.coverages],
        }
        for scan in some_scans(call.store, count=limit)
    ]
    return one(request, {"items": items})


@router.post("/scans")
def api_scan(request: Request, call: Caller, wanted: Wanted, key: Key = None) -> Response:
    """Queue a scan for whoever serves."""

    def act() -> dict[str, object]:
        known = call.desk.settings().sources
        if unknown := [name for name in wanted.sources if name not in known]:
            raise InputError(f"There is no source {unknown[0]!r}.")
        queued = look_soon(call.store, wanted.sources or known, now=call.now)
        call.note("scan asked for", "by a program")
        return {"queued": queued}

    return once(call, request, key, wanted.model_dump_json(), act)
