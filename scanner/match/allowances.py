"""Which meetings may stand in public, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


class Allowed:
    """The allowances of all organisations: each a meeting and its end, or None for one without end."""

    def __init__(self, entries: Iterable[tuple[int, datetime | None]] = ()) -> None:
        self._entries: dict[int, list[datetime | None]] = {}
        for meeting, until in entries:
            self._entries.setdefault(meeting, []).append(until)

    def covers(self, meeting: int, now: datetime) -> bool:
        """Tell whether the meeting's bare rooms may be public now."""
        return any(until is None or now < until for until in self._entries.get(meeting, ()))
