"""Reddit is read by its feeds, which are what it still shows to everybody."""

from __future__ import annotations

from scanner.model import Known
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK
from tests.spiders.crawls import crawl, unit


def feed(*entries: tuple[str, str]) -> Answer:
    """An Atom feed as Reddit writes it."""
    items = "".join(
        f'<entry><author><name>/u/ann</name></author><content type="html">&lt;div&gt;{text} '
        f"&lt;a href=&quot;{LEAK}?r={text}&quot;&gt;[link]&lt;/a&gt;&lt;/div&gt;"
        f'</content><id>t3_x</id><link href="{link}" />'
        f"<title>Title {text}</title></entry>"
        for link, text in entries
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>r</title>{items}</feed>'
    return Answer(body=body, type="application/atom+xml; charset=UTF-8")


def test_posts_and_comments_of_a_subreddit_are_read() -> None:
    with serve({}) as site:
        a, b, c = (
            site.url(f"/r/village/comments/{name}/") for name in ("aa/fair", "bb/choir", "bb/choir/cc1")
        )
        site.pages |= {
            "/r/village/new/.rss?limit=100": feed((a, "one"), (b, "two")),
            "/r/village/new/.rss?limit=100&after=t3_bb": feed(),
            "/r/village/comments/.rss?limit=100": feed((c, "three")),
            "/r/village/comments/.rss?limit=100&after=t1_cc1": feed(),
            "/r/village/comments/dd/old/.rss": feed((site.url("/r/village/comments/dd/old/"), "edited")),
            "/r/village/comments/ee/old/.rss": Answer(status=404),
        }
        known = tuple(
            Known(address=site.url(f"/r/village/comments/{name}/old/"), digest="0", watched=True)
            for name in ("dd", "ee")
        )
        crawled = crawl(unit(site.url("/r/village/"), kind="reddit", allow=(site.pair,), known=known))
        assert sorted(site.paths) == sorted(site.pages)
        assert f"{LEAK}?r=one" in crawled.fetched()[a]["text"]
        assert "Title two" in crawled.fetched()[b]["text"]
        assert {c, site.url("/r/village/comments/dd/old/")} <= set(crawled.fetched())
    (failed,) = crawled.of("failed")
    assert (failed["address"], failed["gone"]) == (site.url("/r/village/comments/ee/old/"), True)


def test_refusals_are_told() -> None:
    page = "<html><body><h1>whoa there, pardner!</h1></body></html>"
    told = {
        "HTTP 403": Answer(status=403, body=page),
        "HTTP 429": Answer(status=429, headers={"Retry-After": "3600"}),
        "no feed stands there": Answer(body=page),
    }
    for why, answer in told.items():
        with serve({"/r/village/comments/aa/fair/.rss": answer}) as site:
            crawled = crawl(unit(site.url("/r/village/comments/aa/fair/"), kind="reddit", allow=(site.pair,)))
        (failed,) = crawled.of("failed")
        assert (failed["why"], failed["blocked"], failed["start"]) == (why, why.startswith("HTTP"), True)
