"""A whole scan: its report, blindness told once, and what is left behind when somebody stops it."""

import sys
import threading
from datetime import timedelta

import pytest

from scanner.model import News, SourceState
from scanner.scans.blindness import tell_blindness, tell_gap
from scanner.scans.page import to_json
from scanner.scans.queue import LocalQueue
from scanner.scans.retention import forget_old
from tests.builders import NOON, a_meeting
from tests.scans.nights import Nights, a_link, failed, read

DOWN = failed("HTTP 503", address="https://forum.example/", start=True)
SHUT = failed("HTTP 403", address="https://forum.example/", start=True, blocked=True)


def test_two_dark_nights_are_told_once_and_one_is_not(nights: Nights) -> None:
    nights.scan(DOWN)
    assert nights.news == []
    nights.scan(SHUT)
    (alert,) = nights.alerts
    assert (alert.news, alert.channel, alert.exposure) == (News.BLIND, "clerk", None)
    assert alert.detail == "forum, since 13:00 on Thursday 12 March: HTTP 403"
    for _ in range(3):
        nights.scan(DOWN)
    assert nights.news == [News.BLIND]


def test_one_dark_night_is_told_when_nobody_looked_for_a_day(nights: Nights) -> None:
    nights.scan(DOWN)

    def watch(after: timedelta) -> None:
        with nights.store.begin() as work:
            tell_blindness(work, ["forum", "never-scanned"], channels=["clerk"], now=nights.now + after)

    watch(timedelta(hours=23, minutes=59))
    assert nights.news == []
    for hours in (24, 25, 48):
        watch(timedelta(hours=hours))
    assert nights.news == [News.BLIND]
    nights.scan(DOWN)
    assert nights.news == [News.BLIND], "it is the same dark time"


def test_a_suspicious_source_is_told_like_a_dark_one(nights: Nights) -> None:
    many = [read(address=f"https://forum.example/t/{number}") for number in range(40)]
    for _ in range(3):
        assert nights.scan(*many).coverage[0].state is SourceState.OK
    for _ in range(2):
        assert nights.scan(read()).coverage[0].state is SourceState.SUSPICIOUS
    (alert,) = nights.alerts
    assert alert.detail.endswith("far fewer pages than in the scans before")
    for _ in range(2):
        nights.scan(read())
    assert nights.scan(read()).coverage[0].state is SourceState.OK, "it has become smaller"


def test_fast_runs_are_not_compared_with_whole_readings_nor_make_them_better(nights: Nights) -> None:
    many = [read(address=f"https://forum.example/t/{number}") for number in range(40)]
    for _ in range(4):
        nights.scan(*many)
    assert nights.scan(read(), fast=True).coverage[0].state is SourceState.OK
    nights.scan(*many, failed("HTTP 500"))
    assert nights.scan(read(), fast=True).coverage[0].state is SourceState.PARTIAL
    nights.scan(DOWN)
    assert nights.scan(read(), fast=True).coverage[0].state is SourceState.PARTIAL
    assert nights.scan(DOWN, fast=True).coverage[0].state is SourceState.FAILED
    assert nights.scan(*many).coverage[0].state is SourceState.OK


def test_a_gap_is_told_once_in_the_time_of_each_organisation(nights: Nights) -> None:
    begin = NOON - timedelta(hours=9)
    for missed in (3, 1):
        with nights.store.begin() as work:
            tell_gap(work, begin, NOON, missed=missed, channels=["clerk"], now=NOON)
    (alert,) = nights.alerts
    assert alert.detail == (
        "for 9 hours, from 03:00 on Thursday 12 March to 12:00 on Thursday 12 March: 3 looks were missed"
    )


def test_a_new_dark_time_is_news_again(nights: Nights) -> None:
    for line in (DOWN, DOWN, read(), DOWN, DOWN, DOWN):
        nights.scan(line)
    assert nights.news == [News.BLIND, News.BLIND]


def test_every_channel_hears_of_blindness_whatever_the_routes_say(nights: Nights) -> None:
    nights.channels = ("clerk", "chair")
    nights.scan(DOWN)
    nights.scan(DOWN)
    assert {alert.channel for alert in nights.alerts} == {"clerk", "chair"}


def test_each_source_has_its_own_dark_time(nights: Nights) -> None:
    nights.sources = ("forum", "site")
    fine = read(source="site", address="https://site.example/")
    nights.scan(DOWN, fine)
    nights.scan(DOWN, failed(source="site", address="https://site.example/", start=True))
    assert [alert.detail.partition(",")[0] for alert in nights.alerts] == ["forum"]


def test_a_source_that_says_nothing_has_failed(nights: Nights) -> None:
    assert nights.scan().coverage[0].state is SourceState.FAILED


@pytest.mark.timeout(50)
def test_a_scan_that_was_asked_to_stop_says_nothing_about_its_sources(nights: Nights) -> None:
    nights.register(a_meeting())
    leak = to_json(read(a_link()))
    for _ in range(2):
        queue = LocalQueue(
            command=(sys.executable, "-c", f"import time; print({leak!r}, flush=True); time.sleep(60)")
        )
        threading.Timer(0.5, queue.cancel).start()
        nights.scan(queue=queue)
    assert nights.news == [News.OPENED], "the leak is kept, and nobody is told of blindness"
    with nights.store.reading() as work:
        assert work.scans.standing("forum") is None
        assert work.scans.recent(1)[0].finished is None


def test_a_scan_broken_off_from_the_keyboard_keeps_what_it_found(nights: Nights) -> None:
    nights.register(a_meeting())

    class Impatient(LocalQueue):
        def run(self, units, take, **how):
            super().run(units, take, **how)
            raise KeyboardInterrupt

    queue = Impatient(command=(sys.executable, "-c", f"print({to_json(read())!r}); print('end')"))
    with pytest.raises(KeyboardInterrupt):
        nights.scan(queue=queue)
    assert nights.known(), "a page that waited for its batch is written"


def test_old_things_are_forgotten_and_open_ones_never(nights: Nights) -> None:
    nights.register(a_meeting())
    nights.scan(read(a_link()))
    nights.send_all()

    def forget(after: timedelta) -> None:
        forget_old(nights.store, kept=timedelta(days=400), sources=["forum"], now=nights.now + after)

    forget(timedelta(days=399))
    assert nights.alerts
    forget(timedelta(days=401))
    assert nights.alerts == []
    assert nights.exposures, "it is open"
    nights.scan_twice(read())
    assert nights.exposures[0].events
    forget(timedelta(days=401))
    assert nights.exposures == []
    assert nights.known(), "the source is still looked at"
    forget_old(nights.store, kept=timedelta(days=400), sources=["other"], now=NOON)
    assert nights.known() == {}
