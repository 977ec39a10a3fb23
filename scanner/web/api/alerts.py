"""Alerts for programs: channels, what became of every message, silences, who stopped their mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scanner.actions.alerts import (
    ListedSilence,
    all_silences,
    dead_letters,
    last_errors,
    on_their_way,
    send_test,
    silence,
    try_again,
    unsilence,
)
from scanner.actions.stopping import all_stopped, left_out, resume_mail
from scanner.errors import LychgateError
from scanner.model import Delivery
from scanner.web.api.answers import PROBLEMS, Key, Limit, actor, moment, once, one, sane
from scanner.web.door import Caller, Number
from storage.recipients import Recipient

router = APIRouter(prefix="/api/v1", tags=["alerts"], responses=PROBLEMS)

Name = Annotated[str, Path(max_length=100, description="As it stands in schedules.yaml.")]


class NewSilence(BaseModel):
    """What to hold back until when, and why. No channel: all of them."""

    model_config = ConfigDict(extra="forbid")
    channel: Annotated[str | None, Field(max_length=100)] = None
    meeting: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    until: AwareDatetime
    even_critical: bool = False
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("/channels")
def api_channels(request: Request, call: Caller) -> Response:
    """List the ways out, each with its last error for people who run the installation."""
    errors = last_errors(call.workspace) if call.is_operator else {}
    channels = call.desk.settings().channels.values()
    items = [{"name": each.name, "kind": each.kind, "last_error": errors.get(each.name)} for each in channels]
    return one(request, {"items": items})


@router.post("/channels/{name}/test")
def api_test_channel(request: Request, call: Caller, name: Name, key: Key = None) -> Response:
    """Send a test message through a channel now."""
    if name not in call.desk.settings().channels:
        raise HTTPException(404, "There is no such channel.")

    def act() -> dict[str, object]:
        answer = send_test(call.workspace, [name], clock=call.desk.clock)[name]
        call.note("channel tested", f"{name}, by a program")
        if isinstance(answer, LychgateError):
            return {"sent": False, "says": [str(answer)]}
        return {"sent": True, "says": list(answer)}

    return once(call, request, key, "", act)


@router.get("/alerts")
def api_alerts(request: Request, call: Caller, limit: Limit = 50) -> Response:
    """List the newest alerts with what became of each; also those given up and those that wait."""
    ways = on_their_way(call.workspace, count=limit)
    content = {
        "recent": [_delivery(each) for each in ways.recent],
        "given_up": [_delivery(each) for each in ways.dead],
        "waiting": [_delivery(each) for each in ways.due],
    }
    return one(request, content)


@router.post("/alerts/{number}/again")
def api_send_again(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Make an alert due again that was given up."""

    def act() -> dict[str, object]:
        if number not in {each.id for each in dead_letters(call.workspace)}:
            raise HTTPException(404, "No alert with this number was given up.")
        try_again(call.workspace, number, now=call.now)
        call.note("sent again", f"message {number}, by a program")
        return {"id": number, "state": "due"}

    return once(call, request, key, "", act)


@router.get("/silences")
def api_silences(request: Request, call: Caller) -> Response:
    """List the silences, newest first, with how many alerts each holds or held."""
    return one(request, {"items": [_silence(each) for each in all_silences(call.workspace)]})


@router.post("/silences")
def api_silence(request: Request, call: Caller, said: NewSilence, key: Key = None) -> Response:
    """Hold alerts back until a time; what is still open then is told then."""

    def act() -> dict[str, object]:
        made = silence(
            call.workspace,
            channel=said.channel,
            meeting=said.meeting,
            even_critical=said.even_critical,
            until=sane(said.until),
            reason=said.reason,
            actor=actor(call),
            now=call.now,
        )
        return _silence(ListedSilence(made, ()))

    return once(call, request, key, said.model_dump_json(), act)


@router.post("/silences/{number}/end")
def api_end_silence(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """End a silence: what it held is due now."""

    def act() -> dict[str, object]:
        if number not in {each.silence.id for each in all_silences(call.workspace)}:
            raise HTTPException(404, "There is no such silence.")
        unsilence(call.workspace, number, actor=actor(call), now=call.now)
        ended = next(each for each in all_silences(call.workspace) if each.silence.id == number)
        return _silence(ended)

    return once(call, request, key, "", act)


@router.get("/alerts/stopped")
def api_stopped(request: Request, call: Caller) -> Response:
    """List who stopped their mail, and in `deserted` the channels whose mail nobody gets any more."""
    content = {
        "items": [_stopped(each) for each in all_stopped(call.workspace)],
        "deserted": left_out(call.workspace, call.desk.settings().channels),
    }
    return one(request, content)


@router.post("/alerts/stopped/{number}/resume")
def api_resume_mail(request: Request, call: Caller, number: Number, key: Key = None) -> Response:
    """Send somebody who had stopped it the mail of their channel again."""

    def act() -> dict[str, object]:
        if number not in {each.id for each in all_stopped(call.workspace)}:
            raise HTTPException(404, "Nobody with this number has stopped any mail.")
        resume_mail(call.workspace, number, actor=actor(call), now=call.now)
        return {"id": number, "resumed": moment(call.now)}

    return once(call, request, key, "", act)


def _stopped(entry: Recipient) -> dict[str, object]:
    return {
        "id": entry.id,
        "address": entry.address,
        "channel": entry.channel,
        "stopped": moment(entry.stopped),
    }


def _delivery(entry: Delivery) -> dict[str, object]:
    return {
        "id": entry.id,
        "news": entry.alert.news,
        "channel": entry.alert.channel,
        "exposure": entry.alert.exposure,
        "state": entry.state,
        "created": moment(entry.created),
        "due": moment(entry.due),
        "attempts": entry.attempts,
        "last_error": entry.last_error or None,
        "why_not": entry.why_not or None,
        "why": entry.alert.reason,
    }


def _silence(entry: ListedSilence) -> dict[str, object]:
    made = entry.silence
    return {
        "id": made.id,
        "channel": made.channel,
        "meeting": made.meeting,
        "even_critical": made.even_critical,
        "until": moment(made.until),
        "reason": made.reason,
        "actor": made.actor,
        "holds": len(entry.hidden),
    }
