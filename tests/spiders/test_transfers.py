"""Broken, slow, lying and exploding answers: delivered as far as they came, and said to be cut."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest

from tests.internet import Answer, serve
from tests.spiders.crawls import QUICK, Crawled, crawl, unit

TEXT = "<p>See you at the usual place on Thursday.</p>" * 40
LIMIT = 100_000
ZEROS = b"0" * 20_000_000


def packed(body: bytes, encoding: str, **fields: object) -> Answer:
    return Answer(body=body, headers={"Content-Encoding": encoding}, **fields)  # type: ignore[arg-type]


def whole(body: str) -> Answer:
    """An answer that is sent in one go, head and body."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
    return Answer(raw=(head + body).encode())


GZIPPED = gzip.compress(TEXT.encode())
INCOMPRESSIBLE = gzip.compress(b"".join(bytes([i * 7 % 251, i % 256]) for i in range(5000)) + TEXT.encode())

# name → (answer, why it is cut, or "" if it is whole, what must be found in it)
CASES: dict[str, tuple[Answer, str, str]] = {
    "whole": (Answer(body=TEXT), "", TEXT),
    "no type": (Answer(body=TEXT, type=""), "", TEXT),
    "empty": (Answer(), "", ""),
    "no content": (Answer(status=204), "", ""),
    "gzip": (packed(GZIPPED, "gzip"), "", TEXT),
    "gzip by its old name": (packed(GZIPPED, "x-gzip"), "", TEXT),
    "two gzip members": (packed(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip"), "", "one two"),
    "gzip with zeros behind": (packed(GZIPPED + bytes(64), "gzip"), "", TEXT),
    "zlib": (packed(zlib.compress(TEXT.encode()), "deflate"), "", TEXT),
    "bare deflate": (packed(zlib.compress(TEXT.encode())[2:-4], "deflate"), "", TEXT),
    "brotli": (packed(brotli.compress(TEXT.encode()), "br"), "", TEXT),
    "gzip in brotli": (packed(brotli.compress(GZIPPED), "gzip, br"), "", TEXT),
    "empty but gzip": (packed(b"", "gzip"), "", ""),
    "chunked": (Answer(body=TEXT, chunks=True), "", TEXT),
    "until the end of the connection": (
        Answer(raw=b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + TEXT.encode()),
        "",
        TEXT,
    ),
    "with its head": (whole(TEXT), "", TEXT),
    "too large, with its head": (whole("x" * LIMIT + "y"), "larger than the limit", "x" * LIMIT),
    "headers without colon": (
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Odd: \xff\xfe\r\n\r\nodd!"),
        "",
        "odd!",
    ),
    "length too long": (Answer(body=TEXT, length=len(TEXT) + 50), "the transfer broke off", TEXT),
    "last chunk missing": (Answer(body=TEXT, chunks=True, broken=True), "the transfer broke off", TEXT),
    "reset": (Answer(body=TEXT, length=9_000, reset=True, drip=0), "the transfer broke off", ""),
    "bad chunk size": (
        Answer(
            raw=(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n", b"zz\r\nrest\r\n")
        ),
        "the transfer took too long",
        "first",
    ),
    "gzip cut short": (
        packed(INCOMPRESSIBLE[:-40], "gzip"),
        "compressed data is broken or incomplete",
        "usual place",
    ),
    "gzip and the length a lie": (
        packed(INCOMPRESSIBLE, "gzip", length=len(INCOMPRESSIBLE) + 9),
        "the transfer broke off",
        "usual place",
    ),
    "not gzip at all": (packed(TEXT.encode(), "gzip"), "not in the encoding that its header says", TEXT),
    "not brotli at all": (packed(TEXT.encode(), "br"), "not in the encoding that its header says", TEXT),
    "unknown encoding": (packed(TEXT.encode(), "rot13"), "not in the encoding that its header says", TEXT),
    "too large": (Answer(body="x" * 3 * LIMIT), "larger than the limit", "x" * 100),
    "too large and chunked": (Answer(body="x" * 3 * LIMIT, chunks=True), "larger than the limit", "x" * 100),
    "gzip bomb": (packed(gzip.compress(ZEROS), "gzip"), "larger than the limit", "0" * 100),
    "deflate bomb": (packed(zlib.compress(ZEROS), "deflate"), "larger than the limit", "0" * 100),
    "brotli bomb": (packed(brotli.compress(ZEROS, quality=1), "br"), "larger than the limit", "0" * 100),
    "bomb in a bomb": (
        packed(gzip.compress(gzip.compress(ZEROS)), "gzip, gzip"),
        "larger than the limit",
        "0" * 100,
    ),
    "dripping": (Answer(body="drip " * 40, drip=0.2), "the transfer took too long", "drip"),
    "dripping chunks": (
        Answer(body="drip " * 40, drip=0.2, chunks=True),
        "the transfer took too long",
        "drip",
    ),
}
SLOW = {"dripping", "dripping chunks"}


@pytest.fixture(scope="module")
def crawled() -> Iterator[Crawled]:
    limits = replace(QUICK, response_bytes=LIMIT, depth=0)
    with ExitStack() as servers:
        units = []
        for name, (answer, _, _) in CASES.items():
            site = servers.enter_context(serve({"/": answer}))
            units.append(unit(site.url(), source=name, allow=(site.pair,), limits=limits))
        yield crawl(*units, shown=LIMIT)


@pytest.mark.parametrize("name", CASES)
def test_what_came_is_delivered(crawled: Crawled, name: str) -> None:
    _, why, found = CASES[name]
    (event,) = [event for event in crawled.events if event["source"] == name]
    assert event["event"] == "fetched", event
    assert (event["cut"], event["why_cut"]) == (bool(why), why)
    assert found in event["text"]
    assert event["document"]["bytes"] <= LIMIT


def test_what_was_cut_has_no_validators(crawled: Crawled) -> None:
    """Else the missing part would pass for unchanged the next time."""
    for event in crawled.of("fetched"):
        assert (event["digest"] == "") == event["cut"]


NEVER: dict[str, tuple[Answer, str]] = {
    "never answers": (Answer(delay=30), "timed out"),
    "not HTTP": (Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n"), "not an HTTP answer"),
    "closes at once": (Answer(raw=b""), "connection closed without an answer"),
    "endless headers": (
        Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"X-More: of the same\r\n" * 200_000),
        "not an HTTP answer",
    ),
    "one endless header": (Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 3_000_000), "not an HTTP answer"),
}


def test_servers_that_say_nothing_of_use_fail_within_the_limits() -> None:
    with ExitStack() as servers:
        units = []
        for name, (answer, _) in NEVER.items():
            # robots.txt is fine here, so that it is the page that is seen to fail
            site = servers.enter_context(serve({"/": answer}))
            limits = replace(QUICK, response_time=timedelta(seconds=1))
            units.append(unit(site.url(), source=name, allow=(site.pair,), limits=limits))
        good = servers.enter_context(serve({"/": "fine"}))
        crawled = crawl(*units, unit(good.url(), source="good", allow=(good.pair,)), seconds=30)
    failed = {event["source"]: event for event in crawled.of("failed")}
    assert {name: event["why"] for name, event in failed.items()} == {n: why for n, (_, why) in NEVER.items()}
    assert all(event["start"] and not event["gone"] and not event["blocked"] for event in failed.values())
    assert [event["source"] for event in crawled.of("fetched")] == ["good"]


def test_a_closed_port_is_tried_three_times_and_named() -> None:
    with serve({}) as site:
        pass
    crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert crawled.why("failed") == {site.url(): "connection refused"}
    assert crawled.opened.count(site.pair) == 3


def test_an_error_that_passes_is_outlived() -> None:
    answers = iter([Answer(status=503), Answer(raw=b""), "here again"])
    with serve({"/": lambda hit: next(answers)}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert crawled.fetched()[site.url()]["text"] == "here again"
    assert site.paths == ["/", "/", "/"]


def test_an_error_that_stays_is_asked_three_times_and_then_reported() -> None:
    with serve({"/": Answer(status=500)}) as site:
        crawled = crawl(unit(site.url(), allow=(site.pair,)))
    assert crawled.why("failed") == {site.url(): "HTTP 500"}
    assert site.paths == ["/", "/", "/"]
