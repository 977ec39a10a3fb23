"""Scrapy's engine and downloader without what only a crawl of many requests at a time has a use for.

Scrapy takes each request through two queues, four tasks and a dozen callbacks, to pace and to collect what
runs side by side. A Unit has one request under way, and its spider yields nothing but further requests, so
these only take time: a third of what an unchanged page costs. Who may ask a host, and when, is for Turns.
"""

from __future__ import annotations

import asyncio

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.addresses import origin_of


class UnitCrawler(Crawler):
    """Scrapy's crawler with the engine of this module."""

    def _create_engine(self) -> ExecutionEngine:
        return Engine(self, lambda _: self.stop_async())


class Engine(ExecutionEngine):
    """Take one request after the other from the scheduler to its spider, in one task while there are any.

    The scheduler, the middlewares and the end of a crawl are Scrapy's.
    """

    _work: asyncio.Task[None]

    def crawl(self, request: Request) -> None:
        """Queue a request, without the signals that nobody here listens to."""
        assert self._slot is not None
        self._slot.scheduler.enqueue_request(request)
        self._slot.nextcall.schedule()

    def _start_scheduled_request(self) -> bool:
        request = self._next()
        if request is None:
            return False
        self._work = asyncio.get_running_loop().create_task(self._work_off(request))
        return True

    def _next(self) -> Request | None:
        assert self._slot is not None
        request = self._slot.scheduler.next_request()
        if request is not None:
            self._slot.add_request(request)
            self.downloader.active.add(request)
        return request

    async def _work_off(self, first: Request) -> None:
        request: Request | None = first
        while request is not None:
            self._deliver(await self._fetched(request), request)
            assert self._slot is not None
            self.downloader.active.remove(request)
            self._slot.remove_request(request)
            request = None if self.paused or self.needs_backout() else self._next()
        if self._slot is not None:
            self._slot.nextcall.schedule()  # where Scrapy sees that the crawl has come to its end

    async def _fetched(self, request: Request) -> Response | Request | Failure:
        downloader = self.downloader
        try:
            return await downloader.middleware.download_async(downloader._enqueue_request, request)
        except Exception:  # noqa: BLE001 - whatever it is, the spider has to tell that the address is lost
            return Failure()  # type: ignore[no-untyped-call]

    def _deliver(self, answer: Response | Request | Failure, request: Request) -> None:
        if isinstance(answer, Request):
            self.crawl(answer)  # another try
            return
        assert request.callback is not None
        assert request.errback is not None
        try:
            if isinstance(answer, Response):
                answer.request = request
                request.callback(answer, **request.cb_kwargs)
            else:
                answer.request = request  # type: ignore[attr-defined]
                request.errback(answer)
        except Exception:  # noqa: BLE001 - one page must not end the crawl; the spider hears of it
            self.scraper.handle_spider_error(Failure(), request, answer)  # type: ignore[no-untyped-call]


class Downloads(Downloader):
    """Hand each request that the middlewares let pass to its download handler at once."""

    def get_slot_key(self, request: Request) -> str:
        """Name the server that a request goes to: the scheduler takes from each of them in turn."""
        return origin_of(request.url)

    async def _enqueue_request(self, request: Request) -> Response:
        handler = self.handlers._get_handler(request.url.partition(":")[0])
        assert handler is not None  # the guards let nothing pass but http and https
        return await handler.download_request(request)
