"""Sources for programs: how each answers, pausing one, trying one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from scanner.actions.reviewing import SourceStanding, source_standings
from scanner.actions.scans import check_sources
from scanner.actions.sources import pause_source, paused_sources, resume_source
from scanner.actions.trying import try_address
from scanner.model import Coverage
from scanner.web.api.answers import PROBLEMS, Key, actor, moment, once, one
from scanner.web.desk import Call
from scanner.web.door import Caller
from storage.paused_sources import PausedSource

router = APIRouter(prefix="/api/v1", tags=["sources"], responses=PROBLEMS)

Name = Annotated[str, Path(max_length=100, description="As it stands in schedules.yaml.")]


class Pause(BaseModel):
    """Why nobody shall look."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Address(BaseModel):
    """A web address to try."""

    model_config = ConfigDict(extra="forbid")
    address: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/sources")
def api_sources(request: Request, call: Caller) -> Response:
    """List the sources: how each answers, since when, when it was read in full last, whether it is paused."""
    return one(request, {"items": _objects(call)})


@router.post("/sources/try")
def api_try_address(request: Request, call: Caller, said: Address, key: Key = None) -> Response:
    """Read the page at an address, and say how it answered and what to write into schedules.yaml."""

    def act() -> dict[str, object]:
        found = try_address(call.desk.settings(), said.address.strip())
        call.note("address tried", "by a program")
        return {"readable": found.readable, "lines": found.lines, "coverage": coverage_object(found.coverage)}

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/sources/{name}/try")
def api_try_source(request: Request, call: Caller, name: Name, key: Key = None) -> Response:
    """Read the first page of a source now and say how it answered."""
    _existing(call, name)

    def act() -> dict[str, object]:
        (coverage,) = check_sources(call.desk.settings().units([name]))
        call.note("source tried", f"{name}, by a program")
        return {"readable": bool(coverage.read), "coverage": coverage_object(coverage)}

    return once(call, request, key, "", act)


@router.post("/sources/{name}/pause")
def api_pause_source(request: Request, call: Caller, name: Name, said: Pause, key: Key = None) -> Response:
    """Look at a source no more until it is resumed. No meeting is clear meanwhile."""
    return _change(
        call,
        request,
        key,
        name,
        said.model_dump_json(),
        lambda: pause_source(
            call.store,
            name,
            known=call.desk.settings().sources,
            reason=said.reason,
            organisation=call.organisation.id,
            actor=actor(call),
            now=call.now,
        ),
    )


@router.post("/sources/{name}/resume")
def api_resume_source(request: Request, call: Caller, name: Name, key: Key = None) -> Response:
    """Look at a source again, from its next turn on."""
    return _change(
        call,
        request,
        key,
        name,
        "",
        lambda: resume_source(
            call.store,
            name,
            known=call.desk.settings().sources,
            organisation=call.organisation.id,
            actor=actor(call),
            now=call.now,
        ),
    )


def coverage_object(entry: Coverage) -> dict[str, object]:
    """Return what was and was not read of a source."""
    return {
        "source": entry.source,
        "state": entry.state,
        "read": entry.read,
        "unchanged": entry.unchanged,
        "cut": entry.cut,
        "skipped": dict(entry.skipped),
        "failed": dict(entry.failed),
        "notes": list(entry.notes),
    }


def _change(
    call: Call, request: Request, key: str | None, name: str, asked: str, change: Callable[[], None]
) -> Response:
    _existing(call, name)

    def act() -> dict[str, object]:
        change()
        return next(found for found in _objects(call) if found["name"] == name)

    return once(call, request, key, asked, act)


def _existing(call: Call, name: str) -> None:
    if name not in call.desk.settings().sources:
        raise HTTPException(404, "There is no such source.")


def _objects(call: Call) -> list[dict[str, object]]:
    settings = call.desk.settings()
    paused = paused_sources(call.store, known=settings.sources)
    return [
        _object(entry, kind=settings.sources[entry.name].kind, paused=paused.get(entry.name))
        for entry in source_standings(call.store, sources=settings.sources)
    ]


def _object(entry: SourceStanding, *, kind: str, paused: PausedSource | None) -> dict[str, object]:
    return {
        "name": entry.name,
        "kind": kind,
        "state": entry.state,
        "since": moment(entry.since),
        "last_read_in_full": moment(entry.last_read),
        "paused": {"since": moment(paused.since), "reason": paused.reason} if paused else None,
    }
