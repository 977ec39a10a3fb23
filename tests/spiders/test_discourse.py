"""A Discourse forum is read post by post, newest first, and no further than to what is known."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.model import Known
from tests.internet import Answer, Hit, Page, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit
from tests.spiders.test_known import remembered


def post(number: int, *, topic: int = 7, **more: object) -> dict[str, object]:
    """One post as Discourse writes it."""
    return {
        "id": 1000 + number,
        "username": "clerk",
        "created_at": "2026-11-01T10:00:00.000Z",
        "cooked": f'<p>Post {number} <a href="{LEAK}?n={number}" rel="nofollow">join</a></p>',
        "post_number": number,
        "post_type": 1,
        "topic_id": topic,
        "topic_slug": "choir",
        "topic_title": "Choir",
        "reads": 12,
    } | more


def latest(hit: Hit) -> Answer:
    """``/posts.json``: posts with ids up to ``before``, three at a time."""
    before = int(hit.path.partition("before=")[2] or 1007)
    numbers = [number for number in range(7, 0, -1) if 1000 + number <= before][:3]
    return in_json({"latest_posts": [post(number, reads=len(hit.path)) for number in numbers]})


def forum(pages: Mapping[str, Page]) -> dict[str, Page]:
    return dict(pages) | {f"/posts.json?before={n}": latest for n in (1004, 1001, 1000)}


def test_the_newest_posts_are_read_until_the_first() -> None:
    with serve(forum({"/posts.json": latest})) as site:
        crawled = crawl(unit(site.url(), kind="discourse", allow=(site.pair,)))
    assert site.paths == ["/posts.json", *(f"/posts.json?before={n}" for n in (1004, 1001, 1000))]
    posts = [address for address in crawled.fetched() if "/t/" in address]
    assert posts == [site.url(f"/t/choir/7/{number}") for number in range(7, 0, -1)]
    text = crawled.fetched()[posts[0]]["text"]
    assert f"{LEAK}?n=7" in text
    assert "Choir" in text
    assert not crawled.of("failed")


def test_the_second_night_stops_at_what_is_known_and_looks_after_what_leaked() -> None:
    with serve(forum({"/posts.json": latest})) as site:
        first = crawl(unit(site.url(), kind="discourse", allow=(site.pair,)))
        site.hits.clear()
        known = tuple(
            Known(
                address=k.address,
                depth=k.depth,
                digest=k.digest,
                watched=k.address.endswith(("/7/2", "/7/1")),
            )
            if not k.address.endswith("/7/4")
            else Known(address=k.address, depth=k.depth)
            for k in remembered(first)
        )
        site.pages["/posts/by_number/7/2.json"] = in_json(post(2))
        site.pages["/posts/by_number/7/4.json"] = in_json(post(4, cooked="<p>edited</p>"))
        second = crawl(unit(site.url(), kind="discourse", allow=(site.pair,), known=known))
    assert "/posts.json?before=1001" not in site.paths
    assert set(site.paths) == {
        "/posts.json",
        "/posts/by_number/7/1.json",
        "/posts/by_number/7/2.json",
        "/posts/by_number/7/4.json",
    }
    (gone,) = second.of("failed")
    assert (gone["address"], gone["gone"]) == (site.url("/t/choir/7/1"), True)
    assert site.url("/t/choir/7/2") in {event["address"] for event in second.of("unchanged")}
    assert "edited" in second.fetched()[site.url("/t/choir/7/4")]["text"]


def test_a_category_is_read_topic_by_topic_with_all_parts_of_each() -> None:
    ids = [1000 + number for number in range(1, 46)]
    topic = {
        "id": 7,
        "slug": "choir",
        "title": "Choir",
        "post_stream": {"posts": [post(n, topic_slug=None) for n in range(1, 21)], "stream": ids},
    }
    query = "&".join(f"post_ids[]={number}" for number in reversed(ids[-20:]))
    rest = "&".join(f"post_ids[]={number}" for number in reversed(ids[20:25]))
    topics = [
        {"id": 7, "slug": "choir", "highest_post_number": 45},
        {"id": 8, "slug": "old", "highest_post_number": 3},
    ]
    pages = {
        "/f/c/village/5/l/latest.json": in_json(
            {"topic_list": {"topics": topics, "more_topics_url": "/f/c/village/5/l/latest?page=1"}}
        ),
        "/f/c/village/5/l/latest.json?page=1": in_json({"topic_list": {"topics": []}}),
        "/f/t/7.json": in_json(topic),
        f"/f/t/7/posts.json?{query}": in_json({"post_stream": {"posts": [post(45), post(44)]}, "id": 7}),
        f"/f/t/7/posts.json?{rest}": in_json({"post_stream": {"posts": [post(21)]}, "id": 7}),
    }
    with serve(pages) as site:
        known = (Known(address=site.url("/f/t/old/8/3"), depth=1, digest="0" * 32),)
        crawled = crawl(unit(site.url("/f/c/village/5"), kind="discourse", allow=(site.pair,), known=known))
    assert sorted(site.paths) == sorted(pages)
    assert {site.url(f"/f/t/choir/7/{n}") for n in (*range(1, 22), 44, 45)} <= set(crawled.fetched())
    assert not crawled.of("failed")


def test_a_forum_without_a_list_of_posts_is_read_by_its_topics() -> None:
    pages = {
        "/posts.json": Answer(status=403, body='{"errors":["x"]}', type="application/json"),
        "/latest.json": in_json(
            {"topic_list": {"topics": [{"id": 7, "slug": "a", "highest_post_number": 1}]}}
        ),
        "/t/7.json": in_json(
            {"id": 7, "slug": "a", "title": "A", "post_stream": {"posts": [post(1)], "stream": [1001]}}
        ),
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url(), kind="discourse", allow=(site.pair,)))
    assert site.url("/t/choir/7/1") in crawled.fetched()
    assert not crawled.of("failed")


def test_entries_that_are_not_understood_cost_the_others_nothing() -> None:
    with serve({"/posts.json": in_json({"latest_posts": [post(3), {"id": "x"}, None, post(1)]})}) as site:
        crawled = crawl(unit(site.url(), kind="discourse", allow=(site.pair,)))
    assert {site.url("/t/choir/7/3"), site.url("/t/choir/7/1")} <= set(crawled.fetched())
    assert any(why.startswith("some entries are not in the shape") for why in crawled.why("failed").values())


def test_failures_are_told() -> None:
    check_failures(crawl_failures("discourse", lambda site: {"start": [site.url("/latest")]}, "/latest.json"))
