"""A Mastodon timeline is read newest first; an instance that is closed is told from an empty one."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.model import Known
from spiders.mastodon import Options
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

TAG = "/api/v1/timelines/tag/choir?limit=40"


def status(number: int, **more: object) -> dict[str, object]:
    """One status as Mastodon writes it."""
    return {
        "id": str(number),
        "created_at": "2026-11-20T10:00:00.000Z",
        "url": f"https://far.example/@ann/{number}9",
        "spoiler_text": "",
        "content": f'<p>No {number} <a href="{LEAK}?s={number}">link</a></p>',
        "favourites_count": 3,
        "account": {"id": "9", "acct": "ann", "username": "ann"},
        "card": None,
        "media_attachments": [],
        "reblog": None,
    } | more


def test_a_hashtag_is_read_page_by_page() -> None:
    with serve({}) as site:
        older = f'<{site.url(TAG)}&max_id=7>; rel="next", <{site.url(TAG)}&min_id=8>; rel="prev"'
        card = {"url": "https://whereby.com/choir", "title": "Sing", "description": "", "type": "link"}
        site.pages |= {
            TAG: in_json(
                [status(8, card=card), status(7, media_attachments=[{"description": "poster"}])], Link=older
            ),
            f"{TAG}&max_id=7": in_json([]),
        }
        crawled = crawl(unit(site.url("/tags/choir"), kind="mastodon", allow=(site.pair,)))
    assert site.paths == [TAG, f"{TAG}&max_id=7"]
    posts = crawled.fetched()
    assert "whereby.com/choir" in posts[site.url("/@ann/8")]["text"]
    assert "poster" in posts[site.url("/@ann/7")]["text"]
    assert not crawled.of("failed")


def test_an_account_is_read_with_what_it_passes_on() -> None:
    boosted = status(5, content="", reblog=status(3, account={"acct": "bob@far.example"}))
    pages = {
        "/api/v1/accounts/lookup?acct=ann": in_json({"id": "77", "acct": "ann"}),
        "/api/v1/accounts/77/statuses?limit=40": in_json([boosted]),
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url("/@ann"), kind="mastodon", allow=(site.pair,)))
    assert f"{LEAK}?s=3" in crawled.fetched()[site.url("/@ann/5")]["text"]


def test_the_second_night_asks_no_further_and_looks_after_what_leaked() -> None:
    with serve({}) as site:
        site.pages |= {
            TAG: in_json([status(8)], Link=f'<{site.url(TAG)}&max_id=8>; rel="next"'),
            f"{TAG}&max_id=8": in_json([]),
            "/api/v1/statuses/4": Answer(
                status=404, body='{"error":"Record not found"}', type="application/json"
            ),
        }
        first = crawl(unit(site.url("/tags/choir"), kind="mastodon", allow=(site.pair,)))
        site.hits.clear()
        digest = first.fetched()[site.url("/@ann/8")]["digest"]
        known = (
            Known(address=site.url("/@ann/8"), depth=1, digest=digest),
            Known(address=site.url("/@ann/4"), depth=1, digest="0" * 32, watched=True),
        )
        second = crawl(unit(site.url("/tags/choir"), kind="mastodon", allow=(site.pair,), known=known))
    assert sorted(site.paths) == ["/api/v1/statuses/4", TAG]
    (failed,) = second.of("failed")
    assert (failed["address"], failed["gone"]) == (site.url("/@ann/4"), True)


@pytest.mark.parametrize(
    ("access", "why"),
    [
        ("public", None),
        ("disabled", "the instance shows its posts only to people who are logged in"),
        ("authenticated", "the instance shows its posts only to people who are logged in"),
    ],
)
def test_nothing_at_all_is_asked_about(access: str, why: str | None) -> None:
    feeds = {"local": access, "remote": access}
    instance = {
        "domain": "x",
        "configuration": {"timelines_access": {"live_feeds": feeds, "hashtag_feeds": feeds}},
    }
    with serve({TAG: in_json([]), "/api/v2/instance": in_json(instance)}) as site:
        crawled = crawl(unit(site.url("/tags/choir"), kind="mastodon", allow=(site.pair,)))
    assert [event["why"] for event in crawled.of("failed")] == ([why] if why else [])
    if why:
        assert crawled.of("failed")[0]["blocked"]


def test_failures_are_told() -> None:
    crawled = crawl_failures("mastodon", lambda site: {"start": [site.url("/tags/choir")]}, TAG)
    check_failures(crawled)


def test_a_start_is_a_timeline() -> None:
    with pytest.raises(ValidationError, match="write a hashtag"):
        Options.model_validate({"start": ["https://mastodon.example/explore"]})
