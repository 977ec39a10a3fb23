"""Which pages does a message speak of? What people and services write when they report a leak."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scanner.extract.email import FAMILY
from scanner.extract.flow import Flow
from scanner.model import Document, SegmentKind
from scanner.platforms import is_meeting_address

MOST = 20
"""Pages of one message: whoever names more sends no report."""

_MOST_ADDRESSES = 1000
_LONGEST = 2000
_NEAR = 80
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"|{}\\^`\u201c\u201d]{4,2000}", re.IGNORECASE)
_AFTER_THE_END = ".,;:!?)]>'*_\u2019\u00bb"
_BETWEEN = " \t\r\n>|*<("
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)

_SAYS_WHERE = re.compile(
    r"\b(?:post(?:ed|ing|s)?|tweet(?:ed)?|found|seen|saw|spotted|published|public|shared|stands?|appears?"
    r"|leak(?:ed)?|ver\u00f6ffentlicht|gefunden|gesehen|publi\u00e9e?|trouv\u00e9e?|publicad[oa]|encontrad[oa]|pubblicat[oa]"
    r"|gevonden|gezien|geplaatst)\b",
    re.IGNORECASE,
)
"""Words that stand beside the address of a page where something was seen, and seldom beside others."""


def places(mail: bytes) -> tuple[str, ...]:
    """Return the addresses of the pages that a mail names in its text, at most ``MOST``, in order.

    Those with words beside them that say so, or else every address that is there to be read: links behind
    other words are mostly a sender's own. Meetings are no pages. Signatures are left out.
    """
    found = list(islice(_addresses(mail), _MOST_ADDRESSES))
    told = [address for address, shown, said in found if said] or [
        address for address, shown, said in found if shown
    ]
    pages = (address for address in dict.fromkeys(told) if not is_meeting_address(address))
    return tuple(islice(pages, MOST))


def _addresses(mail: bytes) -> Iterator[tuple[str, bool, bool]]:
    """Yield each address, whether it can be read as such, and whether the words beside it say what it is."""
    for flow in FAMILY.segments(Document("", mail), 0).flows:
        yield from _in_flow(flow)


def _in_flow(flow: Flow) -> Iterator[tuple[str, bool, bool]]:
    before = ""
    for piece in flow.pieces:
        if isinstance(piece, Flow):
            continue
        if piece.kind is SegmentKind.HREF:
            if piece.text.startswith(("http://", "https://")) and len(piece.text) <= _LONGEST:
                yield piece.text, False, _says_where(before)
                before = ""
            continue
        signature = _SIGNATURE.search(piece.text)
        text = piece.text[: signature.start()] if signature else piece.text
        text = text.replace("hxxp", "http").replace("[.]", ".")
        end = 0
        for match in _ADDRESS.finditer(text):
            address = match[0].rstrip(_AFTER_THE_END)
            near = before + text[max(end, match.start() - _NEAR) : match.start()]
            yield address if "://" in address else f"https://{address}", True, _says_where(near)
            before, end = "", match.end()
        if signature:
            return
        before = (before + text[end:])[-_NEAR:]


def _says_where(words: str) -> bool:
    """Tell whether words say that something was seen at what follows, on its line or ending in a colon."""
    line = words[-_NEAR:].rpartition("\n")[2]
    if not line.strip(_BETWEEN):
        above = words[-_NEAR:].rstrip(_BETWEEN)
        line = above.rpartition("\n")[2] if above.endswith(":") else ""
    return _SAYS_WHERE.search(line) is not None
