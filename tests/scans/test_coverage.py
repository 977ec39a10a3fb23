from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest

from scanner.detect import KNOWN
from scanner.model import (
    Coverage,
    Document,
    Failed,
    Fetched,
    Form,
    Link,
    Room,
    Skipped,
    SourceState,
    Unchanged,
)
from scanner.scans.coverage import ALL_ALIKE, CANARY_MISSING, FAR_FEWER, Tally, after_fast_run
from scanner.scans.crawl import Reporter, likeness
from scanner.scans.page import PICTURE, CrawlLine, PageRead, from_json

READ = PageRead(source="forum", address="https://f.example/", depth=0, links=())
DENIED = Failed(source="forum", address="https://f.example/", why="HTTP 403", blocked=True, start=True)
BROKEN = Failed(source="forum", address="https://f.example/x", why="HTTP 500")
OLD_PAGE = Unchanged(source="forum", address="https://f.example/minutes")
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


def test_a_source_of_which_only_the_notices_at_its_door_are_read_is_blocked() -> None:
    shut = replace(DENIED, why="asks for a log-in")
    notices = [replace(READ, address=f"https://f.example/{n}", depth=1) for n in range(3)]
    assert state_after(shut, *notices) is SourceState.BLOCKED
    assert state_after(shut, *notices * 4) is SourceState.PARTIAL
    assert state_after(shut, READ) is SourceState.PARTIAL, "another start was read"


def test_an_unchanged_page_counts_as_looked_at() -> None:
    assert state_after(Unchanged(source="forum", address="https://f.example/")) is SourceState.OK


def test_a_dead_link_is_an_answer_but_a_broken_page_is_not() -> None:
    assert state_after(READ, GONE) is SourceState.OK
    assert state_after(READ, BROKEN) is SourceState.PARTIAL


def test_a_start_that_is_gone_is_not_fine_even_where_another_start_answers() -> None:
    gone_start = Failed(source="forum", address="https://f.example/2", why="HTTP 404", gone=True, start=True)
    assert state_after(READ, gone_start) is SourceState.PARTIAL


def test_a_start_that_was_read_and_is_no_start_leaves_nothing_that_was_looked_at() -> None:
    no_forum = Failed(source="forum", address=READ.address, why="no forum stands there", start=True)
    others = [replace(READ, address=f"https://f.example/{n}", depth=1) for n in range(10)]
    assert state_after(READ, no_forum) is SourceState.FAILED
    assert state_after(READ, no_forum, replace(READ, address="https://f.example/2")) is SourceState.PARTIAL
    assert state_after(READ, no_forum, *others) is SourceState.PARTIAL


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


# --- states in which silence is not earned ------------------------------------------------------------


def coverage_of(
    *lines: CrawlLine, before: Sequence[int] = (), expects_canary: bool = False, canary_found: bool = False
) -> Coverage:
    """What a scan amounts to after earlier ones that read so many pages, the last one first."""
    tally = Tally("forum", expects_canary=expects_canary)
    tally.canary_found |= canary_found
    for line in lines:
        tally.count(line)
    earlier = [Coverage(source="forum", state=SourceState.OK, read=1, unchanged=n - 1) for n in before]
    return tally.coverage(before=earlier)


def pages(count: int, likeness: str = "") -> list[PageRead]:
    return [
        PageRead(
            source="forum",
            address=f"https://f.example/{number}",
            depth=1,
            links=(),
            likeness=likeness or f"{number}",
        )
        for number in range(count)
    ]


def test_a_source_that_does_not_show_its_canary_is_blind_however_much_was_read() -> None:
    missing = coverage_of(*pages(50), expects_canary=True)
    assert missing.state is SourceState.BLIND
    assert missing.failed == {CANARY_MISSING: 1}
    found = coverage_of(*pages(50), expects_canary=True, canary_found=True)
    assert (found.state, found.failed) == (SourceState.OK, {})


def test_what_keeps_everything_from_being_read_says_more_than_the_canary() -> None:
    assert coverage_of(DENIED, expects_canary=True).state is SourceState.BLOCKED
    assert coverage_of(expects_canary=True).state is SourceState.FAILED


@pytest.mark.parametrize(
    ("count", "before", "state"),
    [
        (9, [40, 41, 39], SourceState.SUSPICIOUS),
        (10, [40, 41, 40], SourceState.OK),
        (9, [40, 41], SourceState.OK),
        (9, [40, 12, 39], SourceState.OK),
        (1, [9, 9, 9], SourceState.OK),
        (9, [9, 9, 9, 40, 40], SourceState.OK),
        (400, [40, 41, 39], SourceState.OK),
    ],
    ids=[
        "under a quarter",
        "a quarter",
        "two scans are no habit",
        "numbers that go up and down",
        "few pages come and go",
        "it has become smaller for good",
        "more",
    ],
)
def test_suddenly_far_fewer_pages_are_suspicious(count: int, before: list[int], state: SourceState) -> None:
    coverage = coverage_of(*pages(count), before=before)
    assert coverage.state is state
    assert (FAR_FEWER in coverage.failed) is (state is SourceState.SUSPICIOUS)


