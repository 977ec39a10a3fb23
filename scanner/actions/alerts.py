"""What people do with alerts: try channels, look into the outbox, silence; and what time alone makes news."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scanner.actions.routes import routes_of, wrong_titles
from scanner.actions.workspace import Workspace, read_keys, read_settings
from scanner.alerts.channels import send
from scanner.alerts.routing import not_told, route
from scanner.alerts.wording import write
from scanner.errors import InputError, LychgateError
from scanner.model import Delivery, DeliveryState, Exposure, News, Silence
from scanner.scans.incidents import keep_moving
from scanner.scans.mailing import addressed
from scanner.scans.reports import queue_reports
from scanner.scans.troubles import LEAST_FREE, Trouble, tell_troubles

LONGEST_SILENCE = timedelta(days=31)
FIRST_RELEASE = datetime(2026, 11, 1, tzinfo=UTC)
"""A clock that says it is earlier is wrong."""


@dataclass(frozen=True, slots=True)
class ListedSilence:
    """A silence with what it holds, or held until that was not to be sent any more."""

    silence: Silence
    hidden: tuple[Delivery, ...]


def tend(workspace: Workspace, *, clock: Callable[[], datetime]) -> None:
    """Queue what has become news by time alone: nearer starts, no answer, troubles, reports."""
    settings, store, now = workspace.settings, workspace.store, clock()
    channels = tuple(settings.channels)
    keep_moving(store, routes=routes_of(workspace), channels=channels, now=now)
    tell_troubles(store, lambda: local_troubles(workspace, now), channels=settings.channels, now=now)
    queue_reports(store, monthly=settings.monthly, alive=settings.alive, now=now)


def local_troubles(workspace: Workspace, now: datetime) -> list[Trouble]:
    """Return what is wrong with this machine: disk, clock, the key and settings for the next start."""
    troubles = []
    folder = workspace.environment.folder
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        says = f"the disk of {folder} is full ({free // 2**20} MiB left); soon nothing can be written down"
        troubles.append(Trouble("disk", says))
    if now < FIRST_RELEASE:
        troubles.append(Trouble("clock", f"this machine believes it is {now:%d %B %Y}; set its clock"))
    try:
        read_keys(workspace.environment)
    except LychgateError as error:
        troubles.append(Trouble("key", f"the key cannot be read any more, the next start will fail: {error}"))
    try:
        read_settings(workspace.environment, workspace.environ)
    except LychgateError as error:
        says = f"the settings cannot be used, so those from before the last change stay in force: {error}"
        troubles.append(Trouble("settings", says))
    else:
        troubles.extend(Trouble(says, says) for says in wrong_titles(workspace))
    return troubles


def channels_named(workspace: Workspace, names: Sequence[str]) -> tuple[str, ...]:
    """Return the named channels, all of them if none is named, or say what is wrong."""
    channels = workspace.settings.channels
    if unknown := [name for name in names if name not in channels]:
        raise InputError(
            f"There is no channel {unknown[0]!r}. There are: {', '.join(channels) or 'none yet'}."
        )
    if not channels:
        raise InputError(f"{workspace.environment.schedules} names no channels: nobody would be told.")
    return tuple(names) or tuple(channels)


def send_test(
    workspace: Workspace, names: Sequence[str], *, clock: Callable[[], datetime]
) -> dict[str, LychgateError | tuple[str, ...]]:
    """Send a test message through each channel at once, past the outbox.

    For each channel the answer is the error, or a sentence for each person who was not reached.
    """
    now = clock()
    answers: dict[str, LychgateError | tuple[str, ...]] = {}
    for name in channels_named(workspace, names):
        (alert,) = route(
            None,
            News.TEST,
            (),
            organisation=workspace.organisation.id,
            channels=(name,),
            cause=f"test {now.isoformat()}",
        )
        message = write(alert, exposure=None, meeting=None, organisation=workspace.organisation, now=now)
        channel = workspace.settings.channels[name]
        message = addressed(
            message,
            channel,
            store=workspace.store,
            organisation=workspace.organisation.id,
            desk=workspace.settings.public_address,
            now=now,
        )
        try:
            answers[name] = tuple(map(str, send(message, channel, now=now)))
        except LychgateError as error:
            answers[name] = error
    return answers


def all_deliveries(workspace: Workspace) -> list[Delivery]:
    """Return every alert of the organisation, newest first, with what became of it."""
    with workspace.store.reading() as work:
        return work.outbox.all(workspace.organisation.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheirWay:
    """The organisation's alerts as a page shows them: the newest of each kind, and how many there are."""

    recent: list[Delivery]
    dead: list[Delivery]
    dead_count: int
    due: list[Delivery]
    due_count: int


