"""Lines of a crawl that nobody has to hurry for go out together: none is lost, and none holds up another."""

from __future__ import annotations

import asyncio
from io import StringIO

from scanner.detect import KNOWN
from scanner.model import CrawlEvent, Document, Ended, Failed, Fetched, Skipped, Unchanged
from scanner.scans.crawl import Reporter
from scanner.scans.page import from_json


class Pipe(StringIO):
    """Where a parent reads: it wakes up whenever something is flushed, and finds out about addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list[list[str]] = []

    def flush(self) -> None:
        lines = map(from_json, self.getvalue().splitlines())
        self.arrived.append([getattr(line, "address", "end") for line in lines])
        self.seek(0)
        self.truncate()


def unchanged(*addresses: str) -> list[CrawlEvent]:
    return [Unchanged(source="s", address=address) for address in addresses]


def page(address: str) -> CrawlEvent:
    return Fetched(source="s", document=Document(address, b"nothing", "text/html"), depth=0)


def arrivals(*events: CrawlEvent, wait: bool = False) -> list[list[str]]:
    """Report events, ``wait`` for what comes by itself, and return what arrived at once each time."""
    pipe = Pipe()

    async def report_all() -> None:
        report = Reporter(pipe, KNOWN)
        for event in events:
            report(event)
        async with asyncio.timeout(60):
            while wait and not pipe.arrived:
                await asyncio.sleep(0.01)

    asyncio.run(report_all())
    return pipe.arrived


def test_lines_of_pages_that_are_not_searched_arrive_together_and_in_order() -> None:
    left_out = Skipped(source="s", address="b", why="outside the source")
    assert arrivals(*unchanged("a"), left_out, *unchanged("c"), wait=True) == [["a", "b", "c"]]


def test_no_line_waits_for_a_page_to_be_searched_or_for_a_failure() -> None:
    lost = Failed(source="s", address="f", why="HTTP 500")
    told = arrivals(*unchanged("a"), page("p"), *unchanged("b", "c"), lost, page("q"))
    assert told == [["a"], ["p"], ["b", "c"], ["f"], ["q"]]


def test_nothing_waits_when_a_unit_has_ended() -> None:
    assert arrivals(*unchanged("a", "b"), Ended(source="s")) == [["a", "b"], ["end"]]


def test_only_so_many_lines_wait() -> None:
    addresses = [str(number) for number in range(1000)]
    told = arrivals(*unchanged(*addresses))
    assert 10 < len(told) < 100
    together = [address for some in told for address in some]
    assert together == addresses[: len(together)]
    assert len(addresses) - len(together) < 100
