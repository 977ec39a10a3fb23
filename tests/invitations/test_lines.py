"""Lines of an import file: what is taken, what is put right, and what is refused with which sentence."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scanner.errors import InputError
from scanner.invitations.keys import read_room
from scanner.invitations.lines import parse_line
from scanner.model import Passcode, PasscodeKind, Room
from scanner.platforms import BUILT_IN

SHARED = Path(__file__).parents[3] / "shared"
ROOM = {"platform": "zoom", "key": "81700000001"}


def line(**changes):
    entry = {"title": "Choir", "starts": "2026-11-26T19:00", "rooms": [ROOM]}
    return json.dumps({name: value for name, value in (entry | changes).items() if value is not ...})


def test_a_whole_line_is_understood():
    meeting = parse_line(
        line(
            ends="2026-11-26T20:30",
            repeats="RRULE:FREQ=WEEKLY;BYDAY=TH",
            rooms=[
                ROOM | {"passcode": "tea4two"},
                {"platform": "zoom", "key": "my:pat.smith", "passcode": "t" * 40},
            ],
        ),
        timezone="Europe/London",
    )
    london = ZoneInfo("Europe/London")
    assert meeting.title == "Choir"
    assert meeting.starts == datetime(2026, 11, 26, 19, tzinfo=london)
    assert meeting.ends == datetime(2026, 11, 26, 20, 30, tzinfo=london)
    assert meeting.repeats == "FREQ=WEEKLY;BYDAY=TH"
    assert meeting.timezone == "Europe/London"
    assert meeting.rooms == (Room("zoom", "81700000001"), Room("zoom", "my:pat.smith"))
    assert meeting.passcodes == (
        Passcode("tea4two", PasscodeKind.PLAIN),
        Passcode("t" * 40, PasscodeKind.TOKEN),
    )
    assert meeting.questions == ()


def test_a_start_without_an_offset_is_in_the_zone_of_the_organisation():
    summer = line(starts="2026-07-02T19:00")
    assert parse_line(summer, timezone="Europe/London").starts == datetime(2026, 7, 2, 18, tzinfo=UTC)
    assert parse_line(summer, timezone="America/New_York").starts == datetime(2026, 7, 2, 23, tzinfo=UTC)
    exact = line(starts="2026-07-02T19:00:00+02:00")
    assert parse_line(exact, timezone="America/New_York").starts == datetime(2026, 7, 2, 17, tzinfo=UTC)


def test_a_passcode_kind_that_is_given_counts():
    room = ROOM | {"passcode": "short", "passcode_kind": "token"}
    assert parse_line(line(rooms=[room]), timezone="UTC").passcodes == (
        Passcode("short", PasscodeKind.TOKEN),
    )


def test_optional_fields_may_be_null():
    meeting = parse_line(line(ends=None, repeats=None, rooms=[ROOM | {"passcode": None}]), timezone="UTC")
    assert (meeting.ends, meeting.repeats, meeting.passcodes) == (None, "", ())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("title=Choir", "not JSON at column 1"),
        ("[" * 200_000, "not JSON"),
        ('{"title": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "one JSON object"),
        ("null", "one JSON object"),
        (line(title="x" * 2_000_000), "longer than 1 MiB"),
        (line(titel="Choir"), "not known: “titel”"),
        (line(title=...), "“title” is missing"),
        (line(title=7), "text in quotes"),
        (line(title=" "), "is empty"),
        ('{"title": "\\ud800", "starts": "2026-11-26T19:00", "rooms": [{}]}', "half a character"),
        (line(title="Choir (tea4two)", rooms=[ROOM | {"passcode": "tea4two"}]), "title holds the passcode"),
        (line(starts=...), "“starts” is missing"),
        (line(starts="tomorrow"), "no date and time"),
        (line(starts="03/04/2026 19:00"), "which day"),
        (line(starts="2026-11-26"), "no time of day"),
        (line(starts=1790000000), "text in quotes"),
        (line(ends="2026-11-26T18:00"), "ends before it starts"),
        (line(ends="2026-11-26T19:00"), "ends before it starts"),
        (line(repeats="FREQ=SECONDLY"), "more often than daily"),
        (line(repeats="weekly"), "recurrence rule"),
        (line(rooms=...), "at least one room"),
        (line(rooms=[]), "at least one room"),
        (line(rooms=ROOM), "at least one room"),
        (line(rooms=[ROOM] * 51), "more than 50"),
        (line(rooms=["81700000001"]), "Each room should be an object"),
        (line(rooms=[ROOM | {"pin": "1"}]), "A room has a field that is not known: “pin”"),
        (line(rooms=[{"platform": "zoom"}]), "“key” is missing"),
        (line(rooms=[{"platform": "zoom", "key": 81700000001}]), "text in quotes"),
        (line(rooms=[{"platform": "zomo", "key": "81700000001"}]), "Did you mean “zoom”"),
        (line(rooms=[{"platform": "carrier-pigeon", "key": "1"}]), "no platform called “carrier-pigeon”"),
        (line(rooms=[ROOM | {"passcode": 123456}]), "text in quotes"),
        (line(rooms=[ROOM | {"passcode": ""}]), "is empty"),
        (line(rooms=[ROOM | {"passcode": "a", "passcode_kind": "secret"}]), "“plain” or “token”"),
        (line(rooms=[ROOM | {"passcode": "a", "passcode_kind": []}]), "“plain” or “token”"),
    ],
)
def test_a_faulty_line_is_refused_with_its_reason(text, says):
    with pytest.raises(InputError, match=says):
        parse_line(text, timezone="Europe/London")


@pytest.mark.parametrize(
    ("platform", "key", "canonical"),
    [
        ("zoom", "817 0000 0001", "81700000001"),
        ("zoom", "817-0000-0001", "81700000001"),
        ("Zoom", " 81700000001 ", "81700000001"),
        ("zoom", "MY:Pat.Smith", "my:pat.smith"),
        ("zoom", "register:tZwKf-Ab_C", "register:tZwKf-Ab_C"),
        ("google-meet", "TCY-FITN-ESS", "tcy-fitn-ess"),
        ("google-meet", "tcyfitness", "tcy-fitn-ess"),
        ("teams", "237 000 000 019 9", "2370000000199"),
        ("teams", "19:meeting_AbC@thread.v2", "19:meeting_AbC@thread.v2"),
        ("teams", "19:0f1e@thread.tacv2/1616990032035", "19:0f1e@thread.tacv2/1616990032035"),
        ("webex", "2550 000 0000", "25500000000"),
        ("webex", "Club.Webex.com/meet/Pat.Smith", "club.webex.com/pat.smith"),
        ("webex", "mtid:M0123456789ABCDEF0123456789ABCDEF", "mtid:m0123456789abcdef0123456789abcdef"),
        ("jitsi", "Meet.Jit.Si/Knitting Circle", "meet.jit.si/knitting circle"),
    ],
)
def test_a_key_is_put_in_its_canonical_form(platform, key, canonical):
    assert read_room(platform, key) == Room(platform.lower(), canonical)


@pytest.mark.parametrize(
    ("platform", "key"),
    [
        ("zoom", "12345678"),
        ("zoom", "817000000012"),
        ("zoom", "٨١٧٠٠٠٠٠٠٠١"),
        ("zoom", "pat smith"),
        ("zoom", "https://zoom.us/j/81700000001"),
        ("zoom", "8170000\x000001"),
        ("zoom", "81700000001\u202e"),
        ("zoom", ""),
        ("zoom", "9" * 1000),
        ("google-meet", "abcd-efg-hij"),
        ("teams", "19:meeting_AbC"),
        ("teams", "12345678"),
        ("webex", "mtid:m0123"),
        ("jitsi", "weavers"),
    ],
)
def test_a_key_that_cannot_be_one_is_refused_without_repeating_it(platform, key):
    with pytest.raises(InputError) as refused:
        read_room(platform, key)
    assert not key or key not in str(refused.value)


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared examples beside the repository")
def test_every_labelled_key_of_the_shared_examples_is_canonical_already():
    rooms = set()
    for text in (SHARED / "vectors/links-public.jsonl").read_text().splitlines():
        rooms |= {(found["platform"], found["key"]) for found in json.loads(text)["expect"]}
    for text in (SHARED / "corpus/labels-public.jsonl").read_text().splitlines():
        rooms |= {(found["platform"], found["key"]) for found in json.loads(text).get("rooms", [])}
    known = {room for room in rooms if room[0] in BUILT_IN.platforms}
    assert known
    assert [room for room in known if read_room(*room) != Room(*room)] == []


def test_a_title_is_the_owners_own_word() -> None:
    named = parse_line(line(title="Zoom 817\t0000 0001\u202e"), timezone="UTC")
    assert named.title == "Zoom 817 0000 0001"
