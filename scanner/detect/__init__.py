"""Name every meeting room in a document, with its passcode, and nothing else. Pure: no clock, no network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from scanner.detect.gate import Gate
from scanner.detect.pairing import NONE
from scanner.detect.reading import FlowReader, Reading
from scanner.errors import InputError
from scanner.extract import LONGEST, PICTURED, RAW, Flow, Segments, media_type_of, segments, without_noise
from scanner.extract.pipes import table_flows
from scanner.model import Detection, Document, Form, Link, Risk, Room, Segment, SegmentKind
from scanner.platforms import BUILT_IN, PlatformTable
from scanner.redact import excerpt

KINDS = ("href", "text", "html", "ics", "email")
"""What a text handed to ``detect_text`` can be."""

_NEIGHBOURS = 64
"""Rooms before and after one whose secrets are taken out of its excerpt: more do not fit around it."""
_MEDIA_TYPES = {"html": "text/html", "ics": "text/calendar", "email": "message/rfc822"}
_SAMPLES = frozenset({"123456789", "1234567890", "12345678901", "abc-defg-hij"})


class Detector:
    """Detection with one table of platforms, compiled once."""

    def __init__(self, table: PlatformTable) -> None:
        self._gate = Gate(table)
        self._reader = FlowReader(table, self._gate)

    def detect(self, document: Document, *, bare: bool = False) -> Detection:
        """Return every room in a document, each once, in order of first appearance.

        ``bare`` adds numbers of the right length without evidence, as look-up candidates. Most documents
        hold nothing of either sort and are not read beyond a first look.
        """
        document = without_noise(document)
        if not bare and not self._gate.opens(document):
            return Detection(media_type=media_type_of(document), cut=len(document.body) > LONGEST)
        return self._detect(segments(document), bare=bare)

    def detect_text(self, text: str, kind: str, *, bare: bool = False) -> Detection:
        """Return every room in a text of a known kind: href, text, html, ics or email."""
        if kind in ("href", "text"):
            segment = Segment(text, kind, SegmentKind(kind))
            tables = table_flows(text) if kind == "text" else ()
            found = Segments(flows=(Flow((segment,)), *tables), media_type="text/plain")
            return self._detect(found, bare=bare)
        if kind not in KINDS:
            raise InputError(f"'{kind}' is no kind of text; it is one of {', '.join(KINDS)}")
        body = text.encode("utf-8", "replace")
        return self.detect(Document("", body, _MEDIA_TYPES[kind], "utf-8"), bare=bare)

    def _detect(self, found: Segments, *, bare: bool) -> Detection:
        opaque: set[str] = set()
        readings = [
            reading
            for flow in found.flows
            for reading in self._reader.read(flow, with_bare=bare, opaque=opaque)
        ]
        notes = [*found.notes, *(f"could not see through a short link of {host}" for host in sorted(opaque))]
        links = tuple(_links(readings))
        return Detection(links=links, media_type=found.media_type, cut=found.cut, notes=tuple(notes))


def _links(readings: Iterable[Reading]) -> Iterable[Link]:
    """Join all mentions of a room: its first place, its best passcode, its surest form."""
    rooms: dict[tuple[str, str], list[Reading]] = {}
    raw: list[Reading] = []
    for reading in readings:
        if reading.mention.place == RAW:
            raw.append(reading)
        else:
            rooms.setdefault(reading.mention.room, []).append(reading)
    whole = sorted(rooms)
    for reading in raw:
        if reading.mention.room not in rooms and not _is_stump(reading, whole):
            rooms[reading.mention.room] = [reading]
    secrets = [{key, *(r.passcode.text for r in seen if r.passcode)} for (_, key), seen in rooms.items()]
    return [
        _link(room, seen, set().union(*secrets[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS]))
        for number, (room, seen) in enumerate(rooms.items())
    ]


def _is_stump(reading: Reading, whole: Sequence[tuple[str, str]]) -> bool:
    """Tell a key that source text cut short (by a tag, a soft line break) from one of its own."""
    platform, key = reading.mention.room
    longer = bisect_left(whole, (platform, key))
    return longer < len(whole) and whole[longer][0] == platform and whole[longer][1].startswith(key)


def _link(room: tuple[str, str], seen: list[Reading], secrets: set[str]) -> Link:
    first = next((reading for reading in seen if reading.mention.form is not Form.BARE), seen[0])
    best = max(seen, key=lambda reading: reading.rank)
    risks = [reading.mention.hit.risk for reading in seen]
    mention = first.mention
    return Link(
        room=Room(*room),
        form=Form.IMAGE if mention.place in PICTURED and mention.form is not Form.BARE else mention.form,
        where=mention.place,
        confidence=min((r.mention.confidence for r in seen), key=list(type(mention.confidence)).index),
        risk=min(risks, key=_WORST.index),
        passcode=best.passcode if best.rank > NONE or best.passcode else None,
        excerpt=excerpt(first.text, mention.at, mention.end, secrets),
        sample=mention.hit.key in _SAMPLES,
    )


_WORST = [Risk.HOST, Risk.REUSABLE, Risk.UNIQUE, Risk.SCHEDULED, Risk.MEMBERS, Risk.PUBLIC, Risk.DEFUNCT]

_BUILT_IN = Detector(BUILT_IN)


def detect(document: Document, *, bare: bool = False) -> Detection:
    """Return every room in a document, each once, in order of first appearance.

    ``bare`` adds numbers of the right length without evidence, as look-up candidates.
    """
    return _BUILT_IN.detect(document, bare=bare)


def detect_text(text: str, kind: str, *, bare: bool = False) -> Detection:
    """Return every room in a text of a known kind: href, text, html, ics or email."""
    return _BUILT_IN.detect_text(text, kind, bare=bare)


__all__ = ["KINDS", "Detector", "detect", "detect_text"]
