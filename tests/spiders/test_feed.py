"""A feed is read with the pages it lists, and no further."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scanner.model import Known
from tests.internet import Answer, redirect, serve
from tests.spiders.crawls import QUICK, crawl, unit

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<link href="/home"/><entry><title>One</title><link href="/one"/></entry>
<entry><link rel="enclosure" href="/two.pdf"/>
<content type="html">&lt;a href="/inside">&lt;/a></content></entry>
</feed>"""
BROKEN = """  <?xml version="1.0"?><rss version=2.0><channel><title>A &nbsp; B & C</title>
<item><title>x < y</title><link>/one?a=1&b=2</link></item><item><link>/two</link>"""


def test_the_feed_and_its_pages_are_read_and_no_more() -> None:
    pages = {
        "/feed": Answer(body=ATOM, type="text/plain"),
        "/one": '<a href="/further"></a>',
        "/two.pdf": "%PDF",
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert site.paths == ["/feed", "/one", "/two.pdf"]
    assert [event["depth"] for event in crawled.of("fetched")] == [0, 1, 1]
    assert {event["event"] for event in crawled.events} == {"fetched"}


@pytest.mark.parametrize("kind", ["feed", "site"])
def test_a_json_feed_is_read_with_what_its_items_point_to(kind: str) -> None:
    item = {
        "id": 1,
        "url": "/one",
        "content_html": "x",
        "attachments": [{"url": "/two.pdf"}, None, {"url": 7}],
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [item, "none", {"external_url": "/three", "url": None}],
    }
    pages = {path: Answer(body="fine") for path in ("/one", "/two.pdf", "/three")}
    with serve({"/feed": Answer(body=json.dumps(feed), type="application/feed+json"), **pages}) as site:
        crawled = crawl(unit(site.url("/feed"), kind=kind, allow=(site.pair,)))
    assert site.paths == ["/feed", "/one", "/two.pdf", "/three"]
    assert {event["event"] for event in crawled.events} == {"fetched"}


@pytest.mark.parametrize("items", ["[" * 100_000, "[{}", "null", '{"url": "/x"}'])
def test_a_json_feed_that_is_none_leads_nowhere(items: str) -> None:
    body = f'{{"version": "https://jsonfeed.org/version/1", "items": {items}}}'
    with serve({"/feed": Answer(body=body, type="application/json")}) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert [event["event"] for event in crawled.events] == ["fetched"]


def test_a_broken_feed_is_read_as_far_as_it_can_be() -> None:
    with serve({"/feed": BROKEN, "/one?a=1&b=2": "", "/two": ""}) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert site.paths == ["/feed", "/one?a=1&b=2", "/two"]
    assert len(crawled.fetched()) == 3


def test_entries_that_lead_elsewhere_are_said_to_unless_they_are_allowed_to() -> None:
    with serve({}) as site:
        there = f"http://blog.village.org:{site.port}"
        site.pages |= {
            "/feed": f"<rss><channel><item><link>{there}/a</link></item><item><link>https://town.org/b</link></item>"
            "<item><link>https://zoom.us/j/5551112222</link></item></channel></rss>",
            "blog.village.org/a": "a",
        }
        crawled = crawl(
            unit(
                site.url("/feed"),
                kind="feed",
                options={"also": ["village.org"]},
                allow=(site.pair, f"blog.village.org:{site.port}"),
            ),
            names={"blog.village.org": ["127.0.0.1"]},
        )
    assert set(crawled.fetched()) == {site.url("/feed"), f"{there}/a"}
    assert crawled.why("skipped") == {
        "https://town.org/b": "outside the source",
        "https://zoom.us/j/5551112222": "outside the source",
    }
    assert crawled.asked == ["blog.village.org"]


@pytest.mark.parametrize("body", ["<html><body>No feed here</body></html>", "", "{}"])
def test_what_is_no_feed_is_said_to_be_none(body: str) -> None:
    with serve({"/feed": body}) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert crawled.why("failed") == {site.url("/feed"): "no feed stands there"}
    assert crawled.of("failed")[0]["start"]


def test_an_empty_feed_is_fine() -> None:
    with serve({"/feed": "<rss version='2.0'><channel></channel></rss>"}) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert not crawled.of("failed")


def test_a_feed_that_moved_is_still_a_feed() -> None:
    with serve({"/feed": redirect("/new"), "/new": ATOM, "/one": "", "/two.pdf": ""}) as site:
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,)))
    assert site.url("/one") in crawled.fetched()


def test_new_entries_of_a_feed_that_moved_are_found_the_second_night() -> None:
    pages = {"/feed": redirect("/new"), "/new": ATOM, "/one": "", "/two.pdf": ""}
    with serve(pages) as site:
        known = (Known(address=site.url("/new"), depth=0, digest="0" * 32),)
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,), known=known))
    assert site.url("/one") in crawled.fetched()


@pytest.mark.parametrize("domain", ["https://village.org", "village.org/blog", "village", "", "a b.org"])
def test_domains_are_names_and_nothing_else(domain: str) -> None:
    crawled = crawl(unit("https://village.org/feed", kind="feed", options={"also": [domain]}))
    assert crawled.of("failed")[0]["why"].startswith("the options of this source are wrong: also.0: ")


def test_known_pages_of_a_feed_are_asked_for_when_they_have_left_it() -> None:
    known_page = '<a href="/further"></a>'
    with serve({"/feed": ATOM, "/one": "", "/two.pdf": "", "/old": known_page}) as site:
        known = (Known(address=site.url("/old"), depth=1, digest="0" * 32),)
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,), known=known))
    assert site.url("/old") in crawled.fetched()
    assert "/further" not in site.paths


def test_the_limits_hold_for_feeds_too() -> None:
    items = "".join(f"<item><link>/{n}</link></item>" for n in range(500))
    with serve({"/feed": f"<rss><channel>{items}</channel></rss>"}) as site:
        limits = replace(QUICK, pages=5)
        crawled = crawl(unit(site.url("/feed"), kind="feed", allow=(site.pair,), limits=limits))
    assert len(site.paths) == 5
    assert list(crawled.why("skipped").values()) == ["page limit reached"] * 496
