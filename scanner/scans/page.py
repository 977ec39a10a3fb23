"""What the crawl child tells its parent: one JSON line for each address, never a page's contents.

Candidate rooms of other people's meetings do pass through here; the parent fingerprints them, compares,
and forgets the rest (design.md §5).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from datetime import timedelta

from scanner.model import (
    Confidence,
    Ended,
    Failed,
    Form,
    Link,
    Passcode,
    PasscodeKind,
    Risk,
    Room,
    Skipped,
    Unchanged,
)

_LONGEST_PAUSE = 86_400.0

PICTURE = "picture"
"""Likeness of all pictures: they say nothing of the pages they stand on."""

END = "end"
"""Last line of a crawl that came to its end by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """An address was read and searched; ``links`` is all that was found there.

    ``unsearched`` says why it was not searched at all, though it came: nobody knows what stands there.
    """

    source: str
    address: str
    depth: int
    links: tuple[Link, ...]
    cut: bool = False
    notes: tuple[str, ...] = ()
    unsearched: str = ""
    etag: str = ""
    last_modified: str = ""
    digest: str = ""
    likeness: str = ""
    """The same for pages of the same build, ``PICTURE`` for pictures; empty if nothing can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRead:
    """A message was searched: ``by`` says that ``links`` stand at ``places``, which nobody looked at yet.

    ``address`` names the message, if it is one to be remembered as read.
    """

    source: str
    places: tuple[str, ...]
    links: tuple[Link, ...]
    by: str
    address: str = ""
    cut: bool = False
    notes: tuple[str, ...] = ()
    digest: str = ""


CrawlLine = PageRead | ReportRead | Unchanged | Skipped | Failed
"""What became of one address."""

_NAMES: dict[type, str] = {
    PageRead: "read",
    ReportRead: "reported",
    Unchanged: "unchanged",
    Skipped: "skipped",
    Failed: "failed",
    Ended: "ended",
}
_TYPES = {name: kind for kind, name in _NAMES.items()}
_PARTS = {kind: tuple(part.name for part in fields(kind)) for kind in _NAMES}


def to_json(line: CrawlLine | Ended) -> str:
    """Write one line, without its line end."""
    kind = type(line)
    return _write({"event": _NAMES[kind], **{name: getattr(line, name) for name in _PARTS[kind]}})


def _described(value: Link | timedelta) -> object:
    return value.total_seconds() if isinstance(value, timedelta) else asdict(value)


_write = json.JSONEncoder(default=_described).encode


def from_json(text: str) -> CrawlLine | Ended:
    """Read one line back. Raises ValueError, KeyError or TypeError on anything else.

    The child reads hostile pages, so its parent believes nothing of the line's shape.
    """
    fields = json.loads(text)
    kind = _TYPES[fields.pop("event")]
    if kind is Ended:
        fields["closed_for"] = timedelta(seconds=min(max(float(fields["closed_for"]), 0), _LONGEST_PAUSE))
    if kind is ReportRead:
        fields["places"] = tuple(str(place) for place in fields["places"])
    if kind in (PageRead, ReportRead):
        fields["links"] = tuple(_link(entry) for entry in fields["links"])
        fields["notes"] = tuple(fields["notes"])
    line: CrawlLine | Ended = kind(**fields)
    return line


def _link(fields: dict[str, object]) -> Link:
    room, passcode = fields["room"], fields["passcode"]
    if not isinstance(room, dict) or not isinstance(passcode, dict | None):
        raise TypeError("a link without a room")
    return Link(
        room=Room(platform=str(room["platform"]), key=str(room["key"])),
        form=Form(str(fields["form"])),
        where=str(fields["where"]),
        confidence=Confidence(str(fields["confidence"])),
        risk=Risk(str(fields["risk"])),
        passcode=Passcode(str(passcode["text"]), PasscodeKind(str(passcode["kind"]))) if passcode else None,
        excerpt=str(fields["excerpt"]),
        sample=bool(fields["sample"]),
    )
