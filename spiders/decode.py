"""Undo a body's Content-Encoding, bounded, and keep what could be undone.

A bomb stops at the limit, a cut or broken stream gives what came before the break, and a body that was
never compressed, whatever its header says, is given back as it is: a leak may stand in any of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import brotli  # type: ignore[import-untyped]

ACCEPTED = "gzip, deflate, br"
"""What to ask servers for: the encodings that can be decoded within a bound on bytes and on memory."""

TOO_LARGE = "larger than the limit"
BROKEN = "compressed data is broken or incomplete"
MISLABELLED = "not in the encoding that its header says"

_STEP = 1024 * 1024
"""Bytes unfolded at once: most pages in one go."""

_FEW = 4096
_MEMBERS = 1000
_LAYERS = 3


class _BrokenStream(Exception):
    """The stream ends too early or holds what its format does not allow."""


def decode(body: bytes, encodings: str, *, limit: int) -> tuple[bytes, str]:
    """Return the decoded body, at most ``limit`` bytes of it, and why it is not whole (or "").

    ``encodings`` is the value of Content-Encoding: a comma-separated list, applied in order by the server,
    so undone from its end (RFC 9110, section 8.4).
    """
    names = [name.strip().lower() for name in encodings.split(",")]
    layers = [name for name in reversed(names) if body and name not in ("", "identity")]
    if len(layers) > _LAYERS or any(name not in _DECODERS for name in layers):
        return body[:limit], MISLABELLED
    why = ""
    for name in layers:
        body, fault = _undo(body, _DECODERS[name], limit)
        why = why or fault
        if fault == MISLABELLED:
            break
    if len(body) > limit:
        return body[:limit], TOO_LARGE
    return body, why


def _undo(body: bytes, decoder: Callable[[bytes], Iterator[bytes]], limit: int) -> tuple[bytes, str]:
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in decoder(body):
            pieces.append(piece)
            size += len(piece)
            if size > limit:
                return b"".join(pieces)[:limit], TOO_LARGE
    except (_BrokenStream, zlib.error, brotli.error):
        return (b"".join(pieces), BROKEN) if size else (body, MISLABELLED)
    return b"".join(pieces), ""


def _gunzip(body: bytes) -> Iterator[bytes]:
    """Yield the members of a gzip body; zeros or other bytes behind the last member are left alone."""
    rest = body
    for member in range(_MEMBERS):
        if member and not rest.startswith(b"\x1f\x8b"):
            return
        stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        yield from _inflate(stream, rest)
        rest = stream.unused_data
        if not rest:
            return
    raise _BrokenStream


def _undeflate(body: bytes) -> Iterator[bytes]:
    """Yield a zlib body; some servers send the bare deflate stream instead, so that is understood too."""
    zlib_header = len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return _inflate(zlib.decompressobj(wbits=zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS), body)


def _inflate(stream: zlib._Decompress, body: bytes) -> Iterator[bytes]:
    """Yield what a stream unfolds to, up to the very byte that is wrong in it."""
    rest = body
    while True:
        before = stream.copy()
        try:
            piece = stream.decompress(rest, _STEP)
        except zlib.error:
            yield from _salvage(before, rest)
            raise
        if not piece and not stream.unconsumed_tail:
            break
        yield piece
        if stream.eof:
            return
        rest = stream.unconsumed_tail
    if not stream.eof:
        raise _BrokenStream


def _salvage(stream: zlib._Decompress, body: bytes) -> Iterator[bytes]:
    """Yield what comes before a fault: zlib drops all that one call has unfolded when it meets one."""
    with suppress(zlib.error):
        for at in range(0, len(body), _FEW):
            before = stream.copy()
            few = body[at : at + _FEW]
            try:
                yield stream.decompress(few)
            except zlib.error:
                for byte in few:
                    yield before.decompress(bytes((byte,)))


def _unbrotli(body: bytes) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    piece = stream.process(body, output_buffer_limit=_STEP)
    while piece or not stream.can_accept_more_data():
        yield piece
        if stream.is_finished():
            return
        piece = stream.process(b"", output_buffer_limit=_STEP)
    if not stream.is_finished():
        raise _BrokenStream


_DECODERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
}
