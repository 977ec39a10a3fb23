"""Look into the outbox, and try whether a channel works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from scanner.actions.workspace import Workspace
from scanner.alerts.channels import send
from scanner.alerts.routing import route
from scanner.alerts.wording import write
from scanner.errors import InputError, LychgateError
from scanner.model import Delivery, News


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
        try:
            answers[name] = send(message, workspace.settings.channels[name], now=now)
        except LychgateError as error:
            answers[name] = error
    return answers


def all_deliveries(workspace: Workspace) -> list[Delivery]:
    """Return every alert of the organisation, newest first, with what became of it."""
    with workspace.store.reading() as work:
        return work.outbox.all(workspace.organisation.id)
