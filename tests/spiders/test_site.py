"""A site is read once, as far as its own links lead, in whatever form its pages give them."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from scanner.model import Known
from spiders import kinds
from spiders.addresses import Scope, sameness, trap
from spiders.conduct import PAGE_LIMIT, PICTURE_LIMIT
from tests.internet import Answer, redirect, serve
from tests.spiders.crawls import QUICK, crawl, remembered, unit

FOLLOWED = """
/in/refreshed /feed.xml /next /canonical /in/relative /no-follow /area /frame /spaced /back/slash
/caf%C3%A9?q=1&r=2 /poster.pdf /events.ics /from-feed /image.png
"""


def paths(crawled: Any, site: Any) -> list[str]:
    return [address.removeprefix(site.url("")) for address in crawled.fetched()]


def test_every_way_of_linking_is_followed_and_every_media_type_handed_over() -> None:
    page = """<html><head><base href="/in/"><meta http-equiv=refresh content="5; url=refreshed">
        <link rel=alternate type=application/rss+xml href=/feed.xml><link rel="next" href=/next>
        <link rel=canonical href=/canonical><link rel=stylesheet href=/style.css></head>
        <a href=relative#part></a><a rel=nofollow href="/no-follow"></a><map><area href=/area></map>
        <iframe src="/frame"></iframe><a href=" /spa\nced "></a><a href="\\back\\slash"></a>
        <a href="/caf&eacute;?q=1&amp;r=2"></a>
        <a href=mailto:x@village.org></a><a href="javascript:void(0)"></a>
        <embed src=/poster.pdf><a href="/events.ics"></a><img src=/image.png></html>"""
    feed = "<rss><channel><item><link>/from-feed</link></item></channel></rss>"
    types = {
        "/poster.pdf": "application/pdf",
        "/events.ics": "text/calendar; charset=UTF-8",
        "/feed.xml": "application/rss+xml",
    }
    followed = FOLLOWED.split()
    pages: dict[str, Any] = {path: Answer(body="x", type=types.get(path, "text/html")) for path in followed}
    pages |= {"/feed.xml": Answer(body=feed, type="application/rss+xml")}
    with serve({"/": page} | pages) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert sorted(paths(crawled, site)) == sorted(["/", *followed])
    calendar = crawled.fetched()[site.url("/events.ics")]["document"]
    assert (calendar["media_type"], calendar["charset"]) == ("text/calendar", "utf-8")
    assert not crawled.of("failed")
    assert not crawled.of("skipped")


def test_pictures_are_read_behind_all_pages_and_do_not_use_up_their_limit() -> None:
    pictures = "<img src=/big.jpg><img src=/medium.jpg><img src=/small.jpg>"
    page = pictures + "<a href=/one>1</a><a href=/two>2</a>"
    shown = {f"/{name}.jpg": Answer(body="x", type="image/jpeg") for name in ("big", "medium", "small")}
    with serve({"/": page, "/one": "<p>1</p>", "/two": "<p>2</p>"} | shown) as site:
        limits = replace(QUICK, pages=2)
        first = crawl(unit(site.url(), allow=(site.pair,), limits=limits))
        known = (*remembered(first), Known(address=site.url("/small.jpg"), depth=1))
        second = crawl(unit(site.url(), allow=(site.pair,), limits=limits, known=known))
        none = crawl(unit(site.url(), allow=(site.pair,), options={"pictures": False}))
    assert paths(first, site) == ["/", "/one", "/big.jpg", "/medium.jpg"]
    assert first.why("skipped") == {site.url("/two"): PAGE_LIMIT, site.url("/small.jpg"): PICTURE_LIMIT}
    assert paths(second, site) == ["/small.jpg"]
    assert second.why("skipped") == {site.url("/medium.jpg"): PICTURE_LIMIT}
    assert paths(none, site) == ["/", "/one", "/two"]


def test_a_page_is_read_once_however_its_address_is_written() -> None:
    page = """<a href="/p?b=2&a=1"></a><a href="/p?a=1&b=2"></a><a href="/p?a=1&b=2#c"></a>
        <a href="/p?a=1&b=2&PHPSESSID=0123456789abcdef"></a><a href="/p;jsessionid=77?a=1&b=2"></a>
        <a href="/p?a=1&b=2&sid=0123456789abcdef"></a><a href="/"></a><a href="/#top"></a><a href="/old"></a>
        <a href="/p?a=1&b=2&utm_source=newsletter&fbclid=x"></a>
        <a href="/p?a=1&b=2&replytocom=7#respond"></a><a href="/(S(24lpxq45))/p?a=1&b=2"></a>"""
    with serve({"/": page, "/p?b=2&a=1": page, "/old": redirect("/p?a=1&b=2")}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert site.paths == ["/", "/p?b=2&a=1", "/old"]
    assert paths(crawled, site) == ["/", "/p?b=2&a=1"]


def test_what_sites_offer_of_their_pages_to_programs_is_not_asked_for() -> None:
    page = """<link rel=alternate type="application/json" href="/wp-json/wp/v2/posts/1">
        <link rel=alternate type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x">
        <a href="/?rest_route=/wp/v2/posts/1"></a><a href="/post/?share=jetpack-whatsapp&nb=1"></a>
        <a href="/post/?share=facebook"></a><a href="/post/?share=Zx81kq"></a>"""
    with serve({"/": page, "/post/?share=Zx81kq": "a document"}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert site.paths == ["/", "/post/?share=Zx81kq"]
    assert not crawled.of("failed")


def test_numbers_of_stories_and_of_sessions_at_a_conference_are_no_session_ids() -> None:
    stories = [f"/modules.php?file=article&sid={number}" for number in (7, 12)]
    workshops = [f"/programme?session_id={name}" for name in ("4", "5", "evening-walk-in-spring")]
    pages: dict[str, Any] = dict.fromkeys((*stories, *workshops), "<p>at the hall</p>")
    start = "".join(f'<a href="{path}"></a>' for path in pages)
    with serve({"/": start} | pages) as site:
        crawl(unit(site.url(), allow=(site.pair,)))
    assert sorted(site.paths) == sorted(["/", *pages])


def test_every_link_of_a_page_is_followed_or_said_to_be_left_out() -> None:
    page = "".join(f'<a href="/{number}"></a>' for number in range(6000))
    limits = replace(QUICK, pages=2)
    with serve({"/": page, "/0": "first"}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), limits=limits))
    assert paths(crawled, site) == ["/", "/0"]
    assert list(crawled.why("skipped").values()) == [PAGE_LIMIT] * 5999


def test_the_next_page_may_be_named_in_a_header() -> None:
    first = Answer(body="1", headers={"Link": '</style.css>; rel=preload, <list?page=2>; rel="next"'})
    with serve({"/": first, "/list?page=2": "2"}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert paths(crawled, site) == ["/", "/list?page=2"]


def test_redirects_are_followed_within_the_source_and_end_somewhere() -> None:
    pages = {f"/hop/{n}": redirect(f"{n + 1}", 301) for n in range(9)}
    pages |= {"/a": redirect("/b"), "/b": redirect("/a"), "/s": redirect("/s?sid=5"), "/s?sid=5": "session"}
    start = '<a href="/hop/4"></a><a href="/hop/0"></a><a href="/a"></a><a href="/s"></a>'
    with serve(pages | {"/": start, "/hop/9": "end"}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert paths(crawled, site) == ["/", "/s?sid=5", "/hop/9"]
    assert crawled.why("failed") == {site.url("/a"): "redirects in a circle"} or crawled.why("failed") == {
        site.url("/b"): "redirects in a circle"
    }
    assert site.paths.count("/hop/5") == 1


def test_more_than_five_redirects_are_not_followed() -> None:
    pages: dict[str, Any] = {f"/hop/{n}": redirect(f"/hop/{n + 1}") for n in range(9)} | {
        "/": redirect("/hop/0")
    }
    with serve(pages) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert crawled.why("failed") == {site.url("/hop/4"): "too many redirects"}
    assert len(site.paths) == 6


@pytest.mark.parametrize(
    ("answer", "target"),
    [
        (
            redirect("https://zoom.us/j/5551112222?pwd=abc#success"),
            "https://zoom.us/j/5551112222?pwd=abc#success",
        ),
        (redirect("//us02web.zoom.us/j/5551112222", 301), "http://us02web.zoom.us/j/5551112222"),
        (redirect("https:\\\\meet.jit.si\\VillageHall", 307), "https://meet.jit.si/VillageHall"),
        (
            Answer(body="x", headers={"Refresh": "0; url=https://zoom.us/j/5551112222"}),
            "https://zoom.us/j/5551112222",
        ),
        (
            Answer(body='<meta http-equiv="Refresh" content="3;URL=\'https://zoom.us/j/5551112222\'">'),
            "https://zoom.us/j/5551112222",
        ),
    ],
)
def test_a_redirect_to_a_meeting_is_told_and_not_followed(answer: Answer, target: str) -> None:
    with serve({"/": '<a href="/join"></a>', "/join": answer}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    (told,) = crawled.of("meetingredirect")
    assert (told["address"], told["target"], told["depth"]) == (site.url("/join"), target, 1)
    assert set(crawled.opened) == {"127.0.0.1:0", site.pair}
    assert crawled.looked_up == crawled.asked == []
    assert not crawled.of("failed")
    assert not crawled.of("skipped")


def test_a_redirect_to_a_wrapped_meeting_is_told_too() -> None:
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fzoom.us%2Fj%2F5551112222&data=05"
    )
    with serve({"/": redirect(wrapped)}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert [event["target"] for event in crawled.of("meetingredirect")] == [wrapped]
    assert crawled.asked == []


def test_a_site_on_a_number_is_that_server_only() -> None:
    with serve({"/": "other"}) as other:
        page = f'<a href="{other.url()}"></a><a href="http://localhost:{other.port}/"></a>'
        with serve({"/": page}) as site:
            crawled = crawl(unit(site.url(), allow=(site.pair, other.pair)))
    assert paths(crawled, site) == ["/"]
    assert not other.hits


def test_localhost_is_a_server_too_and_needs_no_look_up() -> None:
    with serve({"/": '<a href="/a"></a>', "/a": ""}) as site:
        crawled = crawl(unit(site.url(host="localhost"), allow=(f"localhost:{site.port}",)))
    assert set(crawled.fetched()) == {site.url(host="localhost"), site.url("/a", host="localhost")}
    assert crawled.asked == crawled.looked_up == []


def test_a_named_site_includes_its_neighbours_below_one_domain() -> None:
    with serve({}) as site:
        there = {name: f"http://{name}:{site.port}" for name in ("www.village.co.uk", "files.village.co.uk")}
        site.pages |= {
            "www.village.co.uk/": f'<a href="{there["files.village.co.uk"]}/x"></a><a href="http://town.co.uk/"></a>',
            "files.village.co.uk/x": "x",
        }
        crawled = crawl(
            unit(
                there["www.village.co.uk"] + "/",
                allow=(site.pair, *(f"{name}:{site.port}" for name in there)),
            ),
            names={name: ["127.0.0.1"] for name in there},
        )
    assert [hit.host for hit in site.hits if hit.path != "/robots.txt"] == list(there)
    assert set(crawled.asked) == set(there)
    assert not crawled.of("skipped")


def test_traps_are_not_walked_into() -> None:
    page = f'<a href="more/"></a><a href="/{"x" * 2100}"></a><a href="/2026/11/2026/11/2026/2026"></a>'
    pages = {"/" + "more/" * n: page for n in range(20)} | {"/2026/11/2026/11/2026/2026": "years"}
    with serve(pages) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, depth=50)))
    assert [path for path in site.paths if "more" in path] == ["/" + "more/" * n for n in (1, 2, 3)]
    assert "/2026/11/2026/11/2026/2026" in site.paths
    assert sorted(crawled.why("skipped").values()) == ["address goes in circles", "address too long"]


@pytest.mark.parametrize("trusted", [True, False])
def test_certificates_are_verified(trusted: bool, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with serve({"/": "secret ballot"}, tls=context) as site:
        env = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")} if trusted else None
        crawled = crawl(unit(site.url(), allow=(site.pair,)), env=env)
    if trusted:
        assert crawled.fetched()[site.url()]["text"] == "secret ballot"
    else:
        assert crawled.why("failed") == {site.url(): "certificate not valid"}
        assert not site.hits


def test_a_server_without_tls_is_told_from_one_with_a_bad_certificate() -> None:
    with serve({"/": ""}) as site:
        crawled = crawl(unit(site.url().replace("http:", "https:"), allow=(site.pair,)))
    assert list(crawled.why("failed").values()) == ["no secure connection"]


def test_a_name_that_does_not_exist_is_said_to_be_missing() -> None:
    crawled = crawl(unit("https://www.village-hall.org/"))
    assert crawled.why("failed") == {"https://www.village-hall.org/": "name not found"}


def test_kinds_are_found_with_their_options_and_a_line_about_them() -> None:
    assert {"site", "feed"} <= set(kinds())
    for name, kind in kinds().items():
        assert kind.name == name
        assert kind.summary.endswith(".")
        assert "properties" in kind.options.model_json_schema()


@pytest.mark.parametrize(
    ("start", "inside", "outside"),
    [
        ("https://www.village.co.uk/a", "http://village.co.uk:80/b", "https://town.co.uk/"),
        ("https://village.github.io/", "https://village.github.io/x", "https://town.github.io/"),
        ("https://a.b.village.example/", "https://village.example/", "https://town.example/"),
        ("https://dörfli.ch/", "https://www.xn--drfli-jua.ch/", "https://dorfli.ch/"),
        ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/x?y", "http://10.0.0.1/"),
        ("http://[::1]:8080/", "http://[::1]:8080/x", "http://[::1]:8081/"),
        ("http://localhost:8080/", "http://localhost:8080/x", "http://localhost:8081/"),
        ("https://village.org/", "https://village.org?x", "https://village.org.evil.com/"),
        ("https://village.org/", "https://x.village.org/", "https://evilvillage.org/"),
        ("https://co.uk/", "https://co.uk/x", "https://village.co.uk/"),
    ],
)
def test_scope(start: str, inside: str, outside: str) -> None:
    scope = Scope.around([start])
    assert scope.holds(inside)
    assert not scope.holds(outside)
    assert not scope.holds("")
    assert not scope.holds("mailto:clerk@village.org")


def test_sameness_keeps_what_differs() -> None:
    base = "https://village.org/list?page=1"
    assert sameness(base) == sameness("https://village.org/list?page=1#x")
    for other in (
        "https://village.org/list?page=2",
        "https://village.org/List?page=1",
        "http://village.org/list?page=1",
    ):
        assert sameness(base) != sameness(other)
    assert sameness("https://village.org/?s=fair") != sameness("https://village.org/?s=hall")
    assert sameness("https://village.org/?q=%E9") != sameness("https://village.org/?q=%EA")


def test_ordinary_addresses_are_no_trap() -> None:
    for path in ("/2026/11/22/minutes", "/a/b/c/d/e/f/g/h/i/j", "/de/de/de", "/?x=/a/a/a/a/a/a"):
        assert trap(f"https://village.org{path}") is None
