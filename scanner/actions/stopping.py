"""People who want no mail of a channel any more: by one click, heard by the others, undone at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scanner.actions.workspace import Workspace
from scanner.alerts.channel import Channel
from scanner.errors import InputError
from scanner.scans.mailing import deserted
from storage.recipients import Recipient
from storage.store import Store


def whose(store: Store, token: str) -> Recipient | None:
    """Return who a token in a mail was given to, None if nobody."""
    with store.reading() as work:
        return work.recipients.find(token)


def stop_mail(store: Store, token: str, *, now: datetime) -> Recipient | None:
    """Send the owner of a token no mail of that channel any more; None if it is nobody's.

    Nobody can silently keep a group from its alerts that way: the postman tells the others
    (``scanner.scans.troubles``).
    """
    with store.begin() as work:
        found = work.recipients.find(token)
        if found is not None and found.stopped is None:
            work.recipients.stop(found, now)
            note = f"channel {found.channel}"
            work.audit.write(found.organisation, what="mail stopped", actor=found.address, note=note, now=now)
        return work.recipients.find(token)


def all_stopped(workspace: Workspace) -> list[Recipient]:
    """Return who stopped mail of the organisation."""
    with workspace.store.reading() as work:
        return work.recipients.stopped(workspace.organisation.id)


def left_out(workspace: Workspace, channels: Mapping[str, Channel]) -> list[str]:
    """Return the channels whose mail about the organisation nobody gets, since all have stopped it."""
    with workspace.store.reading() as work:
        return deserted(work, workspace.organisation.id, channels)


def resume_mail(workspace: Workspace, number: int, *, actor: str, now: datetime) -> Recipient:
    """Send somebody who had stopped it the mail of their channel again."""
    organisation = workspace.organisation.id
    with workspace.store.begin() as work:
        found = work.recipients.resume(organisation, number)
        if found is None:
            raise InputError(
                f"Nobody with number {number} has stopped any mail. `lychgate alerts stopped` lists them."
            )
        note = f"channel {found.channel} to {found.address}"
        work.audit.write(organisation, what="mail resumed", actor=actor, note=note, now=now)
    return found
