"""An account's posts are read page by page, and again one by one where a leak stands."""

from __future__ import annotations

from scanner.model import Known
from tests.internet import serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

FEED = "/xrpc/app.bsky.feed.getAuthorFeed?actor=clerk.village.example&limit=100"
DID = "did:plc:abcdefghijklmnop"


def post(key: str, **record: object) -> dict[str, object]:
    """One post as the network shows it."""
    return {
        "uri": f"at://{DID}/app.bsky.feed.post/{key}",
        "cid": "bafy",
        "author": {"did": DID, "handle": "clerk.village.example"},
        "record": {"$type": "app.bsky.feed.post", "text": f"Post {key}", "createdAt": "2026-11-01T10:00:00Z"}
        | record,
        "likeCount": 4,
    }


def address(key: str) -> str:
    return f"https://bsky.app/profile/{DID}/post/{key}"


def look_up(key: str) -> str:
    return (
        f"/xrpc/app.bsky.feed.getPosts?uris=at%3A%2F%2F{DID.replace(':', '%3A')}%2Fapp.bsky.feed.post%2F{key}"
    )


def test_posts_are_read_with_what_they_link_to() -> None:
    facets = [{"index": {}, "features": [{"$type": "app.bsky.richtext.facet#link", "uri": f"{LEAK}?f=1"}]}]
    external = {"uri": f"{LEAK}?x=1", "title": "Sing", "description": "with us"}
    media = {"$type": "app.bsky.embed.recordWithMedia", "media": {"external": external}}
    pages = {
        FEED: in_json(
            {
                "feed": [{"post": post("aa", facets=facets)}, {"post": post("bb", embed=media)}],
                "cursor": "2026::x",
            }
        ),
        f"{FEED}&cursor=2026%3A%3Ax": in_json(
            {"feed": [{"post": post("cc", embed={"images": [{"alt": "poster"}]})}]}
        ),
        look_up("dd"): in_json({"posts": [post("dd", text="edited")]}),
        look_up("ee"): in_json({"posts": []}),
    }
    with serve(pages) as site:
        known = tuple(Known(address=address(key), digest="0", watched=True) for key in ("dd", "ee"))
        options = {"start": ["https://bsky.app/profile/clerk.village.example"], "api": site.url("")}
        crawled = crawl(unit(kind="bluesky", options=options, allow=(site.pair,), known=known))
    assert sorted(site.paths) == sorted(pages)
    found = {key: crawled.fetched()[address(key)]["text"] for key in ("aa", "bb", "cc", "dd")}
    assert f"{LEAK}?f=1" in found["aa"]
    assert f"{LEAK}?x=1" in found["bb"]
    assert "poster" in found["cc"]
    assert "edited" in found["dd"]
    (failed,) = crawled.of("failed")
    assert (failed["address"], failed["gone"]) == (address("ee"), True)


def test_failures_are_told() -> None:
    start = ["https://bsky.app/profile/clerk.village.example"]
    check_failures(crawl_failures("bluesky", lambda site: {"start": start, "api": site.url("")}, FEED))
