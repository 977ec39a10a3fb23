"""What a glance at a page's bytes tells: marks, challenges, origins."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from spiders.addresses import host_key, origin_of
from spiders.answers import is_challenge
from spiders.marks import Mark

TALK = b"<p>We met on Thursday and spoke of the bells and the fair.</p>" * 500


@pytest.mark.parametrize(
    ("body", "stands"),
    [
        (b"<input type=password>", True),
        (TALK + b"<INPUT TYPE=PASSWORD>" + TALK, True),
        (TALK + b"My PassWord", True),
        (TALK, False),
        (b"", False),
        (b"pass\0word", False),
    ],
    ids=["small letters", "capitals", "both", "no such word", "nothing", "UTF-16"],
)
def test_a_mark_is_seen_in_any_letters_with_hyperscan_and_without(body: bytes, stands: bool) -> None:
    assert [Mark("assword", fast=fast).stands_in(body) for fast in (True, False)] == [stands, stands]


@pytest.mark.parametrize(
    ("status", "links", "challenge"), [(200, 0, True), (200, 10, True), (200, 11, False), (403, 11, True)]
)
def test_a_page_with_a_menu_that_quotes_a_challenge_is_a_page(
    status: int, links: int, challenge: bool
) -> None:
    body = b"<script>window._cf_chl_opt={}</script>" + b"<a href=/>more</a>" * links
    assert is_challenge(Response("https://village.org/", status=status, body=body)) is challenge


@pytest.mark.parametrize(
    ("address", "origin", "key"),
    [
        ("https://village.org/a/b?c=/d", "https://village.org/", "village.org"),
        ("http://village.org:8080/", "http://village.org:8080/", "village.org:8080"),
        ("https://village.org?q=1", "https://village.org/", "village.org"),
        ("http://[2001:db8::1]:81/x", "http://[2001:db8::1]:81/", "2001:db8::1:81"),
        ("wss://stream.org/subscribe", "wss://stream.org/", "stream.org"),
    ],
)
def test_a_server_is_named_by_its_address(address: str, origin: str, key: str) -> None:
    assert (origin_of(address), host_key(address)) == (origin, key)
