"""Hacker News is searched for hosts, and each hit stands at the address where people read it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.model import Known
from spiders.hackernews import Options
from tests.internet import serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

SEARCH = "/api/v1/search_by_date?tags=(story,comment)&hitsPerPage=100&query=%22stmarys.zoom.us%22"
ITEM = "https://news.ycombinator.com/item?id="


def test_stories_and_comments_are_read_page_by_page() -> None:
    story = {
        "objectID": "41",
        "title": "Open rehearsal",
        "url": f"{LEAK}?h=1",
        "story_text": None,
        "_tags": ["story"],
    }
    comment = {
        "objectID": "40",
        "comment_text": f'<a href="{LEAK}?h=2">x</a>',
        "story_title": "S",
        "title": None,
    }
    pages = {
        SEARCH: in_json({"hits": [story], "page": 0, "nbPages": 2, "nbHits": 2}),
        f"{SEARCH}&page=1": in_json({"hits": [comment], "page": 1, "nbPages": 2, "nbHits": 2}),
        "/api/v1/items/39": in_json({"id": 39, "type": "comment", "text": "edited", "children": []}),
    }
    with serve(pages) as site:
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        known = (Known(address=f"{ITEM}39", digest="0", watched=True),)
        crawled = crawl(unit(kind="hackernews", options=options, allow=(site.pair,), known=known))
    assert sorted(site.paths) == sorted(pages)
    assert f"{LEAK}?h=1" in crawled.fetched()[f"{ITEM}41"]["text"]
    assert f"{LEAK}?h=2" in crawled.fetched()[f"{ITEM}40"]["text"]
    assert "edited" in crawled.fetched()[f"{ITEM}39"]["text"]


def test_nothing_found_is_no_failure() -> None:
    with serve({SEARCH: in_json({"hits": [], "page": 0, "nbPages": 0})}) as site:
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="hackernews", options=options, allow=(site.pair,)))
    assert [event["event"] for event in crawled.events] == ["fetched"]


def test_failures_are_told() -> None:
    crawled = crawl_failures(
        "hackernews", lambda site: {"queries": ["stmarys.zoom.us"], "api": site.url("")}, SEARCH
    )
    check_failures(crawled)


@pytest.mark.parametrize(
    "query",
    [
        LEAK,
        "zoom.us/j/5551112222",
        "555 111 2222",
        "555-1112-222",
        "meet.google.com/abc-mnop-xyz",
        "",
        "a\nb",
    ],
)
def test_a_question_never_holds_a_secret(query: str) -> None:
    with pytest.raises(ValidationError) as fault:
        Options.model_validate({"queries": [query]})
    assert "555" not in fault.value.errors()[0]["msg"]


@pytest.mark.parametrize("query", ["stmarys.zoom.us", "zoom.us/j", "St Mary's village hall 2026"])
def test_a_question_may_name_hosts_and_places(query: str) -> None:
    assert Options.model_validate({"queries": [query]}).queries == (query,)
