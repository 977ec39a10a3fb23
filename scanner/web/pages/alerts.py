"""Alerts: the ways out with a test of each, and what became of every message."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.alerts import all_deliveries, send_test
from scanner.actions.reviewing import note_change
from scanner.errors import ConfigError, LychgateError
from scanner.model import DeliveryState
from scanner.web.desk import Call
from scanner.web.door import Caller, Form, text
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
    note_change(
        call.store,
        organisation=call.organisation.id,
        what="channel tested",
        note=name,
        actor=call.who.email,
        now=call.now,
    )
    says = str(answer) if isinstance(answer, LychgateError) else " ".join(answer)
    if says:
        return _page(call, says=f"{name}: {says}", status=400)
    back = "/start/mail" if text(form, "start") == "yes" else "/alerts"
    return RedirectResponse(f"{back}?done=sent", status_code=303)


def _page(call: Call, *, done: str = "", says: str = "", status: int = 200) -> Response:
    try:
        settings = call.desk.settings()
        channels, routes, fault = settings.channels, settings.routes, ""
    except ConfigError as error:
        channels, routes, fault = {}, (), str(error)
    found = all_deliveries(call.workspace)
    errors = {
        entry.alert.channel: entry.last_error
        for entry in reversed(found)
        if entry.last_error or entry.state is DeliveryState.SENT
    }
    return show(
        "alerts.html",
        call=call,
        status=status,
        done=done,
        says=says,
        fault=fault,
        channels=channels,
        routes=routes,
        errors=errors,
        dead=[entry for entry in found if entry.state is DeliveryState.DEAD],
        due=[entry for entry in found if entry.state is DeliveryState.DUE],
        recent=found[:_SHOWN],
    )
