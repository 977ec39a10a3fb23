"""Heads of responses: too many, too long, malformed, contradictory."""

from __future__ import annotations

from tests.spiders.hostile.behaviours.bodies import MALFORMED, NO_HTTP, OK, headed
from tests.spiders.hostile.trap import JOIN, hostile, pieces, raw

COOKIES = "\n".join(f"Set-Cookie: c{n}={'x' * 900}" for n in range(100))
ETAGS = f'ETag: "{"x" * 30_000}"'

TRAPS = {
    "one header of 60 kB": headed(f"X: {'x' * 60_000}"),
    "one header of 10 MB": headed(f"X: {'x' * 10_000_000}", NO_HTTP, leak=False),
    "one header without end": hostile(
        pieces(b"HTTP/1.1 200 OK\r\nX: ", forever=b"x" * 60_000), NO_HTTP, leak=False
    ),
    "1,000 headers": headed("\n".join(f"X-{n}: x" for n in range(1000))),
    "100,000 headers": headed("\n".join(f"X-{n}: x" for n in range(100_000)), NO_HTTP, leak=False),
    "headers without end": hostile(
        pieces(b"HTTP/1.1 200 OK\r\n", forever=b"X-More: of the same\r\n" * 1000), NO_HTTP, leak=False
    ),
    "90 kB of cookies": headed(COOKIES),
    "2 MB of cookies": headed("\n".join([COOKIES] * 20), NO_HTTP, leak=False),
    "ETag of 30 kB": headed(ETAGS),
    "ETag of 1 MB": headed(f'ETag: "{"x" * 1_000_000}"', NO_HTTP, leak=False),
    "ETag with a line end in it": headed('ETag: "a\rb"', MALFORMED),
    "NUL in a header": headed("X-Odd: a\0b", MALFORMED),
    "NUL in a header's name": headed("X-\0Odd: b", MALFORMED),
    "letters beyond ASCII": headed("X-Odd: caf\xe9 \xff\xfe"),
    "folded header": headed("X-Odd: one\n two\n\tthree"),
    "no colon": headed("X-Odd", MALFORMED),
    "space before the colon": headed("X-Odd : x", MALFORMED),
    "no name": headed(": x", MALFORMED),
    "bare line feeds": hostile(raw(OK).replace(b"\r\n", b"\n"), "read"),
    "two types, HTML last": hostile(raw(f"HTTP/1.1 200 OK\nContent-Type: image/png\n{OK[16:]}"), "read"),
    "date that is none": headed("Date: yesterday\nLast-Modified: tomorrow\nExpires: -1"),
    "trailer that is a header": headed("Trailer: Content-Type\nTE: trailers"),
    "upgrade asked for": headed("Upgrade: h2, websocket\nConnection: upgrade, keep-alive"),
    "alternative service": headed('Alt-Svc: h3="10.0.0.1:443"; ma=86400'),
    "link to preload inside": headed("Link: <http://10.0.0.1/x>; rel=preload; as=document"),
    "strict transport": headed("Strict-Transport-Security: max-age=9999999999999999999999"),
    "disposition with a path": headed('Content-Disposition: attachment; filename="../../etc/passwd"'),
    "body behind 30 empty lines": hostile(b"\r\n" * 30 + raw(OK, JOIN), "read"),
}
