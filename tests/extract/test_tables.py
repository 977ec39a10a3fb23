"""A value in a table means what its heading says, wherever tables are drawn and however they lie."""

from __future__ import annotations

import pytest

from scanner.detect import detect
from scanner.model import Document
from tests.effort import grows_with_size_only
from tests.extract import packages as make

NUMBERED = ("845 1236 7890", "Tulip7")
FIRST, SECOND = ("84512367890", "Tulip7"), ("97531086422", "Leek22")


def found(body: str | bytes, media_type: str = "text/html") -> set[tuple[str, str | None]]:
    body = body.encode() if isinstance(body, str) else body
    links = detect(Document("", body, media_type)).links
    return {(link.room.key, link.passcode.text if link.passcode else None) for link in links}


def table(*rows: tuple[str, ...]) -> str:
    return (
        "<table>"
        + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        + "</table>"
    )


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            table(("Zoom ID", "Passcode"), ("845 1236 7890", "Tulip7"), ("975 3108 6422", "Leek22")),
            id="two columns",
        ),
        pytest.param(
            table(
                ("Choir",),
                ("Day", "Zoom ID", "Passcode"),
                ("Mon", *NUMBERED),
                ("Tue", "975 3108 6422", "Leek22"),
            ),
            id="a title above",
        ),
        pytest.param(
            table(
                ("", "Mon", "Tue"),
                ("Zoom ID", "845 1236 7890", "975 3108 6422"),
                ("Passcode", "Tulip7", "Leek22"),
            ),
            id="headings at the side",
        ),
        pytest.param(
            "<table><tr><th>Day<th>Mon<th>Tue<tr><th>Zoom ID<td>845 1236 7890<td>975 3108 6422"
            "<tr><th>Passcode<td>Tulip7<td>Leek22</table>",
            id="marked headings at the side",
        ),
        pytest.param(
            "<table><tr><th>Day<th>Hour<th>Zoom ID<th>Passcode"
            "<tr><td rowspan=2>Mon<td>9<td>845 1236 7890<td>Tulip7"
            "<tr><td>10<td>975 3108 6422<td>Leek22</table>",
            id="a cell of two rows",
        ),
        pytest.param(
            "<table><tr><td>Day<td>Hour<td>Zoom ID<td>Passcode"
            "<tr><td rowspan=2>Mon<td>9<td>845 1236 7890<td>Tulip7"
            "<tr><td>10<td>975 3108 6422<td>Leek22</table>",
            id="a cell of two rows below no marked heading",
        ),
        pytest.param(
            "<table><tr><th colspan=2>When<th>Zoom ID<th>Passcode<tr><td>Mon<td>9"
            "<td>845 1236 7890<td>Tulip7<tr><td>Tue<td>10<td>975 3108 6422<td>Leek22</table>",
            id="a heading of two columns",
        ),
        pytest.param(
            '<table><tr><td data-label="Zoom ID">845 1236 7890<td data-label="Passcode">Tulip7'
            '<tr><td data-label="Zoom ID">975 3108 6422<td data-label="Passcode">Leek22</table>',
            id="headings for narrow screens",
        ),
        pytest.param(
            "<div role=table><div role=rowgroup><div role=row><b role=columnheader>Day</b>"
            "<b role=columnheader>Zoom ID</b><b role=columnheader>Passcode</b></div></div>"
            "<div role=row><div role=cell></div><div role=cell><div>845 1236 7890</div></div>"
            "<div role=cell>Tulip7</div></div><div role=row><div role=cell>Tue</div>"
            "<div role=cell>975 3108 6422</div><div role=cell>Leek22</div></div></div>",
            id="elements with the roles of a table",
        ),
        pytest.param(
            "<div class=t><div><div>Day</div><div>Zoom ID</div><div>Passcode</div></div><div><div>Mon</div>"
            "<div>845 1236 7890</div><div>Tulip7</div></div><div><div>Tue</div><div>975 3108 6422</div>"
            "<div>Leek22</div></div></div>",
            id="elements that say nothing of a table",
        ),
        pytest.param(
            "<pre><code>&lt;table&gt;&lt;tr&gt;&lt;td&gt;<i>Zoom ID</i>&lt;td&gt;Passcode&lt;tr&gt;&lt;td&gt;"
            "845 1236 7890&lt;td&gt;Tulip7&lt;tr&gt;&lt;td&gt;975 3108 6422&lt;td&gt;Leek22</code></pre>",
            id="shown as its source",
        ),
    ],
)
def test_a_table_of_a_page(page: str) -> None:
    assert found(page) == {FIRST, SECOND}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            "<table><tr><th>Service<th>Price<th>Phone<tr><td>Zoom<td>14.99<td>8005551234</table>", id="prices"
        ),
        pytest.param(
            table(
                ("", "2019", "2020"),
                ("Zoom", "10.000.000", "300.000.000"),
                ("Teams", "20.000.000", "75.000.000"),
            ),
            id="figures",
        ),
        pytest.param(
            table(("Platform", "Zoom"), ("Order no.", "8612231774"), ("Phone", "8005551234")),
            id="labels and values",
        ),
        pytest.param("<table><tr><td colspan=999999999>Loom<td colspan=-1>8612231774</table>", id="wide"),
    ],
)
def test_a_number_under_another_heading_is_none(page: str) -> None:
    assert found(page) == set()


