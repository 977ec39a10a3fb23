"""Exposures for programs. Rooms are masked and addresses defanged, but where somebody has them revealed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scanner.actions.exposures import ListedExposure, change_state, one_exposure, reopen, snooze
from scanner.actions.reports import report_page
from scanner.actions.reviewing import (
    DONE,
    IN_HAND,
    NEEDS_REVIEW,
    SNOOZED,
    add_note,
    newest_exposures,
    note_reveal,
)
from scanner.alerts.plain import defanged
from scanner.errors import InputError
from scanner.model import ExposureState, PasscodeMatch, Wait
from scanner.web.api.answers import PROBLEMS, After, Key, Limit, actor, moment, once, one, page, sane
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
    until: Annotated[
        AwareDatetime | None,
        Field(description="For `intended`: when that ends, and it is open again if it still stands there."),
    ] = None


class PutOff(Decision):
    """Until when: exactly one of a moment, a day before the next meeting, or another place."""

    until: AwareDatetime | None = None
    next_meeting: bool = False
    elsewhere: bool = False


class Seen(BaseModel):
    """Where somebody saw a meeting of ours, and what they copied there."""

    model_config = ConfigDict(extra="forbid")
    address: Annotated[str, Field(min_length=1, max_length=2000)]
    pasted: Annotated[str, Field(max_length=1_000_000)] = ""


class Note(BaseModel):
    """A note for the history."""

    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("/exposures")
def api_exposures(
    request: Request, call: Caller, only: Chosen = "review", after: After = None, limit: Limit = 50
) -> Response:
    """List exposures, newest first."""
    found = newest_exposures(
        call.store, organisation=call.organisation.id, states=_STATES[only], below=after, count=limit + 1
    )
    items = [exposure_object(entry) for entry in found]
    return page(request, items, limit=limit, cursor=lambda nth: found[nth].exposure.id)


@router.post("/exposures/report")
def api_report(request: Request, call: Caller, said: Seen, key: Key = None) -> Response:
    """Take what somebody saw: it is searched for meetings of ours and not kept."""

    def act() -> dict[str, object]:
        outcome = report_page(
            call.workspace,
            said.address.strip(),
            pasted=said.pasted.encode("utf-8", "replace") if said.pasted.strip() else None,
            by=call.who.email,
            clock=call.desk.clock,
        )
        call.note("page reported", f"{len(outcome.exposures)} of our meetings named, by a program")
        return {"exposures": list(outcome.exposures), "new": outcome.new}

    return once(call, request, key, said.model_dump_json(), act)


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

    def act() -> dict[str, object]:
        if said.until is not None and said.how != "intended":
            raise InputError("`until` belongs to `intended` only.")
        wait = Wait(until=sane(said.until)) if said.until else None
        return _decide(call, number, ExposureState(said.how), said.note, wait=wait)

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/exposures/{number}/snooze")
def api_snooze(request: Request, call: Caller, number: Number, said: PutOff, key: Key = None) -> Response:
    """Put an exposure off. New places and a rise in severity are told all the same."""
    _existing(call, number)

    def act() -> dict[str, object]:
        done = snooze(
            call.workspace,
            number,
            until=sane(said.until) if said.until else None,
            next_meeting=said.next_meeting,
            elsewhere=said.elsewhere,
            actor=call.who.email,
            note=said.note.strip(),
            now=call.now,
        )
        _audit(call, number, "put off")
        return _whole(done)

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/exposures/{number}/note")
def api_note(request: Request, call: Caller, number: Number, said: Note, key: Key = None) -> Response:
    """Write a note into the history."""
    _existing(call, number)

    def act() -> dict[str, object]:
        add_note(
            call.store,
            number,
            organisation=call.organisation.id,
            actor=call.who.email,
            note=said.note,
            now=call.now,
        )
        _audit(call, number, "note")
        return _whole(_existing(call, number))

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/exposures/{number}/reopen")
def api_reopen(request: Request, call: Caller, number: Number, said: Decision, key: Key = None) -> Response:
    """Undo whatever was decided."""
    _existing(call, number)

    def act() -> dict[str, object]:
        done = reopen(call.workspace, number, actor=call.who.email, note=said.note, now=call.now)
        _audit(call, number, "reopened")
        return _whole(done)

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/exposures/{number}/reveal")
def api_reveal(call: Caller, number: Number) -> Response:
    """Show an exposure with its rooms and addresses in full, and write down that somebody saw them.

    It takes no idempotency key: each time is written down.
    """
    entry = _existing(call, number)
    note_reveal(
        call.store,
        organisation=call.organisation.id,
        what=f"rooms and addresses of exposure {number} ({entry.meeting})",
        actor=actor(call),
        now=call.now,
    )
    return JSONResponse(_whole(entry, revealed=True))


def _existing(call: Call, number: int) -> ListedExposure:
    try:
        return one_exposure(call.store, number, organisation=call.organisation.id)
    except InputError:
        raise HTTPException(404, "There is no such exposure.") from None


def _decide(
    call: Call, number: int, state: ExposureState, note: str, *, wait: Wait | None = None
) -> dict[str, object]:
    done = change_state(
        call.store,
        number,
        state,
        organisation=call.organisation.id,
        actor=call.who.email,
        note=note.strip(),
        now=call.now,
        wait=wait,
    )
    _audit(call, number, state)
    return _whole(done)


def _audit(call: Call, number: int, what: str) -> None:
    call.note(f"exposure: {what}", f"exposure {number}, by a program")


def exposure_object(entry: ListedExposure) -> dict[str, object]:
    """Return an exposure as lists have it."""
    exposure = entry.exposure
    return {
        "id": exposure.id,
        "meeting": {"id": exposure.meeting, "title": entry.meeting},
        "state": exposure.state,
        "until": moment(exposure.wait.until) if exposure.wait else None,
        "severity": exposure.severity.level,
        "reason": exposure.severity.reason,
        "opened": exposure.opened.isoformat(),
        "places": len(exposure.sightings),
    }


def _whole(entry: ListedExposure, *, revealed: bool = False) -> dict[str, object]:
    exposure = entry.exposure
    sightings = [
        {
            "source": place.source,
            "address": place.address if revealed else defanged(place.address),
            "room": f"{place.room.platform} {place.room.key if revealed else place.room.masked()}",
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
    return {**exposure_object(entry), "sightings": sightings, "history": history}
