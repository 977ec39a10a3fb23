"""Status codes at their worst, and refusals that must be told and never worked round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.spiders.hostile.trap import HALL, JOIN, Trap, hostile, pieces, raw
from tests.spiders.hostile.web import Asked, Whole, answer

CHALLENGED = "asks whether a person is there (challenge page)"
PERSON = "<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


def status(code: int, said: str, *headers: tuple[str, str], body: str = HALL, **more: object) -> Trap:
    return hostile(answer(body, status=code, headers=headers), said, leak=body == JOIN, **more)


def at_first(*first: Whole) -> Callable[[Asked], Whole]:
    """Answer with each of these once, and then with the page."""
    waiting = list(first)
    return lambda asked: waiting.pop(0) if waiting else answer(JOIN)


def busy(pause: str, code: int = 429) -> Whole:
    return answer(status=code, headers=[("Retry-After", pause)])


def soon(asked: Asked) -> Whole:
    """Ask for an hour's pause, as a date."""
    return busy(format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))


TRAPS = {
    "401": status(401, "blocked: HTTP 401", ("WWW-Authenticate", "Basic realm=x")),
    "402": status(402, "failed: HTTP 402"),
    "403": status(403, "blocked: HTTP 403"),
    "404": status(404, "gone: HTTP 404"),
    "404 with the page on it": status(404, "cut: HTTP 404", body=JOIN),
    "403 with the page on it": status(403, "cut: HTTP 403", body=JOIN),
    "500 with the page on it": status(500, "cut: HTTP 500", body=JOIN),
    "405": status(405, "failed: HTTP 405"),
    "407": status(407, "failed: HTTP 407"),
    "408": status(408, "failed: HTTP 408"),
    "410": status(410, "gone: HTTP 410"),
    "418": status(418, "failed: HTTP 418"),
    "451": status(451, "blocked: HTTP 451"),
    "500": status(500, "failed: HTTP 500"),
    "501": status(501, "failed: HTTP 501"),
    "502": status(502, "failed: HTTP 502"),
    "503": status(503, "failed: HTTP 503"),
    "504": status(504, "failed: HTTP 504"),
    "520": status(520, "failed: HTTP 520"),
    "599": status(599, "failed: HTTP 599"),
    "999": status(999, "failed: HTTP 999"),
    "429 without a time": status(429, "blocked: HTTP 429"),
    "429 for a second": hostile(at_first(busy("1")), "read"),
    "429 until a time past": hostile(at_first(busy("Sun, 06 Nov 1994 08:49:37 GMT")), "read"),
    "429 for an hour, as a date": hostile(soon, "blocked: HTTP 429", leak=False, others=1),
    "429 for ever": status(429, "blocked: HTTP 429", ("Retry-After", "9" * 400), others=1),
    "429 for a time before now": status(429, "blocked: HTTP 429", ("Retry-After", "-5")),
    "429 for nonsense": status(429, "blocked: HTTP 429", ("Retry-After", "when pigs fly")),
    "503 for a day": status(503, "failed: HTTP 503", ("Retry-After", "86400"), others=1),
    "503 once": hostile(at_first(answer(status=503)), "read"),
    "200, but nothing in it": hostile(answer(), "read", leak=False),
    "201 with a page": status(201, "read", body=JOIN),
    "203 from a proxy": status(203, "read", body=JOIN),
    "204": hostile(raw("HTTP/1.1 204 No Content", ""), "read", leak=False),
    "204 with a body": hostile(
        raw("HTTP/1.1 204 No Content\nContent-Length: 90"), "cut: the answer is malformed"
    ),
    "206 unasked": status(
        206,
        "cut: the server sent only a part",
        ("Content-Range", "bytes 0-60/90000"),
        body=JOIN,
    ),
    "300 without a Location": status(300, "cut: HTTP 300", body=JOIN),
    "304 unasked": hostile(raw("HTTP/1.1 304 Not Modified\nETag: x", ""), "failed: HTTP 304", leak=False),
    "101 unasked": hostile(
        raw("HTTP/1.1 101 Switching Protocols\nUpgrade: h2c\nConnection: upgrade", "PRI * HTTP/2.0"),
        "failed: HTTP 101",
        leak=False,
    ),
    "103 first": hostile(
        raw("HTTP/1.1 103 Early Hints\nLink: </x.css>\n\nHTTP/1.1 200 OK\nContent-Type: text/html"), "read"
    ),
    "1xx flood before the page": hostile(
        pieces(b"HTTP/1.1 102 Processing\r\n\r\n" * 20_000, raw("HTTP/1.1 200 OK\nContent-Type: text/html")),
        "read",
    ),
    "1xx for ever": hostile(
        pieces(forever=b"HTTP/1.1 100 Continue\r\n\r\n" * 100, pause=0.05), "failed: timed out", leak=False
    ),
    "status of four digits": hostile(raw("HTTP/1.1 2000 OK"), "failed: not an HTTP answer", leak=False),
    "status of no digits": hostile(raw("HTTP/1.1 OK"), "failed: not an HTTP answer", leak=False),
    "status without a reason": hostile(raw("HTTP/1.1 200\nContent-Type: text/html"), "read"),
    "reason of 60 kB": hostile(raw(f"HTTP/1.1 200 {'O' * 60_000}K\nContent-Type: text/html"), "read"),
    "version from the future": hostile(raw("HTTP/9.9 200 OK"), "cut: the answer is malformed"),
    "challenge as 200": hostile(answer(PERSON), f"blocked: {CHALLENGED}", leak=False),
    "challenge as 403": status(403, f"blocked: {CHALLENGED}", body=PERSON),
    "challenge as 503": status(503, f"blocked: {CHALLENGED}", body=PERSON),
    "challenge by header alone": status(403, f"blocked: {CHALLENGED}", ("cf-mitigated", "challenge")),
    "one page for robots, another for people": hostile(
        lambda asked: answer(HALL if "Lychgate" in asked.headers["user-agent"] else JOIN), "read", leak=False
    ),
    "consent wall before the text": hostile(
        answer(f"<div id=consent style='position:fixed'>We value your privacy</div>{JOIN}"), "read"
    ),
    "log-in form over the text": hostile(
        answer(f"<form action=/login><input type=password name=p></form>{JOIN}"), "cut: asks for a log-in"
    ),
}
