"""The stage of the demonstration: two small web sites and a mail server, all on this machine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import as_file, files
from pathlib import Path
from string import Template

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

_HERE = files(__package__)
_MEETINGS = {
    "yoga": timedelta(hours=5),
    "steady-together": timedelta(days=2),
    "youth-fitness": timedelta(days=4),
}
"""The invitations, and how far ahead each meeting is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where things stand while the demonstration runs. Pairs are ``host:port``."""

    site: str
    forum: str
    mail_port: int


@contextmanager
def staged(mailbox: Path) -> Iterator[Stage]:
    """Serve the village site and forum, and take mail into a Maildir folder, until the block ends."""
    with ExitStack() as stack:
        site, forum = (
            stack.enter_context(_served(stack.enter_context(as_file(_HERE / name))))
            for name in ("site", "forum")
        )
        mail = Controller(Mailbox(mailbox), hostname="127.0.0.1", port=_free_port())
        mail.start()
        stack.callback(mail.stop)
        yield Stage(site=site, forum=forum, mail_port=mail.port)


def invitations(now: datetime) -> dict[str, str]:
    """Return the invitations of the three meetings, dated ahead of ``now``, by name."""
    return {
        name: Template((_HERE / "invitations" / f"{name}.txt").read_text(encoding="utf-8")).substitute(
            day_zoom=f"{day:%b} {day.day}, {day.year}",
            day_meet=f"{day:%A}, {day:%b} {day.day}",
            day_short=f"{day:%a}",
            day_weekday=f"{day:%A}",
        )
        for name, ahead in _MEETINGS.items()
        for day in [now + ahead]
    }


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the scan report says what was read."""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
