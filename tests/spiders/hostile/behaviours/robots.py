"""robots.txt at its worst. What stands for "no" is obeyed, and what was not read is said."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import timedelta

from tests.spiders.hostile.trap import JOIN, SMALL, Trap, pieces, raw
from tests.spiders.hostile.web import Page, answer, redirect

UNREADABLE = "blocked: robots.txt could not be read"
TEXT = "HTTP/1.1 200 OK\nContent-Type: text/plain"
OPEN = "User-agent: *\nAllow: /\n"
CLOSED = "User-agent: *\nDisallow: /hostile\n"
FORBIDDEN = "skipped: robots.txt forbids it"


def says(robots: Page, said: str = "read", **more: object) -> Trap:
    if isinstance(robots, str | bytes):
        page: Page = robots if isinstance(robots, bytes) else answer(robots, type="text/plain")
    else:
        page = robots
    pages = {"/robots.txt": page, "/hostile": answer(JOIN)}
    return Trap(pages=pages, said=said, leak=said == "read", **more)  # type: ignore[arg-type]


def shut(robots: Page, said: str, **more: object) -> Trap:
    return says(robots, said, at="/", others=0, **more)


def text(body: str | bytes) -> Page:
    return answer(body, type="text/plain")


SHORT = replace(SMALL, time=timedelta(seconds=50))

TRAPS = {
    "robots.txt 404": says(answer(status=404)),
    "robots.txt 403": says(answer(status=403)),
    "robots.txt 410": says(answer(status=410)),
    "robots.txt 500": shut(answer(status=500), f"{UNREADABLE}: HTTP 500"),
    "robots.txt 503": shut(answer(status=503), f"{UNREADABLE}: HTTP 503"),
    "robots.txt 520": shut(answer(status=520), f"{UNREADABLE}: HTTP 520"),
    "robots.txt 429 for an hour": shut(
        answer(status=429, headers=[("Retry-After", "3600")]), "failed: the server asked to come back later"
    ),
    "robots.txt is a page": says(answer("<html><body>Welcome! Disallow: /</body></html>")),
    "robots.txt is empty": says(text("")),
    "robots.txt is binary": says(text(bytes(range(256)) * 100)),
    "robots.txt of 10 MB": says(text(OPEN + "# and so on\n" * 900_000)),
    "robots.txt of 10 MB, rules first": says(text(CLOSED + "# and so on\n" * 900_000), FORBIDDEN),
    "robots.txt of one endless line": says(text(CLOSED + "Disallow: /" + "x" * 3_000_000), FORBIDDEN),
    "robots.txt without end": says(pieces(raw(TEXT, CLOSED), forever=b"# and so on\n" * 4000), FORBIDDEN),
    "robots.txt a byte at a time": says(pieces(raw(TEXT, CLOSED), forever=b"#", pause=0.5), FORBIDDEN),
    "robots.txt never answers": shut(
        pieces(b"", pause=30), "failed: robots.txt could not be read: timed out"
    ),
    "robots.txt closes at once": shut(b"", "failed: connection closed without an answer"),
    "robots.txt is no HTTP": shut(b"hello\r\n\r\n", f"{UNREADABLE}: not an HTTP answer"),
    "robots.txt with a byte order mark": says(text("\ufeff" + CLOSED), FORBIDDEN),
    "robots.txt with NUL in it": says(text("User-agent: *\0\nDisallow: /\0x\n" + CLOSED), FORBIDDEN),
    "robots.txt with old line ends": says(text(CLOSED.replace("\n", "\r")), FORBIDDEN),
    "robots.txt in UTF-16": says(text(CLOSED.encode("utf-16"))),
    "robots.txt packed": says(
        answer(gzip.compress(CLOSED.encode(), mtime=0), headers=[("Content-Encoding", "gzip")]), FORBIDDEN
    ),
    "robots.txt is a bomb": says(
        answer(
            gzip.compress(CLOSED.encode() + b"#" * 50_000_000, mtime=0),
            headers=[("Content-Encoding", "gzip")],
        ),
        FORBIDDEN,
    ),
    "robots.txt forbids everything": shut(
        text("User-agent: *\nDisallow: /\n"), "blocked: robots.txt forbids it"
    ),
    "robots.txt forbids us": shut(
        text("User-agent: lychgate\nDisallow: /\n"), "blocked: robots.txt forbids it"
    ),
    "robots.txt forbids others": says(text("User-agent: gptbot\nDisallow: /\n")),
    "robots.txt of a million stars": says(text("User-agent: *\n" + f"Disallow: /{'*a' * 100}$\n" * 2000)),
    "robots.txt of 20,000 groups": says(
        text("".join(f"User-agent: a{n}\nDisallow: /\n" for n in range(20_000)))
    ),
    "robots.txt with percent signs": says(text("User-agent: *\nDisallow: /%\nDisallow: /%zz%\n")),
    "robots.txt moves five times": Trap(
        pages={
            "/robots.txt": redirect("/r/1"),
            **{f"/r/{n}": redirect(f"/r/{n + 1}") for n in range(1, 5)},
            "/r/5": text(CLOSED),
        },
        said=FORBIDDEN,
        leak=False,
        most=10,
    ),
    "robots.txt moves in a circle": says(redirect("/robots.txt"), most=12),
    "robots.txt moves to another host": shut(
        redirect("http://127.0.0.1:1/robots.txt"),
        f"{UNREADABLE}: refused by the network guard: private address",
    ),
    "robots.txt moves inside": shut(
        redirect("http://10.0.0.1/"), f"{UNREADABLE}: refused by the network guard: private address"
    ),
    "robots.txt moves to a meeting": shut(
        redirect("https://zoom.us/j/86420013579"), f"{UNREADABLE}: refused by the network guard: meeting host"
    ),
    "crawl delay of a year": says(
        text("User-agent: *\nCrawl-delay: 31536000\n"),
        "skipped: time limit reached",
        others=0,
        limits=SHORT,
    ),
    "crawl delay without end": says(text("User-agent: *\nCrawl-delay: inf\n")),
    "crawl delay below zero": says(text("User-agent: *\nCrawl-delay: -9\n")),
    "crawl delay no number": says(text("User-agent: *\nCrawl-delay: nan\n")),
    "crawl delay in words": says(text("User-agent: *\nCrawl-delay: a while\n")),
    "request rate of nonsense": says(text("User-agent: *\nRequest-rate: 1/0s 99-99\nVisit-time: 0-0\n")),
}
