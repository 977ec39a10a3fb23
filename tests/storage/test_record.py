from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.errors import InputError
from scanner.match.checklist import Safeguard
from scanner.model import Protection
from storage.record import Declaration, Role
from tests.builders import NOON, a_meeting

LATER = NOON + timedelta(days=1)


@pytest.fixture
def meeting(work, club):
    return work.meetings.add(club.id, a_meeting(), NOON)


def test_an_answer_is_kept_with_who_gave_it_and_when_and_changes_the_protections(work, club, meeting):
    answers = {Safeguard.LOCK: True, Safeguard.WAITING_ROOM: True, Safeguard.PERSONAL_ID: False}
    work.record.declare(club.id, meeting.id, answers, actor="ann", now=NOON)
    work.record.declare(club.id, meeting.id, {Safeguard.PERSONAL_ID: True}, actor="ben", now=LATER)
    assert work.record.declarations(club.id, meeting.id) == [
        Declaration(safeguard=Safeguard.PERSONAL_ID, answer=True, actor="ben", at=LATER),
        Declaration(safeguard=Safeguard.WAITING_ROOM, answer=True, actor="ann", at=NOON),
        Declaration(safeguard=Safeguard.LOCK, answer=True, actor="ann", at=NOON),
    ]
    assert work.meetings.get(club.id, meeting.id).protections == {
        Protection.PERSONAL_ID,
        Protection.WAITING_ROOM,
    }
    work.record.declare(club.id, meeting.id, {Safeguard.WAITING_ROOM: None}, actor="ben", now=LATER)
    assert work.meetings.get(club.id, meeting.id).protections == {Protection.PERSONAL_ID}


def test_people_are_replaced_by_role(work, club, meeting):
    told = ("a@club.example", "b@club.example")
    work.record.set_people(club.id, meeting.id, Role.TOLD, [*told, told[0]])
    work.record.set_people(club.id, meeting.id, Role.OWNER, ["c@club.example"])
    assert work.record.people(club.id, meeting.id, Role.TOLD) == told
    work.record.set_people(club.id, meeting.id, Role.TOLD, [])
    assert work.record.people(club.id, meeting.id, Role.TOLD) == ()
    assert work.record.people(club.id, meeting.id, Role.OWNER) == ("c@club.example",)


def test_another_organisation_neither_sees_nor_changes_it(work, club, choir, meeting):
    for attempt in (
        lambda: work.record.declare(choir.id, meeting.id, {}, actor="eve", now=NOON),
        lambda: work.record.declarations(choir.id, meeting.id),
        lambda: work.record.set_people(choir.id, meeting.id, Role.TOLD, []),
        lambda: work.record.people(choir.id, meeting.id, Role.OWNER),
    ):
        with pytest.raises(InputError, match="no meeting"):
            attempt()
