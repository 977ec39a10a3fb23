"""Which Units are due, and why: breadth by the clock, and faster and faster as a meeting nears.

Values in, values out. When a cron line is due is known elsewhere (``scanner.serve.ticker``); what is decided
here is the countdown to each meeting, what a fast run reads, and the words for all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from scanner.durations import in_words
from scanner.invitations.series import DEFAULT_DURATION, next_start
from scanner.model import Lane, Limits, Meeting, Unit
from scanner.settings import Countdown, Pace, Settings

STREAM = "(stream)"
SECOND_LOOK = "(second look)"
"""These stand where a schedule's name does. No schedule can be called so."""

FAST_PAGES = 30
"""Pages of a fast run: an index, and what is new in it. What it leaves out, the next run reads."""

_FAST_TIME = timedelta(minutes=2)
_SECOND_LOOK_AFTER = timedelta(hours=1)
"""Long enough for a page that came without its link by mistake, and soon enough to let people rest."""
_LONGEST_MEETING = timedelta(hours=12)
"""A meeting that never ends in its calendar must not keep the fast lane busy for ever."""
_MOST_STARTS = 200
_MOST_TICKS = 5_000


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One time that a meeting takes place."""

    starts: datetime
    ends: datetime
    organisation: int
    meeting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One look at one source that is due at a time, with its reason in words.

    ``nearest`` is the meeting that makes it urgent: of all that is overdue, the nearest one comes first.
    """

    at: datetime
    schedule: str
    source: str
    lane: Lane
    reason: str
    nearest: Occurrence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What planning goes by.

    ``leaks`` names, for each source, the organisations whose rooms stood there, ``missing`` when a reading
    last lacked a link that stood there: a second one has to prove that it is gone.
    """

    settings: Settings
    timezone: str
    occurrences: Sequence[Occurrence] = ()
    leaks: Mapping[str, frozenset[int]] = field(default_factory=dict)
    missing: Mapping[str, datetime] = field(default_factory=dict)

    def names(self, chosen: Iterable[str] | None) -> tuple[str, ...]:
        """Return the sources that a schedule chose, in the order of the file; None means all of them.

        Streams are not among them: they are listened to all the time.
        """
        wanted = None if chosen is None else set(chosen)
        return tuple(
            source.name
            for source in self.settings.sources.values()
            if not source.is_stream and (wanted is None or source.name in wanted)
        )

    def streams(self) -> tuple[str, ...]:
        """Return the streams that any schedule names."""
        schedules, countdowns = self.settings.schedules.values(), self.settings.countdowns.values()
        named = [*(plan.sources for plan in schedules), *(plan.sources for plan in countdowns)]
        chosen = {name for sources in named for name in sources or self.settings.sources}
        return tuple(
            source.name
            for source in self.settings.sources.values()
            if source.is_stream and source.name in chosen
        )

    def nearest(self, source: str, now: datetime) -> Occurrence | None:
        """Return the next occurrence of an organisation whose rooms stood at a source before."""
        owners = self.leaks.get(source, frozenset())
        coming = (one for one in self.occurrences if one.ends > now and one.organisation in owners)
        return min(coming, default=None)


@lru_cache(maxsize=50_000)
def occurrences(meeting: Meeting, begin: datetime, end: datetime) -> tuple[Occurrence, ...]:
    """Return when a meeting takes place between two times: it starts before ``end`` and ends after ``begin``.

    At most 200; a meeting is taken to last no longer than twelve hours. Remembered, since planning asks
    the same again and again: round the times.
    """
    lasts = meeting.ends - meeting.starts if meeting.ends else DEFAULT_DURATION
    found = []
    at = begin
    for _ in range(_MOST_STARTS):
        starts = next_start(meeting, at)
        if starts is None or starts >= end:
            break
        ends = starts + min(lasts, _LONGEST_MEETING)
        if ends > begin:
            found.append(Occurrence(starts, ends, meeting.organisation, meeting.id))
        at = max(starts + lasts, at + timedelta(seconds=1))
    return tuple(found)


def broad_run(agenda: Agenda, schedule: str, source: str, at: datetime) -> Run:
    """Return the run of a source that a cron line makes due."""
    return Run(
        at=at,
        schedule=schedule,
        source=source,
        lane=Lane.BROAD,
        reason=f"schedule {schedule} reads everything at this time",
        nearest=agenda.nearest(source, at),
    )


def stream_run(source: str, at: datetime) -> Run:
    """Return the run by which a stream that ended is listened to again."""
    return Run(
        at=at,
        schedule=STREAM,
        source=source,
        lane=Lane.STREAM,
        reason="a stream is listened to all the time, each time from where it ended",
    )


def second_looks(agenda: Agenda) -> Iterator[Run]:
    """Yield for each source where a link was missing the fast run that looks whether it is gone."""
    for source in agenda.names(agenda.missing):
        at = agenda.missing[source] + _SECOND_LOOK_AFTER
        yield Run(
            at=at,
            schedule=SECOND_LOOK,
            source=source,
            lane=Lane.FAST,
            reason="a link no longer stood here an hour before; a second look proves that it is gone",
            nearest=agenda.nearest(source, at),
        )


def countdown_runs(
    agenda: Agenda, countdown: Countdown, *, after: datetime, until: datetime
) -> Iterator[Run]:
    """Yield the fast runs of a countdown in ``after < at <= until``, source by source, earliest first.

    Sources that the countdown names run for every meeting; another one runs for the meetings of those
    organisations whose rooms stood there before.
    """
    zone = ZoneInfo(agenda.timezone)
    chosen = agenda.names(countdown.sources)
    ticks = tuple(islice(_ticks(countdown, agenda.occurrences, after=after, until=until), _MOST_TICKS))
    for source in chosen:
        for at, pace, nearest in ticks:
            yield _fast_run(countdown, source, at, _reason(pace, nearest, at, zone), nearest)
    for source in agenda.names(agenda.leaks.keys() - set(chosen)):
        owners = agenda.leaks[source]
        theirs = [one for one in agenda.occurrences if one.organisation in owners]
        for at, pace, nearest in islice(_ticks(countdown, theirs, after=after, until=until), _MOST_TICKS):
            reason = f"{_reason(pace, nearest, at, zone)}; its organisation's links stood here before"
            yield _fast_run(countdown, source, at, reason, nearest)


def fast_unit(unit: Unit) -> Unit:
    """Return the Unit of a fast run: newest first, only what is new, within small limits."""
    limits = unit.limits
    return replace(
        unit,
        fast=True,
        limits=replace(limits, pages=min(limits.pages, FAST_PAGES), time=min(limits.time, _FAST_TIME)),
    )


def sharing_a_host(settings: Settings, sources: Collection[str]) -> frozenset[str]:
    """Return the sources that share a host with one of these, themselves included.

    One host is never asked by two runs at once, whatever the cadence would like.
    """
    taken = {host for name in sources if name in settings.sources for host in settings.sources[name].hosts}
    sharing = {source.name for source in settings.sources.values() if source.hosts & taken}
    return frozenset(sharing | set(sources))


def longest_limit(settings: Settings) -> timedelta:
    """Return how long the Unit with the longest time limit may take."""
    limits = (source.limits for source in settings.sources.values())
    return max((limit.time for limit in limits), default=Limits().time)


def _fast_run(countdown: Countdown, source: str, at: datetime, reason: str, nearest: Occurrence) -> Run:
    return Run(
        at=at,
        schedule=countdown.name,
        source=source,
        lane=Lane.FAST,
        reason=reason,
        nearest=nearest,
    )


def _reason(pace: Pace, nearest: Occurrence, at: datetime, zone: ZoneInfo) -> str:
    local = nearest.starts.astimezone(zone)
    when = f"{local:%H:%M} on {local:%a} {local.day} {local:%b}"
    every = f"so every {in_words(pace.each).removeprefix('1 ')}"
    if at < nearest.starts:
        return f"{in_words(nearest.starts - at)} before the meeting at {when}, {every}"
    return f"the meeting of {when} is under way, {every}"


def _ticks(
    countdown: Countdown, coming: Iterable[Occurrence], *, after: datetime, until: datetime
) -> Iterator[tuple[datetime, Pace, Occurrence]]:
    """Yield the times to look in ``after < time <= until``; of several meetings the nearest sets the pace.

    The nearest is the one that starts first of those that have not ended.
    """
    reached = after + timedelta.resolution
    for nearest in sorted(coming):
        over = nearest.ends if countdown.to_the_end else nearest.starts
        if over < reached:
            continue
        for number, pace in enumerate(countdown.paces):
            later = countdown.paces[number + 1 :]
            begin = nearest.starts - pace.before
            end = nearest.starts - later[0].before if later else over
            at = begin + max(-((begin - reached) // pace.each), 0) * pace.each
            while at < end and at <= until:
                yield at, pace, nearest
                at += pace.each
        reached = over
