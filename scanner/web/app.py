"""The application: every page, every address for programs, and the rules that hold for all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from scanner.actions.tokens import KeyReused
from scanner.actions.workspace import Workspace
from scanner.errors import LychgateError
from scanner.web.api import ROUTERS as API_ROUTERS
from scanner.web.api import description
from scanner.web.api.answers import problem
from scanner.web.desk import Desk, NextRun
from scanner.web.door import API, SignInNeeded, admit, language_of, sign_in_address
from scanner.web.guard import Guard
from scanner.web.pages import ROUTERS
from scanner.web.screen import STATIC, harmless, show, show_form, static_file

log = logging.getLogger("lychgate")


def create_app(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    public_address: str = "",
    hooks: Iterable[APIRouter] = (),
    next_run: NextRun = lambda settings, zone, now: None,
) -> FastAPI:
    """Return the application of an installation.

    ``hooks`` are routers below ``/hooks/``: nobody is signed in there, each request proves itself by its
    signature. Everything else asks for a signed-in person (``scanner.web.door``).
    """
    desk = Desk(
        workspace=workspace, clock=clock, public_address=public_address.rstrip("/"), next_run=next_run
    )
    app = FastAPI(
        title="Lychgate", dependencies=[Depends(admit)], docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.desk = desk
    for router in (*ROUTERS, *API_ROUTERS, *hooks):
        app.include_router(router)
    app.add_api_route("/static/{version}/{name}", static, name="static", include_in_schema=False)
    app.add_api_route(
        f"{API}v1/openapi.json", api_description, name="api_description", include_in_schema=False
    )
    app.add_api_route("/healthz", health, name="health", include_in_schema=False)
    app.add_exception_handler(SignInNeeded, _sign_in_first)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _no_such_place)
    app.add_exception_handler(LychgateError, _unusable)
    app.add_middleware(Guard, hosts=[desk.host] if desk.host else [], secure=desk.secure)
    return app


def static(version: str, name: str) -> Response:
    """Return one of the desk's own files; its address changes with it, so browsers may keep it."""
    try:
        content = static_file(name)
    except KeyError:
        raise HTTPException(404) from None
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=STATIC[name], headers=kept)


def api_description() -> Response:
    """Return the OpenAPI description of the addresses for programs."""
    return JSONResponse(description())


def health() -> Response:
    """Say that the web answers, and nothing else."""
    return PlainTextResponse("ok\n")


async def _sign_in_first(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    return RedirectResponse(sign_in_address(error.back), status_code=303)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith(API):
        return problem(error.status_code, error.detail)
    says = "There is no such page here." if error.status_code == 404 else error.detail
    return _message(request, says, status=error.status_code)


async def _no_such_place(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if request.url.path.startswith(API):
        faults = "; ".join(
            f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}" for fault in error.errors()[:5]
        )
        return problem(422, harmless(faults))
    # An address whose number is none, or whose page is no number.
    return _message(request, "There is no such page here.", status=404)


async def _unusable(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API):
        return problem(409 if isinstance(error, KeyReused) else 400, str(error))
    return _message(request, str(error), status=400)


def _message(request: Request, says: str, *, status: int) -> HTMLResponse:
    call = getattr(request.state, "call", None)
    if call is None:
        return show_form("message.html", status=status, language=language_of(request), values={"says": says})
    return show("message.html", call=call, status=status, says=says)
