"""Every room and every passcode that an invitation names, not only those a finder of leaks would report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from scanner.detect import KNOWN, Detector
from scanner.model import Form, Link, Passcode, Risk, Room

_MOST_PIECES = 200
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]{2,30}://[^\s<>\"]{1,4000}", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t>]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The rooms and passcodes of an invitation, and what to ask about them."""

    rooms: tuple[Room, ...] = ()
    passcodes: tuple[Passcode, ...] = ()
    questions: tuple[str, ...] = ()


def doors_in(text: str, kind: str, *, plain: str = "", detector: Detector = KNOWN) -> Doors:
    """Return every room in a text, and every passcode that opens one of them.

    The detector names one passcode for a room: the one people type. An invitation often holds two more, the
    token in its link and the numeric one for telephones, and either would let a stranger in. So its
    addresses, and the paragraphs and dial-in lines of ``plain`` (the text as people read it), are also looked
    at one by one.
    Bare numbers count as nothing here.
    """
    links = [link for link in detector.detect_text(text, kind).links if link.form is not Form.BARE]
    rooms = tuple(dict.fromkeys(link.room for link in links))
    linked = unescape(text) if kind == "html" else ""
    more = [
        link for piece, of in _pieces(plain or text, linked) for link in detector.detect_text(piece, of).links
    ]
    ours = [link for link in (*links, *more) if link.room in rooms]
    passcodes = tuple(dict.fromkeys(link.passcode for link in ours if link.passcode))
    return Doors(rooms=rooms, passcodes=passcodes, questions=tuple(_questions(links)))


def _pieces(text: str, linked: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses, also those behind a page's words (``linked``), paragraphs, and lines to dial."""
    addresses = dict.fromkeys(found.group() for seen in (text, linked) for found in _ADDRESS.finditer(seen))
    yield from ((address, "href") for address in list(addresses)[:_MOST_PIECES])
    yield from ((paragraph, "text") for paragraph in _PARAGRAPH.split(text)[:_MOST_PIECES])
    yield from (
        (line, "text") for line in [each for each in text.splitlines() if ",," in each][:_MOST_PIECES]
    )


def _questions(links: list[Link]) -> Iterator[str]:
    if not links:
        yield (
            "There is no meeting link and no meeting ID in this text. Can you paste the whole invitation, "
            "from its first to its last line?"
        )
    if any(link.sample for link in links):
        yield "One meeting ID here is an example that manuals use. Is it really yours?"
    if any(link.risk is Risk.HOST for link in links):
        yield "One link here makes whoever opens it the host. Has anyone else got it?"
