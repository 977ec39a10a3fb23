"""What a page carries inside itself, or says about its own addresses, is read like the rest of it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest
from PIL.Image import effect_noise

from scanner.detect import detect
from scanner.extract import segments
from scanner.extract.inline import DOCUMENTS, SMALLEST, inline_documents
from scanner.model import Document, SegmentKind
from tests.effort import grows_with_size_only
from tests.extract.flyers import code, saved

LINK = "https://zoom.us/j/94512367890"
INNER = f'<p>Choir: <a href="{LINK}">join</a></p>'
SEEN = "<p>Zoom ID: 845 1236 7890</p>"


def base64(body: bytes) -> str:
    return b64encode(body).decode("ascii")


def keys(page: str) -> set[str]:
    return {link.room.key for link in detect(Document("", page.encode(), "text/html")).links}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(f'<iframe src="data:text/html;base64,{base64(INNER.encode())}"></iframe>', id="base64"),
        pytest.param(f'<iframe src="data:text/html;charset=utf-8,{quote(INNER)}"></iframe>', id="percent"),
        pytest.param(f"<object DATA='DATA:TEXT/HTML,{quote(INNER)}'></object>", id="object in capitals"),
        pytest.param(
            f'<iframe src="data:text/html;base64,{base64(INNER.encode())[:-2]}"></iframe>',
            id="cut at its end",
        ),
    ],
)
def test_an_embedded_page_is_read(frame: str) -> None:
    assert keys(SEEN + frame) == {"84512367890", "94512367890"}


def test_an_embedded_picture_is_read() -> None:
    picture = base64(saved(code(LINK), "PNG"))
    assert keys(f'{SEEN}<img src="data:image/png;base64,{picture}">') == {"84512367890", "94512367890"}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f'<a href="data:text/html,{quote(INNER)}">x</a>', id="a link browsers refuse"),
        pytest.param('<iframe src="data:text/html;base64,%%%"></iframe>', id="no base64"),
        pytest.param('<img src="data:image/png;base64,' + "A" * 400 + '">', id="no picture"),
        pytest.param('<iframe src="data:text/html,"></iframe>', id="empty"),
    ],
)
def test_what_holds_nothing_gives_nothing(page: str) -> None:
    assert keys(SEEN + page) == {"84512367890"}


def test_icons_by_the_thousand_are_bounded_and_a_page_in_a_page_ends() -> None:
    icon = f'<img src="data:image/gif;base64,{"R0lGOD" * 60}">'
    assert len(inline_documents(icon * 200)) == DOCUMENTS
    page = INNER
    for _ in range(8):
        page = f'<iframe src="data:text/html;base64,{base64(page.encode())}"></iframe>'
    assert segments(Document("", page.encode(), "text/html")).cut


def test_unfinished_inline_documents_take_linear_time() -> None:
    page = "src='data:text/html,data:image/png;base64,AAAA " * 20_000
    assert grows_with_size_only(inline_documents, page)


def addresses(page: str) -> list[str]:
    pieces = segments(Document("", page.encode(), "text/html")).flows[0].pieces
    return [piece.text for piece in pieces if getattr(piece, "kind", None) is SegmentKind.HREF]


@pytest.mark.parametrize(
    ("base", "address", "leads_to"),
    [
        ("https://zoom.us/", "j/94512367890?pwd=abcd", "https://zoom.us/j/94512367890?pwd=abcd"),
        ("https://zoom.us/my/", "/j/94512367890", "https://zoom.us/j/94512367890"),
        ("//zoom.us", "j/94512367890", "https://zoom.us/j/94512367890"),
        ("https://choir.example/", LINK, LINK),
        ("https://zoom.us/", "#top", "#top"),
        ("https://zoom.us/", "mailto:a@choir.example", "mailto:a@choir.example"),
        ("not an address", "j/94512367890", "j/94512367890"),
    ],
)
def test_relative_addresses_follow_the_base_that_a_page_has(base: str, address: str, leads_to: str) -> None:
    page = f'<head><base href="{base}"><base href="https://second.example/"></head><a href="{address}">x</a>'
    assert addresses(page)[-1] == leads_to


def test_a_picture_opens_a_page_that_shows_nothing_else() -> None:
    picture = base64(saved(code(LINK), "PNG"))
    assert keys(f'<html><img src="data:image/png;base64,{picture}">') == {"94512367890"}


@pytest.mark.parametrize(("format", "size"), [("PNG", 48), ("GIF", 40), ("JPEG", 20), ("WEBP", 20)])
def test_icons_and_place_holders_are_not_looked_at(format: str, size: int) -> None:
    icon = saved(effect_noise((size, size), 60), format)
    assert len(base64(icon)) > SMALLEST
    assert inline_documents(f'<img src="data:image/{format.lower()};base64,{base64(icon)}">') == ()


def test_a_page_with_stray_control_characters_is_read_all_the_same() -> None:
    page = b"<!doctype html><html>" + b"\0\x01\x02" * 500 + f"<p>{INNER}".encode()
    assert [link.room.key for link in detect(Document("", page, "text/html")).links] == ["94512367890"]
