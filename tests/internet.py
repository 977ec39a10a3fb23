"""A small Internet on loopback: real HTTP servers whose every answer a test decides, good or broken.

    with serve({"/": '<a href="/minutes">Minutes</a>', "/minutes": Answer(delay=2)}) as site:
        fetch(site.url("/"))
        assert [hit.path for hit in site.hits] == ["/", "/minutes"]

A key is a path with its query, or ``host/path`` for one name among several that the server answers to. A
value is the HTML of a page, an Answer, or a function from the Hit to either. Everything else is 404, and so
is robots.txt unless a test serves one, which lets crawlers in.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Hit:
    """One request as the server saw it. Header names are lower case; ``at`` is monotonic seconds."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says. Without ``length`` it declares the true length of the body.

    ``delay`` is silence before the first byte; ``drip`` the pause after each byte of the body; ``length`` a
    Content-Length that may be a lie; ``chunks`` sends the body chunked, without the last chunk if ``broken``;
    ``reset`` ends the connection with a reset where the body ends; ``raw`` replaces everything, status line
    included; its pieces go out a moment apart.
    """

    body: bytes | str = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    length: int | None = None
    chunks: bool = False
    broken: bool = False
    reset: bool = False
    raw: bytes | tuple[bytes, ...] | None = None

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body


Page = str | bytes | Answer | Callable[[Hit], "str | bytes | Answer"]


def redirect(target: str, status: int = 302) -> Answer:
    """Answer with a redirect."""
    return Answer(status=status, headers={"Location": target})


@dataclass(slots=True)
class Site:
    """A running server: where it is, what was asked of it, and what it serves (change it at will)."""

    port: int
    pages: dict[str, Page]
    hits: list[Hit]
    scheme: str = "http"

    @property
    def pair(self) -> str:
        """The ``host:port`` that lets a crawl through to it."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """Return the address of a path, by number or by one of the server's names."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """All paths asked for, in order, without robots.txt."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]


@contextmanager
def serve(pages: Mapping[str, Page], *, tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Serve pages on a free port of 127.0.0.1 until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.site = Site(server.server_address[1], dict(pages), [], "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    site: Site

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.closing = threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that leave early are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer in two writes would wait 40 ms for the client's ACK
    server: _Server
    timeout = 60

    def do_GET(self) -> None:
        site = self.server.site
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "").partition(":")[0]
        hit = Hit(self.command, host, self.path, headers, time.monotonic())
        site.hits.append(hit)
        page = site.pages.get(host + self.path, site.pages.get(self.path, Answer(status=404)))
        if callable(page):
            page = page(hit)
        self._say(page if isinstance(page, Answer) else Answer(body=page))

    def _say(self, answer: Answer) -> None:
        if answer.delay and self.server.closing.wait(answer.delay):
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            if answer.raw is not None:
                self._send_raw((answer.raw,) if isinstance(answer.raw, bytes) else answer.raw)
            else:
                self.wfile.write(_head(answer))
                if answer.status not in (204, 304):
                    self._send_body(answer)
        lied = answer.length is not None and answer.length != len(answer.content)
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close_connection = answer.raw is not None or answer.broken or answer.reset or lied

    def _send_raw(self, pieces: tuple[bytes, ...]) -> None:
        for piece in pieces:
            self.wfile.write(piece)
            if piece is not pieces[-1]:
                self.server.closing.wait(0.2)

    def _send_body(self, answer: Answer) -> None:
        content = answer.content
        pieces = [content[at : at + 1] for at in range(len(content))] if answer.drip else [content]
        for piece in pieces:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if answer.chunks and piece else piece)
            if answer.drip and self.server.closing.wait(answer.drip):
                return
        if answer.chunks and not answer.broken:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *arguments: object) -> None:
        """Hits are recorded, not printed."""


def _head(answer: Answer) -> bytes:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unassigned"
    headers = {"Content-Type": answer.type} if answer.type else {}
    if answer.chunks:
        headers["Transfer-Encoding"] = "chunked"
    else:
        headers["Content-Length"] = str(len(answer.content) if answer.length is None else answer.length)
    headers |= answer.headers
    lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("utf-8")
