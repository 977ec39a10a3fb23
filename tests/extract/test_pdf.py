"""PDF files: text, links, forms, attachments, scans; hostile ones cost seconds and a note."""

from __future__ import annotations

import zlib

import pytest

from scanner.detect import detect
from scanner.extract import apart, segments
from scanner.model import Detection, Document, Form
from tests.extract import pdfs
from tests.extract.flyers import flyer, photographed

LINK = "https://us02web.zoom.us/j/86420975310?pwd=Zm9sZGVkSGF5UmlnMTIz"
NUMBER = ("Village choir on Zoom", "Meeting ID: 864 2097 5310", "Passcode: 310974")
ENOUGH = ("The village choir rehearses on Tuesdays at seven and welcomes everybody who likes to sing,",) * 3

needs_print = pytest.mark.skipif(not apart.print_is_read(), reason="tesseract is not installed")


def found(body: bytes) -> Detection:
    return detect(Document("", body))


def rooms(body: bytes) -> list[str]:
    return [link.room.key for link in found(body).links]


def attached(body: bytes) -> bytes:
    names = "/Names << /EmbeddedFiles << /Names [(page.html) 6 0 R] >> >>"
    return pdfs.page_with(
        *ENOUGH,
        catalog=names,
        more=["<< /Type /Filespec /F (page.html) /EF << /F 7 0 R >> >>", pdfs.stream(body)],
    )


def form(value: str) -> bytes:
    return pdfs.page_with(
        *ENOUGH,
        annotations=["6 0 R"],
        catalog="/AcroForm << /Fields [6 0 R] >>",
        more=[
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (where) /TU (Where we meet) "
            f"/V ({value}) /Rect [72 100 300 130] >>"
        ],
    )


def in_compressed_objects(address: str) -> bytes:
    """Return a file that keeps a bookmark's address where only a reader that unpacks objects sees it."""
    bookmark = f"<< /Title (Join) /A << /S /URI /URI ({address}) >> >>"
    return pdfs.page_with(
        *ENOUGH, more=[pdfs.stream(f"9 0 {bookmark}".encode(), "/Type /ObjStm /N 1 /First 4")]
    )


PLACES = {
    "text": pdfs.page_with("Rehearsal", LINK),
    "link behind words": pdfs.page_with("Join here", *ENOUGH, annotations=[pdfs.link(LINK)]),
    "link in hexadecimal": pdfs.page_with(
        *ENOUGH, annotations=[pdfs.link("").replace("()", f"<{LINK.encode().hex()}>")]
    ),
    "link with escapes": pdfs.page_with(
        *ENOUGH, annotations=[pdfs.link(LINK.replace("/j/", "/\\152/").replace("pwd", "p\\\nwd"))]
    ),
    "form field": form(LINK),
    "button": pdfs.page_with(
        *ENOUGH,
        annotations=["6 0 R"],
        catalog="/AcroForm << /Fields [6 0 R] >>",
        more=[
            "<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (b) /Rect [72 100 300 130] "
            f"/A << /S /URI /URI ({LINK}) >> >>"
        ],
    ),
    "comment": pdfs.page_with(
        *ENOUGH, annotations=[f"<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents ({LINK}) >>"]
    ),
    "properties": pdfs.page_with(
        *ENOUGH, more=[f"<< /Title (Choir) /Subject ({LINK}) >>"], trailer="/Info 6 0 R"
    ),
    "title": pdfs.page_with(*ENOUGH, more=["<< /Title (Zoom ID 86420975310) >>"], trailer="/Info 6 0 R"),
    "description": pdfs.page_with(
        *ENOUGH,
        catalog="/Metadata 6 0 R",
        more=[
            "<< /Type /Metadata /Length 80 >>\nstream\n"
            f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><d>{LINK}</d></x:xmpmeta>\nendstream"
        ],
    ),
    "bookmark's title": pdfs.page_with(
        *ENOUGH,
        catalog="/Outlines 6 0 R",
        more=[
            "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>",
            "<< /Title (Zoom ID: 864 2097 5310) /Parent 6 0 R >>",
        ],
    ),
    "script": pdfs.page_with(
        *ENOUGH, catalog=f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{LINK}'\\);) >>"
    ),
    "bookmark in compressed objects": in_compressed_objects(LINK),
    "attached page": attached(f"<html><a href='{LINK}'>Join</a></html>".encode()),
    "PDF attached to a PDF": attached(pdfs.page_with(LINK)),
    "XML form": pdfs.page_with(
        *ENOUGH,
        catalog="/AcroForm << /Fields [] /XFA [(datasets) 6 0 R] >>",
        more=[pdfs.stream(f"<?xml version='1.0'?><where>{LINK}</where>".encode())],
    ),
    "junk before": b"\r\n\r\nHTTP leftovers\0\0\0\0\0\0\0\0\r\n" + pdfs.page_with(LINK),
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in PLACES.items()])
def test_a_link_is_found_wherever_it_stands(body: bytes) -> None:
    detection = found(body)
    assert [link.room.key for link in detection.links] == ["86420975310"]
    assert detection.media_type == "application/pdf"


