"""Forums of each make are read by their threads, and no further than there is news."""

from __future__ import annotations

import json

import pytest

from scanner.model import Known
from spiders.forum import Role, place
from tests.internet import Answer, Hit, serve
from tests.spiders.crawls import crawl, unit
from tests.spiders.hostile.behaviours.types import pdf
from tests.spiders.test_known import remembered


def links(*addresses: str) -> str:
    """A page with these links, and those that every forum has besides."""
    besides = ("/ucp.php?mode=login", "/members/ann.7/", "/search.php?q=x", "/posting.php?mode=reply&t=1")
    return "<html><body>" + "".join(f'<a href="{a}">x</a>' for a in (*addresses, *besides)) + "</body></html>"


# name → (start, pages: path → links, order in which they are read)
FORUMS: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "phpBB": (
        "/viewforum.php?f=2",
        {
            "/viewforum.php?f=2": (
                "./viewtopic.php?f=2&t=15&sid=0123456789abcdef0123456789abcdef",
                "./viewtopic.php?f=2&t=15&p=99#p99",
                "./viewforum.php?f=2&sid=0123456789abcdef0123456789abcdef&start=25",
            ),
            "/viewtopic.php?f=2&t=15": ("./viewtopic.php?f=2&t=15&start=10", "./viewtopic.php?t=99"),
            "/viewforum.php?f=2&start=25": ("./viewtopic.php?f=2&t=3", "./viewtopic.php?t=15"),
            "/viewtopic.php?f=2&t=15&start=10": (),
            "/viewtopic.php?f=2&t=3": (),
        },
    ),
    "XenForo": (
        "/forums/village.3/",
        {
            "/forums/village.3/": (
                "/threads/choir.15/unread",
                "/threads/choir.15/",
                "/forums/village.3/page-2",
            ),
            "/threads/choir.15/": ("/threads/choir.15/page-2", "/threads/choir.15/post-7"),
            "/forums/village.3/page-2": ("/threads/fair.4/",),
            "/threads/choir.15/page-2": (),
            "/threads/fair.4/": (),
        },
    ),
    "vBulletin": (
        "/forumdisplay.php?f=4",
        {
            "/forumdisplay.php?f=4": (
                "showthread.php?t=15&goto=newpost",
                "forumdisplay.php?f=4&order=desc&page=2",
            ),
            "/showthread.php?t=15": ("showthread.php?t=15&page=2",),
            "/forumdisplay.php?f=4&page=2": ("showthread.php?t=4",),
            "/showthread.php?t=15&page=2": (),
            "/showthread.php?t=4": (),
        },
    ),
    "MyBB": (
        "/forumdisplay.php?fid=4",
        {
            "/forumdisplay.php?fid=4": (
                "showthread.php?tid=15&action=lastpost",
                "forumdisplay.php?fid=4&page=2",
            ),
            "/showthread.php?tid=15": ("showthread.php?tid=15&page=2",),
            "/forumdisplay.php?fid=4&page=2": (),
            "/showthread.php?tid=15&page=2": (),
        },
    ),
    "SMF": (
        "/index.php?board=4.0",
        {
            "/index.php?board=4.0": ("/index.php?topic=15.0;topicseen", "/index.php?board=4.20;sort=x"),
            "/index.php?topic=15.0": ("/index.php?topic=15.15",),
            "/index.php?board=4.20": ("/index.php?topic=3.0",),
            "/index.php?topic=15.15": (),
            "/index.php?topic=3.0": (),
        },
    ),
    "pipermail": (
        "/pipermail/village/",
        {
            "/pipermail/village/": (
                "2026-November/thread.html",
                "2026-November/date.html",
                "2026-November.txt",
                "2026-October/date.html",
                "2026-October.txt.gz",
            ),
            "/pipermail/village/2026-November/date.html": ("000007.html", "000008.html"),
            "/pipermail/village/2026-October/date.html": ("000006.html",),
            "/pipermail/village/2026-November.txt": (),
            "/pipermail/village/2026-October.txt.gz": (),
            "/pipermail/village/2026-November/000008.html": (),
            "/pipermail/village/2026-November/000007.html": (),
            "/pipermail/village/2026-October/000006.html": (),
        },
    ),
    "HyperKitty": (
        "/archives/list/village@lists.example/latest",
        {
            "/archives/list/village@lists.example/latest": (
                "/archives/list/village@lists.example/thread/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/",
                "?page=2",
            ),
            "/archives/list/village@lists.example/thread/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/": (),
            "/archives/list/village@lists.example/latest?page=2": (),
        },
    ),
}


@pytest.mark.parametrize("name", FORUMS)
def test_threads_are_read_newest_first_and_nothing_else(name: str) -> None:
    start, pages = FORUMS[name]
    with serve({path: links(*found) for path, found in pages.items()}) as site:
        crawled = crawl(unit(site.url(start), kind="forum", allow=(site.pair,)))
    assert site.paths == list(pages)
    assert not crawled.of("failed")


