"""A desk on loopback and somebody with a browser of few words: real HTTP, cookies, forms."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI

from scanner.actions.passwords import hash_password
from scanner.actions.people import AccountRole, someone
from scanner.actions.signing_in import start_session
from scanner.actions.workspace import Workspace
from scanner.web.app import create_app

PASSWORD = "harbour pencil violet otter"


class Clock:
    """A clock that only moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, length: timedelta) -> None:
        self.now += length


@dataclass
class Said:
    """An answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def where(self) -> str:
        """Where it sends one on to, empty if nowhere."""
        return self.headers.get("Location", "")

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{64})"', self.text)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """The text of a page without its tags."""
        text = " ".join(unescape(re.sub(r"<[^>]*>", " ", self.text)).split())
        return re.sub(r" (?=[:,.;])", "", text)


@dataclass
class Browser:
    """Somebody's browser: keeps cookies, follows nothing by itself."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    host: str = "127.0.0.1"

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Said:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection.request(method, path, body=body, headers={**sent, **(headers or {})})
        answer = connection.getresponse()
        said = Said(answer.status, answer.headers, answer.read())
        connection.close()
        for cookie in said.headers.get_all("Set-Cookie", []):
            name, _, rest = cookie.partition("=")
            value = rest.partition(";")[0].strip('"')
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return said

    def get(self, path: str, **headers: str) -> Said:
        return self.ask("GET", path, headers=headers)

    def send(self, path: str, form: dict[str, Any], *, site: str | None = "same-origin") -> Said:
        """Send a form as it is given."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if site is not None:
            headers["Sec-Fetch-Site"] = site
        return self.ask("POST", path, body=urlencode(form, doseq=True), headers=headers)

    def post(self, path: str, *, on: str, **form: Any) -> Said:
        """Send a form from the page where it stands, with that page's token."""
        return self.send(path, {"token": self.get(on).token, **form})

    def sign_in(self, email: str, password: str = PASSWORD) -> Said:
        return self.post("/sign-in", on="/sign-in", email=email, password=password)


@dataclass
class Served:
    """A desk that answers, with the installation behind it."""

    port: int
    app: FastAPI
    workspace: Workspace
    clock: Clock

    def browser(self) -> Browser:
        return Browser(self.port)

    def somebody(
        self, email: str = "ann@example.org", role: AccountRole = AccountRole.OWNER, *, organisation: int = 0
    ) -> Browser:
        """Make an account and return the browser of its person, signed in."""
        store, now = self.workspace.store, self.clock()
        with store.begin() as work:
            account = work.people.add(
                organisation or self.workspace.organisation.id,
                email=email,
                role=role,
                password=hashed(),
                now=now,
            )
        browser = self.browser()
        browser.cookies["lychgate"] = start_session(store, someone(account), now=now).token
        return browser


@cache
def hashed() -> str:
    """Hash the password once: it is meant to be slow."""
    return hash_password(PASSWORD)


@contextmanager
def served(workspace: Workspace, clock: Clock, *, public_address: str = "") -> Iterator[Served]:
    """Serve a desk on a free port of 127.0.0.1 until the block ends."""
    app = create_app(workspace, clock=clock, public_address=public_address)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < end, "the server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(port, app, workspace, clock)
    finally:
        server.should_exit = True
        thread.join(30)
