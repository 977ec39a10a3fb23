"""The smallest application: the hooks, and an answer for whoever asks whether this process lives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from scanner.actions.workspace import Workspace
from scanner.web.hooks import hooks


def hooks_application(workspace: Workspace, *, clock: Callable[[], datetime]) -> FastAPI:
    """Return the application that serves the hooks and ``/healthz``, and no page."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in hooks(workspace, clock=clock):
        application.include_router(router)

    @application.get("/healthz", name="health")
    def health() -> PlainTextResponse:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    return application