def test_the_second_night_reads_what_is_new() -> None:
    pages = {
        "/viewforum.php?f=2": links("viewtopic.php?t=2", "viewtopic.php?t=1", "viewforum.php?f=2&start=25"),
        "/viewforum.php?f=2&start=25": links("viewtopic.php?t=0"),
        "/viewtopic.php?t=2": links("viewtopic.php?t=2&start=10"),
        "/viewtopic.php?t=2&start=10": "last page",
        "/viewtopic.php?t=1": "one",
        "/viewtopic.php?t=0": "nought",
    }
    with serve(pages) as site:
        first = crawl(unit(site.url("/viewforum.php?f=2"), kind="forum", allow=(site.pair,)))
        known = tuple(
            Known(address=k.address, depth=k.depth, digest=k.digest, watched=k.address.endswith("t=0"))
            for k in remembered(first)
        )
        site.hits.clear()
        quiet = crawl(unit(site.url("/viewforum.php?f=2"), kind="forum", allow=(site.pair,), known=known))
        assert site.paths == ["/viewforum.php?f=2", "/viewtopic.php?t=0"], (
            "the board says that nothing is new"
        )
        assert {event["event"] for event in quiet.events} == {"unchanged"}
        site.hits.clear()
        site.pages["/viewforum.php?f=2"] = (
            links("viewtopic.php?t=2", "viewtopic.php?t=1", "viewforum.php?f=2&start=25") + "2 new"
        )
        site.pages["/viewtopic.php?t=2&start=10"] = "last page and a new post"
        busy = crawl(unit(site.url("/viewforum.php?f=2"), kind="forum", allow=(site.pair,), known=known))
    assert site.url("/viewtopic.php?t=2&start=10") in busy.fetched(), "a new post stands on the last page"
    assert "/viewforum.php?f=2&start=25" not in site.paths


def test_a_list_that_is_as_it_was_still_leads_to_lists_with_news() -> None:
    tagged = Answer(body=links("/pipermail/walks/2026-November/date.html"), headers={"ETag": '"of the list"'})
    pages = {
        "/pipermail/walks/": tagged,
        "/pipermail/walks/2026-November/date.html": links("000001.html"),
        "/pipermail/walks/2026-November/000001.html": "one",
    }
    with serve(pages) as site:
        first = crawl(unit(site.url("/pipermail/walks/"), kind="forum", allow=(site.pair,)))
        month = links("000001.html", "000002.html")
        site.pages |= {
            "/pipermail/walks/": lambda hit: Answer(status=304) if "if-none-match" in hit.headers else tagged,
            "/pipermail/walks/2026-November/date.html": month,
            "/pipermail/walks/2026-November/000002.html": "two",
        }
        known = remembered(first)
        second = crawl(unit(site.url("/pipermail/walks/"), kind="forum", allow=(site.pair,), known=known))
    assert site.url("/pipermail/walks/2026-November/000002.html") in second.fetched()


def test_replies_that_a_thread_loads_by_a_script_are_read() -> None:
    def replies(hit: Hit) -> Answer:
        offset = int(hit.path.partition("?offset=")[2])
        said = {"replies_html": f"<p>reply {offset}</p>" + links("/x"), "next_offset": (6, None)[offset > 0]}
        return Answer(body=json.dumps(said), type="application/javascript")

    thread = "/archives/list/village@lists.example/thread/ABCDEFGHIJKLMNOPQRSTUVWXYZ234567/"
    further = [f"{thread}replies?offset={offset}" for offset in (0, 6)]
    first = f'<p>first</p><script>update_thread_replies("{thread}replies?sort=thread")</script>'
    start = "/archives/list/village@lists.example/latest"
    with serve({start: links(thread), thread: first, **dict.fromkeys(further, replies)}) as site:
        crawled = crawl(unit(site.url(start), kind="forum", allow=(site.pair,)))
    assert site.paths == [start, thread, *further]
    assert "reply 6" in crawled.fetched()[site.url(further[1])]["text"]


def test_files_in_posts_are_read_behind_all_threads_and_once() -> None:
    board = links("viewtopic.php?t=2", "viewtopic.php?t=1")
    topic = links("./download/file.php?id=7&sid=0123456789abcdef0123456789abcdef&t=1", "/pictures/x.png")
    poster = Answer(body=pdf(), type="application/octet-stream")
    with serve(
        {
            "/": board,
            "/viewtopic.php?t=2": topic,
            "/viewtopic.php?t=1": "1",
            "/download/file.php?id=7": poster,
        }
    ) as site:
        first = crawl(unit(site.url(), kind="forum", allow=(site.pair,)))
        assert site.paths == ["/", "/viewtopic.php?t=2", "/viewtopic.php?t=1", "/download/file.php?id=7"]
        site.hits.clear()
        site.pages |= {"/": board + "again", "/viewtopic.php?t=2": topic + "another post"}
        crawl(unit(site.url(), kind="forum", allow=(site.pair,), known=remembered(first)))
        unread = Known(address=site.url("/download/file.php?id=7"), depth=2)
        crawl(unit(site.url(), kind="forum", allow=(site.pair,), known=(unread,)))
    assert site.paths.count("/download/file.php?id=7") == 1
    assert site.paths[-1] == "/download/file.php?id=7"


