"""The web as a part of ``serve``: it listens before anything else starts, and ends with it."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Thread

import uvicorn
from fastapi import FastAPI

from scanner.actions.people import first_invite
from scanner.actions.workspace import Workspace
from scanner.actions.zoom_risk import missing_secrets
from scanner.errors import ConfigError
from scanner.serve.ticker import trigger
from scanner.settings import Settings
from scanner.web.app import create_app
from scanner.web.hooks import hooks

log = logging.getLogger("lychgate")

_AT_ONCE = 64
_GRACE = 5
"""Seconds that a request may still take when the end was asked for."""


class Web:
    """An application on an address of this machine, in a thread of its own."""

    def __init__(self, application: FastAPI, *, listen: str, behind_proxy: bool = False) -> None:
        """Take the address, or raise ConfigError; nothing is answered before ``start``.

        ``behind_proxy`` believes a proxy on this machine where it says who is asking.
        """
        host, _, port = listen.rpartition(":")
        try:
            self._socket = socket.create_server(
                (host.removeprefix("[").removesuffix("]"), int(port)),
                family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            )
        except OSError as fault:
            raise ConfigError(
                f"nothing can listen at {listen}: {fault.strerror}", where="web.listen"
            ) from fault
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=behind_proxy,
                forwarded_allow_ips="127.0.0.1,::1",
                limit_concurrency=_AT_ONCE,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        self._thread = Thread(target=self._run, name="web", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens: the port that was given, where 0 was asked for."""
        port: int = self._socket.getsockname()[1]
        return port

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer what is under way, and end."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=2 * _GRACE)
        with suppress(OSError):
            self._socket.close()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def next_run(settings: Settings, timezone: str, now: datetime) -> datetime | None:
    """Return when a schedule looks next, or None if none does."""
    ahead = (
        trigger(schedule, timezone=timezone).get_next_fire_time(None, now)
        for schedule in settings.schedules.values()
    )
    return min((moment for moment in ahead if moment is not None), default=None)


def _invite_first(workspace: Workspace, address: str, *, now: datetime) -> None:
    """Say how the first person gets in, while nobody can.

    Past the log, which hides links.
    """
    organisation = workspace.organisation
    token = first_invite(workspace.store, organisation=organisation.id, email=organisation.email, now=now)
    if token is not None:
        print(
            f"Nobody can sign in to the review desk yet. For {organisation.email}, good once:\n"
            f"  {address}/join/{token}",
            flush=True,
        )


@contextmanager
def open_web(current: Callable[[], Workspace], *, clock: Callable[[], datetime]) -> Iterator[None]:
    """Answer on the web while the block runs: the review desk, and the hooks of the settings.

    ``current`` returns the workspace with the settings in force; hooks follow them, the address does not.
    What cannot be opened is said in the log: alerts by other ways must not wait for it.
    """
    workspace = current()
    settings = workspace.settings
    for sentence in missing_secrets(settings):
        log.error("%s", sentence)
    try:
        app = create_app(
            workspace,
            clock=clock,
            public_address=settings.public_address,
            hooks=hooks(current, clock=clock),
            next_run=next_run,
        )
        web = Web(app, listen=settings.listen, behind_proxy=bool(settings.public_address))
    except ConfigError as fault:
        log.error("%s", fault)
        yield
        return
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    web.start()
    log.info("the web answers on port %d", web.port)
    _invite_first(workspace, settings.public_address or f"http://127.0.0.1:{web.port}", now=clock())
    try:
        yield
    finally:
        web.stop()
