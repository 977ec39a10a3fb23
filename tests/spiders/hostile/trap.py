"""What a hostile behaviour is made of: its pages, and what a crawl that met them must say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from scanner.model import Limits
from tests.spiders.hostile.web import Asked, Line, Page, answer

LEAK = "86420013579"
HONEST = {"/honest/1": "86420013501", "/honest/2": "86420013502"}
JOIN = f"<p>Choir on Thursday: https://us02web.zoom.us/j/{LEAK}</p>"
HALL = "<p>The hall is warm and the kettle is on.</p>"

SMALL = Limits(
    delay=timedelta(0),
    pages=12,
    depth=4,
    time=timedelta(seconds=500),
    # Long enough for honest pages on a busy machine: those that are slow on purpose wait side by side.
    response_time=timedelta(seconds=12),
    response_bytes=300_000,
    connect_time=timedelta(seconds=10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """One behaviour of one server.

    ``said`` is what coverage must say of the address ``at``: ``read``, ``cut: why``, ``skipped: why``,
    ``failed: why``, ``blocked: why`` (a failure that is a refusal) or ``gone: why``. ``leak`` tells whether
    the planted meeting can be seen in what comes of it; ``others`` how many of the site's two honest pages,
    one linked before the hostile one and one behind it, are read all the same; ``most`` how many requests
    the server may get.
    """

    pages: Mapping[str, Page]
    said: str
    at: str = "/hostile"
    leak: bool = True
    others: int = 2
    most: int = 12
    limits: Limits = SMALL
    line: Line = Line.PLAIN

    def served(self) -> dict[str, Page]:
        """All pages of the server: the hostile ones, and an honest site round them."""
        links = "".join(f'<a href="{path}">x</a>' for path in ("/honest/1", "/hostile", "/honest/2"))
        honest: dict[str, Page] = {
            path: answer(f"<p>https://us02web.zoom.us/j/{key}</p>") for path, key in HONEST.items()
        }
        return {"/": answer(f"<html>{links}</html>")} | honest | dict(self.pages)


def hostile(page: Page, said: str, **more: object) -> Trap:
    """Return the trap of one hostile page that the start page links to."""
    return Trap(pages={"/hostile": page}, said=said, **more)  # type: ignore[arg-type]


def raw(head: str, body: bytes | str = JOIN) -> bytes:
    """Return a response as written: a head with one header a line, and a body; the connection ends there."""
    lines = head.strip("\n").replace("\n", "\r\n")
    return lines.encode("latin-1") + b"\r\n\r\n" + (body.encode() if isinstance(body, str) else body)


def pieces(*said: bytes, forever: bytes = b"", pause: float = 0.0) -> Page:
    """Return a page that comes in pieces, the last of them again and again if there is a ``forever``."""

    async def say(asked: Asked) -> AsyncIterator[bytes]:
        for piece in said:
            yield piece
            await asyncio.sleep(pause)
        while forever:
            yield forever
            await asyncio.sleep(pause)

    return say
