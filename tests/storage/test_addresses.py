from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.store import create_store
from tests.builders import NOON, a_meeting, a_page, a_room, a_severity, a_sighting

PAGE = "https://forum.example/t/12"
LATER = NOON + timedelta(days=1)


def test_a_page_comes_back_as_it_was_remembered(work):
    pages = [
        a_page(PAGE, rooms=3, depth=2, etag='W/"é"', last_modified="Thu, 12 Mar 2026", digest="ab" * 16),
        a_page("https://forum.example/ü?q=\ud800", read=LATER),
    ]
    work.addresses.remember("forum", pages)
    assert sorted(work.addresses.known("forum"), key=lambda page: page.rooms, reverse=True) == pages


def test_remembering_again_replaces_and_the_last_of_two_counts(work):
    work.addresses.remember("forum", [a_page(PAGE, rooms=1), a_page(PAGE, rooms=2)])
    assert [page.rooms for page in work.addresses.known("forum")] == [2]
    renewed = a_page(PAGE, rooms=5, read=LATER, depth=1, etag='"b"')
    work.addresses.remember("forum", [renewed])
    assert work.addresses.known("forum") == [renewed]


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1700])
def test_any_number_of_pages_is_remembered(work, count):
    pages = [a_page(f"https://forum.example/{number}", rooms=number) for number in range(count)]
    work.addresses.remember("forum", iter(pages))
    assert sorted(work.addresses.known("forum"), key=lambda page: page.rooms) == pages


def test_sources_do_not_share_what_they_remember(work):
    work.addresses.remember("forum", [a_page(PAGE, rooms=1)])
    work.addresses.remember("mirror", [a_page(PAGE, rooms=2), a_page(PAGE + "/b")])
    work.addresses.forget("mirror", PAGE)
    assert [page.rooms for page in work.addresses.known("forum")] == [1]
    assert [page.known.address for page in work.addresses.known("mirror")] == [PAGE + "/b"]
    work.addresses.keep_only(["forum"])
    work.addresses.forget("mirror", PAGE)
    assert work.addresses.known("mirror") == []
    assert len(work.addresses.known("forum")) == 1


def test_a_page_is_watched_while_a_sighting_may_stand_there_and_afterwards_as_pages_come_back(work, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    work.addresses.remember("forum", [a_page(PAGE), a_page(PAGE + "/b")])
    work.addresses.remember("mirror", [a_page(PAGE)])

    def watched():
        return {page.known.address for page in work.addresses.known("forum") if page.known.watched}

    assert watched() == set()
    work.exposures.see(club.id, meeting.id, a_sighting(PAGE), a_severity(), NOON)
    assert watched() == {PAGE}
    assert [page.known.watched for page in work.addresses.known("mirror")] == [False]
    work.addresses.remember("forum", work.addresses.known("forum"))
    assert watched() == {PAGE}
    work.rereading.unreadable("forum", PAGE, NOON)
    assert watched() == {PAGE}
    assert work.addresses.missing() == {}
    work.rereading.address_gone("forum", PAGE, NOON)
    assert watched() == {PAGE}
    assert work.addresses.missing() == {"forum": NOON}, "one clean reading is no proof"
    work.rereading.address_gone("forum", PAGE, NOON + timedelta(hours=1))
    assert watched() == {PAGE}
    assert work.addresses.missing() == {}


def test_of_places_that_are_gone_only_the_last_few_are_watched(work, club):
    meeting = work.meetings.add(club.id, a_meeting(), NOON)
    pages = [f"{PAGE}/{number}" for number in range(9)]
    work.addresses.remember("forum", map(a_page, pages))
    for number, page in enumerate(pages):
        for room in ("81234567890", "81234567891"):
            seen = replace(a_sighting(page), room=a_room(room))
            work.exposures.see(club.id, meeting.id, seen, a_severity(), NOON + timedelta(hours=number))
        if number != 1:
            work.rereading.address_gone("forum", page, LATER)
            work.rereading.address_gone("forum", page, LATER)
    watched = {page.known.address for page in work.addresses.known("forum") if page.known.watched}
    assert watched == {pages[1], *pages[-5:]}


def test_a_page_costs_at_most_400_bytes(tmp_path, keys):
    with create_store(f"sqlite:///{tmp_path}/lychgate.db", keys) as store:
        pages = [
            a_page(
                f"https://forum.village.example/threads/evening-classes-in-march.{number}/page-2",
                etag=f'W/"{number:040x}"',
                last_modified="Thu, 12 Mar 2026 12:00:00 GMT",
                digest="0123456789abcdef" * 2,
            )
            for number in range(5000)
        ]

        def size():
            with store._engine.connect() as connection:
                return connection.exec_driver_sql("PRAGMA page_count").scalar_one() * 4096

        empty = size()
        with store.begin() as work:
            work.addresses.remember("village-forum", pages)
        grown = size() - empty
    assert grown / len(pages) < 400, grown / len(pages)


def test_a_page_moved_to_another_row_does_not_open(work):
    work.addresses.remember("forum", [a_page(PAGE), a_page(PAGE + "/b")])
    connection = work.addresses._transaction.connection
    connection.exec_driver_sql("UPDATE addresses SET source = 'mirror'")
    with pytest.raises(Exception, match="altered or moved"):
        work.addresses.known("mirror")


def test_a_page_with_a_canary_is_remembered_as_such(work):
    pages = [replace(a_page(PAGE), canary=True), a_page("https://forum.example/t/13")]
    work.addresses.remember("forum", pages)
    assert sorted(work.addresses.known("forum"), key=lambda page: page.known.address) == pages


def test_sources_are_known_for_the_organisations_whose_rooms_stood_there(work, club):
    other = work.organisations.add(name="Choir", timezone="UTC", email="choir@mail.example")
    assert work.addresses.leaks() == {}
    for organisation, source in ((club, "forum"), (other, "forum"), (other, "our-site")):
        meeting = work.meetings.add(organisation.id, a_meeting(), NOON)
        for address in (PAGE, PAGE + "/b"):
            work.exposures.see(
                organisation.id, meeting.id, a_sighting(address, source=source), a_severity(), NOON
            )
    work.rereading.address_gone("our-site", PAGE, NOON)
    assert work.addresses.leaks() == {"forum": {club.id, other.id}, "our-site": {other.id}}
