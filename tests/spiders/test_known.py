"""What is known already is asked for again, cheaply, and told from what has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy.http import Response

from scanner.model import Known
from spiders.answers import etag, last_modified
from tests.internet import Answer, Hit, Site, redirect, serve
from tests.spiders.crawls import QUICK, Crawled, crawl, remembered, unit


def versioned(hit: Hit) -> Answer:
    """A page with an entity tag that is honoured."""
    if hit.headers.get("if-none-match") == '"v1"':
        return Answer(status=304, headers={"ETag": '"v1"'})
    return Answer(body=f'one <a href="/two">{hit.path}</a>', headers={"ETag": '"v1"'})


def dated(hit: Hit) -> Answer:
    if hit.headers.get("if-modified-since") == "Sat, 21 Nov 2020 08:00:00 GMT":
        return Answer(status=304)
    return Answer(body="two", headers={"Last-Modified": "Sat, 21 Nov 2020 08:00:00 GMT"})


def twice(site: Site) -> tuple[Crawled, Crawled]:
    first = crawl(unit(site.url(), allow=(site.pair,)))
    site.hits.clear()
    return first, crawl(unit(site.url(), allow=(site.pair,), known=remembered(first)))


def test_the_second_night_reads_nothing_that_has_not_changed() -> None:
    with serve({"/": versioned, "/two": dated, "/three": "three"}) as site:
        site.pages["/two"] = lambda hit: replace(dated(hit), body='<a href="/three">')
        first, second = twice(site)
    assert len(first.fetched()) == 3
    assert {event["address"] for event in second.of("unchanged")} == set(first.fetched())
    assert {event["event"] for event in second.events} == {"unchanged"}
    assert sorted(site.paths) == ["/", "/three", "/two"], "each once, though the first page was not parsed"


def test_what_has_changed_is_read_and_followed() -> None:
    with serve({"/": versioned, "/two": "two"}) as site:
        first = crawl(unit(site.url(), allow=(site.pair,)))
        site.pages |= {"/two": 'now <a href="/new">', "/new": "new"}
        second = crawl(unit(site.url(), allow=(site.pair,), known=remembered(first)))
    assert {event["address"] for event in second.of("unchanged")} == {site.url()}
    assert set(second.fetched()) == {site.url("/two"), site.url("/new")}


def test_a_page_that_was_known_and_is_gone_is_said_to_be_gone() -> None:
    with serve({"/": "x"}) as site:
        known = (Known(address=site.url("/gone"), depth=2, etag='"1"'),)
        crawled = crawl(unit(site.url(), allow=(site.pair,), known=known))
    (failed,) = crawled.of("failed")
    assert (failed["address"], failed["gone"], failed["start"]) == (site.url("/gone"), True, False)


def test_watched_addresses_come_first_and_new_pages_before_known_ones() -> None:
    pages = {f"/known/{n}": "" for n in range(5)} | {"/watched": "", "/new": ""}
    with serve(pages | {"/": '<a href="/new"></a>'}) as site:
        known = [Known(address=site.url(f"/known/{n}"), depth=1, digest="0") for n in range(5)]
        known.append(Known(address=site.url("/watched"), depth=3, watched=True))
        limits = replace(QUICK, pages=4, delay=timedelta(seconds=0.1))
        crawled = crawl(unit(site.url(), allow=(site.pair,), known=tuple(known), limits=limits))
    assert site.paths[:2] == ["/", "/watched"]
    assert "/new" in site.paths
    assert len(site.paths) == 4
    assert set(crawled.why("skipped").values()) == {"page limit reached"}


def test_a_watched_address_is_read_at_any_depth() -> None:
    with serve({"/": "", "/deep": "x", "/deeper": "y"}) as site:
        known = (
            Known(address=site.url("/deep"), depth=9, watched=True),
            Known(address=site.url("/deeper"), depth=9),
        )
        crawled = crawl(unit(site.url(), allow=(site.pair,), known=known))
    assert site.url("/deep") in crawled.fetched()
    assert crawled.why("skipped") == {site.url("/deeper"): "deeper than the depth limit"}


def test_not_modified_counts_only_if_it_was_asked() -> None:
    with serve({"/": Answer(status=304)}) as site:
        known = (Known(address=site.url(), digest="0" * 32),)
        crawled = crawl(unit(site.url(), allow=(site.pair,), known=known))
    assert crawled.why("failed") == {site.url(): "HTTP 304"}


def test_known_addresses_outside_the_source_are_not_asked() -> None:
    with serve({"/": ""}) as site, serve({"/": ""}) as other:
        known = (
            Known(address=other.url()),
            Known(address="https://zoom.us/j/5551112222"),
            Known(address="nonsense"),
        )
        crawl(unit(site.url(), allow=(site.pair, other.pair), known=known))
    assert not other.hits


def test_validators_that_no_header_can_carry_are_not_sent() -> None:
    with serve({"/": "x"}) as site:
        known = (Known(address=site.url(), etag='"1"\r\nX-Evil: 1', last_modified="Sat\nX-Evil: 1"),)
        crawled = crawl(unit(site.url(), allow=(site.pair,), known=known))
    assert crawled.fetched()
    assert not any("x-evil" in hit.headers for hit in site.hits)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "answered", "kept"),
    [
        (timedelta(hours=-1), timedelta(), True),
        (timedelta(seconds=-60), timedelta(), True),
        (timedelta(seconds=-59), timedelta(), False),
        (timedelta(hours=-1), None, True),
        (timedelta(seconds=-30), None, False),
        (timedelta(days=1), timedelta(days=2), False),
    ],
)
def test_a_fresh_date_is_no_validator(changed: timedelta, answered: timedelta | None, kept: bool) -> None:
    headers = {"Last-Modified": format_datetime(NOW + changed, usegmt=True)}
    if answered is not None:
        headers["Date"] = format_datetime(NOW + answered, usegmt=True)
    assert (last_modified(Response("http://a.org/", headers=headers), NOW) != "") == kept


@pytest.mark.parametrize("value", ["", "yesterday", "Sat, 99 Nov 2020 08:00:00 GMT", "\xff\xfe"])
def test_a_date_that_is_none_is_dropped(value: str) -> None:
    assert last_modified(Response("http://a.org/", headers={"Last-Modified": value}), NOW) == ""


@pytest.mark.parametrize(
    ("value", "kept"), [('W/"1"', 'W/"1"'), ("1", "1"), ('"\xe9"', ""), ("x" * 2000, "")]
)
def test_an_entity_tag_is_kept_if_it_can_be_sent_back(value: str, kept: str) -> None:
    assert etag(Response("http://a.org/", headers={"ETag": value})) == kept


def test_what_a_watched_page_says_where_its_site_has_moved_to_is_said_of_its_old_address() -> None:
    with serve({"/": "front", "/minutes": "minutes", "/fair": "fair"}) as site:
        known = tuple(
            Known(address=site.url(path), depth=1, digest="old", watched=True)
            for path in ("/minutes", "/fair")
        )
        site.pages |= {
            "/minutes": redirect("/minutes/", 301),
            "/minutes/": '<a href="x">x</a>',
            "/minutes/x": "x",
        }
        site.pages |= {"/fair": redirect("/fair/", 301)}
        first = crawl(unit(site.url(), allow=(site.pair,), known=known))
        read = {entry.address: replace(entry, watched=True) for entry in remembered(first)}
        again = crawl(unit(site.url(), allow=(site.pair,), known=(read[site.url("/minutes")],)))
    assert set(first.fetched()) == {site.url(path) for path in ("/", "/minutes", "/minutes/x")}
    (gone,) = first.of("failed")
    assert (gone["address"], gone["gone"]) == (site.url("/fair"), True)
    assert not first.of("skipped")
    assert site.url("/minutes") in [event["address"] for event in again.of("unchanged")]


def test_where_a_start_leads_is_the_start_also_when_it_was_known() -> None:
    with serve({"/": redirect("/club/"), "/club/": Answer(status=403)}) as site:
        known = (Known(address=site.url("/club/"), digest="of another night"),)
        shut = crawl(unit(site.url(), allow=(site.pair,), known=known))
        site.pages["/club/"] = Answer(raw=b"")
        dead = crawl(unit(site.url(), allow=(site.pair,), known=known))
        site.pages["/club/"] = redirect("/")
        circle = crawl(unit(site.url(), allow=(site.pair,), known=known))
    for crawled, why in ((shut, "HTTP 403"), (dead, "connection closed"), (circle, "redirects in a circle")):
        (failed,) = crawled.of("failed")
        assert failed["why"].startswith(why)
        assert (failed["address"], failed["start"]) == (site.url("/club/"), True)
