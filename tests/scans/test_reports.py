"""What somebody says stands at an address is told like a leak, and never taken for more than their word."""

from datetime import timedelta

from scanner.model import ExposureState, Form, News, SightingState
from scanner.scans.page import ReportRead, from_json, to_json
from tests.builders import NOON, a_meeting, a_room
from tests.scans.nights import PAGE, Nights, a_link, failed, read, unchanged

OURS = (a_link(),)
POST, OTHER_POST = "https://social.example/@raid/1", "https://social.example/@raid/2"


def report(*places: str, links=OURS, **more: str) -> ReportRead:
    return ReportRead(source="forum", places=places, links=links, by="Zoom", **more)


def soon():
    return a_meeting(starts=NOON + timedelta(days=1))


def test_a_report_crosses_from_the_child_unchanged() -> None:
    line = report(POST, OTHER_POST, address="mail:1", digest="d")
    assert from_json(to_json(line)) == line


def test_a_report_is_a_sighting_at_each_place_it_names_and_is_told(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(report(POST, OTHER_POST))
    (exposure,) = nights.exposures
    assert {(s.address, s.form, s.where, s.state) for s in exposure.sightings} == {
        (place, Form.REPORTED, "reported by Zoom", SightingState.UP) for place in (POST, OTHER_POST)
    }
    assert nights.news == [News.OPENED]
    assert nights.known().keys() == {POST, OTHER_POST}, "they are to be read"


def test_of_a_report_about_others_only_the_message_is_remembered(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(report(POST, links=(a_link(a_room("84155509999")),), address="mail:1"))
    assert nights.exposures == []
    assert nights.news == []
    assert {address: rooms for address, (_, rooms) in nights.known().items()} == {"mail:1": 1}


def test_a_page_that_shows_us_nothing_does_not_prove_a_report_wrong(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(report(POST))
    nights.send_all()
    for line in (read(address=POST), read(address=POST, digest="d2"), unchanged(POST), failed(address=POST)):
        assert nights.scan(line).gone == 0
        (exposure,) = nights.exposures
        assert exposure.state is ExposureState.OPEN
        assert exposure.sightings[0].state is SightingState.UNREADABLE
    said = [event.what for event in exposure.events]
    assert said.count("Lychgate read one place and did not see it there") == 1
    assert nights.scan_twice(failed("HTTP 404", address=POST, gone=True)).gone == 1


def test_once_seen_by_lychgate_it_is_a_sighting_like_any_other(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(report(POST))
    nights.scan(read(a_link(), address=POST))
    assert nights.exposures[0].sightings[0].form is Form.URL
    assert nights.scan_twice(read(address=POST)).gone == 1


def test_a_report_takes_nothing_from_what_was_seen(nights: Nights) -> None:
    nights.register(soon())
    nights.scan(read(a_link()))
    nights.scan(report(PAGE))
    (exposure,) = nights.exposures
    assert [sighting.form for sighting in exposure.sightings] == [Form.URL]
    nights.scan_twice(read())
    assert nights.exposures[0].state is ExposureState.GONE
    nights.scan(report(PAGE))
    assert nights.exposures[0].state is ExposureState.REGRESSED, "somebody says that it is back"


def test_two_reports_of_one_place_do_not_undo_each_other(nights: Nights) -> None:
    nights.register(soon())
    nights.register(a_meeting(a_room("84155509999"), starts=NOON + timedelta(days=1), title="Choir"))
    nights.scan(report(POST))
    nights.scan(report(POST, links=(a_link(a_room("84155509999")),)))
    assert [e.sightings[0].state for e in nights.exposures] == [SightingState.UP] * 2
