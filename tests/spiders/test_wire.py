"""A Unit crosses the process border unharmed; of an event, nothing crosses that must stay."""

from __future__ import annotations

import json
from datetime import timedelta
from types import MappingProxyType

import pytest

from scanner.errors import InputError
from scanner.model import (
    CrawlEvent,
    Document,
    Failed,
    Fetched,
    Known,
    Limits,
    MeetingRedirect,
    Skipped,
    Unchanged,
    Unit,
)
from scanner.scans.wire import event_to_json, unit_from_json, unit_to_json

UNIT = Unit(
    source="our-site",
    kind="site",
    options=MappingProxyType({"start": ["https://village.org/"], "nested": {"x": [1, None, True]}}),
    limits=Limits(pages=7, delay=timedelta(milliseconds=1500), time=timedelta(hours=2)),
    allow=("127.0.0.1:8101", "[::1]:80"),
    contact="clerk@village.org",
    known=(
        Known(address="https://village.org/ä", depth=2, etag='W/"1"', digest="ab", watched=True),
        Known(address="https://village.org/b", last_modified="Sat, 21 Nov 2020 08:00:00 GMT"),
    ),
)


@pytest.mark.parametrize("unit", [UNIT, Unit(source="s", kind="feed", options={})])
def test_a_unit_comes_back_equal(unit: Unit) -> None:
    line = unit_to_json(unit)
    assert "\n" not in line
    assert unit_from_json(line) == unit
    assert unit_from_json(line.encode()) == unit


@pytest.mark.parametrize("line", ["", "x", "[]", "null", "7", "{}", '{"source": "s"}', "\x00", b"\xff"])
def test_what_is_no_unit_is_an_input_error(line: str | bytes) -> None:
    with pytest.raises(InputError, match="not a unit of work"):
        unit_from_json(line)


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"limits": {"time": "x"}}, {"limits": {"years": 1}}, {"known": [1]}]
)
def test_a_unit_with_something_else_in_it_is_an_input_error(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        unit_from_json(json.dumps(json.loads(unit_to_json(UNIT)) | change))


def test_missing_limits_are_the_usual_ones() -> None:
    parts = json.loads(unit_to_json(UNIT)) | {"limits": {"pages": 3}}
    assert unit_from_json(json.dumps(parts)).limits == Limits(pages=3)


def test_a_page_stays_where_it_was_fetched() -> None:
    document = Document("https://village.org/", b"the passcode is sesame", "text/html", "utf-8")
    line = event_to_json(Fetched(source="s", document=document, depth=1, etag='"1"', digest="ab"))
    assert "sesame" not in line
    assert json.loads(line)["document"] == {
        "address": "https://village.org/",
        "media_type": "text/html",
        "charset": "utf-8",
        "bytes": 22,
    }


@pytest.mark.parametrize(
    "event",
    [
        Unchanged(source="s", address="https://village.org/"),
        Skipped(source="s", address="https://village.org/", why="page limit reached"),
        Failed(source="s", address="https://village.org/", why="HTTP 404", gone=True),
        MeetingRedirect(source="s", address="https://village.org/", target="https://zoom.us/j/5551112222"),
    ],
)
def test_events_are_one_line_each(event: CrawlEvent) -> None:
    line = event_to_json(event)
    shown = json.loads(line)
    assert "\n" not in line
    assert shown.pop("event") == type(event).__name__.lower()
    assert type(event)(**shown) == event
