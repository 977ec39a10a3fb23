"""Read one flow: its addresses, its text, and what stands aside in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scanner.detect.addresses import AddressFinder
from scanner.detect.budget import Budget
from scanner.detect.codes import codes
from scanner.detect.context import NAMED, Context
from scanner.detect.dialling import dialled
from scanner.detect.fold import clean, disguises
from scanner.detect.gate import Gate
from scanner.detect.mention import Mention
from scanner.detect.pairing import paired
from scanner.detect.spans import Spans
from scanner.detect.stacked import stacked
from scanner.detect.stated import statements
from scanner.detect.urls import AddressReader
from scanner.detect.version import Version
from scanner.detect.vocabulary import Vocabulary
from scanner.detect.wrapped import is_part, rewrapped, without_next_line
from scanner.detect.written import bare, written
from scanner.extract import RAW, Flow
from scanner.model import Passcode, Segment, SegmentKind
from scanner.platforms import Hit, PlatformTable

_FIXED_KEY = re.compile(r"[0-9]{9,}|[a-z]{3}-[a-z]{4}-[a-z]{3}|.*[0-9a-f]{32}|19:.*", re.IGNORECASE)
_DIALLED = re.compile(r"^(?:tel|sips?|callto|h323|mailto):|@", re.IGNORECASE)
_GOES_ON = re.compile(r"[ \t]{0,4}\r?\n[> \t]{0,8}[0-9]{1,8}(?:[?&#]|[ \t]*(?:\r?\n|\Z))")
"""A number cut by a line break: the next line begins with its last digits and nothing of its own."""
_SHORT = 400
_PROMISING = re.compile(
    r"[0-9/@%]|dot|slash|[A-Za-z0-9+_\-]{16}|[a-z]{3}-[a-z]{4}-|seven|eight|three|zero|nine|[^\x00-\x7f]"
    r"|cero|siete|cuatro|cinco|ocho|sette|quattro|cinque|otto|quatro|sept|huit|quatre|cinq|neuf"
    r"|sieben|vier|acht|neun|drei|zeven|vijf|negen",
    re.IGNORECASE,
)
"""Something that a short text must have to name a room. Most attributes have nothing of it."""
_RECORDING = re.compile(r"/rec/(?:share|play)/|/recordingservice/|/ldr\.php|/lsr\.php", re.IGNORECASE)
_EMPHASIS = re.compile(r"^([ \t>*]{0,8})_(?=[^\s_])([^\n]*[^\s_])_([*).,!?]{0,3}\r?)$", re.MULTILINE)
"""A line in strokes below, as chats and Markdown mark it: they belong to no address or number in it."""
_BBCODE = re.compile(
    r"\[/?(?:b|i|u|s|color|size|font|center|left|right|highlight)(?:=[^\]\n]{0,40})?\]", re.IGNORECASE
)
"""What boards write for how a text looks."""
_BLANK_BEFORE_BREAK = re.compile(r"(?<![ \t\u00a0])[ \t\u00a0]{1,1000}(?=\n)")


@dataclass(frozen=True, slots=True)
class Reading:
    """A room of one flow, with the passcode that belongs to it there and that passcode's rank."""

    mention: Mention
    passcode: Passcode | None
    rank: int
    text: str


