"""Office files: what people wrote, where links lead, in every corner; hostile ones are cut, not obeyed."""

from __future__ import annotations

import pytest

from scanner.detect import detect
from scanner.extract import segments
from scanner.model import Detection, Document
from tests.extract import packages as make

LINK = "https://us06web.zoom.us/j/86420975310?pwd=Zm9sZGVkSGF5UmlnMTIz"
ROOM = ("zoom", "86420975310")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NUMBERED = ("Join by Zoom", "Meeting ID: 864 2097 5310", "Passcode: Tulip7")


def found(body: bytes) -> Detection:
    return detect(Document("", body))


def rooms(body: bytes) -> list[tuple[str, str]]:
    return [(link.room.platform, link.room.key) for link in found(body).links]


def in_slide(text: str) -> str:
    return f"<p:sld {make.NAMES}><a:p>{text}</a:p></p:sld>"


def story(name: str, text: str) -> str:
    return f"<w:{name} {make.NAMES}>{make.paragraph(text)}</w:{name}>"


WIDE = f"<?xml version='1.0' encoding='UTF-16'?><w:document {make.NAMES}>{make.paragraph(LINK)}</w:document>"
DESCRIPTION = (
    f"<office:document-meta {make.OPEN}><dc:description>{LINK}</dc:description></office:document-meta>"
)
PLACES = {
    "body": make.word(make.paragraph(f"Rehearsal {LINK} tonight")),
    "word cut into runs": make.word(make.paragraph("https://us06web.zo", "om.us/j/864", "20975310")),
    "link behind words": make.word(
        '<w:p><w:hyperlink r:id="rId4"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>',
        rels=make.relations(rId4=LINK),
    ),
    "link nothing refers to": make.word(make.paragraph("none"), rels=make.relations(rId9=LINK)),
    "field": make.word(
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> HYPERLINK "https://zoom.</w:instrText>'
        '</w:r><w:r><w:instrText>us/j/86420975310" \\o "tip"</w:instrText></w:r><w:r><w:fldChar '
        'w:fldCharType="separate"/></w:r><w:r><w:t>here</w:t></w:r></w:p>'
    ),
    "simple field": make.word(f"<w:p><w:fldSimple w:instr=' HYPERLINK \"{LINK}\" '/></w:p>"),
    "deleted but still there": make.word(
        "<w:p><w:del><w:r><w:delText>https://zoom.us/j/864</w:delText></w:r><w:r><w:delText>20975310</w:delText>"
        "</w:r></w:del></w:p>"
    ),
    "header": make.word(make.paragraph("none"), header2=story("hdr", LINK)),
    "footer": make.word(make.paragraph("none"), footer1=story("ftr", LINK)),
    "footnote": make.word(make.paragraph("none"), footnotes=story("footnotes", LINK)),
    "comment": make.word(make.paragraph("none"), comments=story("comments", LINK)),
    "text box": make.word(
        f"<w:p><w:r><w:pict><w:txbxContent>{make.paragraph(LINK)}</w:txbxContent></w:pict></w:r></w:p>"
    ),
    "picture's description": make.word(f'<w:p><w:drawing><w:docPr descr="Join {LINK}"/></w:drawing></w:p>'),
    "properties": make.ooxml(
        {
            "word/document.xml": f"<w:document {make.NAMES}/>",
            "docProps/custom.xml": f"<Properties><property><lpwstr>{LINK}</lpwstr></property></Properties>",
        }
    ),
    "embedded workbook": make.ooxml(
        {
            "word/document.xml": f"<w:document {make.NAMES}/>",
            "word/embeddings/sheet1.xlsx": make.xlsx(f"<row>{make.inline(LINK)}</row>"),
        }
    ),
    "pasted page": make.ooxml(
        {
            "word/document.xml": f"<w:document {make.NAMES}/>",
            "word/afchunk1.htm": f"<html><a href='{LINK}'>x</a></html>",
        }
    ),
    "UTF-16": make.ooxml({"word/document.xml": WIDE.encode("utf-16")}),
    "slide": make.ooxml({"ppt/slides/slide1.xml": in_slide(f"<a:r><a:t>{LINK}</a:t></a:r>")}),
    "slide's link": make.ooxml(
        {
            "ppt/slides/slide1.xml": in_slide(
                '<a:r><a:rPr><a:hlinkClick r:id="rId2"/></a:rPr><a:t>Join</a:t></a:r>'
            ),
            "ppt/slides/_rels/slide1.xml.rels": make.relations(rId2=LINK),
        }
    ),
    "speaker's notes": make.ooxml(
        {
            "ppt/slides/slide1.xml": in_slide(""),
            "ppt/notesSlides/notesSlide1.xml": in_slide(f"<a:r><a:t>{LINK}</a:t></a:r>"),
        }
    ),
    "cell": make.ooxml(
        {
            "xl/sharedStrings.xml": make.shared_strings("none", LINK),
            "xl/worksheets/sheet1.xml": make.sheet('<row><c r="A1" t="s"><v>1</v></c></row>'),
        }
    ),
    "cell's link": make.ooxml(
        {
            "xl/worksheets/sheet1.xml": make.sheet(
                '<row><c r="A1" t="str"><v>Join</v></c></row>', '<hyperlink ref="A1" r:id="rId1"/>'
            ),
            "xl/worksheets/_rels/sheet1.xml.rels": make.relations(rId1=LINK),
        }
    ),
    "sheet's name": make.ooxml(
        {"xl/workbook.xml": '<workbook><sheets><sheet name="Zoom 86420975310"/></sheets></workbook>'}
    ),
    "sheet's header": make.ooxml(
        {
            "xl/worksheets/sheet1.xml": "<worksheet><sheetData/><headerFooter>"
            "<oddHeader>&amp;CZoom ID: 864 2097 5310</oddHeader></headerFooter></worksheet>"
        }
    ),
    "formula": make.ooxml(
        {
            "xl/worksheets/sheet1.xml": make.sheet(
                f'<row><c r="A1" t="str"><f>HYPERLINK("{LINK}","Join")</f><v>Join</v></c></row>'
            )
        }
    ),
    "cell's comment": make.ooxml(
        {
            "xl/worksheets/sheet1.xml": make.sheet(""),
            "xl/comments1.xml": f"<comments><comment><text><r><t>{LINK}</t></r></text></comment></comments>",
        }
    ),
    "ODT": make.opendocument(
        "text",
        "<office:text><text:p>Join <text:span>https://zoom.us/</text:span>j/86420975310</text:p></office:text>",
    ),
    "ODT link behind words": make.opendocument(
        "text", f'<office:text><text:p><text:a xlink:href="{LINK}">here</text:a></text:p></office:text>'
    ),
    "ODT header": make.opendocument(
        "text",
        "<office:text/>",
        styles=f"<office:document-styles {make.OPEN}><text:p>{LINK}</text:p></office:document-styles>",
    ),
    "ODT comment": make.opendocument(
        "text",
        f"<office:text><text:p>We<office:annotation><text:p>{LINK}</text:p></office:annotation>lcome</text:p></office:text>",
    ),
    "ODT variable": make.opendocument(
        "text", "<office:text><text:user-field-decl office:string-value='Zoom ID 86420975310'/></office:text>"
    ),
    "ODT properties": make.opendocument("text", "<office:text/>", meta=DESCRIPTION),
    "ODS cell": make.ods((LINK,)),
    "ODS cell's link": make.ods((f'<text:a xlink:href="{LINK}">Join</text:a>',)),
    "ODP slide": make.opendocument("presentation", f'<draw:page><draw:a xlink:href="{LINK}"/></draw:page>'),
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in PLACES.items()])
def test_a_link_is_found_wherever_it_stands(body: bytes) -> None:
    assert rooms(body) == [ROOM]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(make.word("".join(map(make.paragraph, NUMBERED))), id="docx"),
        pytest.param(
            make.word(
                "<w:tbl><w:tr><w:tc>"
                + make.paragraph("Zoom meeting ID")
                + "</w:tc><w:tc>"
                + make.paragraph("864 2097", " 5310")
                + "</w:tc></w:tr><w:tr><w:tc>"
                + make.paragraph("Passcode")
                + "</w:tc><w:tc>"
                + make.paragraph("Tulip7")
                + "</w:tc></w:tr></w:tbl>"
            ),
            id="docx table",
        ),
        pytest.param(
            make.ooxml(
                {
                    "ppt/slides/slide1.xml": f"<p:sld {make.NAMES}>"
                    + "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in NUMBERED)
                    + "</p:sld>"
                }
            ),
            id="pptx",
        ),
        pytest.param(
            make.opendocument(
                "text",
                "<office:text>"
                + "".join(f"<text:p>{line}</text:p>" for line in NUMBERED).replace(
                    "864 2097 5310", "864<text:s/>2097<text:s text:c='1'/>5310"
                )
                + "</office:text>",
            ),
            id="odt",
        ),
    ],
)
def test_a_number_is_found_with_its_passcode(body: bytes) -> None:
    detection = found(body)
    assert [link.room.key for link in detection.links] == [ROOM[1]]
    assert detection.links[0].passcode is not None
    assert detection.links[0].passcode.text == "Tulip7"


