"""Exposures for programs. Rooms are masked and addresses defanged, as everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from scanner.actions.exposures import ListedExposure, change_state, one_exposure, reopen
from scanner.actions.reviewing import DONE, IN_HAND, NEEDS_REVIEW, SNOOZED, newest_exposures
from scanner.alerts.plain import defanged
from scanner.errors import InputError
from scanner.model import ExposureState, PasscodeMatch
from scanner.web.api.answers import PROBLEMS, After, Key, Limit, once, one, page
from scanner.web.desk import Call
from scanner.web.door import Caller, Number

router = APIRouter(prefix="/api/v1", tags=["exposures"], responses=PROBLEMS)

Chosen = Annotated[Literal["review", "hand", "snoozed", "done", "all"], Query(description="In which state.")]
_STATES = {
    "review": NEEDS_REVIEW,
    "hand": IN_HAND,
    "snoozed": SNOOZED,
    "done": DONE,
    "all": tuple(ExposureState),
}


class Decision(BaseModel):
    """What a person says about it."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(max_length=500)] = ""


class Closing(Decision):
    """What became of it."""

    how: Literal["rotated", "removed", "intended", "false-positive", "duplicate"]


@router.get("/exposures")
def api_exposures(
    request: Request, call: Caller, only: Chosen = "review", after: After = None, limit: Limit = 50
) -> Response:
    """List exposures, newest first."""
    found = newest_exposures(
        call.store, organisation=call.organisation.id, states=_STATES[only], below=after, count=limit + 1
    )
    items = [_object(entry) for entry in found]
    return page(request, items, limit=limit, cursor=lambda nth: found[nth].exposure.id)


@router.get("/exposures/{number}")
def api_exposure(request: Request, call: Caller, number: Number) -> Response:
    """Show one exposure with its places and its history."""
    return one(request, _whole(_existing(call, number)))


@router.post("/exposures/{number}/acknowledge")
def api_acknowledge(
    request: Request, call: Caller, number: Number, said: Decision, key: Key = None
) -> Response:
    """Say that somebody is dealing with it."""
    _existing(call, number)
    return once(
        call,
        request,
        key,
        said.model_dump_json(),
        lambda: _decide(call, number, ExposureState.ACKNOWLEDGED, said.note),
    )


@router.post("/exposures/{number}/close")
def api_close(request: Request, call: Caller, number: Number, said: Closing, key: Key = None) -> Response:
    """Say what became of it."""
    _existing(call, number)
    return once(
        call,
        request,
        key,
        said.model_dump_json(),
        lambda: _decide(call, number, ExposureState(said.how), said.note),
    )


@router.post("/exposures/{number}/reopen")
def api_reopen(request: Request, call: Caller, number: Number, said: Decision, key: Key = None) -> Response:
    """Undo whatever was decided."""
    _existing(call, number)

    def act() -> dict[str, object]:
        done = reopen(call.workspace, number, actor=call.who.email, note=said.note, now=call.now)
        _audit(call, number, "reopened")
        return _whole(done)

    return once(call, request, key, said.model_dump_json(), act)


def _existing(call: Call, number: int) -> ListedExposure:
    try:
        return one_exposure(call.store, number, organisation=call.organisation.id)
    except InputError:
        raise HTTPException(404, "There is no such exposure.") from None


def _decide(call: Call, number: int, state: ExposureState, note: str) -> dict[str, object]:
    done = change_state(
        call.store,
        number,
        state,
        organisation=call.organisation.id,
        actor=call.who.email,
        note=note.strip(),
        now=call.now,
    )
    _audit(call, number, state)
    return _whole(done)


def _audit(call: Call, number: int, what: str) -> None:
    call.note(f"exposure: {what}", f"exposure {number}, by a program")


def _object(entry: ListedExposure) -> dict[str, object]:
    exposure = entry.exposure
    return {
        "id": exposure.id,
        "meeting": {"id": exposure.meeting, "title": entry.meeting},
        "state": exposure.state,
        "severity": exposure.severity.level,
        "reason": exposure.severity.reason,
        "opened": exposure.opened.isoformat(),
        "places": len(exposure.sightings),
    }


def _whole(entry: ListedExposure) -> dict[str, object]:
    exposure = entry.exposure
    sightings = [
        {
            "source": place.source,
            "address": defanged(place.address),
            "room": f"{place.room.platform} {place.room.masked()}",
            "form": place.form,
            "where": place.where,
            "passcode_exposed": place.passcode is not PasscodeMatch.NONE,
            "state": place.state,
            "excerpt": place.excerpt,
            "first_seen": place.first_seen.isoformat(),
            "last_seen": place.last_seen.isoformat(),
        }
        for place in exposure.sightings
    ]
    history = [
        {"at": event.at.isoformat(), "actor": event.actor, "what": event.what, "note": event.note}
        for event in exposure.events
    ]
    return {**_object(entry), "sightings": sightings, "history": history}
