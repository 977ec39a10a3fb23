"""Read the documents that are packed inside a document, within one budget for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import monotonic

from scanner.extract.flow import Segments
from scanner.model import Document

DEEPEST = 3
"""How deep documents are unpacked: a file in an archive in an archive in an archive is the last."""

DOCUMENTS = 500
BYTES = 32 * 1024 * 1024
TIME = timedelta(seconds=30)
"""What may be packed inside one document before the rest is left out. The stop-watch ends the reading, it
changes no finding: pictures take seconds each, and somebody waits for the next page."""

_NOTES = 20


def with_nested(found: Segments, read: Callable[[Document, int], Segments], depth: int) -> Segments:
    """Return what was found together with what ``read`` finds in all nested documents, in order.

    What lies too deep or beyond the budget is left out, which is said in ``cut`` and ``notes``.
    """
    flows, notes, cut = [*found.flows], [*found.notes], found.cut
    pending = [(document, depth + 1) for document in reversed(found.nested)]
    started, count, size = monotonic(), 0, 0
    while pending:
        document, level = pending.pop()
        count, size = count + 1, size + len(document.body)
        if level > DEEPEST:
            notes.append("documents packed too deep were not read")
            cut = True
            continue
        if count > DOCUMENTS or size > BYTES or monotonic() - started > TIME.total_seconds():
            notes.append("too much is packed inside: the rest was not read")
            cut = True
            break
        inner = read(document, level)
        flows += inner.flows
        notes += inner.notes
        cut = cut or inner.cut
        pending += [(nested, level + 1) for nested in reversed(inner.nested)]
    return replace(found, flows=tuple(flows), cut=cut, notes=_distinct(notes), nested=())


def _distinct(notes: list[str]) -> tuple[str, ...]:
    """Return each note once. An archive of a thousand riddles is one line, not a thousand."""
    once = list(dict.fromkeys(notes))
    return (*once[:_NOTES], "and more that could not be read") if len(once) > _NOTES else tuple(once)
