"""A paused source is not looked at, is no alarm of blindness, and never passes for one that was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.actions.sources import pause_source, paused_sources, resume_source
from scanner.errors import InputError
from scanner.model import SourceState
from scanner.scans.blindness import tell_blindness
from tests.scans.nights import Nights, failed, read, saying

FORUM = ("forum",)


def pause(nights: Nights, source: str = "forum", reason: str = "it moves\nhouse") -> None:
    pause_source(
        nights.store,
        source,
        known=nights.sources,
        reason=reason,
        organisation=nights.club.id,
        actor="ann",
        now=nights.now,
    )


def test_a_scan_leaves_it_out_and_says_so(nights: Nights) -> None:
    nights.sources = ("forum", "board")
    pause(nights)
    report = nights.scan(read(source="board"))
    states = {entry.source: entry.state for entry in report.coverage}
    assert states == {"board": SourceState.OK, "forum": SourceState.PAUSED}
    assert not report.complete
    (forum,) = (entry for entry in report.coverage if entry.source == "forum")
    assert forum.notes == ("paused because: it moves house",)
    with nights.store.reading() as work:
        latest = work.scans.latest("forum")
        assert latest is not None
        assert {entry.source: entry.state for entry in latest.coverages} == states
        assert work.overview.read_in_full().keys() == {"board"}


def test_no_crawl_begins_where_everything_is_paused(nights: Nights) -> None:
    pause(nights)
    (entry,) = nights.scan(queue=saying(failed("it was asked all the same"))).coverage
    assert (entry.state, dict(entry.failed)) == (SourceState.PAUSED, {})


def test_people_are_not_told_that_it_is_dark_until_it_is_resumed(nights: Nights) -> None:
    nights.scan(failed(start=True))
    pause(nights)
    nights.scan()
    nights.now += timedelta(days=3)
    with nights.store.begin() as work:
        tell_blindness(work, FORUM, channels=nights.channels, now=nights.now)
    assert nights.alerts == []
    resume_source(
        nights.store, "forum", known=FORUM, organisation=nights.club.id, actor="bob", now=nights.now
    )
    nights.scan(failed(start=True))
    assert nights.alerts == [], "one bad scan after the pause may be a restart"
    nights.scan(failed(start=True))
    assert [alert.news for alert in nights.alerts] == ["blind"]


def test_what_was_left_out_is_no_habit(nights: Nights) -> None:
    """Three nights of a pause do not make a source that suddenly has few pages look as always."""
    pages = [read(address=f"https://forum.example/t/{number}") for number in range(40)]
    for _ in range(3):
        nights.scan(*pages)
    pause(nights)
    for _ in range(3):
        nights.scan()
    resume_source(nights.store, "forum", known=FORUM, organisation=nights.club.id, actor="b", now=nights.now)
    (entry,) = nights.scan(*pages[:2]).coverage
    assert entry.state is SourceState.SUSPICIOUS


def test_who_paused_it_and_why_stays_known(nights: Nights) -> None:
    pause(nights)
    pause(nights, reason="another reason, later")
    found = paused_sources(nights.store, known=FORUM)["forum"]
    assert (found.reason, found.actor, found.since) == ("it moves house", "ann", nights.now)
    assert paused_sources(nights.store, known=()) == {}
    with nights.store.reading() as work:
        (entry,) = work.audit.all(nights.club.id)
        assert (entry.what, entry.actor) == ("source paused", "ann")


@pytest.mark.parametrize(("source", "reason"), [("forum", "  \n "), ("forum", "x" * 301), ("nowhere", "why")])
def test_a_pause_needs_a_reason_and_a_source(nights: Nights, source: str, reason: str) -> None:
    with pytest.raises(InputError):
        pause(nights, source, reason)
