"""Alerts: the ways out with a test of each, and what became of every message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from scanner.actions.alerts import (
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
from scanner.alerts.channel import Channel
from scanner.errors import ConfigError, InputError, LychgateError
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, Number, text
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)

_SHOWN = 100


@router.get("/alerts")
def alerts_page(call: Caller, done: str = "") -> Response:
    """Show channels, what waits, what was given up and what was sent."""
    return _page(call, done=done)


@router.post("/alerts/test")
def test_channel(call: Caller, form: Form) -> Response:
    """Send a test message through a channel now."""
    name = text(form, "channel", most=100)
    answer = send_test(call.workspace, [name], clock=call.desk.clock)[name]
    call.note("channel tested", name)
    says = str(answer) if isinstance(answer, LychgateError) else " ".join(answer)
    if says:
        return _page(call, says=f"{name}: {says}", status=400)
    back = "/start" if text(form, "start") == "yes" else "/alerts"
    return RedirectResponse(f"{back}?done=sent", status_code=303)


@router.post("/alerts/{number}/again")
def send_again(call: Caller, number: Number) -> Response:
    """Make a message due again that was given up."""
    if number not in {entry.id for entry in dead_letters(call.workspace)}:
        raise HTTPException(404)
    try_again(call.workspace, number, now=call.now)
    call.note("sent again", f"message {number}")
    return RedirectResponse("/alerts?done=again", status_code=303)


@router.post("/alerts/silences")
def add_silence(call: Caller, form: Form) -> Response:
    """Hold alerts back for some hours, with a reason. Critical ones come through."""
    hours = text(form, "hours", most=3)
    if not hours.isascii() or not hours.isdigit():
        raise InputError("Say for how many hours.")
    silence(
        call.workspace,
        channel=text(form, "channel", most=100) or None,
        meeting=None,
        even_critical=False,
        until=call.now + timedelta(hours=int(hours)),
        reason=text(form, "reason"),
        actor=call.who.email,
        now=call.now,
    )
    return RedirectResponse("/alerts?done=silenced", status_code=303)


@router.post("/alerts/silences/{number}/end")
def end_silence(call: Caller, number: Number) -> Response:
    """End a silence: what it held is due now."""
    if number not in {entry.silence.id for entry in all_silences(call.workspace)}:
        raise HTTPException(404)
    unsilence(call.workspace, number, actor=call.who.email, now=call.now)
    return RedirectResponse("/alerts?done=unsilenced", status_code=303)


@router.post("/alerts/stopped/{number}/resume")
def resume(call: Caller, number: Number) -> Response:
    """Send somebody who had stopped it the mail of their channel again."""
    if number not in {each.id for each in all_stopped(call.workspace)}:
        raise HTTPException(404)
    resume_mail(call.workspace, number, actor=call.who.email, now=call.now)
    return RedirectResponse("/alerts?done=mail-resumed", status_code=303)


def _page(call: Call, *, done: str = "", says: str = "", status: int = 200) -> Response:
    channels: Mapping[str, Channel] = {}
    errors: Mapping[str, str] = {}
    fault = ""
    try:
        channels = call.desk.settings().channels
        errors = last_errors(call.workspace) if call.is_operator else {}
    except ConfigError as error:
        fault = str(error)
    return show(
        "alerts.html",
        call=call,
        status=status,
        done=done,
        says=says,
        fault=fault,
        channels=channels,
        errors=errors,
        ways=on_their_way(call.workspace, count=_SHOWN),
        silences=all_silences(call.workspace),
        stopped=all_stopped(call.workspace),
        left_out=left_out(call.workspace, channels),
    )
