"""Examine an installation part by part, and say in plain words what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from scanner.actions.alerts import last_errors
from scanner.actions.calendars import all_calendars
from scanner.actions.keys import key_status
from scanner.actions.routes import wrong_titles
from scanner.actions.scans import check_sources
from scanner.actions.sources import paused_sources
from scanner.actions.stopping import left_out
from scanner.actions.workspace import Workspace, opened, read_keys, read_settings
from scanner.actions.zoom_risk import missing_secrets
from scanner.alerts.channels import try_to_reach
from scanner.errors import ExitCode, LychgateError
from scanner.extract import missing_parts
from scanner.model import Delivery, DeliveryState
from scanner.settings import Settings, environment
from spiders.browser import what_is_missing

_FIRST_RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
_QUIET_TOO_LONG = timedelta(hours=48)
_NOT_SERVING = timedelta(minutes=10)
_FAILING_TOO_LONG = timedelta(hours=24)


class Health(StrEnum):
    """How a part of the installation is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part that was looked at, and a sentence about it."""

    name: str
    health: Health
    says: str
    code: ExitCode = ExitCode.FINE
    """What a command that needs this part would end with."""


def examine(
    environ: Mapping[str, str], folder: Path | None, *, clock: Callable[[], datetime], look: bool = True
) -> Iterator[Part]:
    """Yield each part as it is examined; a broken one hides none that can still be looked at.

    ``look`` reads the first page of every source and greets every channel, which takes seconds.
    """
    try:
        surroundings = environment(environ, folder)
    except LychgateError as error:
        yield _bad("environment", error)
        return
    yield _good("data folder", f"{surroundings.folder}")
    settings: Settings | None = None
    try:
        settings = read_settings(surroundings, environ)
    except LychgateError as error:
        says = f"{error}\nA `lychgate serve` that runs goes on with those from before this mistake."
        yield _wrong("settings", says, error.exit_code)
    else:
        yield _good("settings", f"{surroundings.schedules} is well-formed.")
        for sentence in (*settings.missing_secrets(), *missing_secrets(settings)):
            yield _wrong("secrets", sentence, ExitCode.USAGE)
    yield _clock(clock())
    for sentence in missing_parts():
        yield _warning("reading", f"{sentence}.")
    yield from _rendering(settings)
    try:
        read_keys(surroundings)
        yield _good("key", "It is there and nobody else can read it.")
        with opened(environ, folder) as workspace:
            if key_status(workspace).unfinished:
                yield _warning("key", "Its replacement is not finished: run lychgate keys rotate.")
            yield from _database(workspace, clock())
            yield from _calendars(workspace, clock())
            yield from _serving(workspace, clock())
            if settings is not None:
                yield from _alerts(workspace)
                yield from _canaries(workspace, settings)
                yield from _paused(workspace, settings)
    except LychgateError as error:
        yield _bad("key and database", error)
    if settings is None:
        return
    if not settings.sources:
        yield _warning("sources", f"None yet: name pages to look at in {surroundings.schedules}.")
    if not settings.channels:
        yield _warning("channels", "None yet: nobody would be told.")
    if not settings.schedules:
        yield _warning("schedules", "None yet: `lychgate serve` would never look by itself.")
    if not look:
        return
    for entry in check_sources(settings.units(None)) if settings.sources else ():
        name = f"source {entry.source}"
        if entry.read and entry.cut:
            yield _warning(name, f"Its first page can be read, but not in full: {'; '.join(entry.notes)}.")
        elif entry.read:
            yield _good(name, "Its first page can be read.")
        else:
            why = ", ".join((*entry.failed, *entry.skipped)) or "nothing came back"
            yield _wrong(name, f"It cannot be read: {why}.", ExitCode.INCOMPLETE)
    for channel in settings.channels.values():
        try:
            try_to_reach(channel)
        except LychgateError as error:
            yield _bad(f"channel {channel.name}", error)
        else:
            yield _good(
                f"channel {channel.name}", f"It answers. Try it out: lychgate alerts test {channel.name}"
            )


def _database(workspace: Workspace, now: datetime) -> Iterator[Part]:
    with workspace.store.reading() as work:
        meetings = len(work.meetings.all(workspace.organisation.id))
        recent = work.scans.recent(1)
    yield _good(
        "database",
        f"It opens with this key and holds {meetings} {'meeting' if meetings == 1 else 'meetings'}.",
    )
    if not meetings:
        yield _warning("meetings", "None yet: lychgate meetings add")
    if not recent:
        yield _warning("scans", "Nothing has been looked at yet: lychgate scan")
    elif now - recent[0].started > _QUIET_TOO_LONG:
        at = f"{recent[0].started:%Y-%m-%d %H:%M} UTC"
        yield _warning("scans", f"The last one was at {at}. Is `lychgate serve` running?")
    elif recent[0].finished is None:
        yield _warning("scans", "The last one did not come to its end, or is still running.")
    else:
        yield _good("scans", f"The last one ended at {recent[0].finished:%Y-%m-%d %H:%M} UTC.")


def _alerts(workspace: Workspace) -> Iterator[Part]:
    """Say of each channel what it did not deliver, with its newest error."""
    organisation = workspace.organisation.id
    with workspace.store.reading() as work:
        due = work.outbox.all(organisation, [DeliveryState.DUE])
        dead = work.outbox.all(organisation, [DeliveryState.DEAD])
    late = [delivery for delivery in due if delivery.attempts]
    for name, mine in _by_channel(late).items():
        yield _warning(f"alerts by {name}", f"{len(mine)} could not be sent yet. {mine[0].last_error}")
    for name, mine in _by_channel(dead).items():
        says = f"{len(mine)} could not be delivered and will not be tried again: lychgate alerts dead"
        yield _wrong(f"alerts by {name}", f"{says}. {mine[0].last_error}", ExitCode.INCOMPLETE)
    for name, error in last_errors(workspace).items():
        if name not in {delivery.alert.channel for delivery in (*late, *dead)}:
            yield _warning(f"alerts by {name}", f"The last one did not reach everybody. {error}")
    for name in left_out(workspace, workspace.settings.channels):
        says = "Nobody gets its mail any more: all have stopped it. See lychgate alerts stopped"
        yield _wrong(f"channel {name}", says, ExitCode.INCOMPLETE)
    for says in wrong_titles(workspace):
        yield _wrong("routes", f"{says[0].upper()}{says[1:]}.", ExitCode.USAGE)


def _by_channel(deliveries: Sequence[Delivery]) -> dict[str, list[Delivery]]:
    """Group deliveries by channel; each group keeps their order."""
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(delivery.alert.channel, []).append(delivery)
    return groups


def _calendars(workspace: Workspace, now: datetime) -> Iterator[Part]:
    """Look at what the last readings of the organisation's calendars brought; none is read now."""
    zone = ZoneInfo(workspace.organisation.timezone)
    for calendar in all_calendars(workspace):
        name = f"calendar {calendar.name}"
        if paused := calendar.paused_since:
            at = f"{paused.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
            says = f"It is paused since {at}: what changes in it is not noticed."
            yield _warning(name, f"{says} lychgate calendars resume {calendar.id}")
        elif since := calendar.failing_since:
            says = (
                f"It cannot be read since {since.astimezone(zone):%Y-%m-%d %H:%M} ({zone}). {calendar.fault} "
                "Its meetings stay registered as they were."
            )
            yield (
                _wrong(name, says, ExitCode.INCOMPLETE)
                if now - since > _FAILING_TOO_LONG
                else _warning(name, says)
            )
        elif calendar.read is None:
            yield _warning(name, f"It was not read yet: lychgate calendars refresh {calendar.id}")
        elif now - calendar.read > _QUIET_TOO_LONG:
            at = f"{calendar.read.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
            yield _warning(name, f"It was last read at {at}. Is `lychgate serve` running?")
        else:
            yield _good(name, "It can be read.")


