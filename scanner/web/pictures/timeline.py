"""What happened to a meeting in public, as a line with marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from scanner.model import OPEN_STATES, Delivery, DeliveryState, Exposure, ExposureState, News

WIDTH: Final = 440
"""Units across a drawing, whatever its size on the screen."""
EDGE: Final = 16
"""What stays free on both sides, so that a mark at either end is whole."""
PITCH: Final = 26
"""The least distance of two marks."""
MOST_MARKS: Final = 14


class Happening(StrEnum):
    """What a mark on a timeline stands for."""

    SEEN = "seen"
    SPREAD = "spread"
    TOLD = "told"
    TAKEN = "taken"
    """Somebody is on it."""
    PUT_OFF = "put-off"
    ROTATED = "rotated"
    CLOSED = "closed"
    GONE = "gone"
    BACK = "back"
    START = "start"
    """The meeting starts."""
    SEVERAL = "several"


class Phase(StrEnum):
    """How it stood with an exposure for a while."""

    OPEN = "open"
    IN_HAND = "in-hand"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened at ``true_x``, drawn at ``x`` where it covers no other mark.

    ``count`` alike stand under one mark, from ``at`` to ``until``.
    """

    what: Happening
    at: datetime
    until: datetime
    count: int = 1
    true_x: float = 0.0
    x: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A while on the line."""

    phase: Phase
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A line from the first thing that happened to now, or to the meeting's start if that comes later."""

    first: datetime
    last: datetime
    now_x: float
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...]
    width: int = WIDTH


HAPPENINGS: Final = {
    "opened": Happening.SEEN,
    "seen at another place": Happening.SPREAD,
    ExposureState.ACKNOWLEDGED.value: Happening.TAKEN,
    ExposureState.SNOOZED.value: Happening.PUT_OFF,
    ExposureState.ROTATED.value: Happening.ROTATED,
    ExposureState.REMOVED.value: Happening.CLOSED,
    ExposureState.INTENDED.value: Happening.CLOSED,
    ExposureState.FALSE_POSITIVE.value: Happening.CLOSED,
    ExposureState.DUPLICATE.value: Happening.CLOSED,
    ExposureState.GONE.value: Happening.GONE,
    "gone from every place it was seen": Happening.GONE,
    ExposureState.REGRESSED.value: Happening.BACK,
    ExposureState.OPEN.value: Happening.BACK,
    "the snooze is over": Happening.BACK,
    "the time that it was intended for is over": Happening.BACK,
}
_PHASES: Final = {
    Happening.SEEN: Phase.OPEN,
    Happening.BACK: Phase.OPEN,
    Happening.TAKEN: Phase.IN_HAND,
    Happening.PUT_OFF: Phase.IN_HAND,
    Happening.ROTATED: Phase.OVER,
    Happening.CLOSED: Phase.OVER,
    Happening.GONE: Phase.OVER,
}
_SMALL_NEWS: Final = frozenset({News.DIGEST, News.REPORT, News.ALIVE, News.TEST, News.TROUBLE, News.BLIND})


def timeline(
    exposures: Sequence[Exposure],
    deliveries: Iterable[Delivery],
    *,
    starts: datetime | None,
    now: datetime,
) -> Timeline | None:
    """Draw what happened to the exposures of a meeting and who was told, and when it takes place next.

    None if nothing happened yet. Marks that are alike and too near to each other are counted under one.
    """
    happened = [mark for exposure in exposures for mark in _marks_of(exposure)]
    if not happened:
        return None
    happened += [
        _mark(Happening.TOLD, entry.settled)
        for entry in deliveries
        if entry.state is DeliveryState.SENT and entry.settled and entry.alert.news not in _SMALL_NEWS
    ]
    if starts is not None:
        happened.append(_mark(Happening.START, starts))
    happened.sort(key=lambda mark: mark.at)
    first, last = happened[0].at, max(now, happened[-1].at)

    def place(at: datetime) -> float:
        length = (last - first) / timedelta(seconds=1)
        passed = (at - first) / timedelta(seconds=1)
        return round(EDGE + (WIDTH - 2 * EDGE) * (passed / length if length else 0.0), 1)

    marks = _few([replace(mark, true_x=place(mark.at)) for mark in happened])
    found = [
        Span(phase=phase, x=place(begin), width=round(place(end) - place(begin), 1))
        for exposure in exposures
        for phase, begin, end in _phases_of(exposure, now)
    ]
    # What is open is drawn over what is not.
    found.sort(key=lambda span: tuple(Phase).index(span.phase), reverse=True)
    return Timeline(first=first, last=last, now_x=place(now), marks=_apart(marks), spans=tuple(found))


def _mark(what: Happening, at: datetime) -> Mark:
    return Mark(what=what, at=at, until=at)


def _marks_of(exposure: Exposure) -> list[Mark]:
    return [_mark(HAPPENINGS[event.what], event.at) for event in exposure.events if event.what in HAPPENINGS]


def _phases_of(exposure: Exposure, now: datetime) -> list[tuple[Phase, datetime, datetime]]:
    """Return since when until when an exposure was in each phase, oldest first.

    A closed one whose places went away later stays closed; that it is gone opens nothing.
    """
    turns: list[tuple[Phase, datetime]] = []
    for event in exposure.events:
        phase = _PHASES.get(HAPPENINGS.get(event.what, Happening.SEVERAL))
        if phase is not None and (not turns or turns[-1][0] is not phase):
            turns.append((phase, event.at))
    present = _phase_of(exposure.state)
    if turns and turns[-1][0] is not present:
        # Something brought it there under another name: the last thing that happened.
        turns.append((present, exposure.events[-1].at))
    ends = [*(at for _, at in turns[1:]), max(now, exposure.opened)]
    return [(phase, at, max(at, end)) for (phase, at), end in zip(turns, ends, strict=True)]


def _phase_of(state: ExposureState) -> Phase:
    if state not in OPEN_STATES:
        return Phase.OVER
    return Phase.OPEN if state in (ExposureState.OPEN, ExposureState.REGRESSED) else Phase.IN_HAND


def _few(marks: list[Mark]) -> list[Mark]:
    """Count what is alike and near under one mark, and then, while there are too many, what is nearest."""
    joined: list[Mark] = []
    for mark in marks:
        near = joined and mark.what is joined[-1].what and mark.true_x - joined[-1].true_x < PITCH
        if near:
            joined[-1] = _together(joined[-1], mark)
        else:
            joined.append(mark)
    while len(joined) > MOST_MARKS:
        pairs = [
            number
            for number in range(len(joined) - 1)
            if Happening.START not in (joined[number].what, joined[number + 1].what)
        ]
        nearest = min(pairs, key=lambda number: joined[number + 1].true_x - joined[number].true_x)
        joined[nearest : nearest + 2] = [_together(joined[nearest], joined[nearest + 1])]
    return joined


def _together(one: Mark, other: Mark) -> Mark:
    what = one.what if one.what is other.what else Happening.SEVERAL
    return replace(one, what=what, until=other.until, count=one.count + other.count)


def _apart(marks: list[Mark]) -> tuple[Mark, ...]:
    """Place marks so that none covers another, each as near to its true place as that allows."""
    places: list[float] = []
    for mark in marks:
        places.append(max(mark.true_x, places[-1] + PITCH) if places else mark.true_x)
    most = float(WIDTH - EDGE)
    for number in reversed(range(len(places))):
        places[number] = min(places[number], most)
        most = places[number] - PITCH
    return tuple(replace(mark, x=round(x, 1)) for mark, x in zip(marks, places, strict=True))
