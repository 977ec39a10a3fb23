"""Reading a page round the places that the screen names finds what reading all of it finds."""

from __future__ import annotations

import os
import random
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest

from scanner.detect import Detector
from scanner.detect.screen import Screen
from scanner.detect.windows import Source
from scanner.extract import segments
from scanner.model import Detection, Document
from scanner.platforms import BUILT_IN, PlatformTable
from tests.detect.disguised import DISGUISES, DOCUMENTS, FILLER, NEW_PLATFORM, PLACES, ROOMS, document
from tests.effort import grows_with_size_only

pytest.importorskip("hyperscan", reason="the package that screens pages is not installed")

SCREENED = Detector(BUILT_IN)
SCREEN = Screen(BUILT_IN)
SHARED = Path(os.environ.get("LYCHGATE_SHARED", Path(__file__).parents[3] / "shared"))
MUCH = FILLER * 400
"""More of a page than is ever read round one place."""


def found(detection: Detection) -> set[tuple[str, str, str | None, str]]:
    return {
        (
            link.room.platform,
            link.room.key,
            link.passcode.text if link.passcode else None,
            link.confidence.value,
        )
        for link in detection.links
    }


def in_full(page: Document) -> Detection:
    return SCREENED._detect(segments(page), bare=False)


def long_page(body: str) -> Document:
    return document(f"<!doctype html><html><body>{MUCH}{body}{MUCH}</body></html>")


@pytest.mark.parametrize("place", PLACES)
def test_rooms_anywhere_in_a_page_are_found_as_by_reading_all_of_it(place: str) -> None:
    pages = [document(DOCUMENTS["page"][1](PLACES[place](room))) for room in ROOMS]
    assert [page.body for page in pages if found(SCREENED.detect(page)) != found(in_full(page))] == []
    assert [page.body for page in pages if found(in_full(page)) and not SCREEN.seen(page.body.decode())] == []


def test_hardly_a_disguise_is_seen_through_by_reading_alone() -> None:
    """Letters hidden in two ways at once get past the screen here and there; what that costs is bounded."""
    chosen = random.Random(20)
    lost, both = [], 0
    for _ in range(1500):
        room, disguise = chosen.choice(ROOMS), chosen.choice(list(DISGUISES))
        place, kind = chosen.choice(list(PLACES)), chosen.choice(list(DOCUMENTS))
        media_type, around = DOCUMENTS[kind]
        page = document(around(PLACES[place](DISGUISES[disguise](room))), media_type)
        expected = found(in_full(page))
        both += bool(expected)
        if expected != found(SCREENED.detect(page)) or (expected and not SCREEN.seen(page.body.decode())):
            lost.append((room, disguise, place, kind))
    assert both > 1000
    assert len(lost) <= both // 100, lost


def test_a_long_page_gives_what_reading_all_of_it_gives() -> None:
    chosen = random.Random(21)
    lost = []
    for _ in range(60):
        body = PLACES[chosen.choice(list(PLACES))](chosen.choice(ROOMS))
        page = long_page(body)
        if found(SCREENED.detect(page)) != found(in_full(page)):
            lost.append(body)
    assert lost == []


