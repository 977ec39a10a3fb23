from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.actions.caps import LONGEST_RUN
from scanner.actions.meeting_rotation import rotate_meeting
from scanner.actions.meetings import register_meeting
from scanner.actions.organisations import add_organisation, all_organisations, remove_organisation
from scanner.errors import InputError
from scanner.model import ProposedMeeting, Room
from storage.caps import Cap
from tests.builders import NOON, a_meeting, a_passcode, a_room

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def own(store):
    """The first organisation, which no cap binds."""
    with store.begin() as work:
        return work.organisations.add(name="Operator", timezone="UTC", email="op@mail.example")


@pytest.fixture
def guest(store, own):
    return add_organisation(
        store, name="Guests", timezone="UTC", email="g@mail.example", cap=Cap(meetings=6, per_hour=4)
    )


def register(store, organisation, key, *, now=NOON, platform="zoom"):
    proposed = ProposedMeeting(title=f"Meeting {key}", starts=NOON, rooms=(Room(platform, str(key)),))
    return register_meeting(store, proposed, organisation=organisation, now=now)


def audit(store, organisation):
    with store.reading() as work:
        return [entry.what for entry in work.audit.all(organisation.id)]


def far_apart(count, start=81_000_000_000):
    return [start + 7_919 * number for number in range(count)]


def test_the_first_organisation_is_bound_by_nothing(store, own, guest):
    for key in far_apart(20):
        register(store, own, key)
    assert [(entry.organisation.name, entry.cap) for entry in all_organisations(store, now=NOON)] == [
        ("Operator", None),
        ("Guests", Cap(meetings=6, per_hour=4)),
    ]


def test_so_many_an_hour_and_so_many_at_all(store, own, guest):
    keys = far_apart(7)
    for key in keys[:4]:
        register(store, guest, key)
    with pytest.raises(InputError, match="4 meetings an hour"):
        register(store, guest, keys[4])
    register(store, own, keys[4])
    for key in keys[4:6]:
        register(store, guest, key, now=LATER)
    with pytest.raises(InputError, match="may have 6 meetings"):
        register(store, guest, keys[6], now=LATER)
    assert audit(store, guest) == ["refused", "refused"]
    assert audit(store, own) == []


@pytest.mark.parametrize("step", [1, -1])
def test_somebody_who_counts_is_refused_and_written_down(store, own, guest, step):
    first = 82_000_000_500
    for number in range(LONGEST_RUN):
        register(store, guest, first + step * number)
    with pytest.raises(InputError, match="consecutive"):
        register(store, guest, first + step * LONGEST_RUN, now=LATER)
    assert audit(store, guest) == ["refused"]
    assert "82" not in "".join(entry.note for entry in _entries(store, guest))


def test_filling_the_gap_of_a_run_is_counting_too(store, own, guest):
    for number in (0, 1, 3, 4):
        register(store, guest, 82_000_000_500 + number)
    with pytest.raises(InputError, match="consecutive"):
        register(store, guest, 82_000_000_502, now=LATER)


def test_a_new_link_cannot_count_either(store, own, guest):
    for number in range(LONGEST_RUN):
        meeting = register(store, guest, 82_000_000_500 + number).meeting
    with pytest.raises(InputError, match="consecutive"):
        rotate_meeting(
            store,
            meeting.id,
            ProposedMeeting(rooms=(Room("zoom", "82000000504"),)),
            deleted=True,
            close=False,
            organisation=guest,
            actor="eve",
            now=LATER,
        )


def test_neighbours_on_another_platform_or_of_another_organisation_are_no_run(store, own, guest):
    for number in range(LONGEST_RUN):
        register(store, own, 82_000_000_500 + number)
    register(store, guest, 82_000_000_500 + LONGEST_RUN)
    register(store, guest, 82_000_000_500 + LONGEST_RUN + 1, platform="zoomgov")
    register(store, guest, "abc-defg-hij", platform="google-meet")
    assert audit(store, guest) == []


def test_the_operators_own_run_is_written_down_and_not_refused(store, own):
    for number in range(LONGEST_RUN + 1):
        register(store, own, 82_000_000_500 + number)
    assert audit(store, own) == ["consecutive IDs"]


def test_two_organisations_of_one_name_or_none_are_refused(store, own, guest):
    for name, why in (("guests", "already"), ("", "name")):
        with pytest.raises(InputError, match=why):
            add_organisation(store, name=name, timezone="UTC", email="a@mail.example")


def test_removing_an_organisation_removes_every_row_of_it_and_its_key(store, own, guest):
    register(store, own, 81_000_000_000)
    with store.begin() as work:
        meeting = work.meetings.add(guest.id, a_meeting(a_room("5"), passcodes=(a_passcode(),)), NOON)
        work.allowances.add(guest.id, meeting.id, until=None, reason="x", actor="y", now=NOON)
        work.audit.write(guest.id, what="refused", actor="x", note="y", now=NOON)
    remove_organisation(store, guest)
    with store.begin() as work:
        assert work.organisations.get(guest.id) is None
        assert [entry.organisation for entry in work.meetings.register(NOON)] == [own.id]
        connection = work.meetings._transaction.connection
        for table in ("organisations", "meetings", "rooms"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 1
        for table in ("passcodes", "allowances", "audit", "caps"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
    with pytest.raises(InputError, match="first organisation"):
        remove_organisation(store, own)
    with pytest.raises(InputError, match="no organisation"), store.begin() as work:
        work.organisations.remove(guest.id)


def _entries(store, organisation):
    with store.reading() as work:
        return work.audit.all(organisation.id)
