"""A Lemmy community is read through the newest interface that its instance understands."""

from __future__ import annotations

from dataclasses import replace

from scanner.model import Known
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

V4 = "/api/v4/{}/list?community_name=choir@far.example&sort=new&limit=50"
V3 = V4.replace("v4", "v3").replace("sort=new", "sort=New")
NOT_THERE = Answer(status=404, body='{"error":"not_found"}', type="application/json")


def post(number: int, **more: object) -> dict[str, object]:
    """One post with what stands around it."""
    content = {"id": number, "name": f"No {number}", "url": f"{LEAK}?p={number}", "body": "see *you*"}
    return {"post": content | more, "creator": {"id": 1}, "counts": {"comments": 2}}


def comment(number: int) -> dict[str, object]:
    return {"comment": {"id": number, "content": f"{LEAK}?c={number}", "deleted": False}, "creator": {}}


def test_posts_and_comments_are_read_through_version_4() -> None:
    pages = {
        V4.format("post"): in_json({"items": [post(9), post(8, deleted=True)], "next_page": "P8a/b"}),
        V4.format("post") + "&page_cursor=P8a/b": in_json({"items": [], "next_page": None}),
        V4.format("comment"): in_json({"items": [comment(3)], "next_page": None}),
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url("/c/choir@far.example"), kind="lemmy", allow=(site.pair,)))
    assert sorted(site.paths) == sorted(pages)
    posts = crawled.fetched()
    assert f"{LEAK}?p=9" in posts[site.url("/post/9")]["text"]
    assert f"{LEAK}?c=3" in posts[site.url("/comment/3")]["text"]
    assert site.url("/post/8") not in posts
    assert not crawled.of("failed")


def test_an_older_instance_is_asked_through_version_3() -> None:
    pages = {
        V4.format("post"): NOT_THERE,
        V4.format("comment"): NOT_THERE,
        V3.format("post"): in_json({"posts": [post(9)]}),
        V3.format("post") + "&page=2": in_json({"posts": []}),
        V3.format("comment"): in_json({"comments": []}),
        "/api/v3/post?id=4": in_json({"post_view": post(4, removed=True)}),
    }
    with serve(pages) as site:
        known = (Known(address=site.url("/post/4"), depth=1, digest="0" * 32, watched=True),)
        crawled = crawl(unit(site.url("/c/choir@far.example"), kind="lemmy", allow=(site.pair,), known=known))
    assert site.url("/post/9") in crawled.fetched()
    (failed,) = crawled.of("failed")
    assert (failed["address"], failed["gone"]) == (site.url("/post/4"), True)


def test_failures_are_told() -> None:
    crawled = crawl_failures(
        "lemmy", lambda site: {"start": [site.url("/c/choir@far.example")]}, V4.format("post")
    )
    events = [event for event in crawled.events if "/comment/" not in event.get("address", "")]
    check_failures(replace(crawled, events=events))