HEADINGS = ("Event", "Zoom meeting ID", "Passcode")
EVENTS = (("Choir", "86420975310", "Tulip7"), ("Allotments", "97531086422", "Leek22"))


def xlsx_of_events() -> bytes:
    rows = ["<row>" + "".join(f'<c t="s"><v>{n}</v></c>' for n in range(3)) + "</row>"]
    for event, number, passcode in EVENTS:
        stored = f"<c><v>{int(number) / 1e10!r}E10</v></c>"
        rows.append(f"<row>{make.inline(event)}{stored}{make.inline(passcode)}</row>")
    return make.xlsx("".join(rows), *HEADINGS)


@pytest.mark.parametrize(
    "body", [pytest.param(xlsx_of_events(), id="xlsx"), pytest.param(make.ods(HEADINGS, *EVENTS), id="ods")]
)
def test_numbers_in_a_column_mean_what_its_heading_says(body: bytes) -> None:
    links = found(body).links
    assert [(link.room.key, link.passcode and link.passcode.text) for link in links] == [
        ("86420975310", "Tulip7"),
        ("97531086422", "Leek22"),
    ]


def test_numbers_under_another_heading_are_no_meetings() -> None:
    rows = f"<row>{make.inline('Member')}{make.inline('Card number')}</row>"
    rows += f"<row>{make.inline('Ann')}<c><v>86420975310</v></c></row>"
    assert rooms(make.xlsx(rows)) == []


