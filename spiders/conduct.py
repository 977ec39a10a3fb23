"""What a crawl owes the places it reads, decided before each request: time, robots.txt, pages.

The only downloader middleware besides Scrapy's retries. robots.txt is read in our own layer, because RFC
9309 asks for more than Scrapy does: what cannot be read for a server's fault forbids everything.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from scanner.guard import check_address
from scanner.platforms import is_meeting_address
from spiders.addresses import host_key, origin_of, resolve
from spiders.answers import as_text
from spiders.fetch import (
    MOST_BYTES,
    NO_ANSWER,
    ROBOTS_TOKEN,
    TIME_LIMIT,
    Errand,
    Fleeting,
    NotRead,
    Unanswered,
    refusal_of,
)
from spiders.visit import Visit

PAGE_LIMIT = "page limit reached"
PICTURE_LIMIT = "more pictures than pages may be read"
FORBIDDEN = "robots.txt forbids it"
MOST_HOPS = 5
"""Redirects followed for one address, and for robots.txt (RFC 9309, section 2.3.1.2)."""

COUNTED = "counted"
"""Key of ``Request.meta``: the request is counted among the pages of its Unit, or is a part of one."""

_ROBOTS = "robots"
_ROBOTS_BYTES = 500 * 1024
_MOST_SITEMAPS = 100

RETRY_SETTINGS = {
    "RETRY_TIMES": 2,
    "RETRY_EXCEPTIONS": [Fleeting],
    "RETRY_HTTP_CODES": [408, 429, 500, 502, 503, 504],
    "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
}


@dataclass(frozen=True, slots=True)
class _Robots:
    """What one origin's robots.txt says, or why it says no to everything."""

    rules: Protego | None = None
    fault: NotRead | None = None


class Conduct:
    """Refuse what the Unit's limits or robots.txt forbid, and keep to what a busy server asks for."""

    def __init__(self, crawler: Crawler, errand: Errand) -> None:
        self._crawler = crawler
        self._errand = errand
        self._robots: dict[str, asyncio.Task[_Robots]] = {}
        self._asked: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Conduct:
        """Make the conduct of one Unit; its spider carries the errand."""
        errand = getattr(crawler.spider, "errand", None)
        assert isinstance(errand, Errand)
        return cls(crawler, errand)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise NotRead."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._errand.until:
            raise NotRead(TIME_LIMIT, skipped=True)
        if _ROBOTS in request.meta:
            return
        refusal = refusal_of(request.url, self._errand.unit.allow)
        if refusal is not None:
            raise NotRead(refusal, skipped=True)
        visit = request.cb_kwargs.get("visit")
        limit = PICTURE_LIMIT if isinstance(visit, Visit) and visit.picture else PAGE_LIMIT
        if self._asked[limit] >= self._errand.unit.limits.pages and COUNTED not in request.meta:
            raise NotRead(limit, skipped=True)
        await self._obey(request.url)
        if COUNTED not in request.meta:
            if self._asked[limit] >= self._errand.unit.limits.pages:
                raise NotRead(limit, skipped=True)
            request.meta[COUNTED] = True
            self._asked[limit] += 1

    def process_response(self, request: Request, response: Response) -> Response:
        """Leave a retry to a server that asked for a pause only if the pause ends in time."""
        if response.status in (429, 503):
            closed_until = self._errand.turns.closed_until(host_key(request.url))
            unasked = response.status == 429 and b"Retry-After" not in response.headers
            request.meta["dont_retry"] = unasked or closed_until >= self._errand.until
        return response

    async def _obey(self, address: str) -> None:
        origin = origin_of(address)
        if origin not in self._robots:
            self._robots[origin] = asyncio.create_task(self._read_robots(origin))
        robots = await self._robots[origin]
        if (fault := robots.fault) is not None:
            # A new one each time: an exception keeps the traceback of every place it was ever raised.
            raise NotRead(fault.why, skipped=fault.skipped, blocked=fault.blocked)
        if robots.rules is not None and not robots.rules.can_fetch(address, ROBOTS_TOKEN):
            raise NotRead(FORBIDDEN, skipped=True, blocked=True)

    async def _read_robots(self, origin: str) -> _Robots:
        try:
            response = await self._fetch_robots(f"{origin}robots.txt")
        except NotRead as fault:
            return _Robots(fault=_robots_fault(fault))
        if response.status >= 500:
            return _Robots(fault=_robots_fault(NotRead(f"HTTP {response.status}")))
        if not 200 <= response.status < 300:
            return _Robots()
        rules = Protego.parse(response.body[:_ROBOTS_BYTES].decode("utf-8-sig", "replace"))
        self._errand.sitemaps[origin] = tuple(islice(rules.sitemaps, _MOST_SITEMAPS))
        pause = rules.crawl_delay(ROBOTS_TOKEN)
        if pause is not None and 0 < pause < timedelta.max.total_seconds():
            self._errand.turns.stretch(host_key(origin), timedelta(seconds=pause))
        return _Robots(rules=rules)

    async def _fetch_robots(self, address: str) -> Response:
        meta = {_ROBOTS: True, MOST_BYTES: _ROBOTS_BYTES, "verbatim_url": True}
        for hop in range(MOST_HOPS + 1):
            request = Request(address, callback=NO_CALLBACK, meta=meta.copy(), dont_filter=True)
            try:
                response = await self._crawler.engine.download_async(request)
            except NotRead as fault:
                raise NotRead(fault.why) if hop else fault from fault
            target = redirect_target(response)
            if target is None:
                return response
            address = resolve(address, target)
            refusal = check_address(address, self._errand.unit.allow)
            if refusal is not None:
                raise NotRead(refusal)
        return Response(address, status=404)


def redirect_target(response: Response) -> str | None:
    """Return the Location of a redirect as written, or None if the answer is not a redirect.

    Of several, which browsers do not agree about, it is one that opens a meeting, or the last.
    """
    if response.status not in (301, 302, 303, 307, 308):
        return None
    locations = [as_text(location).strip() for location in response.headers.getlist(b"Location") if location]
    if not locations:
        return None
    return next((location for location in locations if is_meeting_address(location)), locations[-1])


def _robots_fault(fault: NotRead) -> NotRead:
    """Tell a dead server, which its pages would show too, from a robots.txt that alone cannot be read."""
    if fault.skipped or (isinstance(fault, Unanswered) and fault.why != NO_ANSWER):
        return fault
    return NotRead(f"robots.txt could not be read: {fault.why}", blocked=not isinstance(fault, Unanswered))
