"""Name every meeting room in a document, with its passcode, and nothing else. Pure: no clock, no network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from scanner.detect import narrow
from scanner.detect.budget import Budget
from scanner.detect.database import Looks, Shelf, is_installed
from scanner.detect.gate import SEEN_THROUGH, Gate
from scanner.detect.narrow import Place, short_links
from scanner.detect.pairing import NONE
from scanner.detect.reading import FlowReader, Reading
from scanner.detect.screen import Screen
from scanner.detect.windows import AROUND, MARGIN, NAMES_AROUND, Source
from scanner.errors import InputError
from scanner.extract import (
    LONGEST,
    PICTURED,
    RAW,
    Flow,
    Segments,
    inline_segments,
    media_type_of,
    segments,
    without_noise,
)
from scanner.extract.commas import is_delimited_table
from scanner.extract.decode import Decoded, decode
from scanner.extract.html import page_flows, raw_flow
from scanner.extract.pipes import table_flows
from scanner.model import Detection, Document, Form, Link, Risk, Room, Segment, SegmentKind
from scanner.platforms import BUILT_IN, PlatformTable
from scanner.redact import excerpts

KINDS = ("href", "text", "html", "ics", "email")
"""What a text handed to ``detect_text`` can be."""

_SHORT_PAGE = 24_576
"""Bytes of a page that goes through the gate as a whole: for it alone nobody should wait for the screen,
which takes seconds to make ready where it is not kept from before."""
_MEDIA_TYPES = {"html": "text/html", "ics": "text/calendar", "email": "message/rfc822"}
_SAMPLES = frozenset({"123456789", "1234567890", "12345678901", "abc-defg-hij"})


class Detector:
    """Detection with one table of platforms, compiled once.

    ``fast=False`` does without Hyperscan even where it is installed; the answers are the same. ``shelf``
    spares the next process the seconds in which the screen for long pages is made ready.
    """

    def __init__(self, table: PlatformTable, *, fast: bool = True, shelf: Shelf | None = None) -> None:
        self._gate = Gate(table, fast=fast)
        self._reader = FlowReader(table, self._gate)
        self._table = table
        self._fast = fast and is_installed()
        self._shelf = shelf

    @cached_property
    def _screen(self) -> Screen | None:
        return Screen(self._table, self._shelf) if self._fast else None

    def detect(self, document: Document, *, bare: bool = False) -> Detection:
        """Return every room in a document, each once, in order of first appearance.

        ``bare`` adds numbers of the right length without evidence, as look-up candidates. Most documents
        hold nothing of either sort and are not read beyond a first look; of long pages only what surrounds
        something like a room is.
        """
        document = without_noise(document)
        media_type, cut = media_type_of(document), len(document.body) > LONGEST
        if bare or media_type not in SEEN_THROUGH:
            return self._detect(segments(document), bare=bare)
        if len(document.body) <= _SHORT_PAGE or self._screen is None:
            if self._gate.opens(document):
                return self._detect(segments(document), bare=False)
            return Detection(media_type=media_type, cut=cut)
        decoded = decode(document.body[:LONGEST], document.charset)
        is_dense = self._screen.is_dense(decoded.text)
        if media_type == "text/html" and not is_dense:
            return self._page(decoded, self._screen, cut=cut)
        texts = (decoded.text, *decoded.others)
        is_table = media_type == "text/plain" and is_delimited_table(decoded.text)
        if is_dense or is_table or any(map(self._screen.seen, texts)):
            return self._detect(segments(document), bare=False)
        return Detection(media_type=media_type, cut=cut)

    def _page(self, decoded: Decoded, screen: Screen, *, cut: bool) -> Detection:
        """Read of a page what surrounds the places where a room can stand."""
        opaque: set[str] = set()
        first = Budget()
        budget = Budget(known=first.known)
        readings: list[Reading] = []
        has_documents = False
        for number, text in enumerate((decoded.text, *decoded.others)):
            looks = Looks()
            sight = screen.sight(text, looks)
            places = narrow.places(screen, text, sight, looks)
            has_documents = has_documents or sight.has_documents
            opaque |= {host for place in places for host in short_links(text[place.start : place.end])}
            near = [place for place in places if not place.is_short_link]
            readings += self._around(text, near, _raw_flows if number else page_flows, opaque, first, budget)
        inline = inline_segments(decoded.text) if has_documents else Segments()
        readings += self._readings(inline.flows, budget, opaque=opaque)
        is_spent = first.is_spent or budget.is_spent
        notes = (*inline.notes, *_notes(opaque, is_spent=is_spent))
        links = tuple(_links(readings))
        cut = cut or inline.cut or is_spent
        return Detection(links=links, media_type="text/html", cut=cut, notes=notes)

    def _around(
        self,
        text: str,
        places: Sequence[Place],
        flows: Callable[[str], Iterable[Flow]],
        opaque: set[str],
        first: Budget,
        budget: Budget,
    ) -> list[Reading]:
        """Read the parts of a page that must be read: all of it, if its addresses are relative to a room's.

        A place with a whole address is first read alone, any other with all that can make a number a room;
        only rooms that other words say more of are read with what surrounds them.
        """
        places = [place for place in places if place.is_plain or self._is_likely(text, place)]
        if not places:
            return []
        source = Source(text)
        alone = source.windows((place[:2] for place in places if place.is_plain), around=0)
        likely = source.windows((place[:2] for place in places if not place.is_plain), around=0)
        likely = [window for window in likely if self._gate.opens_text(text[slice(*window)])]
        near: list[tuple[int, int]] = []
        told: dict[str, list[Reading]] = {}
        for wider in source.windows(likely, around=NAMES_AROUND):
            cut = source.cut(wider, likely)
            if found := self._readings(flows(cut), first, opaque=opaque):
                near += [window for window in likely if wider[0] <= window[0] < wider[1]]
                told[cut] = found
        read: dict[int, list[Reading]] = {}
        for window in alone:
            found = self._readings(flows(text[slice(*window)]), first, opaque=opaque)
            if any(reading.mention.hit.takes_stated for reading in found):
                near.append(window)
            else:
                read[window[0]] = found
        if any("<base" in text[slice(*window)].lower() for window in (*alone, *near)):
            return self._readings(flows(text), budget, opaque=opaque)
        kept = source.windows(near, around=0)
        for window in source.windows(near, around=AROUND):
            cut = source.cut(window, kept)
            found = told.get(cut) or self._readings(flows(cut), budget, opaque=opaque)
            read[window[0]] = [*read.get(window[0], ()), *found]
        return [reading for start in sorted(read) for reading in read[start]]

    def _is_likely(self, text: str, place: Place) -> bool:
        """Tell whether a place needs to be read, by what is near it: only tables say more as a whole."""
        around = text[max(0, place.start - MARGIN) : place.end + MARGIN]
        return "heading" in place.shown or self._gate.opens_text(around)

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
        budget = Budget()
        links = tuple(_links(self._readings(found.flows, budget, bare=bare, opaque=opaque)))
        notes = (*found.notes, *_notes(opaque, is_spent=budget.is_spent))
        cut = found.cut or budget.is_spent
        return Detection(links=links, media_type=found.media_type, cut=cut, notes=notes)

    def _readings(
        self, flows: Iterable[Flow], budget: Budget, *, bare: bool = False, opaque: set[str]
    ) -> list[Reading]:
        return [
            reading
            for flow in flows
            for reading in self._reader.read(flow, with_bare=bare, opaque=opaque, budget=budget)
        ]


def _raw_flows(source: str) -> tuple[Flow]:
    return (raw_flow(source),)


def _notes(opaque: Iterable[str], *, is_spent: bool) -> Iterator[str]:
    """Yield what was not read of a document, as sentences."""
    for host in sorted(opaque):
        yield f"could not see through a short link of {host}"
    if is_spent:
        yield "too many addresses and numbers: the last of them were not looked at"


def _links(readings: Sequence[Reading]) -> Iterable[Link]:
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
    first = {room: _first(seen) for room, seen in rooms.items()}
    shown = _excerpts(first, readings)
    return [_link(first[room], seen, shown[room]) for room, seen in rooms.items()]


def _is_stump(reading: Reading, whole: Sequence[tuple[str, str]]) -> bool:
    """Tell a key that source text cut short (by a tag, a soft line break) from one of its own."""
    platform, key = reading.mention.room
    longer = bisect_left(whole, (platform, key))
    return longer < len(whole) and whole[longer][0] == platform and whole[longer][1].startswith(key)


def _first(seen: list[Reading]) -> Reading:
    return next((reading for reading in seen if reading.mention.form is not Form.BARE), seen[0])


def _excerpts(
    first: Mapping[tuple[str, str], Reading], readings: Iterable[Reading]
) -> dict[tuple[str, str], str]:
    """Return what surrounds the first reading of each room, without any room's key or passcode."""
    secrets = {key for _, key in first}
    secrets.update(reading.passcode.text for reading in readings if reading.passcode)
    rooms: dict[str, list[tuple[str, str]]] = {}
    for room, reading in first.items():
        rooms.setdefault(reading.text, []).append(room)
    shown: dict[tuple[str, str], str] = {}
    for text, those in rooms.items():
        spans = [(first[room].mention.at, first[room].mention.end) for room in those]
        shown.update(zip(those, excerpts(text, spans, secrets), strict=True))
    return shown


