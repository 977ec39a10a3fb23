"""A board is read thread by thread, and a thread again only when it has changed."""

from __future__ import annotations

from scanner.model import Known
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

WHEN = "Sat, 21 Nov 2026 08:00:00 GMT"
CATALOG = [
    {
        "page": 1,
        "threads": [
            {"no": 11, "last_modified": 1795244399, "replies": 1},
            {"no": 12, "last_modified": 1795248000},
        ],
    },
    {"page": 2, "threads": [{"no": 13, "last_modified": 1795240000}]},
]


def thread(number: int) -> Answer:
    """One thread, with its posts."""
    posts = [
        {
            "no": number,
            "sub": "join &amp; disrupt",
            "com": f'<a href="{LEAK}">x</a>',
            "name": "Anonymous",
            "time": 1,
        },
        {"no": number + 100, "resto": number, "com": "passcode is<wbr>4711"},
    ]
    return in_json({"posts": posts}, **{"Last-Modified": WHEN})


def test_threads_are_read_newest_first_and_again_when_they_have_changed() -> None:
    pages = {"/b/catalog.json": in_json(CATALOG)} | {f"/b/thread/{n}.json": thread(n) for n in (11, 12, 13)}
    with serve(pages) as site:
        options = {"start": ["https://boards.4chan.org/b/"], "api": site.url("")}
        first = crawl(unit(kind="fourchan", options=options, allow=(site.pair,)))
        assert site.paths == [
            "/b/catalog.json",
            "/b/thread/12.json",
            "/b/thread/11.json",
            "/b/thread/13.json",
        ]
        site.hits.clear()
        posts = first.fetched()
        text = posts["https://boards.4chan.org/b/thread/12"]["text"]
        assert LEAK in text
        assert "4711" in text
        known = [
            Known(address=address, depth=1, last_modified=event["last_modified"], digest=event["digest"])
            for address, event in posts.items()
        ]
        known.append(Known(address="https://boards.4chan.org/b/thread/9", digest="0", watched=True))
        second = crawl(unit(kind="fourchan", options=options, allow=(site.pair,), known=tuple(known)))
    assert sorted(site.paths) == [
        "/b/catalog.json",
        "/b/thread/11.json",
        "/b/thread/13.json",
        "/b/thread/9.json",
    ]
    assert all("if-modified-since" in hit.headers for hit in site.hits if "/11" in hit.path)
    (failed,) = second.of("failed")
    assert (failed["address"], failed["gone"]) == ("https://boards.4chan.org/b/thread/9", True)


def test_failures_are_told() -> None:
    check_failures(
        crawl_failures(
            "fourchan",
            lambda site: {"start": ["https://boards.4chan.org/b/"], "api": site.url("")},
            "/b/catalog.json",
        )
    )
