"""A web server on loopback that takes what is posted to it, and can say no in the ways real ones do."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Post:
    """One request that came in; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Hook:
    """A running server. ``status`` and ``answer`` can be changed at will."""

    port: int
    status: int = 204
    answer: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    raw: bytes | None = None
    posts: list[Post] = field(default_factory=list)

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def hook(*, tls: ssl.SSLContext | None = None, **more: object) -> Iterator[Hook]:
    """Run the server until the block ends; ``more`` are fields of the Hook."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads, server.block_on_close = True, False
    server.hook = Hook(server.server_address[1], **more)  # type: ignore[attr-defined,arg-type]
    server.closing = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.hook  # type: ignore[attr-defined]
    finally:
        server.closing.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()


@contextmanager
def deaf() -> Iterator[int]:
    """Yield a port that is bound and not listened on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        held: Hook = self.server.hook  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        held.posts.append(Post(self.path, {n.lower(): v for n, v in self.headers.items()}, body))
        if held.silent:
            self.server.closing.wait(60)  # type: ignore[attr-defined]
            return
        with suppress(BrokenPipeError, ConnectionResetError):
            if held.raw is not None:
                self.wfile.write(held.raw)
                return
            self.send_response(held.status)
            for name, value in {"Content-Length": "0", **held.answer}.items():
                self.send_header(name, value)
            self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *arguments: object) -> None:
        """Posts are recorded, not printed."""
