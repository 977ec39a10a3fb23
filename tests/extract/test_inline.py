"""What a page carries inside itself, or says about its own addresses, is read like the rest of it."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest
from PIL.Image import effect_noise, fromarray
from zxingcpp import BarcodeFormat, create_barcode, write_barcode_to_image

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


ENTRY = (
    "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:https://zoom.us/j/945\n 12367890\nEND:VEVENT\nEND:VCALENDAR"
)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"data:text/calendar;charset=utf8,{quote(ENTRY)}", id="percent"),
        pytest.param(f"data:text/calendar;base64,{base64(ENTRY.encode())}", id="base64"),
        pytest.param(f"DATA:text/x-vCalendar,{quote(ENTRY)}", id="of old"),
    ],
)
def test_an_entry_for_a_calendar_is_read(address: str) -> None:
    assert keys(f'{SEEN}<a download="choir.ics" href="{address}">add</a>') == {"84512367890", "94512367890"}


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


def test_pictures_by_the_thousand_are_bounded_and_a_page_in_a_page_ends() -> None:
    pictures = (b"GIF89a" + number.to_bytes(200, "big") for number in range(200))
    page = "".join(f'<img src="data:image/gif;base64,{base64(picture)}">' for picture in pictures)
    assert len(inline_documents(page)) == DOCUMENTS
    page = INNER
    for _ in range(8):
        page = f'<iframe src="data:text/html;base64,{base64(page.encode())}"></iframe>'
    assert segments(Document("", page.encode(), "text/html")).cut


def test_a_picture_that_a_page_shows_again_and_again_is_taken_once() -> None:
    shown = f'<img src="data:image/png;base64,{base64(saved(code(LINK), "PNG"))}">'
    assert len(inline_documents(shown * 3)) == 1


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


def image(body: bytes) -> str:
    return f'<img src="data:image/any;base64,{base64(body)}">'


@pytest.mark.parametrize("format", ["PNG", "GIF", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(16, 16), (4, 300), (300, 6)], ids=["icon", "upright line", "line"])
def test_what_is_too_small_to_show_anything_is_not_looked_at(format: str, size: tuple[int, int]) -> None:
    icon = saved(effect_noise(size, 60), format)
    assert len(base64(icon)) > SMALLEST
    assert inline_documents(image(icon)) == ()


SMALLEST_CODES = [
    pytest.param("PNG", {"optimize": True}, id="PNG"),
    pytest.param("GIF", {"optimize": True}, id="GIF"),
    pytest.param("JPEG", {"quality": 20, "optimize": True}, id="JPEG"),
    pytest.param("WEBP", {"lossless": True, "quality": 100}, id="WebP"),
]


@pytest.mark.parametrize(("format", "options"), SMALLEST_CODES)
@pytest.mark.parametrize(
    "kind", [BarcodeFormat.QRCode, BarcodeFormat.RMQRCode, BarcodeFormat.Aztec, BarcodeFormat.DataMatrix]
)
def test_a_code_of_one_pixel_a_module_is_read(
    kind: BarcodeFormat, format: str, options: dict[str, object]
) -> None:
    drawn = write_barcode_to_image(create_barcode(LINK, kind), scale=1, add_quiet_zones=False)
    assert keys(image(saved(fromarray(drawn), format, **options))) == {"94512367890"}


def test_a_micro_code_in_its_least_file_is_read() -> None:
    drawn = write_barcode_to_image(
        create_barcode("ZOOM.US/J/945123678", BarcodeFormat.MicroQRCode), scale=1, add_quiet_zones=False
    )
    assert keys(image(saved(fromarray(drawn), "WEBP", lossless=True, quality=100))) == {"945123678"}


def test_a_page_with_stray_control_characters_is_read_all_the_same() -> None:
    page = b"<!doctype html><html>" + b"\0\x01\x02" * 500 + f"<p>{INNER}".encode()
    assert [link.room.key for link in detect(Document("", page, "text/html")).links] == ["94512367890"]