def test_each_kind_is_named() -> None:
    for body, kind in (
        (PLACES["body"], WORD),
        (PLACES["cell"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (PLACES["slide"], "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (PLACES["ODT"], "application/vnd.oasis.opendocument.text"),
        (PLACES["ODS cell"], "application/vnd.oasis.opendocument.spreadsheet"),
        (PLACES["ODP slide"], "application/vnd.oasis.opendocument.presentation"),
    ):
        assert found(body).media_type == kind


def test_an_archive_that_holds_an_office_file_is_an_archive() -> None:
    body = make.package({"a.txt": "x", "mimetype/[Content_Types].xml": "", "minutes.docx": PLACES["header"]})
    assert found(body).media_type == "application/zip"
    assert rooms(body) == [ROOM]


def test_a_file_cut_short_is_searched_as_far_as_it_came() -> None:
    filler = "".join(make.paragraph(f"{number**7:x}") for number in range(3000))
    whole = make.word(make.paragraph(LINK) + filler)
    detection = found(whole[: len(whole) // 2])
    assert [link.room.key for link in detection.links] == [ROOM[1]]
    assert detection.cut


def test_a_passcode_that_a_link_says_is_its_own() -> None:
    link = '<hyperlink ref="A1" r:id="rId1" tooltip="Passcode: Tulip7"/>'
    body = make.ooxml(
        {
            "xl/worksheets/sheet1.xml": make.sheet('<row><c r="A1" t="str"><v>Join</v></c></row>', link),
            "xl/worksheets/_rels/sheet1.xml.rels": make.relations(rId1=LINK),
        }
    )
    [room] = found(body).links
    assert room.passcode is not None
    assert room.passcode.text == "Tulip7"


def test_a_workbook_in_binary_form_says_so() -> None:
    notes = found(make.ooxml({"xl/workbook.bin": b"\x83\1", "xl/worksheets/sheet1.bin": b"\x83\1"})).notes
    assert [note.rpartition(": ")[2] for note in notes] == ["sheets in binary form"]


def test_an_encrypted_file_says_so() -> None:
    body = make.opendocument("text", "", **{"META-INF/manifest": "<manifest><encryption-data/></manifest>"})
    assert "cannot read application/vnd.oasis.opendocument.text: encrypted" in found(body).notes


# --- hostile files ------------------------------------------------------------------------------

LAUGHS = (
    "<!DOCTYPE w ["
    + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "https://zoom.us/j/86420975310 "}">' for n in range(10)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(
            f"{LAUGHS}<w:document {make.NAMES}>{make.paragraph('&l9;')}</w:document>",
            id="entities in entities",
        ),
        pytest.param(
            f'<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd"><w:document {make.NAMES}/>', id="a DTD elsewhere"
        ),
        pytest.param(
            f'<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]><w:p {make.NAMES}><w:t>&f;</w:t></w:p>',
            id="a file of this machine",
        ),
        pytest.param("<w:p>" * 100_000, id="elements in elements"),
        pytest.param(
            "<w:p " + " ".join(f'a{n}="x"' for n in range(100_000)) + "/>", id="attributes without number"
        ),
        pytest.param("<" * 1_000_000, id="only beginnings"),
        pytest.param("\0" * 1_000_000, id="zeros"),
        pytest.param("<w:t>" + "A" * 12_000_000 + "</w:t>", id="a word of 12 MB"),
    ],
)
@pytest.mark.timeout(60)
def test_hostile_markup_ends_soon_and_reads_nothing_from_elsewhere(document: str) -> None:
    read = segments(
        Document("", make.ooxml({"word/document.xml": document, "word/footer1.xml": story("ftr", LINK)}))
    )
    texts = [piece.text for flow in read.flows for piece in flow.pieces if hasattr(piece, "text")]
    assert sum(map(len, texts)) < 9_000_000
    assert not any("root:" in text for text in texts)
    assert any(LINK in text for text in texts)


def test_one_text_shared_by_a_million_cells_is_cut() -> None:
    cells = "<row>" + '<c t="s"><v>0</v></c>' * 1000 + "</row>"
    body = make.ooxml(
        {
            "xl/sharedStrings.xml": make.shared_strings("x" * 30_000),
            "xl/worksheets/sheet1.xml": make.sheet(cells * 200),
        }
    )
    read = segments(Document("", body))
    assert read.cut
    assert sum(len(piece.text) for flow in read.flows for piece in flow.pieces) < 9_000_000


def test_a_column_repeated_for_ever_is_one_column() -> None:
    cell = '<table:table-cell table:number-columns-repeated="999999999999"/>'
    body = make.ods((*[cell] * 1000, LINK))
    assert rooms(body) == [ROOM]


def test_broken_parts_are_survived_wherever_they_break() -> None:
    for name in ("link behind words", "cell's link", "slide's link", "ODT comment", "ODS cell's link"):
        whole = PLACES[name]
        for at in range(30, len(whole), 37):
            found(whole[:at] + b"\xff\x00<" + whole[at + 3 :])
