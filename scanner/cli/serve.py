"""``lychgate serve``: look by itself, every night."""

from __future__ import annotations

import logging
import signal
import sys

import typer

from scanner.cli.say import clock, opened
from scanner.redact import redact


class _OneSafeLine(logging.Formatter):
    """One event, one line, without links, addresses of people or long numbers; its own time stays."""

    def format(self, record: logging.LogRecord) -> str:
        said = redact(super().format(record)).replace("\n", " ⏎ ")
        return f"{self.formatTime(record)} {record.levelname} {said}"


def serve(context: typer.Context) -> None:
    """Run the schedules of schedules.yaml and send alerts, until stopped (Ctrl-C or SIGTERM).

    What was due while nothing ran is done at once. Run it under systemd or in a terminal of its own.

    Example: lychgate --data /var/lib/lychgate serve
    """
    from scanner.serve.server import Server
    from scanner.serve.web import open_web

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneSafeLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with opened(context) as workspace:
        server = Server(workspace, clock=clock)
        for name in (signal.SIGTERM, signal.SIGINT):
            # A shell that puts it into the background lets it ignore the Ctrl-C that is meant for others.
            if signal.getsignal(name) is not signal.SIG_IGN:
                signal.signal(name, lambda *_: server.stop())
        logging.getLogger("lychgate").info("serving %s", workspace.environment.folder)
        with open_web(lambda: server.workspace, clock=clock):
            server.run()
    logging.getLogger("lychgate").info("stopped")
