"""Drills for programs: begin one, and see how it goes."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from scanner.actions.drills import ask_for_drill, last_drills
from scanner.web.api.answers import PROBLEMS, Key, actor, moment, once, one
from scanner.web.door import Caller, Number
from storage.drills import Drill

router = APIRouter(prefix="/api/v1", tags=["drills"], responses=PROBLEMS)


@router.get("/drills")
def api_drills(request: Request, call: Caller) -> Response:
    """List the last twenty drills, newest first."""
    found = last_drills(call.store, organisation=call.organisation.id)
    return one(request, {"items": [_object(drill) for drill in found]})


@router.get("/drills/{number}")
def api_drill(request: Request, call: Caller, number: Number) -> Response:
    """Show one of the last drills, with its steps so far."""
    for drill in last_drills(call.store, organisation=call.organisation.id):
        if drill.id == number:
            return one(request, _object(drill))
    raise HTTPException(404, "There is no such drill.")


@router.post("/drills")
def api_start_drill(request: Request, call: Caller, key: Key = None) -> Response:
    """Have whoever serves begin a drill; one that waits or goes on already is answered instead."""

    def act() -> dict[str, object]:
        return _object(
            ask_for_drill(call.store, organisation=call.organisation.id, actor=actor(call), now=call.now)
        )

    return once(call, request, key, "", act)


def _object(drill: Drill) -> dict[str, object]:
    return {
        "id": drill.id,
        "state": drill.state,
        "asked": moment(drill.asked),
        "ended": moment(drill.ended),
        "steps": [
            {"stage": step.stage, "at": moment(step.at), "good": step.good, "says": step.says}
            for step in drill.steps
        ],
    }
