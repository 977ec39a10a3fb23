"""Fast runs: indexes, what is watched and what is new, newest first; all else waits for a whole reading."""

from __future__ import annotations

from dataclasses import replace

from scanner.model import Known, Unit
from tests.internet import Answer, Site, serve
from tests.spiders.crawls import QUICK, Crawled, crawl, unit
from tests.spiders.test_known import remembered, versioned


def board(*numbers: int) -> str:
    return "".join(f'<a href="/t/{number}">{number}</a>' for number in numbers)


def threads(*numbers: int) -> dict[str, str]:
    return {f"/t/{number}": f"thread {number}" for number in numbers}


def read_before(site: Site, *paths: str) -> tuple[Known, ...]:
    """What is remembered of pages that a scan has read."""
    return tuple(Known(address=site.url(path), depth=1, digest="ab" * 16) for path in paths)


def fast(site: Site, known: tuple[Known, ...], *, pages: int = 30, **fields: object) -> Crawled:
    site.hits.clear()
    made: Unit = unit(site.url(), allow=(site.pair,), known=known, **fields)
    return crawl(replace(made, fast=True, limits=replace(QUICK, pages=pages)))


def test_only_what_is_new_is_read() -> None:
    with serve({"/": board(4, 3, 2, 1), **threads(1, 2, 3, 4)}) as site:
        crawled = fast(site, read_before(site, "/", "/t/1", "/t/2", "/t/3"))
        assert site.paths == ["/", "/t/4"]
    assert set(crawled.fetched()) == {site.url("/"), site.url("/t/4")}


def test_an_index_that_has_not_changed_costs_one_request_and_no_body() -> None:
    with serve({"/": versioned, "/two": versioned}) as site:
        known = (Known(address=site.url(), etag='"v1"', digest="ab" * 16), *read_before(site, "/two"))
        crawled = fast(site, known)
        assert site.paths == ["/"]
    assert [event["event"] for event in crawled.events] == ["unchanged"]


def test_newest_first_and_what_a_small_limit_leaves_out_comes_next() -> None:
    with serve({"/": board(*range(9, 0, -1)), **threads(*range(1, 10))}) as site:
        first = fast(site, (), pages=4)
        assert site.paths == ["/", "/t/9", "/t/8", "/t/7"]
        left = tuple(Known(address=event["address"], depth=1) for event in first.of("skipped"))
        fast(site, (*remembered(first), *left), pages=4)
        assert site.paths == ["/", "/t/6", "/t/5", "/t/4"]


def test_a_page_with_a_sighting_is_read_again() -> None:
    with serve({"/": board(1, 2), **threads(1, 2)}) as site:
        one, two = read_before(site, "/t/1", "/t/2")
        fast(site, (one, replace(two, watched=True)))
        assert sorted(site.paths) == ["/", "/t/2"]


def test_of_feeds_and_sitemaps_new_entries_are_read_and_no_others() -> None:
    def listed(tag: str, *paths: str) -> str:
        return "".join(f"<{tag}>http://127.0.0.1:{site.port}{path}</{tag}>" for path in paths)

    with serve(threads(1, 2, 3)) as site:
        entries = listed("link", "/t/2", "/t/1").replace("<link>", "<item><link>")
        feed = f"<rss version='2.0'><channel>{entries.replace('</link>', '</link></item>')}</channel></rss>"
        index = f"<urlset>{listed('loc', '/sitemap-posts.xml').replace('<loc>', '<url><loc>')}</url></urlset>"
        posts = "".join(f"<url>{listed('loc', path)}</url>" for path in ("/t/1", "/t/3"))
        site.pages |= {
            "/feed": Answer(body=feed, type="application/rss+xml"),
            "/sitemap.xml": Answer(body=index, type="application/xml"),
            "/sitemap-posts.xml": Answer(body=f"<urlset>{posts}</urlset>", type="application/xml"),
        }
        known = read_before(site, "/t/1", "/sitemap-posts.xml")
        how = {"allow": (site.pair,), "known": known, "fast": True}
        crawl(
            unit(site.url("/feed"), source="news", kind="feed", **how),
            unit(site.url("/sitemap.xml"), source="map", kind="sitemap", **how),
        )
        assert sorted(site.paths) == ["/feed", "/sitemap-posts.xml", "/sitemap.xml", "/t/2", "/t/3"]


def test_a_unit_says_that_it_has_ended_and_how_long_its_server_wants_to_be_left_alone() -> None:
    busy = Answer(status=503, headers={"Retry-After": "600"})
    with serve({"/": busy}) as closed, serve({"/": "open"}) as other:
        pairs = (closed.pair, other.pair)
        crawled = crawl(
            unit(closed.url(), source="closed", allow=pairs), unit(other.url(), source="open", allow=pairs)
        )
    assert set(crawled.ended) == {"closed", "open"}
    assert 500 < crawled.ended["closed"] <= 600
    assert crawled.ended["open"] == 0