NEAR = "https://us02web.zoom.us/j/84512367890"
APART = {
    "a passcode far behind its link": f"<p>{NEAR}</p>{FILLER * 12}<p>Passcode: 482915</p>",
    "a passcode out of reach": f"<p>{NEAR}</p>{FILLER * 60}<p>Passcode: 482915</p>",
    "a name before a label": f"<h2>Microsoft Teams</h2>{FILLER}<p>Meeting ID: 241 785 412</p>",
    "much markup between a link and its passcode": (
        f"<p>{NEAR}</p>{'<span class=x><!-- nothing --></span>' * 500}<p>Passcode: 482915</p>"
    ),
    "a script between": f"<p>{NEAR}</p><script>{'var a = 1;' * 3000}</script><p>Passcode: 482915</p>",
    "a heading far above its number": (
        "<table><tr><th>Day<th>Zoom meeting ID</tr>"
        + "<tr><td>Monday<td>none</tr>" * 600
        + "<tr><td>Friday<td>845 1236 7890</tr></table>"
    ),
    "a heading far above its number, drawn": (
        "<pre>\n| Day | Zoom meeting ID |\n|---|---|\n"
        + "| Monday | none |\n" * 1_500
        + "| Friday | 845 1236 7890 |\n</pre>"
    ),
    "in a comment before two that need a label": (
        f"<!-- {NEAR} -->{FILLER * 24}<p>Meeting ID: 845 1111 2222</p>"
        f"{FILLER * 24}<p>Meeting ID: 845 3333 4444</p>"
    ),
    "relative to a base": f'<base href="https://zoom.us/">{MUCH}<a href="j/84512367890">here</a>',
    "in a script that holds JSON": (
        '<script type="application/ld+json">{"a": ["'
        + "x" * 40_000
        + f'"], "url": "{NEAR}", "passcode": "482915"}}</script>'
    ),
    "an address over a border": "<p>" + "x" * 15_800 + f" {NEAR}?pwd={'QWxwaGFiZXQ' * 30}.1</p>",
    "in a field": "<label>Zoom ID <input class=x value='845 1236 7890' readonly></label>",
    "in a cell that says its heading": "<table><tr><td data-label='Zoom ID'>845 1236 7890</table>",
    "in a field whose name says it": "<input type=hidden name=zoom_id value=84512367890>",
    "in an entry for a calendar": (
        "<a href='data:text/calendar,BEGIN:VCALENDAR%0ABEGIN:VEVENT%0A"
        "DESCRIPTION:Zoom%20Meeting%20ID:%20845%201236%207890%0AEND:VEVENT%0AEND:VCALENDAR'>Add</a>"
    ),
    "over two lines that somebody quotes": f"<pre>\n&gt; {NEAR[:33]}\n&gt; {NEAR[33:]}\n</pre>",
    "wide slashes": f"<p>{NEAR.removeprefix('https://').replace('/', '／')}</p>",
    "escapes of Vietnamese letters": (
        r'<script type="application/json">{"a": "ID cu\u1ed9c h\u1ecdp: 845 1236 7890"}</script>'
    ),
    "escapes of Thai letters": (
        r'<script type="application/json">{"a": "\u0e23\u0e2b\u0e31\u0e2a\u0e01\u0e32\u0e23'
        r'\u0e1b\u0e23\u0e30\u0e0a\u0e38\u0e21: 845 1236 7890"}</script>'
    ),
    "escapes round digits": (
        r'<script type="application/json">{"a": "Zoom ID: '
        + "".join(rf"{digit}\ufe0f\u20e3" for digit in "84512367890")
        + '"}</script>'
    ),
    "a dot that leads, in escapes": (
        r'<script type="application/json">{"a": "zoom\u2024us/j/84512367890"}</script>'
    ),
    "a dot that leads": f"<p>{NEAR.replace('.', '․')}</p>",
    "wide letters and blanks": "<p>Ｚｏｏｍ　ＩＤ：８４５　１２３６　７８９０</p>",
    "an ID behind a dash": "<p>Zoom at 7pm - ID 845 1236 7890 - passcode 482915</p>",
    "an address of one's own in base64": (
        f"<p>{b64encode(b'https://bbb.school.example/b/ale-swq-39j').decode()}</p>"
    ),
    "letters of Turkish": "<p>Zoom Toplantısı<br>Toplantı Kimliği: 845 1236 7890</p>",
    "an ID behind a full stop": "<p>Zoom, Thursdays 7pm. ID: 845 1236 7890. Passcode: 482915</p>",
    "an ID behind a bullet": "<p>Zoom of the choir &bull; ID: 845 1236 7890 &bull; Passcode: 482915</p>",
    "an ID behind a star": "<p>Zoom of the choir *ID: 845 1236 7890, passcode 482915</p>",
    "an ID behind a wide blank": "<p>Zoom for you? \u2003ID: 845 1236 7890, passcode 482915</p>",
    "every letter in a tag of its own": "".join(f"<span style='color:red'>{c}</span>" for c in NEAR),
    "one hidden beside one that is plain": (
        f"<p>{NEAR.replace('84512367890', '81111122222')}</p><p>{'<wbr>'.join(NEAR)}</p>"
    ),
}


