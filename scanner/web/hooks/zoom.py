"""Zoom's webhook: bounded bodies in, a status and little else out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from scanner.actions.workspace import Workspace
from scanner.actions.zoom_risk import LONGEST_BODY, NotZoom, ZoomListener, listeners
from scanner.errors import ConfigError, InputError, StoreError

log = logging.getLogger("lychgate")
_PATIENCE = 10
"""Seconds that a body may take."""


def zoom_router(current: Callable[[], Workspace], *, clock: Callable[[], datetime]) -> APIRouter:
    """Return the route for the events of every source of kind zoom-risk: ``/hooks/zoom/NAME``.

    ``current`` returns the workspace with the settings in force: a source is there as soon as they name it.

    Answers 401 to what is not signed by Zoom, too old or seen before, 503 if Zoom is to send it again.
    """
    known: dict[str, ZoomListener] = {}
    router = APIRouter()

    @router.post("/hooks/zoom/{source}", name="zoom_hook")
    async def take(source: str, request: Request) -> Response:
        if source not in listeners(current().settings):
            raise HTTPException(404)
        listener = known.setdefault(source, ZoomListener(current, source, clock=clock))
        return await _take(listener, source, request)

    return router


async def _take(listener: ZoomListener, source: str, request: Request) -> Response:
    body = await _body(request)
    stamp = request.headers.get("x-zm-request-timestamp", "")
    signature = request.headers.get("x-zm-signature", "")
    try:
        heard = await run_in_threadpool(listener.hear, body, stamp=stamp, signature=signature)
    except NotZoom as fault:
        log.warning("%s: a request was refused: %s", source, fault)
        raise HTTPException(401) from None
    except InputError as fault:
        log.warning("%s: an event of Zoom was not understood: %s", source, fault)
        raise HTTPException(400) from None
    except (ConfigError, StoreError) as fault:
        log.error("%s: an event of Zoom could not be taken now: %s", source, fault)
        raise HTTPException(503) from None
    if heard.answer is not None:
        return JSONResponse(dict(heard.answer))
    if heard.foreign:
        log.info("%s: Zoom spoke of a meeting that is not registered here; it was forgotten", source)
    elif heard.exposures:
        log.warning("%s: Zoom says that a meeting of yours is in public", source)
    return Response(status_code=204)


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > LONGEST_BODY:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408) from None
    return bytes(body)
