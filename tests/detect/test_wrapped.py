"""An address broken at a line width is put together; lines that only stand below each other are not."""

from __future__ import annotations

import pytest

from scanner.detect import detect_text
from scanner.detect.wrapped import rewrapped
from tests.effort import grows_with_size_only

ROOMS = [
    ("https://us02web.zoom.us/my/village.choir-2?pwd=aB3dE6gH9j", "my:village.choir-2"),
    ("https://meetings.dialpad.com/room/village-choir", "room/village-choir"),
    ("https://bbb.parish.example/rooms/eva-b4m-71k-zrt/join", "bbb.parish.example/eva-b4m-71k-zrt"),
    (
        "https://club.webex.com/club/j.php?MTID=m0123456789abcdef0123456789abcdef",
        "mtid:m0123456789abcdef0123456789abcdef",
    ),
    ("https://jitsi.parish.example/VillageChoirPractice", "jitsi.parish.example/villagechoirpractice"),
]


def keys(text: str) -> list[str]:
    return [link.room.key for link in detect_text(text, "text").links]


@pytest.mark.parametrize("quote", ["", "> ", ">> ", "> > "])
@pytest.mark.parametrize("width", [11, 14, 19])
@pytest.mark.parametrize(("address", "key"), ROOMS)
def test_a_broken_address_is_one(address: str, key: str, width: int, quote: str) -> None:
    lines = [address[at : at + width] for at in range(0, len(address), width)]
    text = "\n".join(quote + line for line in ("Dear all,", *lines, "Best wishes,", "Ann"))
    assert keys(text) == [key]


def test_words_before_the_address_count_as_part_of_the_width() -> None:
    text = "We meet at https://whereby\n.com/the-village-choir-of-\nupper-slaughter-and-lower"
    assert keys(text) == ["the-village-choir-of-upper-slaughter-and-lower"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "https://whereby.com/choir-a\nhttps://whereby.com/choir-b\nhttps://whereby.com/choir-c",
            ["choir-a", "choir-b", "choir-c"],
            id="a list of links of one length",
        ),
        pytest.param("https://whereby.com/choir\n19:30-21:00", ["choir"], id="one full line is no width"),
        pytest.param(
            "https://whereby.com/choir\nBring-your-own-cake-please", ["choir"], id="a longer line is another"
        ),
        pytest.param(
            "> https://whereby.com/choir\n>> 1234567890123456789012345\n>> 12", ["choir"], id="another quote"
        ),
    ],
)
def test_lines_that_are_not_one_address_stay_apart(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


@pytest.mark.parametrize(
    "line", ["https://a\n", "> https://abcdefgh\n", "https://abcdef\nabcdefabcdefab\n", "x " * 90 + "http\n"]
)
def test_putting_together_takes_linear_time(line: str) -> None:
    assert grows_with_size_only(lambda text: list(rewrapped(text)), line * (400_000 // len(line)))
