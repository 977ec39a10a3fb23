"""What a drill plants: an invented meeting, and a page on this machine that names it for a short while."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from scanner.model import Limits, Unit

SOURCE: Final = "(drill)"
"""Stands where a source's name does. No source can be called so."""

TITLE: Final = "Lychgate drill, an invented meeting"
STARTS_IN: Final = timedelta(minutes=30)
"""So near that the alarm is critical: it goes out at once, also at night."""

_LASTS = timedelta(hours=1)
_CRAWL_TIME = timedelta(minutes=1)
_HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Bait:
    """The link of a meeting that does not exist, and whose name nobody else can come upon."""

    link: str
    starts: datetime

    @property
    def ends(self) -> datetime:
        return self.starts + _LASTS

    @property
    def page(self) -> str:
        """The page to plant: what a member of a group might post without a second thought."""
        return (
            "<!doctype html><title>Notice board</title><h1>Notice board</h1>"
            "<p>Thank you for the cakes on Sunday!</p>"
            f'<p>We meet in half an hour, everybody may join: <a href="{escape(self.link)}">'
            f"{escape(self.link)}</a></p>"
        )


def new_bait(now: datetime) -> Bait:
    """Make up a meeting that starts soon.

    Its room is a word of 128 random bits at a service where rooms exist only while somebody is in them.
    Nobody ever opens it: no scan asks a meeting host for anything.
    """
    starts = (now + STARTS_IN).replace(second=0, microsecond=0)
    return Bait(f"https://meet.jit.si/lychgate-drill-{secrets.token_hex(16)}", starts)


@contextmanager
def planted(page: str) -> Iterator[str]:
    """Serve a page on a free port of this machine while the block runs; yield its ``host:port``.

    Raises OSError where no port can be had.
    """
    body = page.encode()

    class Board(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            found = self.path == "/"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body) if found else 0))
            self.end_headers()
            if found:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the drill tells its own story."""

    with ThreadingHTTPServer((_HERE, 0), Board) as server:
        thread = threading.Thread(target=server.serve_forever, name="drill", daemon=True)
        thread.start()
        try:
            yield f"{_HERE}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def trigger(drill: int) -> str:
    """Return what the scan of a drill says that began it."""
    return f"drill {drill}"


def drill_unit(pair: str, *, contact: str) -> Unit:
    """Return the Unit that reads the planted page.

    Its crawl child may connect to this one ``host:port``, whatever the settings allow, and reads nothing
    else: for every other child the guards stay as they are.
    """
    return Unit(
        source=SOURCE,
        kind="site",
        options={"start": [f"http://{pair}/"]},
        limits=Limits(pages=10, depth=0, time=_CRAWL_TIME, delay=timedelta(0)),
        allow=(pair,),
        contact=contact,
    )
