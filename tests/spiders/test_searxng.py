"""A search names pages, and the pages are read; where one cannot be, what the search shows of it is."""

from __future__ import annotations

from scanner.model import Known
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

SEARCH = "/search?q=%22stmarys.zoom.us%22&format=json&pageno="


def answer(*results: dict[str, object], silent: object = ()) -> Answer:
    return in_json({"query": "q", "number_of_results": 0, "results": results, "unresponsive_engines": silent})


def test_pages_are_read_wherever_they_lie_and_meetings_are_not_opened() -> None:
    with (
        serve({"/minutes": f'<a href="{LEAK}?m=1">x</a><a href="/further">x</a>'}) as pages,
        serve({}) as site,
    ):
        site.pages |= {
            f"{SEARCH}1": answer(
                {"url": pages.url("/minutes"), "title": "Minutes", "content": "x", "engine": "a"},
                {"url": pages.url("/closed"), "title": "Closed", "content": f"join at {LEAK}?c=1"},
                {"url": pages.url("/forgotten"), "title": "Nothing", "content": "no link"},
                {"url": "https://stmarys.zoom.us/j/5551112222", "title": "Launch Meeting", "content": None},
                silent=[["google", "CAPTCHA"]],
            ),
            f"{SEARCH}2": answer(),
        }
        pages.pages["/closed"] = Answer(status=403)
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="searxng", options=options, allow=(site.pair, pages.pair)))
    assert site.paths == [f"{SEARCH}1", f"{SEARCH}2"]
    assert sorted(pages.paths) == ["/closed", "/forgotten", "/minutes"]
    assert not crawled.asked, "no meeting host was looked up"
    found = crawled.fetched()
    assert "stmarys.zoom.us/j/5551112222" in found[site.url(f"{SEARCH}1")]["text"]
    assert f"{LEAK}?m=1" in found[pages.url("/minutes")]["text"]
    shown = found[pages.url("/closed")]
    assert f"{LEAK}?c=1" in shown["text"]
    assert (shown["cut"], shown["why_cut"]) == (True, "only what the index shows of it could be read")
    assert crawled.why("failed") == {
        site.url(f"{SEARCH}1"): "search engines behind the instance that did not answer",
        pages.url("/closed"): "HTTP 403",
        pages.url("/forgotten"): "HTTP 404",
    }


def test_the_second_night_reads_the_pages_again_and_asks_no_further_than_for_news() -> None:
    with serve({"/minutes": "unchanged"}) as site:
        site.pages |= {f"{SEARCH}{n}": answer({"url": site.url("/minutes")}) for n in (1, 2)}
        known = (
            Known(address=site.url("/minutes"), depth=1, digest="0" * 32),
            Known(address=site.url("/left"), depth=1, digest="0" * 32),
            Known(address=site.url(f"{SEARCH}2"), depth=1, digest="0" * 32),
        )
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="searxng", options=options, allow=(site.pair,), known=known))
    assert sorted(site.paths) == ["/left", "/minutes", f"{SEARCH}1"]
    assert [event["gone"] for event in crawled.of("failed")] == [True]


def test_addresses_in_every_spelling_cost_nothing_but_themselves() -> None:
    spellings = (
        "http://[",
        "",
        "nonsense",
        "javascript:x",
        "//x",
        "https://a:b@c.org/",
        "ftp://a.org/",
        "\n",
    )
    with serve({"/a%20b": "found"}) as site:
        fine = site.url("/x/../a b#part").replace("http", " HTTP")
        site.pages[f"{SEARCH}1"] = answer(*({"url": spelling} for spelling in (*spellings, fine)))
        site.pages[f"{SEARCH}2"] = answer()
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="searxng", options=options, allow=(site.pair,)))
    assert site.url("/a%20b") in crawled.fetched()
    assert not crawled.of("failed")
    assert not crawled.asked


def test_nothing_found_is_no_failure() -> None:
    with serve({f"{SEARCH}1": answer()}) as site:
        options = {"queries": ["stmarys.zoom.us"], "api": site.url("")}
        crawled = crawl(unit(kind="searxng", options=options, allow=(site.pair,)))
    assert [event["event"] for event in crawled.events] == ["fetched"]


def test_failures_are_told() -> None:
    crawled = crawl_failures(
        "searxng", lambda site: {"queries": ["stmarys.zoom.us"], "api": site.url("")}, f"{SEARCH}1"
    )
    check_failures(crawled)