ROWS = (("Day", "Zoom ID", "Passcode"), ("Mon", *NUMBERED), ("Tue", "975 3108 6422", "Leek22"))
TURNED = tuple(zip(("", "Zoom ID", "Passcode"), *ROWS[1:], strict=True))
LABELLED = (("Event", "Choir"), ("Zoom meeting ID", "845 1236 7890"), ("Passcode", "Tulip7"))


def lines_of(delimiter: str, *rows: tuple[str, ...]) -> str:
    return "\r\n".join(delimiter.join(row) for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lines_of(",", *ROWS), id="commas"),
        pytest.param(lines_of(";", *ROWS), id="semicolons"),
        pytest.param(lines_of("\t", *ROWS), id="tabs"),
        pytest.param('"' + lines_of('","', *ROWS).replace("\r\n", '"\r\n"') + '"', id="quoted"),
        pytest.param("Choir, spring\nof this year, and next\n\n" + lines_of(",", *ROWS), id="words above"),
        pytest.param(lines_of(",", *TURNED), id="headings at the side"),
    ],
)
def test_a_table_of_lines(text: str) -> None:
    assert found(text, "text/csv") == {FIRST, SECOND}
    assert found(make.package({"dates.txt": text}), "") == {FIRST, SECOND}


def drawn(rule: str, row: str, between: str = "") -> str:
    head, *body = (row.format(*cells) for cells in ROWS)
    return f"Dates:\n\n{head}\n{rule}\n" + "\n".join(f"{line}\n{between}".strip("\n") for line in body)


CROSSED = "+-----+---------------+----------+"
DRAWN = {
    "strokes": drawn("|---|---|---|", "| {} | {} | {} |"),
    "crosses below the headings": drawn("-----+----------------+---------", " {:4}| {:15}| {:9}"),
    "crosses round all": drawn(CROSSED, "| {:3} | {:13} | {:8} |"),
    "crosses between rows": drawn(CROSSED.replace("-", "="), "| {:3} | {:13} | {:8} |", between=CROSSED),
    "rules": drawn("===  =============  ========", "{:4} {:14} {:8}"),
    "dashes": drawn("---- -------------- --------", "{:>4} {:>14} {:>8}"),
    "cells of two lines": (
        "+=====+==========+==========+\n| Day | Zoom ID  | Passcode |\n+=====+==========+==========+\n"
        "| Mon | 845 1236 | Tulip7   |\n|     | 7890     |          |\n+-----+----------+----------+\n"
        "| Tue | 975 3108 | Leek22   |\n|     | 6422     |          |\n+-----+----------+----------+"
    ),
}
WEDNESDAYS = "Wed  |\n" * 200