def log_in_form(number: int) -> bytes:
    token = f"{number:032x}"
    form = f'<form action="/log-in?next=%2Ft%2F{number}"><input name="csrf" value="{token}"></form>'
    return ("<html><title>Please log in</title>" + "<p>Members only, sorry.</p>" * 50 + form).encode()


def test_log_in_forms_are_alike_and_pages_of_one_site_are_not() -> None:
    assert likeness(log_in_form(3)) == likeness(log_in_form(88_123_456)) != ""
    head = "<html><head><title>St Mary's</title>" + "<style>p { color: red }</style>" * 60
    page = head + "<h1>Minutes</h1><p>Present: Ann, Bob.</p>"
    assert likeness(page.encode()) != likeness((page + "<p>Apologies: none</p>").encode())
    assert likeness(b"<p>Back soon.</p>") == likeness(b"<p>Back soon.</p>") != likeness(b"<p>Closed.</p>")


def test_pages_are_marked_until_two_of_a_source_differ() -> None:
    out = StringIO()
    report = Reporter(out, KNOWN)
    bodies = [log_in_form(1), log_in_form(2), log_in_form(3) + b"<p>Notice</p>", log_in_form(4)]
    for source in ("forum", "site"):
        for number, body in enumerate(bodies if source == "forum" else bodies[:2]):
            document = Document(f"https://{source}.example/{number}", body, "text/html")
            report(Fetched(source=source, document=document, depth=0))
    lines = [line for line in map(from_json, out.getvalue().splitlines()) if isinstance(line, PageRead)]
    forum, site = ([line.likeness for line in lines if line.source == name] for name in ("forum", "site"))
    assert forum[0] == forum[1] != forum[2] != ""
    assert forum[3] == ""
    assert site == forum[:2]


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (pages(5, "form"), SourceState.SUSPICIOUS),
        (pages(4, "form"), SourceState.OK),
        ([*pages(5, "form"), *pages(1)], SourceState.OK),
        (pages(5), SourceState.OK),
        ([*pages(5, "form"), OLD_PAGE], SourceState.OK),
    ],
    ids=["all alike", "too few to say", "one is another", "none alike", "one is as it was"],
)
def test_where_every_page_says_the_same_nothing_was_said(lines: list[PageRead], state: SourceState) -> None:
    coverage = coverage_of(*lines)
    assert coverage.state is state
    assert (ALL_ALIKE in coverage.failed) is (state is SourceState.SUSPICIOUS)


def test_what_was_alike_is_no_news_for_not_having_changed() -> None:
    alike = coverage_of(*pages(6, "form"))
    for lines, state in (
        ([OLD_PAGE] * 6, SourceState.SUSPICIOUS),
        ([OLD_PAGE] * 5 + pages(1, "form"), SourceState.SUSPICIOUS),
        ([OLD_PAGE] * 4 + pages(2), SourceState.OK),
    ):
        tally = Tally("forum")
        for line in lines:
            tally.count(line)
        assert tally.coverage(before=[alike]).state is state


def test_a_start_that_has_not_changed_is_a_start_that_was_read() -> None:
    start = "https://f.example/"
    for starts, state in (({start}, SourceState.PARTIAL), ({start + "x"}, SourceState.BLOCKED)):
        tally = Tally("forum", starts=starts)
        tally.count(Unchanged(source="forum", address=start))
        tally.count(replace(DENIED, address=start + "2"))
        assert tally.coverage().state is state


def pictures(count: int) -> list[PageRead]:
    return pages(count, PICTURE)


def test_pictures_that_still_stand_there_say_nothing_of_the_pages() -> None:
    shut = Failed(source="site", address="https://s.example/", why="HTTP 403", blocked=True, start=True)
    seen = [Unchanged(source="site", address=f"https://s.example/{number}.jpg") for number in range(40)]
    assert coverage_of(shut, *seen).state is SourceState.BLOCKED
    assert coverage_of(*pages(9), *seen, before=[80, 81, 79]).state is SourceState.SUSPICIOUS
    assert coverage_of(*pages(30), *seen, before=[80, 81, 79]).state is SourceState.OK
    assert coverage_of(*pages(5, "form"), *pictures(3)).state is SourceState.SUSPICIOUS
    assert coverage_of(*pictures(1)).state is SourceState.OK


OK, PARTIAL, FAILED, BLIND, SUSPICIOUS = (
    SourceState.OK,
    SourceState.PARTIAL,
    SourceState.FAILED,
    SourceState.BLIND,
    SourceState.SUSPICIOUS,
)


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        (OK, OK, OK),
        (OK, PARTIAL, PARTIAL),
        (OK, FAILED, PARTIAL),
        (OK, BLIND, PARTIAL),
        (OK, SUSPICIOUS, SUSPICIOUS),
        (OK, None, PARTIAL),
        (PARTIAL, OK, PARTIAL),
        (FAILED, OK, FAILED),
        (BLIND, SUSPICIOUS, BLIND),
    ],
)
def test_a_fast_run_sees_what_is_worse_and_makes_nothing_whole(
    state: SourceState, before: SourceState | None, after: SourceState
) -> None:
    assert after_fast_run(state, before) is after
