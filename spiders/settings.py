"""Scrapy's settings for every crawl: what must be off, what is ours, and what is known to be slow.

Rule 18 of the threat model and the measured traps of Scrapy 2.19 decide; what is not named here has no
part in a crawl, because Scrapy's own lists of middlewares and extensions are emptied (entries that are
only switched off would still be imported, at half a crawl's start).
"""

from __future__ import annotations

import logging
from typing import Any

from scrapy.settings import default_settings

from spiders.conduct import RETRY_SETTINGS, Conduct
from spiders.engine import Downloads
from spiders.fetch import GuardedHandler
from spiders.render import Rendering

_RETRY = "scrapy.downloadermiddlewares.retry.RetryMiddleware"

SETTINGS: dict[str, Any] = {
    "DOWNLOAD_HANDLERS": dict.fromkeys(default_settings.DOWNLOAD_HANDLERS_BASE)
    | {"http": GuardedHandler, "https": GuardedHandler},
    "DOWNLOADER": Downloads,
    "DOWNLOADER_MIDDLEWARES_BASE": {},
    "DOWNLOADER_MIDDLEWARES": {Rendering: 400, _RETRY: 550, Conduct: 900},
    "SPIDER_MIDDLEWARES_BASE": {},
    "EXTENSIONS_BASE": {},
    # One plain event loop: no reactor that can only be started once, and no resolver of its own to guard.
    "TWISTED_REACTOR_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "COOKIES_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "REFERER_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "JOBDIR": None,
    # Pauses between requests are kept by Turns, which sees all Units and can be cut short.
    "DOWNLOAD_DELAY": 0,
    # One request of a Unit at a time: what waits stays with the scheduler, where the most urgent goes first.
    "CONCURRENT_REQUESTS": 1,
    # The default of 100 starts a hundred tasks for every answer (scrapy/scrapy#5182).
    "CONCURRENT_ITEMS": 1,
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "WARN_ON_GENERATOR_RETURN_VALUE": False,
    **RETRY_SETTINGS,
}


def quiet_loggers() -> None:
    """Keep libraries from building log records that nobody reads: a quarter of a fetch otherwise."""
    for name in ("scrapy", "twisted", "aiohttp", "asyncio", "protego", "feedparser"):
        logging.getLogger(name).setLevel(logging.ERROR)