def test_each_link_has_the_passcode_printed_below_it() -> None:
    lines = ("Tuesdays", "Passcode: Tulip7", "Thursdays", "Passcode: Leek22")
    second = "https://us02web.zoom.us/j/97531086422"
    body = pdfs.page_with(
        *lines, annotations=[pdfs.link(second, line=2), pdfs.link("https://zoom.us/j/86420975310", line=0)]
    )
    links = {link.room.key: link.passcode for link in found(body).links}
    assert links["86420975310"] is not None
    assert links["86420975310"].text == "Tulip7"
    assert links["97531086422"] is not None
    assert links["97531086422"].text == "Leek22"


def test_a_number_is_found_with_its_passcode() -> None:
    (link,) = found(pdfs.page_with(*NUMBER)).links
    assert (link.room.key, link.form) == ("86420975310", Form.WRITTEN)
    assert link.passcode is not None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(pdfs.pictured(flyer(qr=LINK)), id="a scan"),
        pytest.param(pdfs.pictured(photographed(flyer(qr=LINK))), id="a photograph"),
        pytest.param(pdfs.pictured(flyer(qr=LINK), *ENOUGH[:2]), id="a picture on a page with text"),
    ],
)
def test_a_qr_code_on_a_page_is_read(body: bytes) -> None:
    (link,) = found(body).links
    assert (link.room.key, link.where, link.form) == ("86420975310", "qr", Form.IMAGE)


@needs_print
def test_a_scanned_page_is_read_with_its_passcode() -> None:
    (link,) = found(pdfs.pictured(flyer(NUMBER))).links
    assert (link.room.key, link.where, link.form) == ("86420975310", "image", Form.IMAGE)
    assert link.passcode is not None
    assert link.passcode.text == "310974"


def test_an_encrypted_file_says_so() -> None:
    sealed = (
        f"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>"
    )
    detection = found(pdfs.page_with(LINK, trailer=sealed))
    assert detection.notes == ("cannot read application/pdf: encrypted",)
    assert detection.cut


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_searched_as_far_as_it_came(kept: float) -> None:
    filler = pdfs.stream(bytes(number * number % 251 for number in range(9000)))
    whole = pdfs.page_with("Join", annotations=[pdfs.link(LINK)], more=[filler] * 3)
    assert rooms(whole[: int(len(whole) * kept)]) == ["86420975310"]


@pytest.mark.parametrize("lost", [40, 150, 250])
def test_words_of_a_file_without_its_end_are_read(lost: int) -> None:
    detection = found(pdfs.page_with(*NUMBER)[:-lost])
    assert [(link.room.key, link.passcode and link.passcode.text) for link in detection.links] == [
        ("86420975310", "310974")
    ]


