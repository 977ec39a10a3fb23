"""Where other services knock. Each hook proves by a signature who is knocking; nobody signs in here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from scanner.actions.workspace import Workspace
from scanner.web.hooks.zoom import zoom_router


def hooks(current: Callable[[], Workspace], *, clock: Callable[[], datetime]) -> tuple[APIRouter, ...]:
    """Return the routers of all hooks, which follow the settings that ``current`` returns."""
    return (zoom_router(current, clock=clock),)
