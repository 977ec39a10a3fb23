"""Sitemaps are read as a kind of their own, and as a site's own list of its pages."""

from __future__ import annotations

import gzip

import pytest

from tests.internet import Answer, serve
from tests.spiders.crawls import crawl, unit

URLSET = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>{origin}/one</loc><lastmod>2026-11-01</lastmod></url><url><loc>{origin}/two?a=1&amp;b=2</loc></url>"
    "<url><loc>https://elsewhere.org/x</loc></url></urlset>"
)
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>{origin}/posts.xml.gz</loc>'
    "</sitemap><sitemap><loc>{origin}/missing.xml</loc></sitemap></sitemapindex>"
)


def test_an_index_leads_to_compressed_sitemaps_and_they_to_pages() -> None:
    with serve({"/one": '<a href="/further">x</a>', "/two?a=1&b=2": "two"}) as site:
        origin = site.url("")
        site.pages |= {
            "/index.xml": Answer(body=INDEX.format(origin=origin), type="application/xml"),
            "/posts.xml.gz": Answer(
                body=gzip.compress(URLSET.format(origin=origin).encode()), type="application/x-gzip"
            ),
        }
        crawled = crawl(unit(site.url("/index.xml"), kind="sitemap", allow=(site.pair,)))
    assert site.paths == ["/index.xml", "/posts.xml.gz", "/missing.xml", "/one", "/two?a=1&b=2"]
    assert crawled.why("skipped") == {"https://elsewhere.org/x": "outside the source"}
    assert crawled.why("failed") == {site.url("/missing.xml"): "HTTP 404"}


def test_a_sitemap_may_be_a_list_of_lines() -> None:
    with serve({"/one": "1", "/two": "2"}) as site:
        lines = f"{site.url('/one')}\r\nhttps://[\r\n{site.url('/x/../two')}\r\n"
        site.pages["/s.txt"] = Answer(body=lines, type="text/plain")
        crawled = crawl(unit(site.url("/s.txt"), kind="sitemap", allow=(site.pair,)))
    assert site.paths == ["/s.txt", "/one", "/two"]
    assert not crawled.of("failed")


def test_a_list_of_lines_may_be_a_part_of_an_index_or_a_sites_own() -> None:
    with serve({"/": "front", "/one": "1"}) as site:
        lines = Answer(body=f"\ufeff{site.url('/one')}\n", type="text/plain")
        index = f"<sitemapindex><sitemap><loc>{site.url('/s.txt')}</loc></sitemap></sitemapindex>"
        site.pages |= {"/s.txt": lines, "/index.xml": index, "/robots.txt": f"Sitemap: {site.url('/s.txt')}"}
        crawl(unit(site.url("/index.xml"), kind="sitemap", allow=(site.pair,)))
        crawl(unit(site.url(), allow=(site.pair,), options={"sitemaps": True}))
    assert site.paths == ["/index.xml", "/s.txt", "/one", "/", "/s.txt", "/one"]


@pytest.mark.parametrize(
    "body",
    [
        "<html><h1>Not found</h1></html>",
        "",
        "{}",
        gzip.compress(b"x", mtime=0),  # the time would be part of the test's name
        b"\x1f\x8bbroken",
        b"plain words",
    ],
)
def test_what_is_no_sitemap_is_said_to_be_none(body: str | bytes) -> None:
    with serve({"/s.xml": body}) as site:
        crawled = crawl(unit(site.url("/s.xml"), kind="sitemap", allow=(site.pair,)))
    assert crawled.why("failed") == {site.url("/s.xml"): "no sitemap stands there"}
    assert crawled.of("failed")[0]["start"]


def site_with_sitemaps(robots: str | None, *, sitemaps: bool = True) -> tuple[list[str], list[str]]:
    """Crawl a front page that links to nothing; return the paths asked for and the failures."""
    with serve({"/": "front", "/one": "1", "/two?a=1&b=2": "2"}) as site:
        listed = Answer(body=URLSET.format(origin=site.url("")), type="application/xml")
        site.pages |= {"/sitemap.xml": listed, "/named.xml": listed}
        if robots is not None:
            site.pages["/robots.txt"] = Answer(body=robots.format(origin=site.url("")), type="text/plain")
        crawled = crawl(unit(site.url(), allow=(site.pair,), options={"sitemaps": sitemaps}))
    return site.paths, list(crawled.why("failed").values())


def test_a_site_is_read_by_the_sitemaps_that_its_robots_txt_names() -> None:
    paths, failed = site_with_sitemaps("User-agent: *\nDisallow:\nSitemap: {origin}/named.xml\n")
    assert paths == ["/", "/named.xml", "/one", "/two?a=1&b=2"]
    assert not failed


def test_a_site_is_read_by_the_sitemap_at_its_usual_place() -> None:
    paths, _ = site_with_sitemaps(None)
    assert paths == ["/", "/sitemap.xml", "/one", "/two?a=1&b=2"]


def test_a_site_can_be_read_without_its_sitemaps() -> None:
    paths, _ = site_with_sitemaps("Sitemap: {origin}/named.xml\n", sitemaps=False)
    assert paths == ["/"]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_it_is_no_news_that_there_is_nothing_at_the_usual_place(status: int) -> None:
    with serve({"/": "front", "/sitemap.xml": Answer(status=status)}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), options={"sitemaps": True}))
    assert "/sitemap.xml" in site.paths
    assert [event["event"] for event in crawled.events] == ["fetched"]


def test_a_sitemap_on_another_server_is_left_alone() -> None:
    with serve(
        {
            "/": "",
            "/robots.txt": "Sitemap: https://elsewhere.org/s.xml\nSitemap: ftp://a/b\nSitemap: https://[\n",
        }
    ) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), options={"sitemaps": True}))
    assert site.paths == ["/"]
    assert not crawled.asked
