"""Make it impossible for this process to leave loopback, and remember what it tried.

The guards under test are tried with real private and metadata addresses, so what catches a failing guard
must be there before it, and must itself be proven.
"""

from __future__ import annotations

import socket
import sys

OPENED: list[str] = []
LOOKED_UP: list[str] = []
BOUND: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Record connections, look-ups and bound ports, and end what would leave."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and arguments[-1] is not None:
        target = arguments[-1]
        shown = f"{target[0]}:{target[1]}" if isinstance(target, tuple) else repr(target)
        OPENED.append(shown)
        if not isinstance(target, tuple) or target[0] not in ("127.0.0.1", "::1"):
            raise ConnectionAbortedError(f"a test tried to leave the machine: {shown}")
    elif event == "socket.bind":
        BOUND.append(repr(arguments[-1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        LOOKED_UP.append(str(arguments[0]))
        raise ConnectionAbortedError(f"a test tried to look up a name: {arguments[0]}")


def install() -> None:
    """Watch from now on. Exits unless connections to documentation addresses and look-ups end here."""
    sys.addaudithook(watch)
    for attempt in (
        lambda: socket.socket().connect(("192.0.2.1", 80)),
        lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53)),
        lambda: socket.getaddrinfo("nowhere.invalid", 80),
    ):
        try:
            attempt()
        except ConnectionAbortedError:
            continue
        raise SystemExit("the way out is not barred")
    OPENED.clear()
    LOOKED_UP.clear()
