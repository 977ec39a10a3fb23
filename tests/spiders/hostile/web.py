"""A hostile web on loopback: servers that say, byte for byte, whatever a test wants, however wrong.

Unlike ``tests.internet``, nothing here helps a page to be well-formed. A page is the bytes of a whole
response, or a function of what was asked that yields them piece by piece, for ever if it likes.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto


class Line(Enum):
    """What a server makes of a connection: HTTP, HTTP in TLS, or neither where TLS is expected."""

    PLAIN = auto()
    TLS = auto()
    DECEPTIVE = auto()
    SILENT = auto()


class Whole(bytes):
    """A well-formed response, after which the connection stays open for the next request."""


class Reset(Exception):
    """Raised by a page to end the connection with a reset."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path with the query, its headers, how many came before it, and the server's port."""

    path: str
    headers: Mapping[str, str]
    before: int
    port: int


Said = bytes | AsyncIterator[bytes]
Page = bytes | Callable[[Asked], Said]


def answer(
    body: bytes | str = b"",
    *,
    status: int = 200,
    type: str = "text/html; charset=utf-8",
    headers: Iterable[tuple[str, str]] = (),
    length: int | None = None,
) -> Whole:
    """Return a response with a Content-Length, which is true unless ``length`` is given."""
    content = body.encode() if isinstance(body, str) else body
    lines = [("Content-Length", str(len(content) if length is None else length)), *headers]
    if type:
        lines.append(("Content-Type", type))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines)
    return Whole(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode("latin-1", "replace") + content)


def redirect(target: str, status: int = 302) -> Whole:
    """Return a redirect."""
    return answer(status=status, headers=[("Location", target)])


@dataclass(slots=True)
class Server:
    """A running server and what was asked of it."""

    pages: Mapping[str, Page]
    line: Line = Line.PLAIN
    port: int = 0
    paths: list[str] = field(default_factory=list)

    @property
    def pair(self) -> str:
        """The ``host:port`` that lets a crawl through to it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Return the address of a path."""
        return f"{'http' if self.line is Line.PLAIN else 'https'}://{self.pair}{path}"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection until one side has had enough."""
        if self.line is Line.SILENT:
            await asyncio.sleep(60)
        elif self.line is Line.DECEPTIVE:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            try:
                while await self._answer(reader, writer):
                    pass
            except Reset:
                linger = writer.get_extra_info("socket")
                linger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(path, headers, len(self.paths), self.port)
        self.paths.append(path)
        page = self.pages.get(path, self.pages.get("*", answer("nothing here", status=404)))
        said = page(asked) if callable(page) else page
        if isinstance(said, bytes):
            writer.write(said)
            await writer.drain()
            return isinstance(said, Whole)
        async for piece in said:
            writer.write(piece)
            await writer.drain()
        return False


@contextmanager
def serve_all(servers: Iterable[Server], *, tls: ssl.SSLContext) -> Iterator[None]:
    """Run servers, each on a free port of 127.0.0.1, in one thread until the block ends."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)  # clients that leave early are what these servers are for
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def open_all() -> None:
        for server in servers:
            listening = await asyncio.start_server(
                server.talk, "127.0.0.1", 0, ssl=tls if server.line is Line.TLS else None, backlog=128
            )
            server.port = listening.sockets[0].getsockname()[1]

    async def close_all() -> None:
        ending = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    try:
        asyncio.run_coroutine_threadsafe(open_all(), loop).result(60)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(close_all(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()
