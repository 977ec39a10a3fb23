"""Read an answer that breaks the rules of HTTP, as far as a browser would still show it.

A library gives up a whole answer for a length that is too short or one header without a colon, and pages
that people read come from such servers. So a refused answer is asked for once more, here, where nothing
is believed but the bytes: a status, headers as far as they are any, and all that follows.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import yarl

MOST_HEAD = 256 * 1024
"""Bytes that headers may take: what browsers allow."""

_SILENCE = 5.0
"""Seconds without a byte more after which an answer counts as ended: its own word on that is worth little."""

_STATUS = re.compile(rb"HTTP/[0-9.]{1,8}[ \t]+([0-9]{3})(?:[ \t][^\n]*)?\r?\n")
_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\n]*)?\r?\n")
_MOST_INTERIM = 100


@dataclass(frozen=True, slots=True)
class Rough:
    """What could be made of an answer. The body is as it came, still in its Content-Encoding."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def value(self, name: bytes) -> str:
        """Return all values of a header, joined by commas."""
        return ",".join(value.decode("latin-1") for key, value in self.headers if key.lower() == name)


def understand(came: bytes) -> Rough | None:
    """Make the most of the bytes of an answer; None if they do not even begin like one. Pure, and linear."""
    at = len(came) - len(came.lstrip(b"\r\n"))
    for _ in range(_MOST_INTERIM):
        status = _STATUS.match(came, at)
        end = _HEAD_END.search(came, status.end() - 1, at + MOST_HEAD) if status else None
        if status is None or end is None:
            return None
        code = int(status[1])
        if not 100 <= code < 200 or code == 101:
            headers = tuple(_headers(came[status.end() : end.start()]))
            rough = Rough(code, headers, came[end.end() :])
            chunked = "chunked" in rough.value(b"transfer-encoding").lower()
            return Rough(code, headers, _unchunked(rough.body)) if chunked else rough
        at = end.end()
    return None


def _headers(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = (line.partition(b":") for line in head.split(b"\n") if line[:1] not in (b" ", b"\t"))
    return [(name.strip(), value.strip()) for name, colon, value in lines if colon and name.strip()]


def _unchunked(body: bytes) -> bytes:
    """Join chunks as far as there are any; what never was chunked is left as it is."""
    joined = bytearray()
    at = 0
    while (head := _CHUNK.match(body, at)) is not None:
        size = int(head[1], 16)
        joined += body[head.end() : head.end() + size]
        at = head.end() + size
        if size == 0 or at >= len(body):
            break
        at += len(body[at : at + 2]) - len(body[at : at + 2].lstrip(b"\r\n"))
    return bytes(joined) if at else body


async def ask_roughly(
    url: yarl.URL, headers: Mapping[str, str], *, addresses: Sequence[str], until: float, limit: int
) -> Rough | None:
    """Ask one of the (checked) IP addresses of a server again, and read until it ends or falls silent.

    ``until`` is in the event loop's time; at most ``limit`` bytes of body are read. None if it gave
    nothing that begins like an answer.
    """
    came = bytearray()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout_at(until):
            reader, writer = await asyncio.open_connection(
                addresses[0],
                url.port,
                ssl=url.scheme == "https" or None,
                server_hostname=url.raw_host if url.scheme == "https" else None,
            )
            try:
                writer.write(_request(url, headers))
                while len(came) <= limit + MOST_HEAD:
                    async with asyncio.timeout(_SILENCE if came else None):
                        piece = await reader.read(64 * 1024)
                    if not piece:
                        break
                    came += piece
            finally:
                writer.transport.abort()
    return understand(bytes(came))


def _request(url: yarl.URL, headers: Mapping[str, str]) -> bytes:
    said = {"Host": url.host_port_subcomponent or "", **headers, "Connection": "close"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"GET {url.raw_path_qs} HTTP/1.1\r\n{lines}\r\n".encode("latin-1", "replace")