def on_their_way(workspace: Workspace, *, count: int) -> OnTheirWay:
    """Return the newest alerts of all, of those given up and of those that wait: of each at most so many."""
    organisation = workspace.organisation.id
    with workspace.store.reading() as work:
        return OnTheirWay(
            recent=work.outbox.all(organisation, count=count),
            dead=work.outbox.all(organisation, [DeliveryState.DEAD], count=count),
            dead_count=work.outbox.count(organisation, DeliveryState.DEAD),
            due=work.outbox.all(organisation, [DeliveryState.DUE], count=count),
            due_count=work.outbox.count(organisation, DeliveryState.DUE),
        )


def dead_letters(workspace: Workspace) -> list[Delivery]:
    """Return the alerts that were given up, newest first."""
    with workspace.store.reading() as work:
        return work.outbox.all(workspace.organisation.id, [DeliveryState.DEAD])


def try_again(workspace: Workspace, delivery: int, *, now: datetime) -> None:
    """Make a dead letter due again, or say that there is none with this number."""
    with workspace.store.begin() as work:
        if not work.outbox.revive(workspace.organisation.id, delivery, now):
            raise InputError(f"There is no dead letter {delivery}. `lychgate alerts dead` lists them.")


def last_errors(workspace: Workspace) -> dict[str, str]:
    """Return, for each channel whose last attempt failed, why it did."""
    with workspace.store.reading() as work:
        errors = {name: work.outbox.last_error(name) for name in workspace.settings.channels}
    return {name: error for name, error in errors.items() if error}


def told_and_not(workspace: Workspace, exposure: Exposure) -> tuple[list[Delivery], dict[str, str]]:
    """Return what was sent about an exposure, and why each other channel is told nothing of it."""
    settings = workspace.settings
    with workspace.store.reading() as work:
        deliveries = work.outbox.about(exposure.organisation, exposure.id)
    told = {delivery.alert.channel for delivery in deliveries}
    refused = not_told(exposure, routes_of(workspace), tuple(settings.channels))
    return deliveries, {name: why for name, why in refused.items() if name not in told}


def silence(
    workspace: Workspace,
    *,
    channel: str | None,
    meeting: int | None,
    even_critical: bool,
    until: datetime,
    reason: str,
    actor: str,
    now: datetime,
) -> Silence:
    """Hold back alerts until a time, or say what is wrong: a silence needs a reason and a near end."""
    if not reason.strip():
        raise InputError("Say why: others will wonder who muted this. --reason TEXT")
    if not now < until <= now + LONGEST_SILENCE:
        raise InputError(
            f"A silence ends in the future, and within {LONGEST_SILENCE.days} days: it is easily forgotten."
        )
    if channel is not None:
        channels_named(workspace, [channel])
    with workspace.store.begin() as work:
        if meeting is not None and work.meetings.get(workspace.organisation.id, meeting) is None:
            raise InputError(f"There is no meeting {meeting}. `lychgate meetings list` shows them.")
        made = work.silences.add(
            workspace.organisation.id,
            channel=channel,
            meeting=meeting,
            even_critical=even_critical,
            until=until,
            reason=reason.strip(),
            actor=actor,
            now=now,
        )
        work.audit.write(
            workspace.organisation.id,
            what="silenced",
            actor=actor,
            note=f"silence {made.id}: {reason}",
            now=now,
        )
    return made


def all_silences(workspace: Workspace) -> list[ListedSilence]:
    """Return the organisation's silences with what each hid, newest first."""
    organisation = workspace.organisation.id
    with workspace.store.reading() as work:
        return [
            ListedSilence(each, tuple(work.outbox.held_by(organisation, each.id)))
            for each in work.silences.all(organisation)
        ]


def unsilence(workspace: Workspace, number: int, *, actor: str, now: datetime) -> None:
    """End a silence: what it held is due now."""
    with workspace.store.begin() as work:
        if not work.silences.end(workspace.organisation.id, number, now):
            raise InputError(f"There is no silence {number}. `lychgate alerts silences` lists them.")
        work.audit.write(
            workspace.organisation.id, what="unsilenced", actor=actor, note=f"silence {number}", now=now
        )
