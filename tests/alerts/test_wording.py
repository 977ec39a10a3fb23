"""What people read: the right facts in the right order, nothing to click, nothing that opens a meeting."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.alerts.plain import defanged, host_of, plain
from scanner.alerts.steps import steps
from scanner.alerts.wording import write
from scanner.model import Form, Message, News, Passcode, PasscodeKind, Room, SeverityLevel, SightingState
from tests.alerts.cases import (
    ABOUT_EXPOSURES,
    NOW,
    PASSCODE,
    ROOM,
    SOON,
    alert,
    exposure,
    meeting,
    message,
    organisation,
    sighting,
)


class Reader(HTMLParser):
    """Collect the text and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.pieces: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())


def opened() -> Message:
    return message(News.OPENED)


def test_the_subject_says_who_what_where_and_how_soon() -> None:
    assert opened().subject == f"[St Mary's] Meeting link found on forum.example - {SOON}"


@pytest.mark.parametrize(
    ("news", "subject"),
    [
        (News.SPREAD, f"Meeting link now in 2 places - {SOON}"),
        (
            News.REGRESSED,
            f"Meeting link is back on forum.example and 1 more place - {SOON}",
        ),
        (
            News.GONE,
            f"All clear: meeting link gone from forum.example and 1 more place - {SOON}",
        ),
        (News.BLIND, "Could not look: village-forum is silent since 03:10."),
        (News.TEST, "Test of channel clerk"),
    ],
)
def test_each_kind_of_news_has_its_subject(news: News, subject: str) -> None:
    both = exposure(sighting(1), sighting(2, "https://board.example/x", first_seen=NOW))
    written = message(news, about=both, detail="village-forum is silent since 03:10.")
    assert written.subject == f"[St Mary's] {subject}"


@pytest.mark.parametrize(
    ("form", "thing"),
    [
        (Form.WRITTEN, "meeting ID"),
        (Form.BARE, "possible meeting ID"),
        (Form.DIAL_IN, "dial-in number"),
        (Form.IMAGE, "meeting link"),
    ],
)
def test_a_message_calls_what_was_found_by_its_name(form: Form, thing: str) -> None:
    written = message(about=exposure(sighting(form=form)))
    assert written.subject.startswith(f"[St Mary's] {thing[0].upper()}{thing[1:]} found on ")
    assert written.text.startswith(f"A {thing.upper()} IS IN PUBLIC")


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (timedelta(seconds=-60), "meeting is on now"),
        (timedelta(minutes=5), "meeting in 5 minutes"),
        (timedelta(hours=26, minutes=4), "meeting in 1 day 2 hours"),
        (timedelta(days=9), "meeting in 9 days"),
    ],
)
def test_the_time_left_is_in_words(starts: timedelta, words: str) -> None:
    assert message(of=meeting(starts=NOW + starts)).subject.endswith(f" - {words}")


def test_a_meeting_that_is_over_has_no_time_left() -> None:
    over = message(of=meeting(starts=NOW - timedelta(days=3)))
    assert over.subject == "[St Mary's] Meeting link found on forum.example"
    assert "Starts    no further date\n" in over.text


def test_the_next_date_of_a_series_counts() -> None:
    weekly = meeting(starts=NOW - timedelta(days=6), repeats="FREQ=WEEKLY")
    assert message(of=weekly).subject.endswith("meeting in 1 day")


def test_the_text_holds_all_that_is_needed_in_that_order() -> None:
    text = opened().text
    parts = [
        "The link to “Bell ringers” stands in public on forum[.]example.",
        "Meeting   Bell ringers",
        "Thursday 26 November 2026, 19:30 GMT (Europe/London), in 3 hours 10",
        "CRITICAL. Anyone can walk in",
        "Certain. The link that stands there opens this very meeting.",
        "- hxxps://forum[.]example/t/bell-ringers/41",
        "as a link, first seen Thursday 26 November 2026, 03:20 GMT",
        "1. Make a new meeting with an ID of its own",
        "2. Tell your members the new link",
        "lychgate exposures ack 3",
        "You get this because route 1 takes every exposure.",
        "Lychgate for St Mary's",
    ]
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places)


def test_times_are_told_in_the_zone_of_the_group() -> None:
    assert (
        "Friday 27 November 2026, 08:30 NZDT (Pacific/Auckland)"
        in message(group=organisation(timezone="Pacific/Auckland")).text
    )
    assert "19:30 UTC (UTC)" in message(group=organisation(timezone="Nowhere/At_all")).text


@pytest.mark.parametrize("news", list(News))
def test_both_twins_say_the_same(news: News) -> None:
    many = exposure(*(sighting(number, f"https://forum.example/t/{number}") for number in range(1, 9)))
    written = message(news, about=many, detail="Something is up.")
    page = Reader(written.html).text.casefold()
    for line in written.text.splitlines():
        for words in re.split(r" {2,}|^- |^\d\. |^-- $", line):
            assert words.strip().casefold() in page, words