class FlowReader:
    """Reads flows with one table of platforms. Collects what could not be seen through."""

    def __init__(self, table: PlatformTable, gate: Gate) -> None:
        self._gate = gate
        self._words = Vocabulary(table)
        self._finder = AddressFinder(table)
        self._addresses = AddressReader(table, self._finder, self._inside_address)

    def read(
        self, flow: Flow, *, with_bare: bool, opaque: set[str], budget: Budget | None = None
    ) -> list[Reading]:
        """Return every room of a flow and of what stands aside in it, in reading order.

        What goes beyond the budget of its document is left out; without one, the flow has its own.
        """
        budget = Budget() if budget is None else budget
        if budget.is_spent:
            return []
        text, places, hrefs, asides = _laid_out(flow)
        if places and places[0][1] == RAW:
            return self._raw(self._finder.shortened(text, budget), opaque, budget)
        short = not hrefs and len(text) < _SHORT and not _PROMISING.search(text)
        text = text if short else self._finder.shortened(text, budget)
        if short or not (
            with_bare or self._gate.opens_text("\n".join([text, *(href.text for _, href in hrefs)]))
        ):
            own = []
        else:
            asides += [
                (at, Flow((Segment(table, _place(places, at)),))) for at, table in stacked(text, self._words)
            ]
            own = self._own(text, places, hrefs, budget, with_bare=with_bare, opaque=opaque)
        inner = [
            (at, reading)
            for at, aside in asides
            for reading in self.read(aside, with_bare=with_bare, opaque=opaque, budget=budget)
        ]
        ordered = [(reading.mention.at, 0, reading) for reading in own] + [(at, 1, r) for at, r in inner]
        return [reading for _, _, reading in sorted(ordered, key=lambda item: item[:2])]

    def _own(
        self,
        text: str,
        places: Sequence[tuple[int, str]],
        hrefs: Sequence[tuple[int, Segment]],
        budget: Budget,
        *,
        with_bare: bool,
        opaque: set[str],
    ) -> list[Reading]:
        """Return the rooms of a flow without what stands aside in it."""
        mentions = [
            *self._in_hrefs(text, hrefs, opaque, budget),
            *self._in_text(text, places, opaque, budget),
        ]
        context = Context(text, mentions, self._words)
        found = [
            replace(mention, place=_place(places, mention.at)) for mention in dialled(text, context, budget)
        ]
        for at, segment in hrefs:
            if _DIALLED.search(segment.text):
                for mention in dialled(clean(segment.text), context, budget, standing_at=at):
                    found.append(replace(mention, place=segment.place))
        mentions += found
        context = Context(text, mentions, self._words)
        for look in (written, codes):
            mentions += [
                replace(m, place=_place(places, m.at)) for m in look(text, context, self._words, budget)
            ]
        mentions = [mention for mention in mentions if budget.takes(mention.room)]
        result = self._paired(text, mentions, hrefs, budget)
        if with_bare:
            taken = {mention.hit.key for mention in mentions}
            result += [
                Reading(replace(m, place=_place(places, m.at)), None, 0, text)
                for m in bare(text, taken)
                if budget.takes(m.room)
            ]
        return result

    def _paired(
        self,
        text: str,
        mentions: Sequence[Mention],
        hrefs: Sequence[tuple[int, Segment]],
        budget: Budget,
    ) -> list[Reading]:
        if not mentions:
            return []
        stated = list(statements(text, self._words, mentions, budget))
        barriers = [at for at, segment in hrefs if _RECORDING.search(segment.text)]
        barriers += [found.start() for found in _RECORDING.finditer(text)]
        passcodes = paired(mentions, stated, barriers, text)
        return [Reading(mention, *passcodes[mention.room], text) for mention in mentions]

    def _in_hrefs(
        self, text: str, hrefs: Sequence[tuple[int, Segment]], opaque: set[str], budget: Budget
    ) -> Iterator[Mention]:
        for at, segment in hrefs:
            address = segment.text.strip()
            seen = self._addresses.rooms(address, budget)
            if not seen.hits and "&" in address:
                seen = self._addresses.rooms(clean(address), budget)
            opaque.update(seen.opaque)
            for hit in _said(seen.hits, text, at, at):
                yield Mention(hit=hit, at=at, end=at, place=segment.place)
            if not seen.hits and address.startswith("#"):
                for hit in self._inside_address(address[1:], 1, budget):
                    yield Mention(hit=hit, at=at, end=at, place=segment.place)

    def _in_text(
        self, text: str, places: Sequence[tuple[int, str]], opaque: set[str], budget: Budget
    ) -> list[Mention]:
        found = Spans(
            _mention(hit, start, end, _place(places, start))
            for hit, (start, end) in self._found(Version(text, strict=False), opaque, budget)
            if budget.takes((hit.platform, hit.key))
        )
        for version in (*disguises(text), *rewrapped(text)):
            for hit, (start, end) in self._found(version, opaque, budget):
                if version.strict and not _FIXED_KEY.fullmatch(hit.key):
                    continue
                clash = [
                    mention for mention in found.touching(start, end) if mention.hit.platform == hit.platform
                ]
                cut = [
                    mention for mention in clash if hit.key.startswith(mention.hit.key) and hit.key.isdigit()
                ]
                if version.joined:
                    found.drop([mention for mention in clash if hit.key.startswith(mention.hit.key)])
                elif cut and len(hit.key) > len(cut[0].hit.key) and _GOES_ON.match(text, cut[0].end):
                    found.drop(cut)
                elif part := [mention for mention in clash if is_part(mention.hit, hit)]:
                    found.drop(part)
                    hit = without_next_line(hit)
                elif clash:
                    continue
                found.add(_mention(hit, start, end, _place(places, start)))
        return found.mentions

    def _found(
        self, version: Version, opaque: set[str], budget: Budget
    ) -> Iterator[tuple[Hit, tuple[int, int]]]:
        for address in self._finder.find(version.text):
            if budget.is_over:
                return
            address, seen = self._addresses.rooms_written(version.text, address, budget)
            opaque.update(seen.opaque)
            for hit in _said(seen.hits, version.text, address.start, address.end):
                ends = sorted((version.at(address.start), version.at(address.end)))
                yield hit, (ends[0], ends[1])

    def _raw(self, text: str, opaque: set[str], budget: Budget) -> list[Reading]:
        found = self._found(Version(text, strict=False), opaque, budget)
        mentions = (_mention(hit, *span, RAW) for hit, span in found)
        return [Reading(m, m.hit.passcode, 0, text) for m in mentions if budget.takes(m.room)]

    def _inside_address(self, text: str, depth: int, budget: Budget) -> tuple[Hit, ...]:
        """Read a text that stands in an address, with the passcodes stated there."""
        text = clean(text)
        mentions = [
            _mention(hit, address.start, address.end, "")
            for address, seen in self._addresses.inside(text, budget, depth)
            for hit in _said(seen.hits, text, address.start, address.end)
        ]
        mentions += dialled(text, Context(text, mentions, self._words), budget)
        context = Context(text, mentions, self._words)
        mentions += [m for look in (written, codes) for m in look(text, context, self._words, budget)]
        readings = self._paired(text, mentions, (), budget)
        return tuple({r.mention.room: replace(r.mention.hit, passcode=r.passcode) for r in readings}.values())


