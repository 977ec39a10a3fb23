"""Read iCalendar: the properties in which meetings are announced, one flow an event."""

from __future__ import annotations

import binascii
import quopri
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

from scanner.extract.decode import decode
from scanner.extract.flow import Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.extract.names import in_words
from scanner.model import Document, Segment, SegmentKind

_FOLD = re.compile(r"\r?\n[ \t]|\r[ \t](?!\n)")
_LINE = re.compile(
    r"(?P<name>[A-Za-z0-9\-]{1,60})(?P<parameters>(?:;[^:\";]{0,200}(?:\"[^\"]*\")?(?:,\"[^\"]*\")*){0,20}):(?P<value>.*)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\([nN,;\\])")
_ONE_ADDRESS = re.compile(r"\s*[a-z][a-z0-9+.\-]{1,31}:\S+\s*", re.IGNORECASE)
_ADDRESS_ALTERNATIVE = re.compile(r"ALTREP=\"(?!data:)([^\"]*//[^\"]*)\"", re.IGNORECASE)
_HEAD = 200
"""Characters of a line within which its name and parameters stand."""
_SAID = re.compile(r"(?:LABEL|X-TITLE|X-LABEL)=(?:\"([^\"]*)\"|([^;:,\"]*))", re.IGNORECASE)
_QUOTED_PRINTABLE = re.compile(r"ENCODING=QUOTED-PRINTABLE", re.IGNORECASE)
_BASE64 = re.compile(r"ENCODING=(?:BASE64|B)(?=;|$)", re.IGNORECASE)
_ATTACHED = re.compile(
    r"^ATTACH(?P<parameters>;[^:\r\n]{0,1000}):(?P<content>[A-Za-z0-9+/]{1,8000000}={0,2})\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_TYPE = re.compile(r"FMTTYPE=\"?([a-z0-9.+\-]{1,40}/[a-z0-9.+\-]{1,80})", re.IGNORECASE)
_ATTACHMENTS = 20
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
        "note",
    ]
)
_OF_PROGRAMS = ("x-microsoft-", "x-ms-", "x-apple-", "x-wr-", "x-mozilla-", "x-lic-", "x-evolution-")
"""Beginnings of names under which programs keep numbers of their own."""
_LONGEST_VALUE = 64


def calendar_flows(text: str, *, depth: int) -> tuple[Flow, ...]:
    """Return one flow for each component of a calendar, its properties as lines in order."""
    events: list[list[Segment | Flow]] = [[]]
    for line in _lines(text):
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


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a calendar as they were before they were folded, in either of two ways."""
    begun = ""
    for line in re.split(r"\r?\n|\r", _FOLD.sub("", text)):
        line = begun + line
        if line.endswith("=") and _QUOTED_PRINTABLE.search(line[:_HEAD]):
            begun = line[:-1]
            continue
        begun = ""
        yield line
    if begun:
        yield begun


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: str
    value: str


def _property(item: _Property, depth: int) -> Iterator[Segment | Flow]:
    if item.name in _SILENT or _BASE64.search(item.parameters):
        return
    alternative = _HTML_ALTERNATIVE.search(item.parameters)
    if alternative:
        yield Flow(html_pieces(unquote(alternative.group(1)), place="ics", depth=depth + 1))
    elsewhere = _ADDRESS_ALTERNATIVE.search(item.parameters)
    if elsewhere:
        yield Segment(elsewhere.group(1), "ics", SegmentKind.HREF)
    value = _unescaped(_plain(item))
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
    elif (
        item.name.startswith("x-") and not item.name.startswith(_OF_PROGRAMS) and len(value) <= _LONGEST_VALUE
    ):
        yield Segment(f"\n{in_words(item.name[2:])}: {value}\n", "ics")
    for said in _SAID.finditer(item.parameters):
        yield Segment(f"\n{said[1] or said[2] or ''}\n", "ics")


def _plain(item: _Property) -> str:
    """Undo what vCalendar 1.0 and vCard 2.1 do to lines that are long or not ASCII."""
    if not _QUOTED_PRINTABLE.search(item.parameters):
        return item.value
    return decode(quopri.decodestring(item.value.encode("utf-8", "replace"))).text.replace("\r\n", "\n")


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], value)


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows = [flow for text in (decoded.text, *decoded.others) for flow in calendar_flows(text, depth=depth)]
    return Segments(flows=tuple(flows), media_type=FAMILY.media_type, nested=tuple(_attached(decoded.text)))


def _attached(text: str) -> Iterator[Document]:
    """Yield the files that entries carry inside themselves."""
    if "base64" not in text.lower():
        return
    for found in islice(_ATTACHED.finditer(_FOLD.sub("", text)), _ATTACHMENTS):
        kind = _TYPE.search(found["parameters"])
        with suppress(binascii.Error):
            yield Document("", b64decode(found["content"]), kind[1] if kind else "")


FAMILY = Family(
    media_type="text/calendar",
    media_types=frozenset({"text/calendar", "application/ics", "text/x-vcalendar"}),
    looks=lambda body: (
        body[:256].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper().startswith(b"BEGIN:V")
    ),
    segments=_segments,
    rank=20,
)
