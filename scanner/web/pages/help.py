"""Help: what Lychgate cannot see, and what to do when strangers are in the meeting."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from scanner.web.door import Caller
from scanner.web.screen import show

router = APIRouter(include_in_schema=False)


@router.get("/help")
def help_page(call: Caller) -> Response:
    """Show the page that somebody needs at ten at night."""
    return show("help.html", call=call)
