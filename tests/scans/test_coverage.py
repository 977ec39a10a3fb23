from scanner.model import Failed, Form, Link, Room, Skipped, SourceState, Unchanged
from scanner.scans.coverage import Tally
from scanner.scans.page import CrawlLine, PageRead

READ = PageRead(source="forum", address="https://f.example/", depth=0, links=())
DENIED = Failed(source="forum", address="https://f.example/", why="HTTP 403", blocked=True, start=True)
BROKEN = Failed(source="forum", address="https://f.example/x", why="HTTP 500")
GONE = Failed(source="forum", address="https://f.example/old", why="HTTP 404", gone=True)


def state_after(*lines: CrawlLine) -> SourceState:
    tally = Tally("forum")
    for line in lines:
        tally.count(line)
    return tally.coverage().state


def skipped(why: str) -> Skipped:
    return Skipped(source="forum", address="https://f.example/y", why=why)


def test_silence_is_never_taken_for_success() -> None:
    assert state_after() is SourceState.FAILED


def test_a_source_that_refuses_is_blocked() -> None:
    assert state_after(DENIED) is SourceState.BLOCKED


def test_an_unchanged_page_counts_as_looked_at() -> None:
    assert state_after(Unchanged(source="forum", address="https://f.example/")) is SourceState.OK


def test_a_dead_link_is_an_answer_but_a_broken_page_is_not() -> None:
    assert state_after(READ, GONE) is SourceState.OK
    assert state_after(READ, BROKEN) is SourceState.PARTIAL


def test_a_start_that_is_gone_is_not_fine_even_where_another_start_answers() -> None:
    gone_start = Failed(source="forum", address="https://f.example/", why="HTTP 404", gone=True, start=True)
    assert state_after(READ, gone_start) is SourceState.PARTIAL


def test_limits_that_leave_an_arbitrary_rest_make_it_partial_and_choices_do_not() -> None:
    assert state_after(READ, skipped("page limit reached")) is SourceState.PARTIAL
    assert state_after(READ, skipped("time limit reached")) is SourceState.PARTIAL
    assert state_after(READ, skipped("deeper than the depth limit")) is SourceState.OK
    assert state_after(READ, skipped("robots.txt forbids it")) is SourceState.OK


def test_a_cut_page_makes_it_partial() -> None:
    cut = PageRead(source="forum", address="https://f.example/", depth=0, links=(), cut=True)
    assert state_after(cut) is SourceState.PARTIAL


def test_a_crawl_that_died_is_not_fine() -> None:
    tally = Tally("forum")
    tally.count(READ)
    tally.stopped("the crawl process died")
    assert tally.coverage().state is SourceState.PARTIAL
    assert tally.coverage().failed == {"the crawl process died": 1}


def test_rooms_are_counted_by_platform_and_nothing_else_of_them_is_kept() -> None:
    tally = Tally("forum")
    foreign = Link(room=Room("zoom", "84155509999"), form=Form.URL, where="href")
    tally.count(PageRead(source="forum", address="https://f.example/", depth=0, links=(foreign,)))
    coverage = tally.coverage()
    assert coverage.rooms_seen == {"zoom": 1}
    assert "84155509999" not in repr(coverage)
