"""Say that a meeting may be public, take that back, and see what is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.errors import InputError
from scanner.model import Allowance, Organisation
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """An allowance as it was made, and the open exposures that it closed."""

    allowance: Allowance
    quietened: tuple[int, ...]


def allow(
    store: Store,
    meeting: int,
    *,
    until: datetime | None,
    reason: str,
    organisation: Organisation,
    actor: str,
    now: datetime,
) -> Allowed:
    """Allow the rooms of a meeting to be public, without their passcode, until a time or for good.

    Open exposures that show no passcode become intended. InputError for no reason or a time that is over.
    """
    if not reason.strip():
        raise InputError("Say why with --reason: whoever looks later has to understand it.")
    if until is not None and until <= now:
        raise InputError("That time is over: nothing would be allowed.")
    with store.begin() as work:
        made = work.allowances.add(
            organisation.id, meeting, until=until, reason=reason.strip(), actor=actor, now=now
        )
        quiet = work.exposures.quieten(organisation.id, meeting, actor, reason.strip(), now)
    return Allowed(allowance=made, quietened=tuple(quiet))


def all_allowances(store: Store, *, organisation: Organisation) -> list[tuple[Allowance, str]]:
    """Return every allowance of the organisation, expired ones too, with the title of its meeting."""
    with store.reading() as work:
        titles = {meeting.id: meeting.title for meeting in work.meetings.all(organisation.id)}
        return [(entry, titles[entry.meeting]) for entry in work.allowances.all(organisation.id)]


def end_allowance(store: Store, allowance: int, *, organisation: Organisation) -> None:
    """Take an allowance back: what it kept quiet is an incident for the next scan."""
    with store.begin() as work:
        work.allowances.remove(organisation.id, allowance)
