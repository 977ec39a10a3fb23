"""What is said of each address of a crawl, of its loss by any fault, and of the end of its Unit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from scanner.model import CrawlEvent, Ended, Failed, MeetingRedirect, Skipped
from spiders.addresses import host_key
from spiders.fetch import Errand, NotRead
from spiders.visit import Visit

INTERNAL = "internal error while reading it"

Sink = Callable[[CrawlEvent], None]


class Telling(Spider):
    """A spider that lets no address go without an event."""

    name = "source"

    def __init__(self, *, errand: Errand, sink: Sink) -> None:
        super().__init__()
        self.errand = errand
        self._sink = sink
        self._hosts: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Telling:
        """Make the spider and let it hear of its own faults, so that none goes without an event."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider._broke, signal=signals.spider_error)
        return spider

    def closed(self, reason: str) -> None:
        """Say that this Unit is at its end, and for how long its hosts asked to be left alone."""
        now = asyncio.get_running_loop().time()
        closed_until = max((self.errand.turns.closed_until(host) for host in self._hosts), default=now)
        self._sink(Ended(source=self._source, closed_for=timedelta(seconds=max(closed_until - now, 0))))

    def _goes_to(self, visit: Visit) -> None:
        self._hosts.add(host_key(visit.address))

    def _lost(self, failure: Failure) -> None:
        visit = failure.request.cb_kwargs["visit"]  # type: ignore[attr-defined]
        fault = failure.value
        if not isinstance(fault, NotRead):
            self.logger.error("A request broke: %s", type(fault).__name__)
            self._fail(visit, INTERNAL)
        elif fault.skipped:
            self._leave(visit, fault.why, blocked=fault.blocked)
        else:
            self._fail(visit, fault.why, blocked=fault.blocked)

    def _broke(self, failure: Failure, response: Response) -> None:
        request = response.request
        if request is not None and "visit" in request.cb_kwargs:
            self._fail(request.cb_kwargs["visit"], INTERNAL)

    @property
    def _source(self) -> str:
        return self.errand.unit.source

    def _tell(self, visit: Visit, target: str) -> None:
        """Say that an address redirects to a meeting."""
        self._sink(
            MeetingRedirect(source=self._source, address=visit.shown, target=target, depth=visit.depth)
        )

    def _leave(self, visit: Visit, why: str, *, blocked: bool = False) -> None:
        """Say that an address is left out. A source whose own start is left out has not been read."""
        if visit.start:
            self._fail(visit, why, blocked=blocked)
        else:
            self._sink(Skipped(source=self._source, address=visit.shown, why=why, depth=visit.depth))

    def _fail(self, visit: Visit, why: str, *, gone: bool = False, blocked: bool = False) -> None:
        if visit.guessed:
            return
        self._sink(
            Failed(
                source=self._source,
                address=visit.shown,
                why=why,
                depth=visit.depth,
                gone=gone,
                blocked=blocked,
                start=visit.start,
            )
        )
