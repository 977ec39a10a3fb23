"""The line itself: TLS that never greets, breaks, or is none."""

from __future__ import annotations

from tests.spiders.hostile.trap import HALL, JOIN, Trap, hostile, pieces, raw
from tests.spiders.hostile.web import Line, answer

OK = "HTTP/1.1 200 OK\nContent-Type: text/html"

TRAPS = {
    "TLS, one byte at a time": hostile(
        pieces(raw(OK, JOIN), forever=b"x", pause=0.5), "cut: the transfer took too long", line=Line.TLS
    ),
    "TLS, closed without a farewell": hostile(raw(OK, JOIN), "read", line=Line.TLS),
    "TLS, head one byte at a time": hostile(
        pieces(b"HTTP/1.1 200 OK\r\nX: ", forever=b"x", pause=0.5),
        "failed: timed out",
        leak=False,
        line=Line.TLS,
    ),
    "TLS promised, plain spoken": Trap(
        pages={"/": answer(HALL)},
        at="/",
        said="failed: no secure connection",
        leak=False,
        others=0,
        line=Line.DECEPTIVE,
    ),
    "TLS that never greets": Trap(
        pages={"/": answer(HALL)},
        at="/",
        said="failed: connection timed out",
        leak=False,
        others=0,
        line=Line.SILENT,
    ),
}
