"""Scrapy's downloader without its queues: who may ask a host, and when, is decided by Turns.

Scrapy keeps a queue for each host, with a task and three signals for each request, to pace what runs side
by side. A Unit has one request under way, so these only take time: a tenth of what a small page costs.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.core.downloader import Downloader
from scrapy.http import Response


class Downloads(Downloader):
    """Hand each request that the middlewares let pass to its download handler at once."""

    async def _enqueue_request(self, request: Request) -> Response:
        return await self.handlers.download_request_async(request)