def drawn(*rows: tuple[str, ...]) -> bytes:
    """Return a page of rows of text, their cells in columns."""
    shows = "".join(
        f"1 0 0 1 {72 + 140 * column} {700 - 20 * line} Tm ({cell}) Tj "
        for line, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    return pdfs.page_with(drawing=f" BT /F1 12 Tf {shows}ET".encode())


TABLE = (
    ("The choir rehearses on Zoom",),
    ("Day", "Meeting ID", "Passcode"),
    ("Monday", "864 2097 5310", "310974"),
    ("of Easter",),
    ("Tuesday", "none", "none"),
    ("Wednesday", "975 3108 6422", "Leek22"),
)


def test_numbers_in_a_column_mean_what_its_heading_says() -> None:
    links = {link.room.key: link.passcode and link.passcode.text for link in found(drawn(*TABLE)).links}
    assert links == {"86420975310": "310974", "97531086422": "Leek22"}
    assert rooms(drawn(("Name", "Card", "Since"), ("Ann", "864 2097 5310", "2019"))) == []


def test_text_that_speaks_of_pdf_is_text() -> None:
    read = segments(Document("", f"The mark %PDF-1.7 begins a file. {LINK}".encode(), "text/plain"))
    assert read.media_type == "text/plain"


# --- hostile files ------------------------------------------------------------------------------


def pages_that_are_their_own_children() -> bytes:
    kids = "<< /Type /Pages /Kids [2 0 R 2 0 R 2 0 R] /Count 3 >>"
    return pdfs.pdf(["<< /Type /Catalog /Pages 2 0 R >>", kids])


def drawing_that_draws_itself() -> bytes:
    again = pdfs.stream(
        b"/P Do /P Do /P Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /P 6 0 R >> >>",
    )
    return pdfs.page_with("x", resources="/XObject << /P 6 0 R >>", drawing=b" /P Do", more=[again])


def huge_picture() -> bytes:
    entries = (
        "/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    )
    return pdfs.page_with(
        "x",
        resources="/XObject << /P 6 0 R >>",
        drawing=b" q 595 0 0 842 0 0 cm /P Do Q",
        more=[pdfs.stream(b"\0" * 30_000_000, entries)],
    )


def stream_in_streams() -> bytes:
    body = b"\0" * 100_000_000
    for _ in range(2):
        body = zlib.compress(body)
    drawn = f"<< /Length {len(body)} /Filter [/FlateDecode /FlateDecode] >>\nstream\n".encode()
    return pdfs.pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            drawn + body + b"\nendstream",
        ]
    )


def many_pages(count: int) -> bytes:
    page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    return pdfs.pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
            *[page] * count,
        ]
    )


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        pytest.param(
            pdfs.pdf(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 2000000000 >>"]),
            None,
            id="two milliard pages",
        ),
        pytest.param(many_pages(4000), True, id="four thousand pages"),
        pytest.param(pages_that_are_their_own_children(), None, id="pages that are their own children"),
        pytest.param(drawing_that_draws_itself(), None, id="a drawing that draws itself"),
        pytest.param(huge_picture(), None, id="50,000 by 50,000"),
        pytest.param(stream_in_streams(), None, id="streams in streams"),
        pytest.param(pdfs.page_with("x", box="0 0 1e9 1e9"), None, id="a page as large as a country"),
        pytest.param(pdfs.page_with("x", box="0 0 0 0"), None, id="a page of no size"),
        pytest.param(b"%PDF-1.7\n" + b"[" * 2_000_000, True, id="lists in lists"),
        pytest.param(b"%PDF-1.7\n" + b"1 0 obj << /URI (" * 100_000, True, id="addresses that do not end"),
        pytest.param(b"%PDF-1.7\n" + b"/URI (" + b"\\" * 3_000_000, True, id="nothing but escapes"),
        pytest.param(b"%PDF-1.7\nobj /ObjStm stream\n" * 50_000, True, id="nothing but streams"),
    ],
)
@pytest.mark.timeout(90)
def test_hostile_files_cost_seconds(body: bytes, cut: bool | None) -> None:
    detection = found(body)
    assert detection.links == ()
    assert detection.media_type == "application/pdf"
    if cut is not None:
        assert detection.cut == cut


def test_a_link_survives_a_picture_that_does_not() -> None:
    body = huge_picture().replace(b"/Annots []", b"/Annots [" + pdfs.link(LINK).encode() + b"]")
    assert rooms(body) == ["86420975310"]
