"""Pause a source and resume it. While it is paused nobody looks at it, and everything says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from scanner.errors import InputError
from storage.paused_sources import PausedSource
from storage.store import Store

_LONGEST_REASON = 300


def pause_source(
    store: Store,
    source: str,
    *,
    known: Collection[str],
    reason: str,
    organisation: int,
    actor: str,
    now: datetime,
) -> None:
    """Look at a source no more until somebody resumes it.

    InputError without a reason, since others will wonder, and for a source that is not among the ``known``.
    A source that is paused already keeps the reason it has.
    """
    _check(source, known)
    why = " ".join(reason.split())
    if not why or len(why) > _LONGEST_REASON:
        raise InputError(
            f"Say in a line why it is paused (at most {_LONGEST_REASON} letters): others will wonder."
        )
    with store.begin() as work:
        if work.paused_sources.add(source, reason=why, actor=actor, now=now):
            note = f"{source}: {why}"
            work.audit.write(organisation, what="source paused", actor=actor, note=note, now=now)


def resume_source(
    store: Store, source: str, *, known: Collection[str], organisation: int, actor: str, now: datetime
) -> None:
    """Look at a source again from its next turn on; one that was not paused stays as it is.

    InputError for a source that is not among the ``known``.
    """
    _check(source, known)
    with store.begin() as work:
        if work.paused_sources.remove(source):
            work.audit.write(organisation, what="source resumed", actor=actor, note=source, now=now)


def paused_sources(store: Store, *, known: Collection[str]) -> dict[str, PausedSource]:
    """Return those of the ``known`` sources that are paused, by name."""
    with store.reading() as work:
        return {name: paused for name, paused in work.paused_sources.all().items() if name in known}


def _check(source: str, known: Collection[str]) -> None:
    if source not in known:
        raise InputError(f"There is no source {source!r}. There are: {', '.join(known) or 'none yet'}.")