def _link(first: Reading, seen: list[Reading], excerpt: str) -> Link:
    best = max(seen, key=lambda reading: reading.rank)
    risks = [reading.mention.hit.risk for reading in seen]
    mention = first.mention
    return Link(
        room=Room(*mention.room),
        form=Form.IMAGE if mention.place in PICTURED and mention.form is not Form.BARE else mention.form,
        where=mention.place,
        confidence=min((r.mention.confidence for r in seen), key=list(type(mention.confidence)).index),
        risk=min(risks, key=_WORST.index),
        passcode=best.passcode if best.rank > NONE or best.passcode else None,
        excerpt=excerpt,
        sample=mention.hit.key in _SAMPLES,
    )


_WORST = [Risk.HOST, Risk.REUSABLE, Risk.UNIQUE, Risk.SCHEDULED, Risk.MEMBERS, Risk.PUBLIC, Risk.DEFUNCT]

KNOWN = Detector(BUILT_IN)
"""Finds the rooms of all platforms, on the hosts that are theirs; an organisation may run more."""


def detect(document: Document, *, bare: bool = False) -> Detection:
    """Return every room in a document, each once, in order of first appearance.

    ``bare`` adds numbers of the right length without evidence, as look-up candidates.
    """
    return KNOWN.detect(document, bare=bare)


def detect_text(text: str, kind: str, *, bare: bool = False) -> Detection:
    """Return every room in a text of a known kind: href, text, html, ics or email."""
    return KNOWN.detect_text(text, kind, bare=bare)


__all__ = ["KINDS", "KNOWN", "Detector", "Shelf", "detect", "detect_text"]
