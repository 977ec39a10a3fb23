"""Public scans of one's own hosts are looked up; each stands at the page of its result."""

from __future__ import annotations

from scanner.model import Known
from tests.internet import serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

SEARCH = "/api/v1/search/?q=page.domain:stmarys.zoom.us&size=100"
ID = "0190f3c2-7c1e-7000-8000-00000000000{}"


def scan(number: int) -> dict[str, object]:
    return {
        "_id": ID.format(number),
        "task": {"url": f"{LEAK}?u={number}", "visibility": "public", "time": "2026-11-01T10:00:00Z"},
        "page": {"url": "https://stmarys.zoom.us/", "domain": "stmarys.zoom.us", "title": "Launch Meeting"},
        "sort": [1793527200000, ID.format(number)],
    }


def test_scans_are_read_page_by_page() -> None:
    older = f"{SEARCH}&search_after=1793527200000%2C{ID.format(1)}"
    pages = {
        SEARCH: in_json({"results": [scan(1)], "total": 2, "has_more": True}),
        older: in_json({"results": [scan(2)], "total": 2, "has_more": False}),
        f"/api/v1/search/?q=_id:{ID.format(3)}": in_json({"results": [], "total": 0, "has_more": False}),
    }
    with serve(pages) as site:
        options = {"hosts": ["stmarys.zoom.us"], "api": site.url("")}
        known = (Known(address=f"https://urlscan.io/result/{ID.format(3)}/", digest="0", watched=True),)
        crawled = crawl(unit(kind="urlscan", options=options, allow=(site.pair,), known=known))
    assert sorted(site.paths) == sorted(pages)
    for number in (1, 2):
        text = crawled.fetched()[f"https://urlscan.io/result/{ID.format(number)}/"]["text"]
        assert f"{LEAK}?u={number}" in text
    assert [event["gone"] for event in crawled.of("failed")] == [True]


def test_failures_are_told() -> None:
    crawled = crawl_failures(
        "urlscan", lambda site: {"hosts": ["stmarys.zoom.us"], "api": site.url("")}, SEARCH
    )
    check_failures(crawled)
