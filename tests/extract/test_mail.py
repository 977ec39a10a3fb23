"""Mail as it lies in archives: whole mailboxes, lost headers, lists that add their own words, saved pages."""

from __future__ import annotations

from base64 import encodebytes

import pytest

from scanner.detect import detect
from scanner.extract import segments
from scanner.model import Document
from tests.effort import grows_with_size_only

HEAD = "From: ann@club.example\nTo: list@club.example\nSubject: Choir\nMIME-Version: 1.0\n"
TEXT = "Dear all, we rehearse.\nZoom ID: 845 1236 7890\nPasscode: Tulip7\n"
FIRST = ("84512367890", "Tulip7")


def packed(text: str) -> str:
    return encodebytes(text.encode()).decode("ascii")


def found(mail: str, media_type: str = "message/rfc822") -> set[tuple[str, str | None]]:
    links = detect(Document("", mail.encode(), media_type)).links
    return {(link.room.key, link.passcode.text if link.passcode else None) for link in links}


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(f"{HEAD}\n{packed(TEXT)}", id="base64 without its header"),
        pytest.param(
            f"{HEAD}Content-Transfer-Encoding: base64\n\n{packed(TEXT)}-- \nlist footer\n",
            id="words below base64",
        ),
        pytest.param(
            f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n{TEXT}\n--b\n\nsee above\n--b--\n",
            id="before the first part",
        ),
        pytest.param(
            f"{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b--\n{TEXT}",
            id="after the last part",
        ),
        pytest.param(f"{HEAD}\nDay,Zoom ID,Passcode\nMon,845 1236 7890,Tulip7\n", id="a table"),
        pytest.param(
            f"{HEAD}Content-Type: text/csv\n\nDay,Zoom ID,Passcode\nMon,845 1236 7890,Tulip7\n",
            id="a table attached",
        ),
        pytest.param(
            f"{HEAD}Content-Type: text/html\n\n<a href='data:text/calendar,BEGIN:VCALENDAR%0ADESCRIPTION:"
            "Zoom ID: 845 1236 7890\\nPasscode: Tulip7%0AEND:VCALENDAR'>add</a>\n",
            id="an entry for a calendar",
        ),
        pytest.param(
            "From: <Saved by a browser>\nSnapshot-Content-Location: https://club.example/\nSubject: Choir\n"
            "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n"
            f"Content-Transfer-Encoding: base64\n\n{packed(f'<html><pre>{TEXT}</pre></html>')}\n--b--\n",
            id="a saved page",
        ),
    ],
)
@pytest.mark.parametrize("media_type", ["message/rfc822", ""])
def test_a_mail(mail: str, media_type: str) -> None:
    assert found(mail, media_type) == {FIRST}


def test_letters_in_base64_break_nothing() -> None:
    mail = f"{HEAD}Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n".encode()
    segments(Document("", mail + b"\xff\xe9 QUJD\n" + packed(TEXT).encode() + b"\xc3(\n", "message/rfc822"))


@pytest.mark.parametrize("media_type", ["application/mbox", "application/octet-stream", "text/plain"])
def test_every_mail_of_a_mailbox(media_type: str) -> None:
    second = packed(TEXT.replace("845 1236 7890", "975 3108 6422").replace("Tulip7", "Leek22"))
    mailbox = f"From ann@club.example Mon Mar  2 19:00:00 2026\n{HEAD}\n{TEXT}\n>From here on we sing.\n\n"
    mailbox += (
        f"From ann@club.example Tue Mar  3 19:00:00 2026\n{HEAD}Content-Transfer-Encoding: base64\n\n{second}"
    )
    assert found(mailbox, media_type) == {FIRST, ("97531086422", "Leek22")}


def test_a_mailbox_without_end_is_cut() -> None:
    mailbox = f"From a Mon Mar  2 19:00:00 2026\n{HEAD}\nx\n\n" * 1002
    assert segments(Document("", mailbox.encode(), "application/mbox")).cut


@pytest.mark.parametrize("line", ["A" * 76 + "\n", "AAAA", "A=\n", "\nFrom a 2026\n", "From a 2026\nA:\n\n"])
def test_a_mail_takes_linear_time(line: str) -> None:
    def read(text: str) -> object:
        body = f"{HEAD}Content-Transfer-Encoding: base64\n\n{text}"
        return segments(Document("", body.encode(), "message/rfc822"))

    assert grows_with_size_only(read, line * (200_000 // len(line)))
