"""Read plain text, Markdown and anything else that is text."""

from __future__ import annotations

from scanner.extract.decode import decode
from scanner.extract.flow import RAW, Family, Flow, Segments
from scanner.extract.html import html_pieces, looks_like_markup
from scanner.extract.pipes import table_flows
from scanner.model import Document, Segment


def text_pieces(text: str, *, depth: int) -> tuple[Segment | Flow, ...]:
    """Return running text as one segment, or as HTML where it holds tags (Markdown does)."""
    if looks_like_markup(text):
        return html_pieces(text, depth=depth + 1)
    return (Segment(text, "text"),)


def _segments(document: Document, depth: int) -> Segments:
    decoded = decode(document.body, document.charset)
    flows = [Flow((Segment(decoded.text, "text"),))]
    if looks_like_markup(decoded.text):
        flows.append(Flow(html_pieces(f"<pre>{decoded.text}", depth=depth)))
    flows.extend(table_flows(decoded.text))
    flows.extend(Flow((Segment(text, RAW),)) for text in decoded.others)
    return Segments(flows=tuple(flows), media_type=FAMILY.media_type)


FAMILY = Family(
    media_type="text/plain",
    media_types=frozenset(
        {
            "text/plain",
            "text/markdown",
            "text/x-markdown",
            "text/css",
            "application/javascript",
            "text/javascript",
        }
    ),
    looks=lambda body: True,
    segments=_segments,
    rank=100,
)
