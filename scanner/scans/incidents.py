"""Keep open exposures moving: wake what was put off, grade anew as starts near, remind, escalate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from scanner.alerts.reminding import follow_ups
from scanner.alerts.routing import Route, route
from scanner.invitations.series import is_running, next_start
from scanner.match.severity import calls_to_disrupt, grade, needs_passcode
from scanner.model import (
    OPEN_STATES,
    Exposure,
    ExposureState,
    Meeting,
    News,
    Severity,
    SightingState,
)
from storage.store import Store, Work

_EVERY = timedelta(minutes=1)


def keep_moving(store: Store, *, routes: Sequence[Route], channels: Sequence[str], now: datetime) -> None:
    """Queue what has become news by time alone. Does something at most once a minute, whoever calls."""
    with store.reading() as work:
        last = work.chores.last("incidents")
    if last is not None and timedelta(0) <= now - last < _EVERY:
        return
    with store.begin() as work:
        if not work.chores.take("incidents", now, every=_EVERY):
            return
        for exposure in work.exposures.wake(now):
            regressed = exposure.state is ExposureState.REGRESSED
            news = News.REGRESSED if regressed else News.REMINDER
            _tell(
                work,
                exposure,
                news,
                routes,
                channels,
                cause=f"awake {now.isoformat()}",
                detail="The time that it was intended for is over." if regressed else "The snooze is over.",
                now=now,
            )
        for organisation in work.organisations.all():
            for exposure in work.exposures.all(organisation.id, OPEN_STATES):
                _move(work, exposure, routes=routes, channels=channels, now=now)


def _move(
    work: Work, exposure: Exposure, *, routes: Sequence[Route], channels: Sequence[str], now: datetime
) -> None:
    meeting = work.meetings.get(exposure.organisation, exposure.meeting)
    if meeting is None:
        return
    start = next_start(meeting, now)
    changed = _changed(exposure, meeting, now)
    if changed and work.exposures.regrade(exposure.organisation, exposure.id, changed, now):
        graded = work.exposures.get(exposure.organisation, exposure.id)
        assert graded is not None
        exposure = graded
        _tell(
            work,
            exposure,
            News.WORSE,
            routes,
            channels,
            cause=f"{exposure.severity.level} before {start.isoformat() if start else 'no date'}",
            detail="The meeting has come nearer.",
            now=now,
        )
    for alert in follow_ups(
        exposure,
        work.outbox.about(exposure.organisation, exposure.id),
        next_start=start,
        routes=routes,
        channels=channels,
        now=now,
    ):
        work.outbox.put(alert, now, now)


def _changed(exposure: Exposure, meeting: Meeting, now: datetime) -> dict[int, Severity]:
    """Return the severities that time has changed, by sighting. Rooms that the meeting has left stay."""
    start, running = next_start(meeting, now), is_running(meeting, now)
    changed = {}
    for sighting in exposure.sightings:
        if sighting.state is SightingState.GONE or sighting.room not in meeting.rooms:
            continue
        severity = grade(
            risk=sighting.risk,
            form=sighting.form,
            passcode=sighting.passcode,
            passcode_needed=needs_passcode(sighting.room, meeting.passcodes, meeting.protections),
            protections=meeting.protections,
            next_start=start,
            running=running,
            now=now,
            hostile=calls_to_disrupt(sighting.excerpt, sighting.address),
        )
        changed[sighting.id] = severity
    worst = max(changed.values(), key=lambda severity: severity.level.rank, default=exposure.severity)
    return {} if worst == exposure.severity else changed


def _tell(
    work: Work,
    exposure: Exposure,
    news: News,
    routes: Sequence[Route],
    channels: Sequence[str],
    *,
    cause: str,
    detail: str,
    now: datetime,
) -> None:
    for alert in route(
        exposure,
        news,
        routes,
        organisation=exposure.organisation,
        channels=channels,
        cause=cause,
        detail=detail,
    ):
        work.outbox.put(alert, now, now)
