"""The archive is asked for one's own hosts: its copies are read, and archived meetings seen in its list."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from spiders.wayback import Options
from tests.internet import Answer, serve
from tests.spiders.answering import LEAK, check_failures, crawl_failures, in_json
from tests.spiders.crawls import crawl, unit

COLUMNS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
QUERY = (
    "/cdx/search/cdx?url=stmarys.zoom.us/*&output=json&filter=statuscode:200"
    "&collapse=digest&from=2020&limit=-10000"
)


def row(when: str, original: str) -> list[str]:
    return ["k", when, original, "text/html", "200", "D", "100"]


def test_copies_are_read_and_archived_meetings_are_found() -> None:
    rows = [
        COLUMNS,
        row("20250101000000", "https://stmarys.zoom.us/about"),
        row("20260101000000", f"{LEAK}?w=1"),
    ]
    copy = "/web/20250101000000id_/https://stmarys.zoom.us/about"
    with serve({QUERY: in_json(rows), copy: f"{LEAK}?copy=1"}) as site:
        crawled = crawl(
            unit(
                kind="wayback",
                options={"hosts": ["stmarys.zoom.us"], "api": site.url("")},
                allow=(site.pair,),
            )
        )
    assert f"{LEAK}?w=1" in crawled.fetched()[site.url(QUERY)]["text"]
    assert site.paths[0] == QUERY
    assert not crawled.asked


def test_a_host_without_copies_is_no_failure() -> None:
    with serve({QUERY: Answer(body="[]", type="application/json")}) as site:
        crawled = crawl(
            unit(
                kind="wayback",
                options={"hosts": ["stmarys.zoom.us"], "api": site.url("")},
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
    crawled = crawl_failures(
        "wayback", lambda site: {"hosts": ["stmarys.zoom.us"], "api": site.url("")}, QUERY
    )
    check_failures(crawled)
