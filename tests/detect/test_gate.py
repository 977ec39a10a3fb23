"""The gate never closes on a document in which reading finds a room, and closes on most others."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
import re
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.detect import KINDS, Detector, detect
from scanner.detect.gate import Gate
from scanner.detect.needles import Needles, Places, Sign, spellings
from scanner.extract import LONGEST
from scanner.extract import segments as read
from scanner.model import Document
from scanner.platforms import BUILT_IN, Found, PlatformTable
from tests.detect.disguised import (
    CHARSETS,
    DISGUISES,
    DOCUMENTS,
    EXAMPLES,
    FILLER,
    NEW_PLATFORM,
    PLACES,
    ROOMS,
    document,
)

GATE = Gate(BUILT_IN)
PLAIN_GATE = Gate(BUILT_IN, fast=False)
DETECTOR = Detector(BUILT_IN)
SHARED = Path(os.environ.get("LYCHGATE_SHARED", Path(__file__).parents[3] / "shared"))

MEDIA_TYPES = {"html": "text/html", "ics": "text/calendar", "email": "message/rfc822"}


def finds_room(document: Document) -> bool:
    """Read a document in full, whatever the gate says of it."""
    return bool(DETECTOR._detect(read(document), bare=False).links)


@pytest.mark.parametrize(("slug", "found"), EXAMPLES, ids=[f"{slug}-{f.text[:40]}" for slug, f in EXAMPLES])
def test_what_every_platform_shows_as_found_passes(slug: str, found: Found) -> None:
    page = document(found.text, MEDIA_TYPES.get(found.kind, "text/plain"))
    if found.kind == "href":
        page = document(f'<html>{FILLER}<a href="{html.escape(found.text)}">here</a>{FILLER}')
    assert GATE.opens(page)


def test_a_new_platform_is_known_without_a_change_here() -> None:
    gate = Gate(PlatformTable([NEW_PLATFORM]))
    assert gate.opens(document("see https://kammer.example/kammer/123456", "text/plain"))
    assert gate.opens(document("k a m m e r [.] example / kammer / 123456", "text/plain"))
    assert gate.opens(document("Kammernummer: 845 123 678", "text/plain"))
    assert not gate.opens(document("see https://kammer.example/halle/123456", "text/plain"))
    assert not gate.opens(document("see https://zoom.us/j/84512367890", "text/plain"))


ORDINARY = {
    "words": FILLER * 20,
    "names of platforms": "<p>We use Zoom, Microsoft Teams and Discord. Meeting in the hall at 7.</p>",
    "numbers": "<p>Order 84512367890, ISBN 9780306406157, tel. 01632 960 123, 2026-11-22</p>",
    "other pages of hosts": '<a href="https://www.facebook.com/choir">f</a> <a href="https://zoom.us/pricing">z</a>',
    "a name, then a number": "<p>held on Zoom. There were 84512367 people</p>",
    "escapes": "<p>caf&eacute; &nbsp; &copy; 2026 &#8217;tis</p><script>var a='\\u00e9\\n'</script> 100%25",
    "style": "<style>.a{zoom:1;width:12345678px}</style><div class='meet teams goto'>x</div>",
    "a hint that leads nowhere": '<a href="https://shop.example.org/b/new-arrivals">new</a>',
    "long words": f"<i style='src:data:font/a;base64,{base64.b64encode(bytes(range(256)) * 8).decode()}'>",
    "JSON": json.dumps({"id": 84512367890, "meeting": "hall", "tags": ["zoom", "lens"]}),
    "feed": "<?xml version='1.0'?><rss><item><title>Choir</title><link>https://a.example/b</link></item></rss>",
    "other letters": "<p>Привет, это обычная страница. 你好，世界 12345678</p>",
    "other letters beside a host": '<p>Группа <a href="https://www.facebook.com/choir">там/тут</a></p>',
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_pages_are_closed_out(text: str) -> None:
    for media_type in ("text/html", "text/plain", ""):
        assert not GATE.opens(document(text, media_type))


def test_what_cannot_be_searched_as_it_lies_there_passes() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.txt", "nothing")
    mail = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nnothing"
    for body in (
        archive.getvalue(),
        gzip.compress(b"nothing"),
        b"%PDF-1.7\nnothing",
        bytes(range(256)),
        mail,
    ):
        assert GATE.opens(Document("", body))
    assert GATE.opens(Document("", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"))


def test_a_document_that_is_closed_out_is_described_like_one_that_was_read() -> None:
    page = document(FILLER)
    long = Document("", b"a " * (LONGEST // 2 + 1), "text/plain")
    assert (detect(page).media_type, detect(page).cut) == ("text/html", False)
    assert (detect(long).media_type, detect(long).cut) == ("text/plain", True)


def test_short_links_are_read_to_be_reported() -> None:
    page = document('<html><a href="https://bit.ly/3xYzAbC">here</a>')
    assert detect(page).notes == ("could not see through a short link of bit.ly",)


def test_numbers_without_evidence_are_found_when_asked_for() -> None:
    page = document("<html><p>845 1236 7890</p>")
    assert not GATE.opens(page)
    assert [link.room.key for link in detect(page, bare=True).links] == ["84512367890"]


# --- whatever reading finds, the gate lets through ------------------------------------------------


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(ROOMS),
    st.lists(st.sampled_from(list(DISGUISES)), max_size=3),
    st.sampled_from(list(PLACES)),
    st.sampled_from(list(DOCUMENTS)),
    st.sampled_from(["utf-8"] * 6 + CHARSETS),
)
@example("https://zoom.us/j/84512367890", ["zero width", "percent", "tags"], "comment", "page", "utf-8")
@example("https://zoom.us/j/84512367890", ["mathematical letters"], "JSON-LD", "page", "cp1252")
@example("Meeting ID: 845 1236 7890", ["comments"], "columns", "page", "utf-8")
@example("会议号：845 1236 7890", [], "title", "page", "utf-8")
@example("https://meet.google.com/bcd-efgh-jkm", ["base64", "tags"], "noscript", "page", "utf-8")
@example("ID: 845 1236 7890 zoom passcode: 123abc", ["tags with a tag"], "srcdoc", "feed", "utf-8")
@example(
    "https://riverside.fm/studio/choir?t=0a1b2c3d4e5f", ["entities", "backslashes"], "href", "feed", "utf-8"
)
@example("Google Meet: bcd-efgh-jkm", ["tags with an angle"], "columns", "feed", "utf-8")
@example("Zoom ID: 845 1236 7890", ["entities", "tags"], "columns", "page", "utf-8")
@example("https://meeting.zoho.com/join?key=1845123678", ["base64", "JSON"], "title", "feed", "utf-8")
@example(
    "https://meet.google.com/BCDEFGHJKM", ["soft hyphens", "line breaks", "escaped"], "href", "feed", "utf-8"
)
@example("https://meetings.vonage.com/845123678", ["backslashes", "line breaks"], "href", "data", "utf-8")
def test_whatever_reading_finds_passes(
    room: str, disguises: list[str], place: str, kind: str, charset: str
) -> None:
    text = room
    for name in disguises:
        text = DISGUISES[name](text)
    media_type, around = DOCUMENTS[kind]
    page = document(around(PLACES[place](text)), media_type, charset)
    if finds_room(page):
        assert GATE.opens(page)


TABLE = "<table><tr><td>Day<td>{}<td>Who<tr><td>Mon<td>{}<td>Ann</table>"
APART = {
    "strokes round a word for a sign": "<p>zoom-dot-us/j/84512367890 and so on",
    "lines round words for signs": "<p>zoom_dot_us _slash_ j _slash_ 84512367890",
    "relative to a base": '<base href="https://zoom.us/"><a href="j/84512367890">here</a>',
    "under a plain cell": TABLE.format("Zoom ID", "845 1236 7890"),
    "under a name": TABLE.format("Zoom", "845 1236 7890"),
    "a code under a name": TABLE.format("Meet", "bcd-efgh-jkm"),
    "in a field": '<label>Zoom ID <input class="x" value="845 1236 7890" readonly></label>',
    "in a field that has a name": '<input value="84512367890" type="hidden" name="zoom_id">',
    "in a cell that says its heading": '<table><tr><td data-label="Zoom ID">845 1236 7890</table>',
    "a value beside its label": (
        '<script type="application/json">{"name": "Zoom ID", "value": "845 1236 7890"}</script>'
    ),
    "below headings, parted by commas": "|Day,Zoom ID\nMon,845 1236 7890\n"[1:],
    "a table drawn with strokes": "| Day | Zoom ID | Who |\n|---|---|---|\n| Mon | 845 1236 7890 | Ann |\n",
}
"""What tells of a room stands apart from it."""


@pytest.mark.parametrize("gate", [GATE, PLAIN_GATE], ids=["Hyperscan", "standard library"])
@pytest.mark.parametrize("text", APART.values(), ids=APART.keys())
def test_what_tells_of_a_room_may_stand_apart_from_it(text: str, gate: Gate) -> None:
    page = document(text, "text/html" if text.startswith("<") else "text/plain")
    assert finds_room(page)
    assert gate.opens(page)


def test_the_disguises_of_that_proof_are_seen_through_by_reading() -> None:
    """A disguise that reading never undoes would prove nothing."""
    rooms = ["https://us02web.zoom.us/j/84512367890", "Zoom ID: 840 1236 7810"]
    for name, disguise in DISGUISES.items():
        pages = [
            document(DOCUMENTS["page"][1](PLACES[place](disguise(r)))) for r in rooms for place in PLACES
        ]
        assert any(map(finds_room, pages)), name


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*ROOMS, *ORDINARY.values()]), max_size=3), st.sampled_from(list(DISGUISES)))
def test_both_engines_answer_alike(texts: list[str], disguise: str) -> None:
    page = document(DOCUMENTS["page"][1](" ".join(map(DISGUISES[disguise], texts))))
    assert GATE.opens(page) == PLAIN_GATE.opens(page)


@given(st.lists(st.binary(min_size=1, max_size=6), max_size=20), st.binary(max_size=200))
def test_needles_are_found_as_if_looked_for_one_by_one(words: list[bytes], text: bytes) -> None:
    wanted = sorted({word for word in words if word in text})
    assert sorted(Needles(words, fast=False).within(text)) == wanted


@given(
    st.lists(st.sampled_from([b"zoom.us", b"meet", b"me", b"(a|b)*", b"t.me/", b"\\"]), min_size=1), st.data()
)
def test_hyperscan_finds_the_same_needles(words: list[bytes], data: st.DataObject) -> None:
    pytest.importorskip("hyperscan", reason="the optional engine is not installed")
    text = b"".join(data.draw(st.lists(st.sampled_from([*words, b" ", b"zoomXus", b"a"]))))
    assert Needles(words).within(text) == sorted(Needles(words, fast=False).within(text))


SIGNS = {
    "a run": rb"[0-9]{3,5}",
    "either case": rb"(?i)ab-[a-z]{2}",
    "without an end": rb"a.*b",
    "what Hyperscan cannot take": rb"(?<!x)[0-9]{3}",
    "what matches anywhere": rb"[0-9]*",
}


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("expression", SIGNS.values(), ids=SIGNS.keys())
@given(text=st.text(alphabet="abABx-123\n", max_size=80).map(str.encode))
def test_a_sign_that_stands_in_a_text_is_never_denied(expression: bytes, text: bytes, fast: bool) -> None:
    found = list(re.finditer(expression, text))
    if found:
        assert Sign(expression, fast=fast).may_stand_in(text)
    stretches = list(Places(expression, fast=fast).within(text))
    assert all(any(start <= m.start() and m.end() <= end for start, end in stretches) for m in found if m[0])
    assert all(low[1] < high[0] for low, high in pairwise(stretches))


def test_a_text_without_a_sign_is_told_at_once() -> None:
    pytest.importorskip("hyperscan", reason="the optional engine is not installed")
    assert not Sign(rb"[0-9]{3}").may_stand_in(b"12 34 ab")
    assert list(Places(rb"[0-9]{3}").within(b"12 345" + b" " * 9 + b"678")) == [(3, 6), (15, 18)]


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"meeting[\s\-]*id", {"meetingid"}),
        (r"m[öø](?:tes|te)[\s\-]*id", {"mötesid", "møtesid", "möteid", "møteid"}),
        (r"kod\s+(?:x{2,3})?dostępu", {"dostępu"}),
        (r"pass(?:word)?", {"pass"}),
        (r"room\s#[0-9]+", {"room#"}),
    ],
)
def test_literals_of_patterns(pattern: str, texts: set[str]) -> None:
    assert spellings(pattern) == texts


def test_a_pattern_without_letters_has_no_literals() -> None:
    with pytest.raises(ValueError, match="without any letter"):
        spellings(r"[0-9]+")


# --- other people's texts, measured where they lie ------------------------------------------------

VECTORS = SHARED / "vectors" / "links-public.jsonl"
PAGES = SHARED / "corpus" / "pages-public" / "pages.zip"


@pytest.mark.skipif(not VECTORS.exists(), reason="the shared examples are not here")
def test_labelled_texts_with_rooms_pass() -> None:
    closed = []
    for line in VECTORS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        text, kind = case["text"], case["kind"]
        assert kind in KINDS
        page = document(text, MEDIA_TYPES.get(kind, "text/plain"))
        if kind == "href":
            page = document(f'<html><a href="{html.escape(text)}">here</a>')
        if not GATE.opens(page) and finds_room(page):
            closed.append(case["id"])
    assert not closed


@pytest.mark.skipif(not PAGES.exists(), reason="the shared pages are not here")
def test_real_pages_with_rooms_pass_and_most_others_do_not() -> None:
    media_types = {
        "html": "text/html",
        "md": "text/markdown",
        "json": "application/json",
        "ics": "text/calendar",
    }
    roles = {
        entry["file"]: entry["role"]
        for entry in map(json.loads, (PAGES.parent / "manifest.jsonl").read_text().splitlines())
    }
    opened: dict[str, list[bool]] = {}
    with zipfile.ZipFile(PAGES) as pages:
        for name in pages.namelist():
            ending = name.rpartition(".")[2]
            if ending in media_types and len(pages.read(name)) < 200_000:
                page = Document("", pages.read(name), media_types[ending])
                opened.setdefault(roles.get(name, ""), []).append(GATE.opens(page))
    assert all(opened["recall"])
    assert sum(opened["negative"]) < 0.2 * len(opened["negative"])