@pytest.mark.parametrize("body", APART.values(), ids=APART.keys())
def test_what_stands_apart_is_read_together(body: str) -> None:
    page = long_page(body)
    assert found(in_full(page))
    assert found(SCREENED.detect(page)) == found(in_full(page))


def test_a_page_that_shows_something_everywhere_is_read_as_a_whole() -> None:
    everywhere = "<p>zoom.us/x, meet.google.com/x</p>\n" * 3_000
    page = document(f"{everywhere}<p>z<b>oom</b>.us/j/8451236<!-- x -->7890</p>{everywhere}")
    assert SCREENED._screen is not None
    assert SCREENED._screen.is_dense(page.body.decode())
    assert found(SCREENED.detect(page)) == found(in_full(page)) != []


def test_a_short_link_in_a_long_page_is_reported() -> None:
    page = long_page('<a href="https://bit.ly/3xYzAbC">here</a>')
    assert SCREENED.detect(page).notes == ("could not see through a short link of bit.ly",)


def test_without_the_package_the_same_is_found() -> None:
    plain = Detector(BUILT_IN, fast=False)
    for body in APART.values():
        page = long_page(body)
        assert found(plain.detect(page)) == found(SCREENED.detect(page))


def test_a_new_platform_is_screened_for_without_a_change_here() -> None:
    detector = Detector(PlatformTable([NEW_PLATFORM]))
    page = long_page("<a href='https://kammer.example/kammer/123456'>x</a> https://zoom.us/j/84512367890")
    assert [link.room.platform for link in detector.detect(page).links] == ["kammer"]


def test_windows_cut_no_tag_and_no_script() -> None:
    text = f"<p>before</p>{'y ' * 9000}<script>{'a' * 9000} HERE</script>{'z ' * 9000}<p>behind</p>"
    at = text.index("HERE")
    ((start, end),) = Source(text).windows([(at, at + 4)], around=50)
    assert text[start:end].count("<script>") == text[start:end].count("</script>") == 1
    assert "before" not in text[start:end]
    assert "behind" not in text[start:end]


HOSTILE = {
    "slashes after a host": "zoom.us" + "/" * 40,
    "hosts without an end": "teams.microsoft.com/l/meetup-join/19:",
    "commas": ",,",
    "labels": "meeting id ",
    "names": "zoom meeting ",
    "open tags": "<a href=zoom.us/",
    "escapes": "\\u007a%7a&#122;",
    "scripts": "<script>zoom.us/j/8",
    "cells": "<table><th>zoom",
    "hints": "jitsi.a/b/call/webapp/",
    "coded tags": "a\\u003cb",
    "comments without an end": "<!-- zoom.us/j/84512367890 ",
    "scripts without an end": "<script>zoom.us/j/84512367890 <style>",
    "tables in tables": "<table><tr><td>Zoom ID<td>845 1236 7890",
    "rooms without a tag": "https://zoom.us/j/84512367890 ",
    "Webex": "webex.com/a/b/c/d/e/",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.timeout(120)
def test_hostile_pages_take_linear_time(text: str) -> None:
    body = f"<html>{text * (100_000 // len(text))}".encode()
    assert grows_with_size_only(lambda part: SCREENED.detect(Document("", part, "text/html")), body)


PAGES = SHARED / "corpus" / "pages-public" / "pages.zip"


@pytest.mark.skipif(not PAGES.exists(), reason="the shared pages are not here")
def test_real_pages_give_what_reading_all_of_them_gives() -> None:
    different = []
    with zipfile.ZipFile(PAGES) as pages:
        names = [name for name in sorted(pages.namelist()) if name.endswith(".html")]
        for name in names[::4]:
            page = Document("", pages.read(name), "text/html")
            if b"data:image" not in page.body and found(SCREENED.detect(page)) != found(in_full(page)):
                different.append(name)
    assert not different
