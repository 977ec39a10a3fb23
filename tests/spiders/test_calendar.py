"""A public calendar is read whole, and nothing it links to."""

from __future__ import annotations

import pytest

from scanner.model import Known
from spiders.calendar import Options
from tests.internet import Answer, Hit, serve
from tests.spiders.answering import LEAK
from tests.spiders.crawls import crawl, unit

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@village.example\r\nDTSTART:20261201T190000Z\r\n"
    f"SUMMARY:Choir\r\nLOCATION:{LEAK}\r\nURL:https://village.example/choir\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_a_calendar_is_handed_over_and_nothing_it_links_to() -> None:
    with serve({"/basic.ics": Answer(body=ICS, type="text/calendar; charset=UTF-8")}) as site:
        crawled = crawl(unit(site.url("/basic.ics"), kind="calendar", allow=(site.pair,)))
    assert site.paths == ["/basic.ics"]
    (event,) = crawled.events
    assert LEAK in event["text"]
    assert event["document"]["media_type"] == "text/calendar"


def test_a_calendar_that_has_not_changed_costs_no_transfer() -> None:
    def answer(hit: Hit) -> Answer:
        return Answer(status=304) if hit.headers.get("if-none-match") == '"7"' else Answer(body=ICS)

    with serve({"/basic.ics": answer}) as site:
        known = (Known(address=site.url("/basic.ics"), etag='"7"', digest="0" * 32),)
        crawled = crawl(unit(site.url("/basic.ics"), kind="calendar", allow=(site.pair,), known=known))
    assert [event["event"] for event in crawled.events] == ["unchanged"]


@pytest.mark.parametrize("body", ["", "<html>Sign in</html>", "{}"])
def test_what_is_no_calendar_is_said_to_be_none(body: str) -> None:
    with serve({"/basic.ics": body}) as site:
        crawled = crawl(unit(site.url("/basic.ics"), kind="calendar", allow=(site.pair,)))
    assert crawled.why("failed") == {site.url("/basic.ics"): "no calendar stands there"}


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WebCal", "https"])
def test_a_subscription_is_a_file_on_the_web(scheme: str) -> None:
    options = Options.model_validate({"start": [f" {scheme}://p1.village.org/cal.ics"]})
    assert [start.strip() for start in options.start] == ["https://p1.village.org/cal.ics"]
