"""Which meetings come next, and whether each may be called clear."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from scanner.invitations.series import next_start
from scanner.model import ExposureState, Meeting, SeverityLevel
from storage.overview import Standing
from storage.store import Store

FRESH: Final = timedelta(hours=48)
"""How old the last full reading of every source may be for a meeting to be called clear."""
_MOST_REMEMBERED = 200_000


class MeetingState(StrEnum):
    """What can be said about a meeting in one word."""

    CLEAR = "clear"
    """Every source was read in full, lately, after the last change of its link, and nothing is open."""
    EXPOSED = "leak open"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A meeting as lists show it. ``checked`` is the oldest of the last full readings of all sources."""

    id: int
    title: str
    starts: datetime | None
    state: MeetingState
    checked: datetime | None = None
    new_link: bool = False
    """Its link is newer than that reading."""
    exposure: int | None = None
    severity: SeverityLevel | None = None
    acknowledged: bool = False


class Diary:
    """Remembers when each series takes place next, since working it out is what costs time."""

    def __init__(self) -> None:
        self._starts: dict[tuple[object, ...], tuple[datetime, datetime | None]] = {}
        self._lock = Lock()

    def next_start(self, meeting: Meeting, now: datetime) -> datetime | None:
        """Return what ``scanner.invitations.series.next_start`` returns."""
        key = (meeting.starts, meeting.ends, meeting.repeats, meeting.timezone)
        with self._lock:
            known = self._starts.get(key)
        if known is not None and known[0] <= now and (known[1] is None or now < known[1]):
            return known[1]
        found = next_start(meeting, now)
        with self._lock:
            if len(self._starts) >= _MOST_REMEMBERED:
                self._starts.clear()
            self._starts[key] = now, found
        return found


def upcoming(
    store: Store,
    *,
    organisation: int,
    sources: Iterable[str],
    diary: Diary,
    now: datetime,
    first: int = 0,
    count: int,
) -> tuple[list[Upcoming], int]:
    """Return a page of the meetings by their next start, those that are over last, and how many there are."""
    with store.reading() as work:
        meetings = work.overview.meetings(organisation)
        dated = [(diary.next_start(meeting, now), meeting) for meeting in meetings]
        dated.sort(key=lambda entry: (entry[0] is None, entry[0] or entry[1].starts, entry[1].id))
        page = dated[first : first + count]
        ids = [meeting.id for _, meeting in page]
        titles = work.overview.titles(organisation, ids)
        exposed = work.overview.open_exposures(organisation)
        changed = work.overview.links_changed(organisation, ids)
        read = work.overview.read_in_full()
    checked = checked_since(sources, read)
    found = [
        _entry(
            meeting,
            title=titles.get(meeting.id, ""),
            starts=starts,
            exposed=exposed.get(meeting.id),
            changed=changed.get(meeting.id),
            checked=checked,
            now=now,
        )
        for starts, meeting in page
    ]
    return found, len(meetings)


def meeting_starts(
    store: Store, meetings: Collection[int], *, organisation: int, diary: Diary, now: datetime
) -> dict[int, datetime | None]:
    """Return when each of these meetings takes place next."""
    with store.reading() as work:
        found = work.overview.meetings(organisation, meetings)
    return {meeting.id: diary.next_start(meeting, now) for meeting in found}


def checked_since(sources: Iterable[str], read: Mapping[str, datetime]) -> datetime | None:
    """Return since when every source was read in full at least once, or None if that cannot be said."""
    moments = [read.get(source) for source in sources]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _entry(
    meeting: Meeting,
    *,
    title: str,
    starts: datetime | None,
    exposed: Standing | None,
    changed: datetime | None,
    checked: datetime | None,
    now: datetime,
) -> Upcoming:
    since = max((moment for moment in (meeting.registered, changed) if moment), default=now)
    if exposed is not None:
        return Upcoming(
            id=meeting.id,
            title=title,
            starts=starts,
            state=MeetingState.EXPOSED,
            checked=checked,
            exposure=exposed.exposure,
            severity=exposed.severity,
            acknowledged=exposed.state in (ExposureState.ACKNOWLEDGED, ExposureState.SNOOZED),
        )
    clear = checked is not None and checked >= since and now - checked <= FRESH
    return Upcoming(
        id=meeting.id,
        title=title,
        starts=starts,
        state=MeetingState.CLEAR if clear else MeetingState.UNCHECKED,
        checked=checked,
        new_link=checked is not None and checked < since,
    )
