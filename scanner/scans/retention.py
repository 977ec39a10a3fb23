"""Forget what is too old to be of use: what is not kept cannot be stolen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from storage.store import Store


def forget_old(store: Store, *, kept: timedelta, sources: Collection[str], now: datetime) -> None:
    """Delete what was over more than ``kept`` ago, and pages of sources that are no longer configured.

    Open exposures, alerts on their way and work that is still to be done stay, however old they are.
    """
    before = now - kept
    with store.begin() as work:
        work.exposures.forget(before)
        work.outbox.forget(before)
        work.silences.forget(before)
        work.recipients.forget(before)
        work.units.forget(before)
        work.drills.forget(before)
        work.scans.forget(before)
        work.addresses.keep_only(sources)
