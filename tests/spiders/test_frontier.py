"""No kind of page uses up the page limit alone, and what is new is not pushed back by what was read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.model import Known
from spiders.frontier import shape
from tests.internet import serve
from tests.spiders.crawls import QUICK, crawl, unit

# addresses of one kind of page, which those of every other line differ from
SHAPES = {
    "calendar": ("/calendar/2026/11/", "/calendar/2027/1/"),
    "days of a calendar": ("/calendar/2026/11/02/", "/calendar/2026/11/03/"),
    "tags": ("/tag/bells", "/tag/trees/"),
    "XenForo threads": ("/threads/the-fair.12/", "/threads/new-bells.7/"),
    "phpBB topics": ("/viewtopic.php?f=2&t=7", "/viewtopic.php?t=8&f=2&"),
    "phpBB members": ("/memberlist.php?mode=viewprofile&u=2", "/memberlist.php?u=3&mode=viewprofile"),
    "MyBB threads": ("/thread-12.html", "/thread-345.html"),
    "MyBB forums": ("/forum-1.html", "/forum-20.html"),
    "posts at the root": ("/the-fair", "/new-bells/"),
    "behind a language": ("/en/news/the-fair", "/en/news/bells"),
    "calendar behind a language": ("/en/calendar/2026", "/en/calendar/2027"),
    "behind index.php": ("/index.php/topic/12-fair/", "/index.php/topic/13-bells/"),
    "calendar behind index.php": ("/index.php/events/12/", "/index.php/events/13/"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_pages_of_one_kind_are_of_one_shape(name: str) -> None:
    first, second = (shape(f"https://village.org{path}") for path in SHAPES[name])
    assert first == second
    others = {
        shape(f"https://village.org{path}") for key, paths in SHAPES.items() for path in paths if key != name
    }
    assert first not in others


def listing(paths: list[str]) -> str:
    return "".join(f'<a href="{path}">x</a>' for path in paths)


def test_a_calendar_without_end_leaves_room_for_the_threads_below_it() -> None:
    days = [f"/calendar/{year}/{month}/" for year in range(2000, 2040) for month in range(1, 13)]
    tags = [f"/tag/word{number}" for number in range(300)]
    threads = [f"/threads/about-{number}.{number}/" for number in range(15)]
    pages = dict.fromkeys([*days, *tags], "<p>Nothing on.</p>") | dict.fromkeys(threads, "<p>A thread.</p>")
    pages |= {"/": listing([*days, *tags, "/forums/"]), "/forums/": listing(threads)}
    with serve(pages) as site:
        crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, pages=90)))
    read = site.paths
    assert len(read) == 90
    assert set(threads) <= set(read)
    assert [path for path in read if path in days] == days[: sum(path in days for path in read)], "in order"
    assert sum(path in tags for path in read) >= 10


def test_what_was_read_before_does_not_push_back_what_is_new_of_its_kind() -> None:
    old = [f"/threads/about-{number}.{number}/" for number in range(60)]
    new = "/threads/tonight.99/"
    pages = dict.fromkeys([*old, new], "<p>A thread.</p>") | {"/": listing([*old, new])}
    with serve(pages) as site:
        known = tuple(Known(address=site.url(path), depth=1, digest="of another night") for path in old)
        crawl(unit(site.url(), allow=(site.pair,), known=known, limits=replace(QUICK, pages=30)))
    assert site.paths.index(new) < 5


def test_a_page_is_as_deep_as_the_shortest_way_to_it_whatever_was_read_first() -> None:
    """A sighting is looked at first. Far down, it links to the news that the front page leads to as well."""
    pages = {
        "/": listing(["/news/"]),
        "/news/": listing(["/news/7"]),
        "/a/b/c": listing(["/news/7", "/a/b/c/d"]),
        "/news/7": listing(["/news/7/minutes"]),
        "/news/7/minutes": "<p>Minutes.</p>",
    }
    for depth in (2, 3):
        with serve(pages) as site:
            known = (Known(address=site.url("/a/b/c"), depth=depth, digest="of another night", watched=True),)
            crawled = crawl(unit(site.url(), allow=(site.pair,), known=known, limits=replace(QUICK, depth=3)))
        assert site.url("/news/7/minutes") in crawled.fetched()
        assert list(crawled.why("skipped")) == [site.url("/a/b/c/d")][: depth - 2]


def test_further_views_of_pages_come_behind_all_pages() -> None:
    articles = [f"/wiki/Chapel_{number}" for number in range(12)]
    views = [
        f"/{view}"
        for number in range(12)
        for view in (
            f"index.php?title=Chapel_{number}&action=history",
            f"index.php?title=Chapel_{number}&oldid={number}",
            f"wiki/Special:WhatLinksHere/Chapel_{number}",
        )
    ]
    pages = {"/": listing([*views, *articles])} | dict.fromkeys([*articles, *views], "<p>A chapel.</p>")
    with serve(pages) as site:
        crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, pages=20)))
    assert site.paths[:13] == ["/", *articles]
    assert len(site.paths) == 20
