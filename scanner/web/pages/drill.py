"""The drill: does an alarm reach us, from the page to the mailbox?"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from scanner.actions.drills import ask_for_drill, last_drills
from scanner.web.desk import Call
from scanner.web.door import Caller
from scanner.web.screen import show
from storage.drills import DrillStage, DrillState

router = APIRouter(include_in_schema=False)

_GOING_ON = (DrillState.ASKED, DrillState.RUNNING)


@router.get("/drill")
def drill_page(call: Caller) -> Response:
    """Say what a drill is, how the last one went, and begin one."""
    return _page(call, "drill.html")


@router.get("/drill/progress")
def drill_progress(call: Caller) -> Response:
    """Show only how the last drill goes, for the page that asks again by itself."""
    return _page(call, "drill_progress.html")


@router.post("/drill")
def start_drill(call: Caller) -> Response:
    """Have whoever serves begin a drill."""
    ask_for_drill(call.store, organisation=call.organisation.id, actor=call.who.email, now=call.now)
    return RedirectResponse("/drill", status_code=303)


def _page(call: Call, template: str) -> Response:
    drills = last_drills(call.store, organisation=call.organisation.id)
    drill = drills[0] if drills else None
    reached = {step.stage: step for step in drill.steps} if drill else {}
    return show(
        template,
        call=call,
        drill=drill,
        goes_on=drill is not None and drill.state in _GOING_ON,
        stages=[(stage, reached.get(stage)) for stage in DrillStage],
        earlier=drills[1:],
    )