def _said(hits: Iterable[Hit], text: str, start: int, end: int) -> Iterator[Hit]:
    """Yield the rooms whose address is evidence alone, or that the text around it or its path speaks of."""
    for hit in hits:
        around = f"{hit.key} {text[max(0, start - NAMED) : end + NAMED]}" if hit.said else ""
        if not hit.said or re.search(hit.said, around, re.IGNORECASE):
            yield hit


def _mention(hit: Hit, start: int, end: int, place: str) -> Mention:
    return Mention(hit=hit, at=start, end=end, place=place)


def _laid_out(
    flow: Flow,
) -> tuple[str, list[tuple[int, str]], list[tuple[int, Segment]], list[tuple[int, Flow]]]:
    """Return the flow's cleaned text, where its places begin, and what stands at which position of it."""
    parts: list[str] = []
    places: list[tuple[int, str]] = []
    hrefs: list[tuple[int, Segment]] = []
    asides: list[tuple[int, Flow]] = []
    run: list[str] = []
    length = 0

    def close() -> None:
        nonlocal length
        if run:
            text = clean("".join(run))
            text = _BBCODE.sub("", text) if "[/" in text else text
            text = _BLANK_BEFORE_BREAK.sub("", text) if "\n" in text else text
            text = _EMPHASIS.sub(r"\1 \2 \3", text) if "_" in text else text
            run.clear()
            parts.append(text)
            length += len(text)

    for piece in flow.pieces:
        if isinstance(piece, Flow):
            close()
            asides.append((length, piece))
        elif piece.kind is SegmentKind.HREF:
            close()
            hrefs.append((length, piece))
        else:
            if not places or places[-1][1] != piece.place:
                close()
                places.append((length, piece.place))
            run.append(piece.text)
    close()
    return "".join(parts), places, hrefs, asides


def _place(places: Sequence[tuple[int, str]], at: int) -> str:
    """Return the place that a position of the text stood in."""
    index = bisect_right(places, at, key=lambda place: place[0]) - 1
    return places[max(index, 0)][1] if places else ""
