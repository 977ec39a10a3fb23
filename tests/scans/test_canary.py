"""Canaries: every scan of a source finds its own, or the source is blind; nobody else's meeting is meant."""

from __future__ import annotations

from scanner.model import News, Room, SourceState
from scanner.scans.canary import new_canary, room_of
from scanner.scans.coverage import CANARY_MISSING
from tests.builders import a_meeting
from tests.scans.nights import PAGE, Nights, a_link, read, unchanged

OTHER = "https://forum.example/t/14"


def planted(nights: Nights) -> Room:
    with nights.store.begin() as work:
        return room_of(work.canaries.put("forum", new_canary()))


def state(nights: Nights, *lines: object, **how: object) -> SourceState:
    report = nights.scan(*lines, canaries=["forum"], **how)  # type: ignore[arg-type]
    return report.coverage[0].state


def test_a_canary_reads_like_a_room_and_is_never_the_same() -> None:
    rooms = {room_of(new_canary()) for _ in range(50)}
    assert len(rooms) == 50
    assert {room.platform for room in rooms} == {"teams"}


def test_a_canary_that_is_found_proves_the_source(nights: Nights) -> None:
    canary = planted(nights)
    assert state(nights, read(a_link(canary))) is SourceState.OK
    assert state(nights, unchanged()) is SourceState.OK, "the page that holds it is as it was"


def test_a_canary_that_is_not_found_makes_it_blind_and_twice_is_told(nights: Nights) -> None:
    canary = planted(nights)
    assert state(nights, read(a_link(canary)), read(address=OTHER)) is SourceState.OK
    assert state(nights, read(), read(address=OTHER)) is SourceState.BLIND
    assert state(nights, unchanged(), unchanged(OTHER)) is SourceState.BLIND, "it stands there no more"
    (alert,) = nights.alerts
    assert alert.news is News.BLIND
    assert alert.detail.endswith(CANARY_MISSING)
    assert state(nights, read(a_link(canary))) is SourceState.OK


def test_a_canary_that_nobody_has_made_yet_proves_nothing(nights: Nights) -> None:
    assert state(nights, read()) is SourceState.BLIND


def test_the_canary_of_another_source_is_no_proof(nights: Nights) -> None:
    planted(nights)
    with nights.store.begin() as work:
        other = room_of(work.canaries.put("our-site", new_canary()))
    assert state(nights, read(a_link(other))) is SourceState.BLIND


def test_a_canary_is_nobodys_meeting_and_hides_none(nights: Nights) -> None:
    canary = planted(nights)
    nights.register(a_meeting())
    nights.scan(read(a_link(canary), a_link()), read(a_link(canary), address=OTHER), canaries=["forum"])
    assert nights.news == [News.OPENED]
    assert {address: rooms for address, (_, rooms) in nights.known().items()} == {PAGE: 1, OTHER: 0}


def test_the_page_of_the_canary_is_read_first_and_by_fast_runs_too(nights: Nights) -> None:
    canary = planted(nights)
    nights.scan(read(a_link(canary)), read(address=OTHER), canaries=["forum"])
    with nights.store.reading() as work:
        remembered = work.addresses.known("forum")
    assert {page.known.address: page.canary for page in remembered} == {PAGE: True, OTHER: False}
    assert state(nights, unchanged(), fast=True) is SourceState.OK
    assert state(nights, unchanged(OTHER), fast=True) is SourceState.BLIND


def test_a_source_without_canary_is_judged_as_before(nights: Nights) -> None:
    canary = planted(nights)
    assert nights.scan(read(a_link(canary))).coverage[0].state is SourceState.OK
    assert nights.known()[PAGE][1] == 1
