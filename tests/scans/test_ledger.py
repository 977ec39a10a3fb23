"""What the lines of a crawl become: sightings, exposures, alerts, remembered pages. Told once, lost never."""

from dataclasses import replace
from datetime import timedelta

from scanner.alerts.routing import Route
from scanner.model import ExposureState, News, Passcode, PasscodeKind, SeverityLevel, SightingState
from scanner.scans.memory import AS_THE_START
from scanner.scans.page import CrawlLine
from scanner.scans.queue import LocalQueue
from tests.builders import NOON, a_meeting, a_passcode, a_room
from tests.scans.nights import OTHER_PAGE, PAGE, Nights, a_link, failed, read, saying, skipped, unchanged

FOREIGN = a_link(a_room("84155509999"), passcode=Passcode("swift-3", PasscodeKind.PLAIN))


def soon(**more):
    return a_meeting(starts=NOON + timedelta(days=1), **more)


def test_a_leak_is_an_exposure_and_an_alert_once(nights: Nights) -> None:
    meeting = nights.register(soon())
    report = nights.scan(read(a_link()))
    assert (report.new, report.known, report.gone) == (1, 0, 0)
    (exposure,) = nights.exposures
    assert (exposure.meeting, exposure.state) == (meeting.id, ExposureState.OPEN)
    assert nights.news == [News.OPENED]
    report = nights.scan(read(a_link()))
    assert (report.new, report.known, report.gone) == (0, 1, 0)
    assert nights.news == [News.OPENED]


def test_of_foreign_rooms_only_the_number_is_kept(nights: Nights) -> None:
    nights.register(soon())
    report = nights.scan(read(FOREIGN))
    assert (report.new, report.known) == (0, 0)
    assert nights.exposures == []
    assert nights.news == []
    assert report.coverage[0].rooms_seen == {"zoom": 1}
    assert nights.known()[PAGE][1] == 1


def test_two_meetings_behind_one_room_are_two_exposures(nights: Nights) -> None:
    nights.register(soon())
    nights.register(soon(title="Choir"))
    assert nights.scan(read(a_link())).new == 2


def test_a_known_place_that_now_shows_the_passcode_is_told_once_as_worse(nights: Nights) -> None:
    nights.register(soon(passcodes=(a_passcode(),)))
    nights.scan(read(a_link()))
    nights.send_all()
    (before,) = nights.exposures
    nights.scan(read(a_link(passcode=a_passcode()), digest="d2"))
    (after,) = nights.exposures
    assert after.severity.level.rank > before.severity.level.rank
    assert nights.news == [News.OPENED, News.WORSE]
    nights.scan(read(a_link(passcode=a_passcode()), digest="d3"))
    assert nights.news == [News.OPENED, News.WORSE]


def test_what_gets_worse_again_is_told_again(nights: Nights) -> None:
    nights.register(soon(passcodes=(a_passcode(),)))
    for link in (a_link(), a_link(passcode=a_passcode()), a_link(), a_link(passcode=a_passcode())):
        nights.scan(read(link))
        nights.send_all()
    assert nights.news.count(News.WORSE) == 2
    assert len({alert.key for alert in nights.alerts}) == 3


def test_worse_reaches_the_channel_that_wants_only_severe_news(nights: Nights) -> None:
    nights.channels = ("clerk", "police")
    nights.routes = (Route(to=("clerk",)), Route(to=("police",), severity=SeverityLevel.HIGH))
    nights.register(soon(passcodes=(a_passcode(),)))
    nights.scan(read(a_link()))
    assert [alert.channel for alert in nights.alerts] == ["clerk"]
    nights.scan(read(a_link(passcode=a_passcode())))
    assert [alert.channel for alert in nights.alerts if alert.news is News.WORSE] == ["clerk", "police"]


def test_more_places_make_one_follow_up_and_none_while_the_first_alert_waits(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()), read(a_link(), address=OTHER_PAGE))
    assert nights.news == [News.OPENED]
    nights.send_all()
    third, fourth = "https://forum.example/t/14", "https://forum.example/t/15"
    nights.scan(read(a_link(), address=third), read(a_link(), address=fourth))
    assert nights.news == [News.OPENED, News.SPREAD]
    assert nights.alerts[-1].detail == ""


class Prompt(LocalQueue):
    """A queue whose every line is followed by a round of the postman, as in a long scan."""

    def __init__(self, nights: Nights, *lines: CrawlLine) -> None:
        super().__init__(command=saying(*lines)._command)
        self._nights = nights

    def run(self, units, take, **more) -> None:
        def take_and_send(line: CrawlLine) -> None:
            take(line)
            self._nights.send_all()

        super().run(units, take_and_send, **more)