@pytest.mark.timeout(60)
def test_a_board_full_of_traps_stalls_nobody() -> None:
    for hostile in (
        "/list/" + "@" * 4000,
        "/threads/" + "1." * 2000,
        "/forum/" + "1-a/" * 1000,
        "/forum/" + "a-" * 2000,
        "/forum/a" * 500,
        "/" * 4000,
    ):
        for _ in range(5000):
            assert place(f"https://f.org{hostile}") is None
        for _ in range(200):
            place(f"https://f.org{hostile}"[:300])
    assert place("https://f.org/viewtopic.php?t=1&start=%C2%B2").page == 0
    assert place("https://f.org/viewtopic.php?t=%C2%B2") is None


def test_a_forum_is_read_by_its_feed_too() -> None:
    entries = "".join(
        f'<entry><link href="/viewtopic.php?{query}"/></entry>' for query in ("t=9&amp;p=4#p4", "p=12#p12")
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    pages = {
        "/app.php/feed": Answer(body=feed, type="application/atom+xml"),
        "/viewtopic.php?p=12": links("/viewforum.php?f=2"),
        "/viewtopic.php?t=9": "nine",
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url("/app.php/feed"), kind="forum", allow=(site.pair,)))
    assert site.paths == list(pages)
    assert not crawled.of("failed")


@pytest.mark.parametrize(
    ("answer", "why", "blocked"),
    [
        (
            Answer(body="<html><title>Just a moment...</title></html>", status=403),
            "asks whether a person",
            True,
        ),
        (Answer(body="<html><h1>Welcome</h1></html>"), "no forum or mailing list of a known kind", False),
        (Answer(status=429, headers={"Retry-After": "3600"}), "HTTP 429", True),
        (Answer(body=""), "no forum or mailing list of a known kind", False),
    ],
)
def test_failures_are_told(answer: Answer, why: str, blocked: bool) -> None:
    with serve({"/": answer}) as site:
        crawled = crawl(unit(site.url("/"), kind="forum", allow=(site.pair,)))
    (failed,) = crawled.of("failed")
    assert failed["why"].startswith(why)
    assert (failed["blocked"], failed["start"]) == (blocked, True)


@pytest.mark.parametrize(
    ("address", "role", "page"),
    [
        ("https://f.org/showthread.php?15-choir/page3", Role.THREAD, 3),
        ("https://f.org/showthread.php/15-choir/page3", Role.THREAD, 3),
        ("https://f.org/forumdisplay.php/4-village", Role.BOARD, 0),
        ("https://f.org/index.php?threads/choir.15/page-2", Role.THREAD, 2),
        ("https://f.org/index.php?forums/village.3/", Role.BOARD, 0),
        ("https://f.org/threads/15-choir/page3", Role.THREAD, 3),
        ("https://f.org/showthread.php?15-choir/page3&s=0123456789abcdef0123456789abcdef", Role.THREAD, 3),
        ("https://f.org/forum/village/choir/15-rehearsal", Role.THREAD, 0),
        ("https://f.org/forum/village/choir/page2", Role.BOARD, 2),
        ("https://f.org/attachments/poster-pdf.12/", Role.FILE, 0),
        ("https://f.org/attachment.php?aid=12", Role.FILE, 0),
        ("https://f.org/attachment.php?attachmentid=12&d=1700000000", Role.FILE, 0),
        ("https://f.org/filedata/fetch?id=12&d=1700000000", Role.FILE, 0),
        ("https://f.org/index.php?action=dlattach;topic=7.0;attach=12", Role.FILE, 0),
        ("https://f.org/pipermail/v/attachments/20261123/ab12cd/attachment.ics", Role.FILE, 0),
        (f"https://f.org/list/v@f.org/message/{'A' * 32}/attachment/2/invite.ics", Role.FILE, 0),
        ("https://f.org/thread-15-page-2.html", Role.THREAD, 2),
        ("https://f.org/forum-4.html", Role.BOARD, 0),
        ("https://f.org/index.php/topic,15.30.html", Role.THREAD, 30),
        ("https://f.org/index.php?/threads/choir.15/page-2", Role.THREAD, 2),
        ("https://l.org/archives/list/village@l.org/2026/11/", Role.ARCHIVE, 0),
    ],
)
def test_addresses_of_many_makes_are_known(address: str, role: Role, page: int) -> None:
    found = place(address)
    assert found is not None
    assert (found.role, found.page) == (role, page)


@pytest.mark.parametrize(
    "path",
    [
        "/member.php?u=1",
        "/viewtopic.php?p=1",
        "/threads/",
        "/index.php?action=login",
        "/forum/ucp.php",
        "/forum/search/",
        "/download/file.php?avatar=3.png",
        "/",
    ],
)
def test_other_pages_are_none_of_a_forum(path: str) -> None:
    assert place(f"https://f.org{path}") is None
