"""Rich Text files: words in runs and code pages, links in fields, and nothing of what programs keep."""

from __future__ import annotations

import pytest

from scanner.detect import detect
from scanner.extract import segments
from scanner.model import Document
from tests.effort import grows_with_size_only

LINK = "https://us02web.zoom.us/j/84512367890"
FIRST = ("84512367890", "Tulip7")


def found(body: str) -> set[tuple[str, str | None]]:
    links = detect(Document("", body.encode("latin-1"), "text/plain")).links
    return {(link.room.key, link.passcode.text if link.passcode else None) for link in links}


def escaped(text: str, codec: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode(codec))


def numbered(text: str) -> str:
    return "".join(f"\\u{ord(letter)}?" for letter in text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r"Zoom ID: 845 1236 7890\par Passcode: Tulip7", id="lines"),
        pytest.param(r"{\b Zoom}\~ID:\~{\b0\cf1 845\~12}{36\_7890}\line Passcode: {\i Tulip7}", id="runs"),
        pytest.param(
            rf"\ansicpg1251 Zoom {escaped('Идентификатор конференции', 'cp1251')}: 845 1236 7890\par "
            rf"{escaped('Код доступа', 'cp1251')}: Tulip7",
            id="a code page",
        ),
        pytest.param(
            rf"\uc1 {numbered('ミーティング')} ID (Zoom): 845 1236 7890\par {numbered('パスコード')}: Tulip7",
            id="characters by number",
        ),
        pytest.param(
            r"\trowd Zoom ID\cell 845 1236 7890\cell\row\trowd Passcode\cell Tulip7\cell\row", id="a table"
        ),
        pytest.param(
            rf'{{\field{{\*\fldinst{{ HYPERLINK }}{{"{LINK[:20]}}}{{{LINK[20:]}"}}}}{{\fldrslt Join}}}}\par '
            "Passcode: Tulip7",
            id="a link",
        ),
        pytest.param(r"{\pict\bin6 {{{}}\}Zoom ID: 845 1236 7890 Passcode: Tulip7", id="bytes of a picture"),
    ],
)
def test_a_text(text: str) -> None:
    assert found(rf"{{\rtf1\ansi{{\fonttbl{{\f0 Zoom 97531086422;}}}}{text}\par}}") == {FIRST}


def test_a_file_cut_short_is_read_as_far_as_it_came() -> None:
    assert found(rf"{{\rtf1 Passcode: Tulip7 {{\field{{\*\fldinst HYPERLINK {LINK}") == {FIRST}


@pytest.mark.parametrize(
    "part", ["{", "}", "\\", "\\'", "\\u-9", "{\\field{\\*\\fldinst ", "\\bin-1 ", "\\uc999 ?"]
)
def test_hostile_files_take_linear_time(part: str) -> None:
    def read(text: str) -> object:
        return segments(Document("", b"{\\rtf1" + text.encode()))

    assert grows_with_size_only(read, part * (200_000 // len(part)))