def test_a_place_that_makes_it_worse_is_told_once_even_if_the_postman_is_quicker_than_the_scan(
    nights: Nights,
) -> None:
    nights.register(soon(passcodes=(a_passcode(),)))
    nights.scan(queue=Prompt(nights, read(a_link())))
    worse, third = a_link(passcode=a_passcode()), "https://forum.example/t/14"
    nights.scan(queue=Prompt(nights, read(a_link()), read(worse, address=OTHER_PAGE)))
    assert nights.news == [News.OPENED, News.WORSE]
    nights.scan(queue=Prompt(nights, read(a_link()), read(worse, address=third)))
    assert nights.news == [News.OPENED, News.WORSE, News.SPREAD]


def test_gone_needs_a_whole_reading(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    for line in (
        read(cut=True),
        read(unsearched="cannot read application/pdf"),
        failed("HTTP 403", blocked=True),
        failed("HTTP 500"),
        failed("timed out"),
        skipped("robots.txt forbids it"),
    ):
        assert nights.scan(line).gone == 0
        (exposure,) = nights.exposures
        assert exposure.state is ExposureState.OPEN
        assert exposure.sightings[0].state is SightingState.UNREADABLE
    assert nights.scan_twice(read()).gone == 1
    assert nights.exposures[0].state is ExposureState.GONE
    assert nights.news[-1] is News.GONE


def test_a_page_that_shows_what_the_start_shows_proves_nothing(nights: Nights) -> None:
    start = replace(read(address="https://forum.example/", digest="home"), depth=0)
    repair = replace(start, digest="back soon")
    nights.register(soon())
    nights.scan(start, read(a_link()))
    for lines in (
        (repair, read(digest="back soon")),
        (unchanged(start.address), read(digest="back soon")),
    ) * 2:
        (coverage,) = nights.scan(*lines).coverage
        assert coverage.failed == {AS_THE_START: 1}
    assert nights.news == [News.OPENED]
    assert nights.scan_twice(start, read(digest="taken out")).gone == 1


def test_two_addresses_of_one_page_are_clean_together(nights: Nights) -> None:
    home = replace(read(a_link(), address="https://forum.example/"), depth=0)
    nights.register(soon())
    nights.scan(home, read(a_link()))
    clean = replace(home, links=(), digest="d2")
    assert nights.scan_twice(clean, read(digest="d2")).gone == 1


def test_a_page_that_is_gone_takes_its_leak_with_it(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    assert nights.scan(failed("HTTP 404", gone=True)).gone == 0, "a page can be away for a moment"
    assert nights.scan(failed("HTTP 404", gone=True)).gone == 1


def test_unchanged_since_a_clean_reading_is_the_second_clean_reading(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    assert nights.scan(read(digest="d2")).gone == 0
    assert nights.scan(unchanged()).gone == 1
    assert nights.news == [News.OPENED, News.GONE]


def test_missing_once_and_there_again_is_no_news(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    for _ in range(2):
        assert nights.scan(read()).gone == 0
        assert nights.scan(read(a_link())).gone == 0
    assert nights.news == [News.OPENED]


def test_back_again_is_said_louder_than_new(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    nights.scan_twice(read())
    assert nights.scan(read(a_link())).new == 1
    assert nights.news == [News.OPENED, News.GONE, News.REGRESSED]
    assert nights.exposures[0].state is ExposureState.REGRESSED


def test_an_unchanged_page_still_shows_what_it_showed(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    report = nights.scan(unchanged())
    assert (report.known, report.gone) == (1, 0)
    assert nights.exposures[0].sightings[0].last_seen == nights.now


def test_an_unchanged_page_that_could_not_be_searched_is_still_not_searched(nights: Nights) -> None:
    nights.register(soon())
    why = "cannot read application/pdf"
    (first,) = nights.scan(read(unsearched=why), read(address=OTHER_PAGE)).coverage
    assert (first.read, first.skipped) == (1, {why: 1})
    (second,) = nights.scan(unchanged(), unchanged(OTHER_PAGE)).coverage
    assert (second.read, second.unchanged, second.skipped) == (0, 1, {why: 1})
    assert nights.known()[PAGE][0].endswith(f"!{why}!d1")


def test_a_server_that_invents_kinds_of_files_does_not_flood_the_report(nights: Nights) -> None:
    lines = [read(address=f"{PAGE}/{n}", unsearched=f"cannot read x/{n}") for n in range(300)]
    (coverage,) = nights.scan(*lines).coverage
    assert sum(coverage.skipped.values()) == 300
    assert len(coverage.skipped) <= 21


def test_what_was_found_before_the_crawl_died_is_kept_and_said(nights: Nights) -> None:
    nights.register(soon())
    report = nights.scan(queue=saying(read(a_link()), ends=False))
    assert report.new == 1
    assert not report.complete
    assert any("died" in why for why in report.coverage[0].failed)


def test_a_meeting_that_is_removed_during_the_scan_is_nobodys(nights: Nights) -> None:
    meeting = nights.register(soon())
    nights.scan(read(a_link()))
    with nights.store.begin() as work:
        work.meetings.remove(nights.club.id, meeting.id, nights.now)
    assert nights.scan(read(a_link())).new == 0
    assert nights.alerts == []
