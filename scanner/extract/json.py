"""Read JSON: every string in order, with the name of its field before it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.names import in_words
from scanner.model import Document, Segment, SegmentKind

_VALUES = 200_000
_ONE_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.\-]{1,31}:)?//\S+", re.IGNORECASE)
_SAYS_LITTLE = frozenset({"id", "number", "passcode", "password"})
"""Names that mean what the field around them says: ``"zoom": {"id": …}``."""
_SAYS_NOTHING = frozenset({"", "text", "value", "content", "insert"})
_LABELS = ("label", "name", "title", "key", "question")
_VALUES_OF_LABELS = ("value", "answer", "content", "text")
_LONGEST_LABEL = 60
_ENDS_ADDRESS = re.compile("[。｡，、！？；（）「」『』【】《》]")
"""Signs that no address has: a text goes on behind it without a blank."""


def json_pieces(text: str, *, place: str, depth: int) -> tuple[Segment | Flow, ...]:
    """Return the strings and numbers of a JSON text as lines ``field name: value``, addresses as addresses.

    Text that is no JSON, or nested beyond what can be walked, is returned as it is.
    """
    from scanner.extract.html import html_pieces, looks_like_markup  # html reads inline JSON in its turn

    try:
        value = json.loads(text)
        pieces: list[Segment | Flow] = []
        for name, leaf in _leaves(value):
            label = f"{in_words(name)}: " if name.lower() not in _SAYS_NOTHING else ""
            if _ONE_ADDRESS.fullmatch(leaf) and not _ENDS_ADDRESS.search(leaf):
                pieces.append(Segment(leaf, place, SegmentKind.HREF))
            elif looks_like_markup(leaf):
                pieces.append(Segment(f"\n{label}", place))
                pieces.extend(html_pieces(leaf, place=place, depth=depth + 1))
                pieces.append(Segment("\n", place))
            else:
                pieces.append(Segment(f"\n{label}{leaf}\n", place))
    except (ValueError, RecursionError):
        return (Segment(text, place),)
    return tuple(pieces)


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Walk without recursion, in order; each leaf with the name of the nearest field around it."""
    stack: list[tuple[str, object]] = [(name, value)]
    for _ in range(_VALUES):
        if not stack:
            return
        field, item = stack.pop()
        if isinstance(item, dict):
            stack.extend(reversed([(_said(str(key), field, item), inner) for key, inner in item.items()]))
        elif isinstance(item, list):
            stack.extend((field, inner) for inner in reversed(item))
        elif isinstance(item, str):
            yield field, item
        elif isinstance(item, int) and not isinstance(item, bool):
            yield field, str(item)


def _said(key: str, around: str, item: Mapping[str, object]) -> str:
    """Return the name of a field: its own, with that of the field around it, or the label beside it."""
    name = key.lower()
    if name in _SAYS_LITTLE:
        return f"{around} {key}".strip()
    if name in _VALUES_OF_LABELS:
        labels = (item.get(label) for label in _LABELS)
        beside = (label for label in labels if isinstance(label, str) and len(label) <= _LONGEST_LABEL)
        return next(beside, key)
    return key


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows = (
        Flow(json_pieces(decoded.text, place="json", depth=depth)),
        *(Flow((Segment(text, RAW),)) for text in (decoded.text, *decoded.others)),
    )
    return Segments(flows=flows, media_type=FAMILY.media_type)


FAMILY = Family(
    media_type="application/json",
    media_types=frozenset(
        {
            "application/json",
            "application/ld+json",
            "application/feed+json",
            "text/json",
            "application/activity+json",
        }
    ),
    looks=lambda body: (
        body[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b'{"', b"{\n", b'[{"', b"[{", b"{\r\n"))
    ),
    segments=_segments,
    rank=70,
)
