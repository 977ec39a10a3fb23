"""Bodies that never end, break off, lie about their length, or unfold to far more than they are."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from functools import lru_cache

import brotli

from tests.spiders.hostile.trap import HALL, JOIN, Trap, hostile, pieces, raw
from tests.spiders.hostile.web import Asked, Page, Reset, Said, Whole, answer

TOO_LARGE = "cut: larger than the limit"
TOO_SLOW = "cut: the transfer took too long"
BROKEN_OFF = "cut: the transfer broke off"
BROKEN = "cut: compressed data is broken or incomplete"
MISLABELLED = "cut: not in the encoding that its header says"
MALFORMED = "cut: the answer is malformed"
NO_HTTP = "failed: not an HTTP answer"
CLOSED = "failed: connection closed without an answer"

OK = "HTTP/1.1 200 OK\nContent-Type: text/html"
CHUNKED = f"{OK}\nTransfer-Encoding: chunked"
FRONT = f"{JOIN}{HALL}".encode()
MORE = b"more of the same " * 4000


@lru_cache
def bomb(encoding: str) -> bytes:
    """A page with the meeting in front that unfolds to 50 MB."""
    body = FRONT + b"0" * 50_000_000
    if encoding == "br":
        return brotli.compress(body, quality=1)
    return gzip.compress(body, 1, mtime=0) if encoding == "gzip" else zlib.compress(body, 1)


def coded(body: bytes, encoding: str, said: str = "read", **more: object) -> Trap:
    return hostile(answer(body, headers=[("Content-Encoding", encoding)]), said, **more)


def exploding(encoding: str, *, layers: str = "") -> Trap:
    def page(asked: Asked) -> Said:
        body = bomb(encoding) if not layers else gzip.compress(bomb(encoding), mtime=0)
        return answer(body, headers=[("Content-Encoding", layers or encoding)])

    return hostile(page, TOO_LARGE)


def reset_after(*said: bytes) -> Page:
    async def say(asked: Asked) -> AsyncIterator[bytes]:
        for piece in said:
            yield piece
        raise Reset

    return say


def headed(extra: str, said: str = "read", **more: object) -> Trap:
    return hostile(raw(f"{OK}\n{extra}"), said, **more)


def chunked(body: bytes, said: str, **more: object) -> Trap:
    return hostile(raw(CHUNKED, body), said, **more)


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


LENGTH = len(JOIN)
PACKED = gzip.compress(FRONT, mtime=0)

TRAPS = {
    "endless": hostile(pieces(raw(OK, FRONT), forever=MORE), TOO_LARGE),
    "endless and chunked": hostile(pieces(raw(CHUNKED, chunk(FRONT)), forever=chunk(MORE)), TOO_LARGE),
    "50 MB": hostile(pieces(raw(f"{OK}\nContent-Length: {50_000_000}", FRONT), *[MORE] * 800), TOO_LARGE),
    "one byte at a time": hostile(pieces(raw(OK, JOIN), forever=b"x", pause=0.5), TOO_SLOW),
    "a head one byte at a time": hostile(
        pieces(b"HTTP/1.1 200 OK\r\nX: ", forever=b"x", pause=0.5), "failed: timed out", leak=False
    ),
    "silence after the head": hostile(pieces(raw(OK, JOIN), b"", pause=30), TOO_SLOW),
    "silence for ever": hostile(pieces(b"", pause=30), "failed: timed out", leak=False),
    "Content-Length too long": headed("Content-Length: 9000", BROKEN_OFF),
    "Content-Length too short": headed(f"Content-Length: {LENGTH - 30}", MALFORMED),
    "Content-Length twice, the same": headed(
        f"Content-Length: {LENGTH}\nContent-Length: {LENGTH}", MALFORMED
    ),
    "Content-Length twice, not the same": headed(f"Content-Length: {LENGTH}\nContent-Length: 1", MALFORMED),
    "Content-Length below zero": headed("Content-Length: -1", MALFORMED),
    "Content-Length in words": headed("Content-Length: ninety", MALFORMED),
    "Content-Length beyond all bounds": headed(f"Content-Length: {10**40}", MALFORMED),
    "Content-Length with a sign": headed(f"Content-Length: +{LENGTH}", MALFORMED),
    "Content-Length and chunks": hostile(
        raw(f"{CHUNKED}\nContent-Length: 5", chunk(JOIN.encode()) + b"0\r\n\r\n"), MALFORMED
    ),
    "chunks twice": hostile(
        raw(f"{OK}\nTransfer-Encoding: chunked, chunked", chunk(JOIN.encode()) + b"0\r\n\r\n"), "read"
    ),
    "chunks by another name": hostile(raw(f"{OK}\nTransfer-Encoding: xchunked", JOIN), "read"),
    "chunk size a lie": chunked(b"fff\r\n" + FRONT, BROKEN_OFF),
    "chunk size below zero": chunked(chunk(FRONT) + b"-5\r\nhello\r\n", MALFORMED),
    "chunk size beyond all bounds": chunked(chunk(FRONT) + b"f" * 30 + b"\r\nhello\r\n", MALFORMED),
    "chunk size no number": chunked(chunk(FRONT) + b"zz\r\nhello\r\n", MALFORMED),
    "chunk with 1 MB of extension": chunked(
        chunk(FRONT) + b"5;" + b"x" * 1_000_000 + b"\r\nhello\r\n0\r\n\r\n", "read"
    ),
    "last chunk missing": chunked(chunk(FRONT), BROKEN_OFF),
    "chunks of one byte": chunked(chunk(FRONT) + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n", "read"),
    "endless trailers": hostile(
        pieces(raw(CHUNKED, chunk(FRONT) + b"0\r\n"), forever=b"X-More: x\r\n" * 1000), MALFORMED
    ),
    "reset in the body": hostile(reset_after(raw(f"{OK}\nContent-Length: 9000", FRONT)), BROKEN_OFF),
    "reset in the head": hostile(reset_after(b"HTTP/1.1 200 OK\r\nCont"), CLOSED, leak=False),
    "reset at once": hostile(reset_after(), CLOSED, leak=False),
    "closed at once": hostile(b"", CLOSED, leak=False),
    "closed in the head": hostile(b"HTTP/1.1 200 OK\r\nContent-Ty", CLOSED, leak=False),
    "HTTP/0.9": hostile(JOIN.encode(), NO_HTTP, leak=False),
    "HTTP/1.0": hostile(raw("HTTP/1.0 200 OK\nContent-Type: text/html"), "read"),
    "HTTP/2 preface": hostile(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0d\0\4\0\1\0\0", NO_HTTP, leak=False),
    "another protocol": hostile(b"220 mail.village.org ESMTP ready\r\n", NO_HTTP, leak=False),
    "random bytes": hostile(bytes(range(255, 0, -1)) * 40, NO_HTTP, leak=False),
    "endless random bytes": hostile(pieces(forever=bytes(range(255, 0, -1)) * 40), NO_HTTP, leak=False),
    "empty lines for ever": hostile(
        pieces(forever=b"\r\n" * 1000, pause=0.05), "failed: timed out", leak=False
    ),
    "gzip bomb": exploding("gzip"),
    "deflate bomb": exploding("deflate"),
    "brotli bomb": exploding("br"),
    "gzip bomb in gzip": exploding("gzip", layers="gzip, gzip"),
    "gzip cut short": coded(PACKED[:-9], "gzip", BROKEN),
    "gzip with a wrong checksum": coded(PACKED[:-8] + bytes(8), "gzip", BROKEN),
    "gzip broken in the middle": coded(
        gzip.compress(FRONT + bytes(33 + n * n % 89 for n in range(9000)), mtime=0)[:-60] + b"\xff" * 60,
        "gzip",
        BROKEN,
    ),
    "gzip that is none": coded(FRONT, "gzip", MISLABELLED),
    "gzip with a name without end": coded(
        b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + FRONT + b"x" * 90_000, "gzip", MISLABELLED, leak=False
    ),
    "gzip of many members": coded(gzip.compress(b"x", mtime=0) * 3000 + PACKED, "gzip", BROKEN, leak=False),
    "gzip not labelled": hostile(answer(PACKED), "read"),
    "deflate without its head": coded(zlib.compress(FRONT)[2:-4], "deflate"),
    "packed twice": coded(gzip.compress(PACKED, mtime=0), "gzip, gzip"),
    "packed in three ways": coded(
        brotli.compress(zlib.compress(gzip.compress(FRONT, mtime=0))), "gzip, deflate, br"
    ),
    "packed 40 times, it says": coded(FRONT, ", ".join(["gzip"] * 40), MISLABELLED),
    "encoding unknown": coded(FRONT, "rot13", MISLABELLED),
    "encoding in capitals": coded(PACKED, "GZIP"),
    "encoding of 50 kB": coded(FRONT, "gzip" * 12_000, MISLABELLED),
    "brotli that is none": coded(FRONT, "br", MISLABELLED),
    "a second answer behind the first": hostile(
        answer(JOIN, length=LENGTH) + answer("<p>Put in between.</p>"), "read"
    ),
    "a second answer, and the line kept": Trap(
        pages={"/honest/1": Whole(answer(HALL) + answer("poison")), "/hostile": answer(JOIN)},
        said="read",
        others=1,
    ),
    "kept alive, then closed": hostile(Whole(raw(f"{OK}\nContent-Length: {LENGTH}")), "read"),
}