@pytest.mark.parametrize("text", DRAWN.values(), ids=DRAWN)
def test_a_table_drawn_with_signs(text: str) -> None:
    assert found(text, "text/plain") == {FIRST, SECOND}
    assert found(f"<p>Choir</p><pre>\n{text}\n</pre>") == {FIRST, SECOND}
    above, below = text[: text.index("Tue")].rsplit("\n", 1)
    far = f"{above}\n{WEDNESDAYS}{below}{text[text.index('Tue') :]}"
    assert found(far, "text/plain") == {FIRST, SECOND}


@pytest.mark.parametrize(
    "line", ["| a ", "+--+--\n", "== ==\n", "a|b\n-|-\n", "-- --\na b\n", "<code>&lt;p>"]
)
def test_a_table_drawn_with_signs_takes_linear_time(line: str) -> None:
    text = line * (200_000 // len(line))
    assert grows_with_size_only(lambda body: found(body, "text/plain"), text)
    assert grows_with_size_only(lambda body: found(f"<pre>{body}"), text)


def test_a_comma_ends_an_address_in_a_table_of_lines() -> None:
    link = "https://zoom.us/j/84512367890?pwd=UGFzc3dvcmRz"
    assert found(f"Mon,{link},hall\nTue,{link},hall", "text/csv") == {(FIRST[0], "UGFzc3dvcmRz")}


@pytest.mark.parametrize("line", ["a,b\n", '"', "a,1234567890\n", '"a\n', "\t;,", "Zoom ID,1\n"])
def test_a_table_of_lines_takes_linear_time(line: str) -> None:
    text = line * (200_000 // len(line))
    assert grows_with_size_only(lambda body: found(body, "text/csv"), text)


def word_table() -> bytes:
    rows = ("".join(f"<w:tc>{make.paragraph(cell)}</w:tc>" for cell in row) for row in ROWS)
    return make.word(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")


def slide_table() -> bytes:
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    title = cell.replace("<a:tc>", '<a:tc gridSpan="3">').format("Choir")
    rows = ("".join(cell.format(text) for text in row) for row in ROWS)
    drawn = "".join(f"<a:tr>{row}</a:tr>" for row in (title, *rows))
    return make.ooxml({"ppt/slides/slide1.xml": f"<p:sld {make.NAMES}><a:tbl>{drawn}</a:tbl></p:sld>"})


def open_table() -> bytes:
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    rows = ("".join(cell.format(text) for text in row) for row in ROWS)
    drawn = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return make.opendocument("text", f"<office:text><table:table>{drawn}</table:table></office:text>")


def workbook(*rows: tuple[str, ...]) -> bytes:
    return make.xlsx("".join(f"<row>{''.join(map(make.inline, row))}</row>" for row in rows))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(word_table(), id="docx"),
        pytest.param(slide_table(), id="pptx"),
        pytest.param(open_table(), id="odt"),
        pytest.param(workbook(*ROWS), id="xlsx"),
        pytest.param(workbook(("Choir", "Spring"), *ROWS), id="xlsx with a title"),
        pytest.param(
            workbook(("Name", "Hall", "Age"), ("Ann", "A", "7"), (), *ROWS), id="xlsx below another"
        ),
        pytest.param(workbook(*TURNED), id="xlsx with headings at the side"),
        pytest.param(make.ods(*ROWS), id="ods"),
        pytest.param(make.ods(("Name", "Hall", "Age"), ("Ann", "A", "7"), (), *ROWS), id="ods below another"),
        pytest.param(make.ods(*TURNED), id="ods with headings at the side"),
    ],
)
def test_a_table_of_an_office_file(body: bytes) -> None:
    assert found(body, "") == {FIRST, SECOND}


@pytest.mark.parametrize(
    "body", [pytest.param(workbook(*LABELLED), id="xlsx"), pytest.param(make.ods(*LABELLED), id="ods")]
)
def test_two_columns_of_labels_and_values(body: bytes) -> None:
    assert found(body, "") == {FIRST}
