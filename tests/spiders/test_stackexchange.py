"""Stack Exchange is searched for hosts, and left alone for as long as it asks."""

from __future__ import annotations

import gzip
import json

from scanner.model import Known
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures
from tests.spiders.crawls import crawl, unit

SEARCH = "/2.3/search/excerpts?q=stmarys.zoom.us&site=superuser.com&order=desc&sort=creation&pagesize=100"
LOOK_UP = "/2.3/posts/3?site=superuser.com&filter=withbody"


def zipped(content: object) -> Answer:
    """An answer as the service sends it: always gzip."""
    body = gzip.compress(json.dumps(content).encode())
    return Answer(body=body, type="application/json; charset=utf-8", headers={"Content-Encoding": "gzip"})


def excerpt(kind: str, number: int) -> dict[str, object]:
    return {
        "item_type": kind,
        f"{kind}_id": number,
        "title": "Camera &amp; choir",
        "body": f"I use {LEAK}?e={number}",
        "excerpt": 'I use <span class="highlight">zoom</span>',
        "tags": ["camera"],
    }


def options(api: str) -> dict[str, object]:
    return {"queries": ["stmarys.zoom.us"], "sites": ["superuser.com"], "api": api}


def test_questions_and_answers_are_read() -> None:
    pages = {
        SEARCH: zipped(
            {"items": [excerpt("question", 7), excerpt("answer", 8)], "has_more": True, "quota_remaining": 9}
        ),
        f"{SEARCH}&page=2": zipped({"items": [], "has_more": False}),
        LOOK_UP: zipped(
            {"items": [{"post_id": 3, "post_type": "answer", "body": "edited"}], "has_more": False}
        ),
        "/2.3/posts/4?site=superuser.com&filter=withbody": zipped({"items": [], "has_more": False}),
    }
    with serve(pages) as site:
        known = tuple(Known(address=f"https://superuser.com/a/{n}", digest="0", watched=True) for n in (3, 4))
        crawled = crawl(
            unit(kind="stackexchange", options=options(site.url("")), allow=(site.pair,), known=known)
        )
    found = crawled.fetched()
    assert f"{LEAK}?e=7" in found["https://superuser.com/q/7"]["text"]
    assert f"{LEAK}?e=8" in found["https://superuser.com/a/8"]["text"]
    assert "edited" in found["https://superuser.com/a/3"]["text"]
    (failed,) = crawled.of("failed")
    assert (failed["address"], failed["gone"]) == ("https://superuser.com/a/4", True)


def test_a_pause_that_is_asked_for_is_kept() -> None:
    busy = zipped({"items": [excerpt("question", 7)], "has_more": True, "backoff": 3600})
    with serve({SEARCH: busy}) as site:
        crawled = crawl(unit(kind="stackexchange", options=options(site.url("")), allow=(site.pair,)))
    assert site.paths == [SEARCH]
    assert list(crawled.why("skipped").values()) == ["the server asked to come back later"]


def test_failures_are_told() -> None:
    check_failures(crawl_failures("stackexchange", lambda site: options(site.url("")), SEARCH))