@pytest.mark.parametrize("news", list(News))
def test_no_message_has_anything_to_click_or_load(news: News) -> None:
    written = message(news, detail="See https://board.example/x or www.board.example/x")
    page = Reader(written.html)
    assert not {"a", "img", "link", "script", "iframe", "form"} & set(page.tags)
    assert not {"href", "src", "action"} & {name for name, _ in page.attributes}
    for text in (written.subject, written.text, written.html):
        assert not re.search(r"https?:|www\.", text)


def test_where_there_is_a_desk_it_is_the_only_thing_to_click() -> None:
    about = exposure()
    written = write(
        alert(News.OPENED, about),
        exposure=about,
        meeting=meeting(),
        organisation=organisation(),
        now=NOW,
        others=("chat (sent)",),
        desk="https://desk.stmarys.example",
    )
    place = "https://desk.stmarys.example/exposures/3"
    page = Reader(written.html)
    assert [value for name, value in page.attributes if name == "href"] == [place]
    for text in (written.text, written.html, written.short):
        assert place in text
        assert not re.search(r"https?:", text.replace(place, ""))
    assert "Also told chat (sent)" in written.text


def test_a_message_for_programs_says_the_same_and_gives_nothing_away() -> None:
    facts = opened().facts
    assert facts["news"] == "opened"
    about = facts["exposure"]
    assert isinstance(about, dict)
    assert (about["number"], about["severity"], about["meeting"]) == (3, "critical", "Bell ringers")
    assert about["starts"] == "2026-11-26T19:30:00Z"
    assert about["places"][0]["address"] == "hxxps://forum[.]example/t/bell-ringers/41"
    said = json.dumps(facts)
    assert ROOM.key not in said
    assert PASSCODE.text not in said
    assert message(News.BLIND).facts["exposure"] is None


def test_follow_ups_thread_with_the_first_message() -> None:
    first, later = opened(), message(News.SPREAD)
    assert first.thread == ""
    assert later.thread == first.key
    assert later.key != first.key
    assert message(News.BLIND).thread == ""


def test_news_about_an_exposure_needs_it() -> None:
    with pytest.raises(ValueError, match="give the exposure"):
        write(
            alert(News.OPENED, exposure()),
            exposure=exposure(),
            meeting=None,
            organisation=organisation(),
            now=NOW,
        )


def test_the_newest_places_come_first_when_they_are_the_news() -> None:
    both = exposure(sighting(1), sighting(2, "https://board.example/x", first_seen=NOW))
    text = message(News.SPREAD, about=both).text
    assert text.index("board[.]example") < text.index("forum[.]example")
    text = message(News.OPENED, about=both).text
    assert text.index("forum[.]example") < text.index("board[.]example")


def test_places_where_it_is_gone_are_not_where_it_stands() -> None:
    both = exposure(sighting(1), sighting(2, "https://board.example/x", state=SightingState.GONE))
    assert "board" not in message(News.OPENED, about=both).text
    gone = exposure(sighting(1, state=SightingState.GONE))
    assert "WHERE IT STOOD\n- hxxps://forum[.]example" in message(News.GONE, about=gone).text


def test_one_place_with_two_rooms_is_one_place() -> None:
    twice = exposure(sighting(1), sighting(2, form=Form.WRITTEN))
    text = message(about=twice).text
    assert text.count("hxxps://") == 1
    assert "as a link, as a written meeting ID, first seen" in text


@pytest.mark.parametrize("form", list(Form))
def test_every_form_has_its_words(form: Form) -> None:
    text = message(about=exposure(sighting(form=form))).text
    doubts = {Form.BARE: "Perhaps.", Form.REPORTED: "Not seen by Lychgate."}
    assert doubts.get(form, "Certain.") in text


@pytest.mark.parametrize("platform", ["zoom", "teams", "google-meet", "webex", "jitsi", "someone-elses"])
def test_steps_are_two_lines_each_and_guard_the_door_first_when_time_is_short(platform: str) -> None:
    calm, hurried = steps(platform, soon=False), steps(platform, soon=True)
    assert hurried[1:] == calm
    assert hurried[0].what.startswith("Shut the door")
    assert all(len(line) <= 75 for step in hurried for line in (step.what, step.how))
    soon = message(
        about=exposure(sighting(room=Room(platform, "x"))), of=meeting(starts=NOW + timedelta(minutes=90))
    )
    assert f"1. {hurried[0].what}\n   {hurried[0].how}\n2. {calm[0].what}\n" in soon.text


# --- hostile text -------------------------------------------------------------------------------

