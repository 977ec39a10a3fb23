"""Many meetings in one go: what a file of one room costs, and what its owner is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scanner.actions.imports import import_meetings
from scanner.model import Organisation
from scanner.secret import KeyRing
from storage.store import Store, create_store
from tests.effort import grows_with_size_only

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
LINK = "https://us02web.zoom.us/j/81700000001"


def table(rows: int) -> str:
    days = [NOW + timedelta(days=number) for number in range(rows)]
    lines = [f"Evening {number},{day:%Y-%m-%d},19:00,{LINK}" for number, day in enumerate(days)]
    return "\n".join(["Title,Date,Time,Link", *lines])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with create_store(f"sqlite:///{tmp_path}/lychgate.db", KeyRing.create(tmp_path / "key")) as store:
        yield store


@pytest.fixture
def club(store: Store) -> Organisation:
    with store.begin() as work:
        return work.organisations.add(name="Club", timezone="Europe/London", email="a@club.example")


@pytest.mark.timeout(120)
def test_meetings_that_share_a_room_cost_no_more_each(store: Store, club: Organisation):
    def tried(text: str) -> None:
        import_meetings(store, text.encode(), organisation=club, now=NOW, dry_run=True)

    assert grows_with_size_only(tried, table(1000))


def test_who_shares_a_room_is_told_in_one_sentence(store: Store, club: Organisation):
    done = import_meetings(store, table(4).encode(), organisation=club, now=NOW)
    says = [note.partition(" is also used by ")[2].partition(":")[0] for _, note in done.notes]
    assert says == ["“Evening 0”", "“Evening 0” and 1 more", "“Evening 0” and 2 more"]


def test_what_is_there_is_found_again_whether_it_came_before_or_with_the_file(
    store: Store, club: Organisation
):
    import_meetings(store, table(3).encode(), organisation=club, now=NOW)
    twice = table(4) + "\n" + table(4).partition("\n")[2]
    done = import_meetings(store, twice.encode(), organisation=club, now=NOW)
    assert (done.registered, done.already) == (1, 7)
