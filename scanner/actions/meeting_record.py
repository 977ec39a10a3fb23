"""What is known about a meeting besides its link: its safety checklist, its owner, whom to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from scanner.errors import InputError
from scanner.match.checklist import CHECKLIST, Item, Safeguard
from scanner.model import Meeting, Organisation
from storage.record import Declaration, Role
from storage.retirements import RetiredRoom
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRecord:
    """A meeting with everything that its organisation has said about it."""

    meeting: Meeting
    declarations: tuple[Declaration, ...]
    owner: str
    told: tuple[str, ...]
    retired: tuple[RetiredRoom, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a meeting's checklist: how it was answered, if it was, and how to do it there."""

    item: Item
    declaration: Declaration | None
    how: str

    @property
    def done(self) -> bool | None:
        """Whether it is as it should be; None where nobody has said."""
        return None if self.declaration is None else self.declaration.answer is self.item.safe


def meeting_record(store: Store, meeting: int, *, organisation: Organisation) -> MeetingRecord:
    """Return everything that was said about a meeting, or raise InputError."""
    with store.reading() as work:
        found = work.meetings.get(organisation.id, meeting)
        if found is None:
            raise InputError(f"There is no meeting {meeting}. `lychgate meetings list` shows them.")
        return MeetingRecord(
            meeting=found,
            declarations=tuple(work.record.declarations(organisation.id, meeting)),
            owner="".join(work.record.people(organisation.id, meeting, Role.OWNER)),
            told=work.record.people(organisation.id, meeting, Role.TOLD),
            retired=tuple(work.retirements.all(organisation.id, meeting)),
        )


def set_record(
    store: Store,
    meeting: int,
    *,
    answers: Mapping[Safeguard, bool | None],
    owner: str | None,
    told: Sequence[str] | None,
    organisation: Organisation,
    actor: str,
    now: datetime,
) -> MeetingRecord:
    """Write down answers (None takes one back), the owner and the people to tell; None leaves these two.

    Addresses are taken as they are given: ``scanner.actions.setup.check_email`` checks them.
    """
    with store.begin() as work:
        work.record.declare(organisation.id, meeting, answers, actor=actor, now=now)
        if owner is not None:
            work.record.set_people(organisation.id, meeting, Role.OWNER, [owner] if owner else [])
        if told is not None:
            work.record.set_people(organisation.id, meeting, Role.TOLD, told)
    return meeting_record(store, meeting, organisation=organisation)


def checklist(record: MeetingRecord) -> list[Point]:
    """Return the safety checklist of a meeting, with the way to each setting on its first room's platform."""
    given = {declaration.safeguard: declaration for declaration in record.declarations}
    platform = record.meeting.rooms[0].platform if record.meeting.rooms else ""
    return [
        Point(item=item, declaration=given.get(item.safeguard), how=item.how_on(platform))
        for item in CHECKLIST
    ]
