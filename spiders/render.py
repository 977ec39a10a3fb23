"""Pages that only a browser makes: run in Chromium before they are searched, where a source says so.

A downloader middleware: the page has been fetched politely and guarded by the time it comes here, and what
its scripts ask for is fetched the same way. What cannot be rendered is searched as it came, and called cut.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urldefrag

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from scanner.guard import check_address
from scanner.platforms import is_meeting_address
from spiders import answers
from spiders.addresses import resolve
from spiders.browser import Answered, Browser, NotRendered
from spiders.conduct import COUNTED, MOST_HOPS, redirect_target
from spiders.fetch import WHY_CUT, Errand, NotRead, user_agent

if TYPE_CHECKING:
    from spiders.spider import SourceSpider

NOT_RENDERED = "not rendered, so its scripts' part was not seen"

_REQUESTS = 60
_BYTES = 16 * 1024 * 1024
_KEPT_BYTES = 32 * 1024 * 1024
"""What one page's scripts may ask for, and how much of it is kept for the next pages of a crawl."""

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_shared: dict[asyncio.AbstractEventLoop, tuple[Browser, set[int]]] = {}
"""One browser for all Units of a crawl, and which of them use it."""


class Rendering:
    """Replace the HTML of a rendered source by itself and what it becomes in a browser."""

    def __init__(self, crawler: Crawler, errand: Errand) -> None:
        self._crawler = crawler
        self._errand = errand
        self._kept: dict[str, Answered] = {}
        self._kept_bytes = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Rendering:
        """Make the rendering of a Unit whose options ask for it; NotConfigured for every other."""
        spider: SourceSpider | None = crawler.spider  # type: ignore[assignment]
        if spider is None or not getattr(spider.options, "render", False):
            raise NotConfigured
        rendering = cls(crawler, spider.errand)
        crawler.signals.connect(rendering.close, signal=signals.spider_closed)
        return rendering

    def process_request(self, request: Request) -> None:
        """Ask without conditions: that the shell of a page is unchanged says nothing of what it becomes."""
        for condition in ("If-None-Match", "If-Modified-Since"):
            request.headers.pop(condition, None)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return a page with what its scripts make of it."""
        if request.callback is NO_CALLBACK or response.status != 200 or not _is_html(response):
            return response
        headers = {name: value for name, value in response.headers.items() if name not in _VALIDATORS}
        try:
            rendered = await self._render(response)
        except NotRendered as fault:
            request.meta[WHY_CUT] = request.meta.get(WHY_CUT) or f"{NOT_RENDERED}: {fault}"
            return response.replace(headers=headers)
        limit = self._errand.unit.limits.response_bytes
        if len(rendered) > limit:
            request.meta[WHY_CUT] = "what its scripts made is too large"
        return response.replace(body=response.body + b"\n" + rendered[:limit], headers=headers)

    async def close(self) -> None:
        """Let go of the browser; the last Unit to do so ends it."""
        loop = asyncio.get_running_loop()
        browser, users = _shared.get(loop, (None, set[int]()))
        users.discard(id(self))
        if browser is not None and not users:
            del _shared[loop]
            await browser.close()

    async def _render(self, response: Response) -> bytes:
        loop = asyncio.get_running_loop()
        browser, users = _shared.setdefault(loop, (Browser(), set()))
        users.add(id(self))
        seconds = min(
            self._errand.unit.limits.response_time.total_seconds(), self._errand.until - loop.time()
        )
        if seconds <= 1:
            raise NotRendered("the time limit of the source was reached")
        errands = _Errands(self, response)
        return await browser.render(
            response.url, errands.answer, agent=user_agent(self._errand.unit), seconds=seconds
        )

    async def fetch(self, address: str) -> Answered | None:
        """Fetch what a page asks for, over at most a few redirects; None if a guard or robots.txt says no."""
        if address in self._kept:
            return self._kept[address]
        asked = address
        for _ in range(MOST_HOPS + 1):
            refused = is_meeting_address(asked) or check_address(asked, self._errand.unit.allow) is not None
            if refused or resolve("", asked) != asked:
                return None
            request = Request(
                asked,
                callback=NO_CALLBACK,
                meta={COUNTED: True, "verbatim_url": True},
                dont_filter=True,
            )
            try:
                response = await self._crawler.engine.download_async(request)
            except NotRead:
                return None
            target = redirect_target(response)
            if target is None:
                answered = Answered(status=response.status, headers=_plain(response), body=response.body)
                self._keep(address, answered)
                return answered
            asked = urldefrag(resolve(asked, target)).url
        return None

    def _keep(self, address: str, answered: Answered) -> None:
        """Keep a script for the next page of this crawl, in memory only."""
        kind = answered.headers.get("content-type", "")
        if ("javascript" in kind or "css" in kind) and self._kept_bytes + len(answered.body) < _KEPT_BYTES:
            self._kept[address] = answered
            self._kept_bytes += len(answered.body)


class _Errands:
    """What one page asks for: itself first, then the rest within its budget."""

    def __init__(self, rendering: Rendering, response: Response) -> None:
        self._rendering = rendering
        self._page: Response | None = response
        self._requests = 0
        self._bytes = 0

    async def answer(self, address: str) -> Answered | None:
        """Return what stands at an address, if the page may have it."""
        address = urldefrag(address).url
        if self._page is not None and address == self._page.url:
            page, self._page = self._page, None
            return Answered(status=200, headers=_plain(page), body=page.body)
        self._requests += 1
        if self._requests > _REQUESTS or self._bytes > _BYTES:
            return None
        answered = await self._rendering.fetch(address)
        self._bytes += len(answered.body) if answered else 0
        return answered


_VALIDATORS = frozenset({b"Etag", b"Last-Modified"})


def _is_html(response: Response) -> bool:
    media_type, _ = answers.media_type(response)
    return media_type in _HTML


def _plain(response: Response) -> dict[str, str]:
    return {
        answers.as_text(name).lower(): answers.as_text(values[-1])
        for name, values in response.headers.items()
        if values
    }
