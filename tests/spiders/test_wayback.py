"""The archive is asked for one's own hosts: its copies are read, and archived meetings seen in its list."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scanner.model import Known
from spiders.wayback import Options
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

COLUMNS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
QUERY = (
    "/cdx/search/cdx?url=stmarys.org/*&output=json&filter=statuscode:200"
    "&collapse=digest&from=2020&limit=-10000"
)


def row(when: str, original: str) -> list[str]:
    return ["k", when, original, "text/html", "200", "D", "100"]


def test_copies_are_read_and_archived_meetings_are_found() -> None:
    rows = [
        COLUMNS,
        row("20250101000000", "https://stmarys.org/about"),
        row("20260101000000", f"{LEAK}?w=1"),
    ]
    copy = "/web/20250101000000id_/https://stmarys.org/about"
    with serve({QUERY: in_json(rows), copy: f"{LEAK}?copy=1"}) as site:
        crawled = crawl(
            unit(
                kind="wayback",
                options={"hosts": ["stmarys.org"], "api": site.url("")},
                allow=(site.pair,),
            )
        )
    assert f"{LEAK}?w=1" in crawled.fetched()[site.url(QUERY)]["text"]
    assert f"{LEAK}?copy=1" in crawled.fetched()[site.url(copy)]["text"]
    assert site.paths == [QUERY, copy]
    assert not crawled.asked


def test_a_copy_is_read_once() -> None:
    copies = [f"/web/2025010100000{n}id_/https://stmarys.org/about" for n in (1, 2, 3)]
    rows = [COLUMNS, *(row(f"2025010100000{n}", "https://stmarys.org/about") for n in (1, 2, 3))]
    with serve({QUERY: in_json(rows)} | dict.fromkeys(copies, "a copy")) as site:
        known = (
            Known(address=site.url(copies[0]), depth=1, digest="0" * 32),
            Known(address=site.url(copies[1]), depth=1),
            Known(address=site.url(QUERY), digest="0" * 32),
        )
        options = {"hosts": ["stmarys.org"], "api": site.url("")}
        crawl(unit(kind="wayback", options=options, allow=(site.pair,), known=known))
    assert sorted(site.paths) == sorted([QUERY, copies[1], copies[2]])


def test_a_host_without_copies_is_no_failure() -> None:
    with serve({QUERY: Answer(body="[]", type="application/json")}) as site:
        crawled = crawl(
            unit(
                kind="wayback",
                options={"hosts": ["stmarys.org"], "api": site.url("")},
                allow=(site.pair,),
            )
        )
    assert [event["event"] for event in crawled.events] == ["fetched"]


@pytest.mark.parametrize(
    "host", [LEAK, "stmarys.zoom.us/j/5551112222", "5551112222.example.org", "zoom", "a b.org", ""]
)
def test_only_hosts_are_looked_up(host: str) -> None:
    with pytest.raises(ValidationError):
        Options.model_validate({"hosts": [host]})


def test_failures_are_told() -> None:
    crawled = crawl_failures("wayback", lambda site: {"hosts": ["stmarys.org"], "api": site.url("")}, QUERY)
    check_failures(crawled)
