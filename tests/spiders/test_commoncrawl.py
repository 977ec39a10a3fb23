"""The newest index of Common Crawl is asked for one's own hosts."""

from __future__ import annotations

import json

from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

CRAWLS = [
    {
        "id": "CC-MAIN-2026-43",
        "name": "October 2026",
        "cdx-api": "https://index.commoncrawl.org/CC-MAIN-2026-43-index",
    },
    {"id": "CC-MAIN-2026-39", "name": "September 2026", "cdx-api": "x"},
]
QUERY = "/CC-MAIN-2026-43-index?output=json&url={}/*"


def test_pages_are_read_where_they_are_and_crawled_meetings_are_found() -> None:
    with serve({"/minutes": f"{LEAK}?m=1"}) as pages, serve({"/collinfo.json": in_json(CRAWLS)}) as site:
        lines = [
            {"urlkey": "k", "timestamp": "20261001000000", "url": pages.url("/minutes"), "status": "200"},
            {"urlkey": "k", "timestamp": "20260901000000", "url": pages.url("/minutes"), "status": "200"},
            {"urlkey": "k", "timestamp": "20261001000000", "url": f"{LEAK}?cc=1", "status": "200"},
            {"urlkey": "k", "timestamp": "20261001000000", "url": pages.url("/moved"), "status": "301"},
        ]
        none = Answer(status=404, body='{"message": "No Captures found for: stmarys.example/*"}')
        site.pages |= {
            QUERY.format("stmarys.org"): Answer(body="\n".join(map(json.dumps, lines)), type="text/x-ndjson"),
            QUERY.format("stmarys.zoom.us"): none,
        }
        options = {"hosts": ["stmarys.org", "stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="commoncrawl", options=options, allow=(site.pair, pages.pair)))
    assert pages.paths == ["/minutes"]
    assert f"{LEAK}?cc=1" in crawled.fetched()[site.url(QUERY.format("stmarys.org"))]["text"]
    assert f"{LEAK}?m=1" in crawled.fetched()[pages.url("/minutes")]["text"]
    assert not crawled.of("failed")


def test_failures_are_told() -> None:
    crawled = crawl_failures(
        "commoncrawl", lambda site: {"hosts": ["stmarys.org"], "api": site.url("")}, "/collinfo.json"
    )
    check_failures(crawled)
