"""Units and crawl events as JSON lines: what crosses between the crawl child and its parent.

A Unit goes there and comes back equal. Of an event only what may leave the child is written, so a Document
is its address, type and size; its body stays in the process that fetched it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import timedelta
from typing import Any

from scanner.errors import InputError
from scanner.model import CrawlEvent, Document, Known, Limits, Unit

_DURATIONS = frozenset(name for name, value in asdict(Limits()).items() if isinstance(value, timedelta))
_REMEMBERED = tuple(part.name for part in fields(Known))


def unit_to_json(unit: Unit) -> str:
    """Write a Unit as one line of JSON, without its line end. Durations are seconds."""
    limits = asdict(unit.limits)
    limits |= {name: limits[name].total_seconds() for name in _DURATIONS}
    parts = {part.name: getattr(unit, part.name) for part in fields(unit)}
    parts |= {
        "options": dict(unit.options),
        "limits": limits,
        "platforms": dict(unit.platforms),
        "known": [{name: getattr(known, name) for name in _REMEMBERED} for known in unit.known],
    }
    return json.dumps(parts)


def unit_from_json(line: str | bytes) -> Unit:
    """Read a Unit as ``unit_to_json`` wrote it. Raises InputError on anything else."""
    try:
        parts = json.loads(line)
        limits = parts["limits"]
        limits |= {name: timedelta(seconds=limits[name]) for name in _DURATIONS & limits.keys()}
        return Unit(
            **parts
            | {
                "options": dict(parts["options"]),
                "limits": Limits(**limits),
                "allow": tuple(parts["allow"]),
                "platforms": {slug: tuple(hosts) for slug, hosts in parts["platforms"].items()},
                "known": tuple(Known(**known) for known in parts["known"]),
            }
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as fault:
        raise InputError(
            f"a line of the crawl's input is not a unit of work: {type(fault).__name__}"
        ) from fault


def event_to_json(event: CrawlEvent) -> str:
    """Write an event as one line of JSON; ``event`` names its kind in lower case."""
    shown: dict[str, Any] = {"event": type(event).__name__.lower()}
    for part in fields(event):
        value = getattr(event, part.name)
        shown[part.name] = _describe(value) if isinstance(value, Document) else value
    return json.dumps(shown, default=timedelta.total_seconds)


def _describe(document: Document) -> Mapping[str, str | int]:
    return {
        "address": document.address,
        "media_type": document.media_type,
        "charset": document.charset,
        "bytes": len(document.body),
    }
