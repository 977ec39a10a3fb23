"""robots.txt, limits and refusals: what is left out or kept from us is left alone, and said."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pytest

from scanner.model import Known, Unit
from scanner.scans.wire import unit_to_json
from tests.internet import Answer, Hit, Site, redirect, serve
from tests.spiders.crawls import QUICK, ROOT, Crawled, crawl, unit

# --- robots.txt ---------------------------------------------------------------------------------

PAGES = {"/": '<a href="/open">o</a><a href="/closed/1">c</a>', "/open": "open", "/closed/1": "closed"}
ALL = {"/", "/open", "/closed/1"}
SOME = {"/", "/open"}
RULES = "User-agent: *\nDisallow: /closed\n"

# name → (robots.txt, or None for 404; the paths read; the start's failure)
ROBOTS: dict[str, tuple[Any, set[str], str]] = {
    "missing": (None, ALL, ""),
    "forbidden": (Answer(status=403), ALL, ""),
    "rules": (RULES, SOME, ""),
    "rules for us": (f"User-agent: lychgate\nDisallow: /closed\n\n{RULES.replace('closed', '')}", SOME, ""),
    "rules for another": ("User-agent: otherbot\nDisallow: /\n", ALL, ""),
    "with byte order mark": (b"\xef\xbb\xbf" + RULES.encode(), SOME, ""),
    "in another charset": (b"# caf\xe9\n" + RULES.encode(), SOME, ""),
    "a page instead": ("<html><body>Not found</body></html>", ALL, ""),
    "everything": ("User-agent: *\nDisallow: /\n", set(), "robots.txt forbids it"),
    "everything but some": ("User-agent: *\nDisallow: /\nAllow: /$\nAllow: /open\n", SOME, ""),
    "behind a redirect": (redirect("/r/1"), SOME, ""),
    "behind too many redirects": (redirect("/r/loop"), ALL, ""),
    "cut short": (Answer(body=RULES, length=len(RULES) + 9), SOME, ""),
    "large": (RULES + "# and so on\n" * 200_000, SOME, ""),
    "slow to compute": ("User-agent: *\n" + f"Disallow: /{'*a' * 200}b$\n" * 500, ALL, ""),
    "server error": (Answer(status=500), set(), "robots.txt could not be read: HTTP 500"),
    "unavailable": (Answer(status=503), set(), "robots.txt could not be read: HTTP 503"),
    "no answer": (Answer(delay=30), set(), "robots.txt could not be read: timed out"),
}


@pytest.fixture(scope="module")
def obeyed() -> Iterator[tuple[Crawled, dict[str, Site]]]:
    with ExitStack() as servers:
        sites = {}
        for name, (robots, _, _) in ROBOTS.items():
            pages = PAGES | {"/r/1": redirect("/r/2"), "/r/2": RULES, "/r/loop": redirect("/r/loop")}
            sites[name] = servers.enter_context(
                serve(pages | ({} if robots is None else {"/robots.txt": robots}))
            )
        units = [unit(site.url(), source=name, allow=(site.pair,)) for name, site in sites.items()]
        yield crawl(*units), sites


@pytest.mark.parametrize("name", ROBOTS)
def test_robots_txt_is_obeyed(obeyed: tuple[Crawled, dict[str, Site]], name: str) -> None:
    crawled, sites = obeyed
    _, read, failure = ROBOTS[name]
    site = sites[name]
    assert set(crawled.fetched(name)) == {site.url(path) for path in read}
    assert set(site.paths) - {"/r/1", "/r/2", "/r/loop"} == read, "nothing else was even asked for"
    failed = crawled.of("failed", name)
    if failure:
        (event,) = failed
        assert (event["why"], event["start"]) == (failure, True)
        assert event["blocked"] == ("timed out" not in failure)
    else:
        assert failed == []
        left = {} if read == ALL else {site.url("/closed/1"): "robots.txt forbids it"}
        assert crawled.why("skipped", name) == left


def test_robots_txt_is_read_once(obeyed: tuple[Crawled, dict[str, Site]]) -> None:
    _, sites = obeyed
    assert [hit.path for hit in sites["rules"].hits].count("/robots.txt") == 1
    assert sites["rules"].hits[0].path == "/robots.txt"


def test_requests_say_who_asks() -> None:
    with serve({"/": ""}) as site:
        crawl(unit(site.url(), allow=(site.pair,), contact="clerk@village.example\r\nX-Evil: 1"))
    agents = {hit.headers["user-agent"] for hit in site.hits}
    assert len(agents) == 1
    assert agents.pop().partition("/")[2].partition(" ")[2] == "(+clerk@village.exampleX-Evil:1)"
    assert not any(
        "x-evil" in hit.headers or "referer" in hit.headers or "cookie" in hit.headers for hit in site.hits
    )


# --- pauses -------------------------------------------------------------------------------------


def gaps(site: Site) -> list[float]:
    times = [hit.at for hit in site.hits]
    return [later - earlier for earlier, later in pairwise(times)]


def test_one_request_at_a_time_with_a_pause_even_for_two_units() -> None:
    running: list[str] = []
    most = []

    def page(hit: Hit) -> Answer:
        running.append(hit.path)
        time.sleep(0.1)
        most.append(len(running))
        running.remove(hit.path)
        return Answer(body="x")

    with serve({"/": '<a href="/1"></a><a href="/2"></a>', "/1": page, "/2": page, "/b": page}) as site:
        limits = replace(QUICK, delay=timedelta(seconds=0.2))
        crawl(
            unit(site.url(), source="a", allow=(site.pair,), limits=limits),
            unit(site.url("/b"), source="b", allow=(site.pair,), limits=limits),
        )
    assert len(site.hits) == 6  # robots.txt for each unit, and four pages
    assert median(gaps(site)) > 0.15  # one alone may be short where a busy machine notes the first hit late
    assert set(most) == {1}


def test_the_servers_of_a_source_are_asked_in_turn() -> None:
    pages = {"/": "", "/1": "", "/2": "", "/3": "", "/4": ""}
    with serve(pages) as one, serve(pages) as other:
        sites = (one, other)
        known = tuple(Known(address=site.url(f"/{n}"), depth=1) for site in sites for n in range(1, 5))
        crawl(unit(one.url(), other.url(), allow=(one.pair, other.pair), known=known))
    hits = sorted((hit.at, site.pair, hit.path) for site in sites for hit in site.hits)
    asked = [pair for _, pair, path in hits if path in ("/1", "/2", "/3", "/4")]
    assert len(asked) == 8
    assert all(before != after for before, after in pairwise(asked))


def test_crawl_delay_is_kept_if_it_is_longer() -> None:
    robots = "User-agent: *\nCrawl-delay: 1.5\n"
    with serve({"/robots.txt": robots, "/": '<a href="/1"></a>', "/1": ""}) as site:
        crawl(unit(site.url(), allow=(site.pair,)))
    assert gaps(site)[1] > 1


def test_a_slow_server_is_asked_less_often() -> None:
    with serve(
        {"/": Answer(body='<a href="/1"></a><a href="/2"></a>', delay=0.5), "/1": "", "/2": ""}
    ) as site:
        crawl(unit(site.url(), allow=(site.pair,)))
    assert gaps(site)[1] > 0.5
    assert gaps(site)[2] > 0.1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(status: int) -> None:
    answers = iter([Answer(status=status, headers={"Retry-After": "2"}), Answer(body='<a href="/1"></a>')])
    with serve({"/": lambda hit: next(answers), "/1": ""}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert set(crawled.fetched()) == {site.url(), site.url("/1")}
    assert gaps(site)[1] > 1.5


def test_retry_after_beyond_the_time_limit_ends_the_visit_at_once() -> None:
    busy = Answer(status=429, headers={"Retry-After": "3600"})
    with serve({"/": '<a href="/busy"></a><a href="/z"></a>', "/busy": busy, "/z": ""}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)), seconds=10)
    assert site.paths == ["/", "/busy"]
    (failed,) = crawled.of("failed")
    assert (failed["why"], failed["blocked"]) == ("HTTP 429", True)
    assert crawled.why("skipped") == {site.url("/z"): "the server asked to come back later"}


def test_too_many_requests_without_a_time_is_not_asked_again() -> None:
    with serve({"/": Answer(status=429)}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert site.paths == ["/"]
    assert crawled.of("failed")[0]["blocked"]


# --- limits -------------------------------------------------------------------------------------


def chain(hit: Hit) -> str:
    """A site without end: each page leads to two new ones."""
    number = int(hit.path.rpartition("/")[2] or 0)
    return f'<a href="/n/{2 * number + 1}"></a><a href="/n/{2 * number + 2}"></a>'


def endless(limit: int = 200) -> dict[str, Any]:
    return {"/": chain} | {f"/n/{number}": chain for number in range(1, limit)}


def test_the_page_limit_is_kept_and_what_it_left_out_is_counted() -> None:
    with serve(endless()) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, pages=10, depth=50)))
    assert len(site.paths) == len(crawled.fetched()) == 10
    skipped = crawled.why("skipped")
    assert set(skipped.values()) == {"page limit reached"}
    assert len(skipped) == 11
    assert set(site.paths) == {"/"} | {f"/n/{number}" for number in range(1, 10)}, "nearest pages first"


def test_the_depth_limit_is_kept() -> None:
    with serve(endless()) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, depth=2)))
    assert {event["depth"] for event in crawled.of("fetched")} == {0, 1, 2}
    assert set(crawled.why("skipped").values()) == {"deeper than the depth limit"}
    assert len(site.paths) == 7


def test_the_time_limit_ends_a_unit_and_what_it_left_out_is_counted() -> None:
    pages: dict[str, Any] = {"/": "".join(f'<a href="/{n}"></a>' for n in range(50))}
    pages |= {f"/{n}": Answer(body="x", delay=0.3) for n in range(50)}
    limits = replace(QUICK, time=timedelta(seconds=2))
    with serve(pages) as site, serve({"/": Answer(body="x" * 50, drip=0.1)}) as dripping:
        crawled = crawl(
            unit(site.url(), source="a", allow=(site.pair,), limits=limits),
            unit(dripping.url(), source="b", allow=(dripping.pair,), limits=limits),
            seconds=8,
        )
    assert 2 <= len(crawled.fetched("a")) < 20
    assert set(crawled.why("skipped", "a").values()) == {"time limit reached"}
    assert (
        len(crawled.of("fetched", "a")) + len(crawled.of("skipped", "a")) + len(crawled.of("failed", "a"))
        == 51
    )
    assert crawled.fetched("b")[dripping.url()]["why_cut"] == "the transfer took too long"


def test_what_was_left_out_is_counted_within_bounds() -> None:
    page = "".join(f'<a href="/{n}"></a>' for n in range(4_900))
    with serve({"/": page}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,), limits=replace(QUICK, pages=3)))
    assert len(site.paths) == 3
    assert len(crawled.of("skipped")) == 4_898


# --- refusals -----------------------------------------------------------------------------------

CLOUDFLARE = "<html><head><title>Just a moment...</title></head><script>window._cf_chl_opt={}</script>"
QUOTED = f"<p>{'How to get past a wall. ' * 4000}</p><pre>_cf_chl_opt</pre>"
CHALLENGED = "asks whether a person is there (challenge page)"

# name → (answer, why it failed or "" if it was read, blocked, gone)
REFUSALS: dict[str, tuple[Answer, str, bool, bool]] = {
    "unauthorised": (Answer(status=401), "HTTP 401", True, False),
    "forbidden": (Answer(status=403), "HTTP 403", True, False),
    "not found": (Answer(status=404, body="nothing"), "HTTP 404", False, True),
    "gone": (Answer(status=410), "HTTP 410", False, True),
    "legal reasons": (Answer(status=451), "HTTP 451", True, False),
    "teapot": (Answer(status=418), "HTTP 418", False, False),
    "unasked not modified": (Answer(status=304), "HTTP 304", False, False),
    "redirect to nowhere": (Answer(status=302), "HTTP 302", False, False),
    "odd status": (Answer(status=999), "HTTP 999", False, False),
    "challenge as 200": (Answer(body=CLOUDFLARE), CHALLENGED, True, False),
    "challenge as 503": (Answer(body=CLOUDFLARE, status=503), CHALLENGED, True, False),
    "challenge by header": (
        Answer(status=403, headers={"cf-mitigated": "challenge"}),
        CHALLENGED,
        True,
        False,
    ),
    "page about challenges": (Answer(body=QUOTED), "", False, False),
    "log-in": (redirect("/wp-login.php?redirect_to=%2F"), "redirects to a log-in page", True, False),
    "log-in elsewhere": (
        redirect("https://accounts.google.com/x"),
        "redirects to a log-in page",
        True,
        False,
    ),
    "log-in, in German": (redirect("/anmelden", 303), "redirects to a log-in page", True, False),
    "elsewhere": (redirect("https://village.org/"), "redirects outside the source", False, False),
    "inside": (redirect("http://10.0.0.1/"), "refused by the network guard: private address", False, False),
    "nonsense": (
        redirect("http://[::1"),
        "refused by the network guard: not an http or https address",
        False,
        False,
    ),
    "itself": (redirect("/"), "redirects in a circle", False, False),
}


@pytest.fixture(scope="module")
def refused() -> Iterator[tuple[Crawled, dict[str, Site]]]:
    with ExitStack() as servers:
        sites = {name: servers.enter_context(serve({"/": case[0]})) for name, case in REFUSALS.items()}
        yield crawl(*(unit(s.url(), source=name, allow=(s.pair,)) for name, s in sites.items())), sites


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_from_a_page_and_from_a_place_that_is_gone(
    refused: tuple[Crawled, dict[str, Site]], name: str
) -> None:
    crawled, sites = refused
    _, why, blocked, gone = REFUSALS[name]
    (event,) = [event for event in crawled.events if event["source"] == name]
    if why:
        assert event["event"] == "failed"
        assert (event["why"], event["blocked"], event["gone"], event["start"]) == (why, blocked, gone, True)
        assert event["address"] == sites[name].url()
    else:
        assert event["event"] == "fetched"


# --- units that cannot start, or break ----------------------------------------------------------


def test_units_that_cannot_start_say_why_and_harm_no_other() -> None:
    with serve({"/": "fine"}) as site:
        crawled = crawl(
            Unit(source="kind", kind="gopher", options={"start": ["https://village.org/"]}),
            Unit(source="no options", kind="site", options={}),
            Unit(source="no start", kind="site", options={"start": []}),
            Unit(
                source="unknown option", kind="site", options={"start": ["https://village.org/"], "deep": 3}
            ),
            Unit(source="pair", kind="site", options={"start": ["https://village.org/"]}, allow=("*:80",)),
            unit("zoom.us", source="no address"),
            unit("https://zoom.us/j/5551112222", source="meeting"),
            unit("http://127.0.0.1:1/", source="not allowed"),
            unit(site.url(), source="good", allow=(site.pair,)),
        )
    failed = {event["source"]: event for event in crawled.of("failed")}
    assert all(event["start"] for event in failed.values())
    assert {name: event["why"].partition(":")[0] for name, event in failed.items()} == {
        "kind": "there is no kind of source called 'gopher' (there are",
        "no options": "the options of this source are wrong",
        "no start": "the options of this source are wrong",
        "unknown option": "the options of this source are wrong",
        "pair": "network.allow",
        "no address": "refused by the network guard",
        "meeting": "refused by the network guard",
        "not allowed": "refused by the network guard",
    }
    assert set(crawled.fetched("good")) == {site.url()}


def test_a_page_whose_search_breaks_is_reported_and_the_crawl_goes_on() -> None:
    with serve({"/": '<a href="/trap"></a><a href="/next"></a>', "/trap": "", "/next": ""}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)), trip="/trap")
    assert set(crawled.fetched()) == {site.url(), site.url("/next")}
    assert crawled.why("failed") == {site.url("/trap"): "internal error while reading it"}


def test_known_addresses_of_a_dead_server_all_fail_at_once() -> None:
    with serve({}) as site:
        pass
    known = tuple(Known(address=site.url(f"/{n}")) for n in range(20))
    crawled = crawl(unit(site.url(), allow=(site.pair,), known=known))
    assert len(crawled.of("failed")) == 21
    assert crawled.opened.count(site.pair) == 3, "robots.txt was tried three times, and nothing else"


def test_a_name_server_that_never_answers_holds_up_nobody_else() -> None:
    """Far more hanging look-ups than there are processors, in front of one name that resolves."""
    with serve({"/": "fine"}) as site:
        names = {f"n{number}.village.org": ["never"] for number in range(20)} | {
            "good.village.org": ["127.0.0.1"]
        }
        limits = replace(QUICK, connect_time=timedelta(seconds=1))
        units = [unit(f"https://{name}/", source=name, limits=limits) for name in list(names)[:-1]]
        units.append(
            unit(
                site.url(host="good.village.org"),
                source="good",
                allow=(site.pair, f"good.village.org:{site.port}"),
            )
        )
        crawled = crawl(*units, names=names)
    assert crawled.events[0]["source"] == "good"
    assert crawled.of("fetched", "good")
    assert {event["why"] for event in crawled.of("failed")} == {"connection timed out"}
    assert len(crawled.of("failed")) == 20


def test_a_reader_that_has_gone_ends_the_crawl() -> None:
    limits = replace(QUICK, delay=timedelta(seconds=0.2), pages=200, depth=50)
    with serve(endless()) as site:
        units = [json.dumps({"names": {}, "trip": "", "shown": 0})]
        units.append(unit_to_json(unit(site.url(), allow=(site.pair,), limits=limits)))
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.spiders.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdin.write("\n".join(units).encode())
        child.stdin.close()
        child.stdout.readline()
        child.stdout.close()
        with child.stderr:
            child.wait(timeout=10)
            assert b"BrokenPipeError" in child.stderr.read()
    assert len(site.paths) < 10
