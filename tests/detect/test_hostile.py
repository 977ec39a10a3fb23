"""Text made to be slow or to break detection costs no more than its size, and raises nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.detect import KINDS, detect, detect_text
from scanner.model import Document
from tests.effort import grows_with_size_only

SIZE = 60_000

UNITS = [
    "a",
    "a.",
    "1",
    "1 ",
    "123 ",
    "zoom ",
    "zoom.us/",
    "zoom.us/j/",
    "http://",
    "://",
    "/",
    "[.]",
    " dot",
    "Meeting ID: ",
    "Zoom ID: ",
    "123456789\n",
    "Zoom ID\nPasscode\n845 1236 7890\n",
    "Zoom ID" + "." * 90 + "^ 84512367890 ",
    "_a",
    "a . b . ",
    "&amp;",
    "&#",
    "\\u0041",
    "%25",
    "https%3A%2F%2F",
    "https://www.google.com/url?q=",
    "https://urldefense.com/v3/__",
    "\n",
    "a\n",
    " ",
    "O l ",
    "eight one ",
    "a@",
    "a@b.webex.com ",
    "1,,123456789#",
    "aHR0cHM6Ly96b29tLnVzL2ov ",
    "uggcf://mbbz.hf/",
    "su.mooz//:sptth ",
    "zооm.us/",
    "abc-defg-hij ",
    "Meet ",
    "19:meeting_",
    "jitsi.",
    "/b/",
    "/call/",
    "(",
    "z o o m ",
    "８",
    "\u200b",
    "?pwd=",
    "https://zoom.us/j/1 2 3 ",
    "msteams:",
    "zoom.us/j/84512367890 passcode: ",
]


def work(text: str) -> object:
    return detect_text(text, "text")


@pytest.mark.parametrize("unit", UNITS, ids=repr)
def test_time_grows_with_size_only(unit: str) -> None:
    assert grows_with_size_only(work, unit * (SIZE // len(unit)))


@pytest.mark.parametrize(
    "line",
    ["https://zoom.us/j/{} passcode: a{}\n", "Zoom ID: {} pw a{}\n", "https://meet.jit.si/room{}-{}\n"],
)
def test_many_rooms_are_all_found_in_time(line: str) -> None:
    lines = [line.format(84512000000 + number, number) for number in range(1500)]
    assert len(detect_text("".join(lines), "text").links) == len(lines)
    assert grows_with_size_only(work, "".join(lines))


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 20_000,
        "<a " + "x=1 " * 20_000 + ">",
        "<!-- a -->" * 8_000,
        '<iframe srcdoc="' + "&lt;iframe srcdoc=&quot;" * 3_000 + '">',
        "<table>" + "<tr><th>a<td>b" * 5_000,
        '<script type="application/json">' + "[" * 50_000 + "</script>",
        "<title>" * 8_000,
        "&lt;a&gt;" * 8_000,
    ],
    ids=lambda source: source[:20],
)
@pytest.mark.timeout(60)
def test_hostile_pages(source: str) -> None:
    page = source + '<p>x</p></title></script><a href="https://zoom.us/j/84512367890">'
    found = detect(Document("", page.encode(), "text/html")).links
    assert [link.room.key for link in found] == ["84512367890"]


PIECES = st.sampled_from(
    [*UNITS, "https://zoom.us/j/84512367890?pwd=abc", "Passcode: abc123", "<a href=", '"', "\0", "é"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=200), st.sampled_from(KINDS))
def test_never_raises_and_says_each_room_once(text: str, kind: str) -> None:
    rooms = [link.room for link in detect_text(text, kind, bare=True).links]
    assert len(rooms) == len(set(rooms))


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["", "text/html", "message/rfc822", "text/calendar", "text/xml"])
)
def test_any_bytes_are_read(body: bytes, media_type: str) -> None:
    detect(Document("", body, media_type, "utf-8"))


@pytest.mark.parametrize("kind", KINDS)
def test_excerpts_hold_no_secret(kind: str) -> None:
    text = "Zoom https://zoom.us/j/84512367890?pwd=Zq8Rv3 or https://zoom.us/j/94512367890 "
    text += "Passcode: Kd93Ws a@b.example"
    for link in detect_text(text, kind).links:
        assert len(link.excerpt) <= 160
        for secret in ("84512367890", "94512367890", "Zq8Rv3", "Kd93Ws", "a@b.example"):
            assert secret not in link.excerpt
