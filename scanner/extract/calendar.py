"""Read iCalendar: the properties in which meetings are announced, one flow an event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from scanner.extract.decode import decode
from scanner.extract.flow import Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.model import Document, Segment, SegmentKind

_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t](?!\n)")
_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9\-]{1,60})(?P<parameters>(?:;[^:\";]{0,200}(?:\"[^\"]*\")?(?:,\"[^\"]*\")*){0,20}):(?P<value>.*)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([nN,;\\])")
_ONE_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.\-]{1,31}:\S+\s*", re.IGNORECASE)
_ADDRESS_ALTERNATIVE = re.compile(r"ALTREP=\"(?!data:)([^\"]*//[^\"]*)\"", re.IGNORECASE)
_HTML_ALTERNATIVE = re.compile(r"ALTREP=\"data:text/html,([^\"]*)\"", re.IGNORECASE)

_SILENT = frozenset(
    [
        "uid",
        "x-microsoft-conferencetelinfo",
        "x-microsoft-conferencetelconfid",
        "x-microsoft-",
        "conferencetelconferenceid",
        "x-microsoft-conferenceteluri",
        "dtstart",
        "dtend",
        "dtstamp",
        "created",
        "last-",
        "modified",
        "sequence",
        "status",
        "transp",
        "class",
        "begin",
        "end",
        "prodid",
        "version",
        "calscale",
        "method",
        "rrule",
        "exdate",
        "recurrence-id",
        "trigger",
        "action",
        "duration",
        "tzid",
        "tzoffsetfrom",
        "tzoffsetto",
        "attendee",
        "organizer",
        "geo",
        "priority",
        "related-to",
        "x-wr-timezone",
        "x-wr-relcalid",
    ]
)
_TEXTS = frozenset(
    [
        "summary",
        "location",
        "description",
        "comment",
        "contact",
        "x-wr-caldesc",
        "x-wr-calname",
        "x-alt-desc",
        "resources",
    ]
)


def calendar_flows(text: str, *, depth: int) -> tuple[Flow, ...]:
    """Return one flow for each component of a calendar, its properties as lines in order."""
    events: list[list[Segment | Flow]] = [[]]
    for line in re.split(r"\r?\n|\r", _FOLD.sub("", text)):
        found = _LINE.fullmatch(line)
        if found is None:
            if line.strip():
                events[-1].append(Segment(f"{_unescaped(line)}\n", "ics"))
            continue
        if found["name"].lower() == "begin":
            events.append([])
        events[-1].extend(
            _property(_Property(found["name"].lower(), found["parameters"], found["value"]), depth)
        )
    return tuple(Flow(tuple(pieces)) for pieces in events if pieces)


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: str
    value: str


def _property(item: _Property, depth: int) -> Iterator[Segment | Flow]:
    if item.name in _SILENT:
        return
    alternative = _HTML_ALTERNATIVE.search(item.parameters)
    if alternative:
        yield Flow(html_pieces(unquote(alternative.group(1)), place="ics", depth=depth + 1))
    elsewhere = _ADDRESS_ALTERNATIVE.search(item.parameters)
    if elsewhere:
        yield Segment(elsewhere.group(1), "ics", SegmentKind.HREF)
    value = _unescaped(item.value)
    if looks_like_markup(value):
        yield Segment("\n", "ics")
        yield from html_pieces(value, place="ics", depth=depth + 1)
        yield Segment("\n", "ics")
    elif _ONE_ADDRESS.fullmatch(value):
        yield Segment("\n", "ics")
        yield Segment(value, "ics", SegmentKind.HREF)
    elif item.name in _TEXTS:
        yield Segment(f"\n{value}\n", "ics")
    elif "/" in value:
        yield Flow((Segment(value, "ics"),))


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], value)


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows = [flow for text in (decoded.text, *decoded.others) for flow in calendar_flows(text, depth=depth)]
    return Segments(flows=tuple(flows), media_type=FAMILY.media_type)


FAMILY = Family(
    media_type="text/calendar",
    media_types=frozenset({"text/calendar", "application/ics", "text/x-vcalendar"}),
    looks=lambda body: (
        body[:256].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper().startswith(b"BEGIN:V")
    ),
    segments=_segments,
    rank=20,
)
