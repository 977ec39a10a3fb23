"""Far more is read of a document than anybody writes in one, and no more than that: then it is said."""

from __future__ import annotations

from itertools import count

import pytest

from scanner.detect import detect
from scanner.detect.budget import LOOKS, PLACES, ROOMS, Budget
from scanner.detect.gate import Gate
from scanner.detect.reading import FlowReader, Reading
from scanner.extract import segments
from scanner.model import Document
from scanner.platforms import BUILT_IN

READER = FlowReader(BUILT_IN, Gate(BUILT_IN))
LONGEST_LIST = 2000


def read(text: str, media_type: str = "text/plain") -> tuple[list[Reading], Budget]:
    budget = Budget()
    found = segments(Document("", text.encode(), media_type, "utf-8"))
    readings = [
        reading
        for flow in found.flows
        for reading in READER.read(flow, with_bare=False, opaque=set(), budget=budget)
    ]
    return readings, budget


def keys(readings: list[Reading]) -> list[str]:
    return list(dict.fromkeys(reading.mention.hit.key for reading in readings))


@pytest.mark.parametrize(
    ("line", "media_type"),
    [
        ("{0}: https://zoom.us/j/{0}?pwd=a{0} Meeting ID: {0} Passcode: b{0}\n", "text/plain"),
        (
            '<p><a href="https://zoom.us/j/{0}">https://zoom.us/j/{0}</a> Meeting ID: {0} Passcode: b{0}</p>',
            "text/html",
        ),
        ("| Choir | [Zoom](https://zoom.us/j/{0}) | {0} | c{0} |\n", "text/markdown"),
        ('<a title="Zoom ID: {0}" href="https://zoom.us/j/{0}">Join</a><br>', "text/html"),
    ],
    ids=["text", "page", "table", "attributes"],
)
def test_a_list_of_2000_rooms_is_read_to_its_end(line: str, media_type: str) -> None:
    numbers = [str(84_512_000_000 + 37 * number) for number in range(LONGEST_LIST)]
    readings, budget = read("".join(line.format(number) for number in numbers), media_type)
    assert keys(readings) == numbers
    assert not budget.is_spent


def test_a_map_of_a_large_site_costs_nothing() -> None:
    lines = [f"https://parish.example/church%20hall/{number}?page=2\n" for number in range(50_000)]
    readings, budget = read("".join(lines) + "https://zoom.us/j/84512367890")
    assert (keys(readings), budget.is_spent) == (["84512367890"], False)


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("https://zoom.us/j/{} ", ROOMS),
        ("Zoom ID: {} ", ROOMS),
        ("+16465588656,,{}#\n", ROOMS),
        ("https://jitsi.example/a/b/{}/d\n", LOOKS),
        ("https://zoom.us/j/84512367890 Passcode: {}\n", LOOKS),
        ("zoom.us/a/{} ", PLACES),
    ],
)
def test_what_nobody_writes_is_cut_and_said_so(line: str, most: int) -> None:
    start = "https://zoom.us/j/84512367890 "
    text = start + "".join(line.format(10_000_000_000 + number) for number in range(most + 10))
    readings, budget = read(text)
    assert "84512367890" in keys(readings)
    assert len(keys(readings)) <= ROOMS
    assert budget.is_spent


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "text/markdown"])
def test_a_document_that_was_cut_says_so(media_type: str) -> None:
    lines = [f"<p>https://zoom.us/j/{84_000_000_000 + number}</p>\n" for number in range(ROOMS + 10)]
    found = detect(Document("", "".join(lines).encode(), media_type, "utf-8"))
    assert len(found.links) == ROOMS
    assert found.links[0].room.key == "84000000000"
    assert found.cut
    assert any("too many addresses" in note for note in found.notes)


def test_one_address_many_times_is_looked_at_once() -> None:
    readings, budget = read("https://zoom.us/j/84512367890 " * (PLACES - 1))
    assert (keys(readings), budget.is_spent) == (["84512367890"], False)
    assert budget.looks == LOOKS - 1


def test_after_the_end_of_the_budget_nothing_more_is_read() -> None:
    spent = Budget(looks=0)
    assert not spent.allows()
    flow = segments(Document("", b"https://zoom.us/j/84512367890", "text/plain")).flows[0]
    assert READER.read(flow, with_bare=False, opaque=set(), budget=spent) == []


def test_a_room_told_once_may_be_told_again() -> None:
    budget = Budget()
    assert all(budget.takes(("zoom", str(number))) for number in range(ROOMS))
    assert budget.takes(("zoom", "0"))
    assert not budget.takes(("zoom", str(next(count(ROOMS)))))
    assert budget.is_spent
