"""Which meetings come next, and whether each may be called clear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final

from scanner.invitations.series import next_start
from scanner.model import ExposureState, Meeting, SeverityLevel
from storage.overview import Series, Standing
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
        self._starts: dict[Hashable, tuple[datetime, datetime | None]] = {}
        self._lock = Lock()

    def next_start(self, meeting: Meeting, now: datetime) -> datetime | None:
        """Return what ``scanner.invitations.series.next_start`` returns."""
        return self.next_of(Series(meeting.starts, meeting.ends, meeting.repeats, meeting.timezone), now)

    def next_of(self, series: Series, now: datetime) -> datetime | None:
        """Return when a series takes place next."""
        return (self._known(series, now) or self._work_out(series, series, now))[1]

    def next_starts(
        self,
        times: Iterable[tuple[int, str]],
        read: Callable[[Collection[int]], Mapping[int, Series]],
        now: datetime,
    ) -> dict[int, datetime | None]:
        """Return by number when meetings take place next, from what ``Overview.times`` says of them.

        ``read`` is asked for the series of those that are not remembered.
        """
        found: dict[int, datetime | None] = {}
        unknown: dict[int, str] = {}
        for number, text in times:
            if known := self._known(text, now):
                found[number] = known[1]
            else:
                unknown[number] = text
        for number, series in (read(unknown) if unknown else {}).items():
            text = unknown[number]
            found[number] = (self._known(text, now) or self._work_out(text, series, now))[1]
        return found

    def _known(self, key: Hashable, now: datetime) -> tuple[datetime, datetime | None] | None:
        known = self._starts.get(key)
        if known is None or now < known[0] or (known[1] is not None and known[1] <= now):
            return None
        return known

    def _work_out(self, key: Hashable, series: Series, now: datetime) -> tuple[datetime, datetime | None]:
        meeting = Meeting(
            id=0,
            organisation=0,
            title="",
            starts=series.starts,
            ends=series.ends,
            repeats=series.repeats,
            timezone=series.timezone,
        )
        known = now, next_start(meeting, now)
        with self._lock:
            if len(self._starts) >= _MOST_REMEMBERED:
                self._starts = {}
            self._starts[key] = known
        return known


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
    """Return a page of the meetings by their next start, those that are over last, and how many there are.

    While a source is paused, none of them is clear.
    """
    names = tuple(sources)
    with store.reading() as work:
        times = work.overview.times(organisation)
        starts = diary.next_starts(times, lambda ids: work.overview.series(organisation, ids), now)
        coming = sorted((start, id_) for id_, start in starts.items() if start is not None)
        over = sorted((text, id_) for id_, text in times if starts.get(id_) is None)
        ids = [id_ for _, id_ in (*coming, *over)[first : first + count]]
        titles = work.overview.titles(organisation, ids)
        registered = work.overview.registered(organisation, ids)
        exposed = work.overview.open_exposures(organisation, ids)
        changed = work.overview.links_changed(organisation, ids)
        read = work.overview.read_in_full()
        paused = not work.paused_sources.names().isdisjoint(names)
    checked = checked_since(names, read)
    found = [
        _entry(
            id_,
            title=titles.get(id_, ""),
            starts=starts.get(id_),
            exposed=exposed.get(id_),
            since=changed.get(id_) or registered.get(id_, now),
            checked=checked,
            paused=paused,
            now=now,
        )
        for id_ in ids
    ]
    return found, len(times)


def meeting_starts(
    store: Store, meetings: Collection[int], *, organisation: int, diary: Diary, now: datetime
) -> dict[int, datetime | None]:
    """Return when each of these meetings takes place next."""
    with store.reading() as work:
        found = work.overview.series(organisation, meetings)
    return {id_: diary.next_of(series, now) for id_, series in found.items()}


def checked_since(sources: Iterable[str], read: Mapping[str, datetime]) -> datetime | None:
    """Return since when every source was read in full at least once, or None if that cannot be said."""
    moments = [read.get(source) for source in sources]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known and len(known) == len(moments) else None


def _entry(
    id_: int,
    *,
    title: str,
    starts: datetime | None,
    exposed: Standing | None,
    since: datetime,
    checked: datetime | None,
    paused: bool,
    now: datetime,
) -> Upcoming:
    if exposed is not None:
        return Upcoming(
            id=id_,
            title=title,
            starts=starts,
            state=MeetingState.EXPOSED,
            checked=checked,
            exposure=exposed.exposure,
            severity=exposed.severity,
            acknowledged=exposed.state in (ExposureState.ACKNOWLEDGED, ExposureState.SNOOZED),
        )
    clear = checked is not None and checked >= since and now - checked <= FRESH and not paused
    return Upcoming(
        id=id_,
        title=title,
        starts=starts,
        state=MeetingState.CLEAR if clear else MeetingState.UNCHECKED,
        checked=checked,
        new_link=checked is not None and checked < since,
    )
