"""What holds for every answer: host, size of the question, and the headers that keep browsers strict."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scanner.web.api.answers import problem
from scanner.web.door import API

log = logging.getLogger("lychgate")

LARGEST_QUESTION: Final = 4 * 1024 * 1024
"""Bytes of a request's body. An invitation is at most 1 MiB, escaped at most three times as long."""

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
_TOO_MUCH = "That is too much at once."
_HERE = ("127.0.0.1", "localhost", "[::1]")


class Guard:
    """Refuse foreign host names and endless bodies; add the headers.

    A page elsewhere can make its own name point to this machine (DNS rebinding): then its scripts would be
    of one origin with ours, but the name in ``Host`` is theirs.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], secure: bool) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._headers = {**_HEADERS, **({"Strict-Transport-Security": "max-age=31536000"} if secure else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False

        async def strict(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if not self._is_ours(headers.get("host", "")):
            refusal = _refusal(scope, "This is not the address of this desk.\n", status=421)
            await refusal(scope, receive, strict)
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_QUESTION:
            await _refusal(scope, _TOO_MUCH, status=413)(scope, receive, strict)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_QUESTION:
                # A body without a stated length: what follows is not read.
                raise HTTPException(413, _TOO_MUCH)
            return message

        try:
            await self._app(scope, bounded, strict)
        except Exception:
            log.exception("a fault in the web; it goes on")
            if not started:
                says = "Something went wrong in Lychgate itself. It is in the log.\n"
                await _refusal(scope, says, status=500)(scope, receive, strict)

    def _is_ours(self, host: str) -> bool:
        host = host.lower()
        return host in self._hosts or host.rpartition(":")[0] in _HERE or host in _HERE


def _refusal(scope: Scope, says: str, *, status: int) -> Response:
    if scope["path"].startswith(API):
        return problem(status, says.strip())
    return PlainTextResponse(says, status_code=status)