def _rendering(settings: Settings | None) -> Iterator[Part]:
    """Look whether pages can be rendered, where a source asks for it."""
    sources = settings.sources.values() if settings else ()
    rendered = [source.name for source in sources if source.options.get("render")]
    if rendered and (why := what_is_missing()):
        names = ", ".join(rendered)
        says = f"What scripts make of the pages of {names} is not seen: {why}."
        yield _wrong("rendering", says, ExitCode.INCOMPLETE)


def _serving(workspace: Workspace, now: datetime) -> Iterator[Part]:
    with workspace.store.reading() as work:
        last = work.units.last_beat()
    if last is not None and now - last > _NOT_SERVING:
        at = f"{last:%Y-%m-%d %H:%M} UTC"
        yield _warning("serve", f"It was last awake at {at}: nobody looks by itself until it runs again.")


def _paused(workspace: Workspace, settings: Settings) -> Iterator[Part]:
    zone = ZoneInfo(workspace.organisation.timezone)
    for name, paused in paused_sources(workspace.store, known=settings.sources).items():
        since = f"{paused.since.astimezone(zone):%Y-%m-%d %H:%M} ({zone})"
        says = f"It is paused since {since} by {paused.actor}: {paused.reason}. Nobody looks at it."
        yield _warning(f"source {name}", f"{says} lychgate sources resume {name}")


def _canaries(workspace: Workspace, settings: Settings) -> Iterator[Part]:
    with workspace.store.reading() as work:
        missing = [
            name for name, one in settings.sources.items() if one.canary and not work.canaries.link(name)
        ]
    for name in missing:
        says = f"Its canary was never made, so every scan is blind: lychgate sources canary {name}"
        yield _wrong(f"source {name}", says, ExitCode.INCOMPLETE)


def _clock(now: datetime) -> Part:
    if now < _FIRST_RELEASE:
        says = f"This machine believes it is {now:%d %B %Y}. Set its clock: every warning depends on it."
        return _wrong("clock", says, ExitCode.USAGE)
    return _good("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _good(name: str, says: str) -> Part:
    return Part(name=name, health=Health.GOOD, says=says)


def _warning(name: str, says: str) -> Part:
    return Part(name=name, health=Health.WARNING, says=says)


def _bad(name: str, error: LychgateError) -> Part:
    return _wrong(name, str(error), error.exit_code)


def _wrong(name: str, says: str, code: ExitCode) -> Part:
    return Part(name=name, health=Health.BAD, says=says, code=code)
