"""The system's Chromium, as a machine that runs pages and reaches nothing: every byte is handed to it.

It is told that no name resolves and that its only proxy is a closed port, and each request of a page is
answered by whoever calls, or refused. So the guards of ``spiders.fetch`` hold for it as for any fetch.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Request, Route, WebSocketRoute

NO_PLAYWRIGHT = "this installation lacks the extra “render” (pip install 'lychgate[render]')"
NO_CHROMIUM = "there is no Chromium on this machine (apt install chromium)"
NOT_STARTED = "Chromium could not be started"
TOO_SLOW = "it was not done in time"
BROKE = "Chromium broke off"

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DATA_BYTES = 3 * 1024**3
"""What one process of the browser may take for itself."""
_START_SECONDS = 60.0
_CLOSE_SECONDS = 10.0
_PATIENCE = 15.0
"""Seconds that a page's scripts may take until they rest."""
_SETTLE = 0.5
_FRAMES = 20
_OPENED = 50
_FETCHED_BY_PAGES = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
"""What makes the text of a page. Pictures, media, fonts and the rest are not asked for."""

_FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-pings",
    "--mute-audio",
    "--js-flags=--max-old-space-size=512",
)
_WITHOUT = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "SharedWorker"]) {
  delete globalThis[name];
}
"""


class NotRendered(Exception):
    """A page could not be rendered. Its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a request of a page is answered with."""

    status: int
    headers: dict[str, str]
    body: bytes


Answer = Callable[[str], Awaitable[Answered | None]]
"""Fetch an address that a page asks for; None if it gets nothing."""


@dataclass(slots=True)
class Browser:
    """One Chromium, started when the first page needs it. Pages are rendered one at a time."""

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _driver: Any = None
    _browser: Any = None
    _closed_door: socket.socket | None = None

    async def render(self, address: str, answer: Answer, *, agent: str, seconds: float) -> bytes:
        """Return what a page looks like when its scripts have run: its DOM and that of its frames, as HTML.

        Addresses that it tried to open besides itself follow as links. ``answer`` is asked for the page too.
        Raises NotRendered.
        """
        async with self._turn:
            await self._start()
            from playwright.async_api import Error

            try:
                async with asyncio.timeout(seconds):
                    return await self._render(address, answer, agent=agent, seconds=seconds)
            except TimeoutError:
                await self._shut()  # whatever still runs in there ends with it
                raise NotRendered(TOO_SLOW) from None
            except (Error, OSError) as fault:
                await self._shut()
                raise NotRendered(f"{BROKE} ({type(fault).__name__})") from fault

    async def close(self) -> None:
        """End the browser, if it was started."""
        async with self._turn:
            await self._shut()

    async def _start(self) -> None:
        if self._browser is not None and self._browser.is_connected():
            return
        await self._shut()
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError:
            raise NotRendered(NO_PLAYWRIGHT) from None
        program = find_chromium()
        if program is None:
            raise NotRendered(NO_CHROMIUM)
        # Bound, and not listening: nobody else can answer there while we hold it.
        self._closed_door = socket.socket()
        self._closed_door.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{self._closed_door.getsockname()[1]}"
        try:
            async with asyncio.timeout(_START_SECONDS):
                with _room_for_a_browser():
                    self._driver = await async_playwright().start()
                self._browser = await self._driver.chromium.launch(
                    executable_path=program,
                    proxy={"server": proxy},
                    args=list(_FLAGS),
                    chromium_sandbox=os.geteuid() != 0,
                )
        except (Error, OSError, TimeoutError) as fault:
            await self._shut()
            raise NotRendered(NOT_STARTED) from fault

    async def _shut(self) -> None:
        for end in (self._browser and self._browser.close, self._driver and self._driver.stop):
            if end is not None:
                with suppress(Exception):  # it may have ended by itself, in any of many ways
                    await asyncio.wait_for(end(), _CLOSE_SECONDS)
        self._browser = self._driver = None
        if self._closed_door is not None:
            self._closed_door.close()
            self._closed_door = None

    async def _render(self, address: str, answer: Answer, *, agent: str, seconds: float) -> bytes:
        from playwright.async_api import Error

        context: BrowserContext = await self._browser.new_context(
            user_agent=agent, accept_downloads=False, service_workers="block"
        )
        try:
            await context.add_init_script(_WITHOUT)
            await context.route_web_socket("**/*", _refuse_socket)
            page = await context.new_page()
            opened: dict[str, None] = {}
            desk = _Desk(page, address, answer, opened)
            await context.route("**/*", desk.handle)
            context.on("page", lambda other: asyncio.ensure_future(_close(other, opened)))
            page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
            await page.goto(address, wait_until="commit", timeout=seconds * 1000)
            with suppress(Error):  # a page that never rests, or wants to leave, is read as it stands
                await page.wait_for_load_state("networkidle", timeout=min(_PATIENCE, seconds / 3) * 1000)
            await asyncio.sleep(_SETTLE)
            parts = [await _whole_dom(context, page)]
            for frame in page.frames[1:_FRAMES]:
                with suppress(Error, TimeoutError):  # frames come and go
                    parts.append(await asyncio.wait_for(frame.content(), seconds / 10))
            parts += [f'<a href="{escape(target)}"></a>' for target in opened]
            # In ASCII it can stand behind the source of the page, whatever that is encoded in.
            return "\n".join(parts).encode("ascii", "xmlcharrefreplace")
        finally:
            with suppress(Error, TimeoutError):
                await asyncio.wait_for(context.close(), _CLOSE_SECONDS)


@dataclass  # without slots: Playwright notes something on whom it calls
class _Desk:
    """Answer or refuse each request of one page."""

    page: Page
    address: str
    answer: Answer
    opened: dict[str, None]
    _begun: bool = False

    async def handle(self, route: Route) -> None:
        """Decide about one request."""
        from playwright.async_api import Error

        request = route.request
        with suppress(Error):  # the page may have gone meanwhile
            if self._leaves(request):
                await route.fulfill(status=204)  # as if nothing came back: the page stays, and can be read
                return
            if request.resource_type not in _FETCHED_BY_PAGES or request.method != "GET":
                await route.abort("blockedbyclient")
                return
            answered = await self.answer(request.url)
            if answered is None:
                await route.abort("blockedbyclient")
                return
            headers = {name: value for name, value in answered.headers.items() if name in _KEPT_HEADERS}
            if origin := request.headers.get("origin"):
                headers |= {
                    "access-control-allow-origin": origin,
                    "access-control-allow-credentials": "true",
                }
            await route.fulfill(status=answered.status, headers=headers, body=answered.body)

    def _leaves(self, request: Request) -> bool:
        """Tell whether the page goes elsewhere, and note where to. Its first request is for itself."""
        if not request.is_navigation_request() or request.frame != self.page.main_frame:
            return False
        begun, self._begun = self._begun, True
        if begun:
            _note(self.opened, request.url)
        return begun


_KEPT_HEADERS = frozenset({"content-type", "content-language", "content-security-policy", "vary"})


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def what_is_missing() -> str:
    """Say why nothing can be rendered here; an empty string if it seems that it can."""
    try:
        import playwright.async_api  # noqa: F401
    except ImportError:
        return NO_PLAYWRIGHT
    return "" if find_chromium() else NO_CHROMIUM


async def _whole_dom(context: BrowserContext, page: Page) -> str:
    """Return the document with its shadow trees, as the browser knows it: no script of the page is asked."""
    session = await context.new_cdp_session(page)
    root = await session.send("DOM.getDocument", {"depth": 0})
    written = await session.send(
        "DOM.getOuterHTML", {"nodeId": root["root"]["nodeId"], "includeShadowDOM": True}
    )
    return str(written["outerHTML"])


async def _close(other: Page, opened: dict[str, None]) -> None:
    from playwright.async_api import Error

    with suppress(Error):
        _note(opened, other.url)
        await other.close()


def _note(opened: dict[str, None], address: str) -> None:
    if len(opened) < _OPENED and address.startswith(("http://", "https://")):
        opened[address] = None


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close()


@contextmanager
def _room_for_a_browser() -> Iterator[None]:
    """Let a child that starts now reserve addresses as browsers do; what it may fill stays bounded."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft_data, hard_data = resource.getrlimit(resource.RLIMIT_DATA)
    room = _DATA_BYTES if hard_data == resource.RLIM_INFINITY else min(_DATA_BYTES, hard_data)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    resource.setrlimit(resource.RLIMIT_DATA, (room, hard_data))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        resource.setrlimit(resource.RLIMIT_DATA, (soft_data, hard_data))