HOSTILE = [
    "Choir\r\nBcc: everybody@example.org\r\n\r\nmore",
    "=?utf-8?q?Choir=0D=0ABcc:=20x?=",
    "x" * 5000,
    "مجلس \u202eevil\u202c القرية",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% for x in [] %}",
    "Choir\x00\x1b[31m\x07\u2028\u2029\ud800",
    "Zoom: https://us02web.zoom.us/j/84471190263?pwd=Qm9vaw",
    "Zoom 844 7119 0263 passcode larks-7731",
    "844-7119-0263 LARKS-7731",
    "zoom.us/j/84471190263#success",
    "a\u200bb" * 400,
    "' OR 1=1; --",
    "",
]  # fmt: skip


TRICKS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029\u202e\ud800]")
TAGS = frozenset("html head meta title body h1 h2 p dl dt dd ul ol li code br strong".split())  # noqa: SIM905
ATTRIBUTES = frozenset({"lang", "charset", "name", "content", "style"})


def assert_harmless(written: Message) -> None:
    assert len(written.subject) <= 120
    assert "\n" not in written.subject
    assert written.text.count("\n") < 60
    page = Reader(written.html)
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    for text in (written.subject, written.text, written.html):
        assert not TRICKS.search(text)
        assert ROOM.key not in re.sub(r"[\s.\-]", "", text)
        assert not re.search(r"https?:|zoom\.us/", text)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("news", list(News))
def test_hostile_words_stay_words(news: News, text: str) -> None:
    written = message(news, of=meeting(title=text), group=organisation(name=text), detail=text)
    assert_harmless(written)
    if news in ABOUT_EXPOSURES:
        assert PASSCODE.text.casefold() not in (written.subject + written.text + written.html).casefold()
    assert "49" not in Reader(written.html).text or "49" in text


HOSTILE_ADDRESSES = [
    "https://zoom.us/j/84471190263?pwd=larks-7731",
    "https://forum.example/?next=https%3A%2F%2Fzoom.us%2Fj%2F84471190263%3Fpwd%3Dlarks-7731",
    "https://forum.example/844-7119-0263",
    "https://forum.example/t?a=1&b=<script>alert(1)</script>#844.7119.0263",
    "https://clerk:larks-7731@forum.example/x",
    "https://forum.example/a\r\nSubject: b",
    "https://forum.example/\u202egpj.exe",
    "https://forum.example/www.board.example/mailto:clerk@example.org",
    "https://[::1]:8102/x",
    "http://[half",
    "//forum.example",
    "x" * 5000,
    "https://forum.example/" + "a" * 5000,
    "https://xn--bcher-kva.example/HTTP://board.example",
    "",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES, ids=range(len(HOSTILE_ADDRESSES)))
def test_hostile_addresses_cannot_be_clicked(address: str) -> None:
    for news in ABOUT_EXPOSURES:
        written = message(news, about=exposure(sighting(1, address)))
        assert_harmless(written)
        assert PASSCODE.text not in written.text + written.html
    shown = defanged(address)
    assert not re.search(r"\w\.\w|http|@|\s", shown, re.IGNORECASE)
    assert len(shown) <= 160
    assert "/" not in host_of(address)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_any_text_makes_a_message(title: str, address: str, name: str) -> None:
    written = message(
        about=exposure(sighting(1, address)), of=meeting(title=title), group=organisation(name=name)
    )
    assert len(written.subject) <= 120
    assert "\n" not in written.subject
    assert written.text.count("\n") < 60


def test_the_longest_message_is_under_sixty_lines() -> None:
    words = "a long word " * 400
    many = exposure(
        *(sighting(number, f"https://forum.example/{'x' * 300}/{number}") for number in range(1, 40))
    )
    for news in News:
        written = message(
            news,
            about=many,
            of=meeting(title=words, starts=NOW + timedelta(minutes=1)),
            group=organisation(name=words),
            detail=words,
        )
        assert written.text.count("\n") < 60
        assert len(written.subject) <= 120


def test_a_long_subject_keeps_its_end() -> None:
    long = message(
        about=exposure(sighting(1, f"https://{'a' * 60}.{'b' * 60}.example/")), group=organisation("g" * 99)
    )
    assert long.subject.endswith(f"… - {SOON}")


def test_short_passcodes_do_not_shred_the_title() -> None:
    short = meeting(title="Annual assembly", passcodes=(Passcode("a", PasscodeKind.PLAIN),))
    assert "Meeting   Annual assembly\n" in message(of=short).text


def test_plain_keeps_what_scripts_need() -> None:
    persian = "می\u200cخواهم"
    assert plain(persian, limit=40) in (persian, persian.replace("\u200c", ""))
    assert plain("Crónica – 会議 🎵", limit=40) == "Crónica – 会議 🎵"


def test_wording_is_repeatable() -> None:
    at = datetime(2026, 11, 26, 16, 20, tzinfo=UTC)
    assert message(now=at) == message(now=at)
    assert message(about=exposure(level=SeverityLevel.LOW)) != message()
