"""The child that reads one calendar feed: a Feed on standard input, what it says on standard output."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from scanner.detect import Detector
from scanner.errors import LychgateError
from scanner.extract.decode import decode
from scanner.invitations.calendars import read_events
from scanner.platforms import guard_with, table_with
from scanner.scans.calendars import Feed, FeedAnswer, answer_to_json, fault_to_json, feed_from_json
from scanner.scans.crawl import limit_self


def main() -> None:
    """Read the feed that standard input names, and write one line."""
    limit_self()
    print(answer(feed_from_json(sys.stdin.readline()), now=datetime.now(UTC)), flush=True)


def answer(feed: Feed, *, now: datetime) -> str:
    """Fetch a feed and return the line that says what is in it, or why that cannot be known."""
    from spiders.fetch import NotRead
    from spiders.retrieve import Wanted, retrieve  # Scrapy takes a second to import: only this process pays

    table = table_with(feed.platforms)
    guard_with(table)
    wanted = Wanted(
        address=feed.address,
        accept="text/calendar, */*;q=0.5",
        etag=feed.etag,
        last_modified=feed.last_modified,
        allow=feed.allow,
        contact=feed.contact,
    )
    try:
        came = retrieve(wanted)
        if came.unchanged:
            return answer_to_json(FeedAnswer(unchanged=True))
        text = decode(came.body, "utf-8").text
        _check_is_calendar(text)
        events = read_events(text, timezone=feed.timezone, now=now, detector=Detector(table))
    except NotRead as fault:
        return fault_to_json(f"It could not be read: {fault.why}.")
    except LychgateError as fault:
        return fault_to_json(str(fault))
    return answer_to_json(FeedAnswer(events=tuple(events), etag=came.etag, last_modified=came.last_modified))


def _check_is_calendar(text: str) -> None:
    start = text.lstrip("\ufeff \t\r\n")[:1000].lower()
    if not start:
        raise LychgateError("The answer was empty.")
    if start.startswith(("<!doctype html", "<html")) or "<head" in start:
        raise LychgateError("A web page came instead of a calendar: is the calendar still shared?")


if __name__ == "__main__":
    main()
