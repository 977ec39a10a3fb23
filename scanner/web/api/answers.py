"""How the API answers: pages with a cursor, ETags, answers given again, problems as RFC 9457 has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Header, Query, Request
from fastapi.responses import JSONResponse, Response

from scanner.actions.tokens import earlier_answer, remember_answer
from scanner.errors import InputError
from scanner.web.desk import Call

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="The `next` of the page before.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="The same key with the same request gets the same answer for a day.",
    ),
]

PROBLEMS: Final[dict[int | str, dict[str, object]]] = {
    code: {
        "description": HTTPStatus(code).phrase,
        "content": {
            "application/problem+json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                    },
                    "required": ["type", "title", "status", "detail"],
                }
            }
        },
    }
    for code in (400, 401, 403, 404, 409, 413, 421, 422)
}


def problem(status: int, detail: str) -> Response:
    """Say what is wrong, as RFC 9457 has it."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(content, status_code=status, media_type="application/problem+json", headers=headers)


def one(request: Request, content: Mapping[str, object]) -> Response:
    """Answer with one thing, or with nothing if it is what the other side has already."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True)
    tag = f'"{sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:32]}"'
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag})


def actor(call: Call) -> str:
    """Return who acts, as lists and the audit name somebody who has a program do it."""
    return f"{call.who.email}, by a program"


def sane(at: datetime) -> datetime:
    """Return a moment as it is; InputError for one that no meeting can have."""
    if not 1970 <= at.year <= 2200:
        raise InputError("That year cannot be right.")
    return at


def moment(at: datetime | None) -> str | None:
    """Write a moment for machines, null for never."""
    return None if at is None else at.isoformat()


def page(
    request: Request, items: Sequence[Mapping[str, object]], *, limit: int, cursor: Callable[[int], int]
) -> Response:
    """Answer with a page of up to ``limit`` of the items, and where the next one begins.

    One more than ``limit`` is given here if there is more; ``cursor`` says where after the nth.
    """
    more = len(items) > limit
    return one(request, {"items": list(items[:limit]), "next": cursor(limit - 1) if more else None})


def once(
    call: Call, request: Request, key: str | None, asked: str, act: Callable[[], Mapping[str, object]]
) -> Response:
    """Act and answer; with an idempotency key that was seen before, only answer as then.

    ``asked`` is the request's body. Two requests with one key at the same moment may both act: actions are
    made so that doing them twice is harmless.
    """
    whole = f"{request.method} {request.url.path}\n{asked}".encode("utf-8", "surrogatepass")
    if key:
        earlier = earlier_answer(call.store, call.who, key=key, request=whole)
        if earlier is not None:
            return Response(earlier.body, status_code=earlier.status, media_type="application/json")
    body = json.dumps(act(), ensure_ascii=False, sort_keys=True)
    if key:
        remember_answer(call.store, call.who, key=key, request=whole, status=200, body=body, now=call.now)
    return Response(body, media_type="application/json")
