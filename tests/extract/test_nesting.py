"""Documents inside documents: read in order, within one budget for all of them."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from scanner.detect import detect
from scanner.extract import nesting
from scanner.extract.flow import Flow, Segments
from scanner.model import Document, Segment
from tests.extract import packages, pdfs
from tests.extract.flyers import code, saved

LINK = "https://us02web.zoom.us/j/86420975310?pwd=Zm9sZGVkSGF5UmlnMTIz"
ATTACHED = {
    "docx": packages.word(packages.paragraph(LINK)),
    "pdf": pdfs.page_with(LINK),
    "png": saved(code(LINK), "PNG"),
    "zip": packages.package({"minutes.txt": LINK}),
}


@pytest.mark.parametrize("kind", ATTACHED)
def test_what_is_attached_to_a_mail_is_read(kind: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "Minutes"
    mail.set_content("See the attachment.")
    mail.add_attachment(ATTACHED[kind], maintype="application", subtype="octet-stream", filename="minutes")
    assert [link.room.key for link in detect(Document("", mail.as_bytes())).links] == ["86420975310"]


def read(document: Document, depth: int) -> Segments:
    """Read a document that says what it holds: ``2*x`` is two documents ``x``, anything else is text."""
    count, star, inner = document.body.partition(b"*")
    flow = Flow((Segment(document.body.decode(), f"at {depth}"),))
    return Segments(flows=(flow,), nested=(Document("", inner),) * int(count) if star else ())


def test_documents_are_read_in_order_each_at_its_depth() -> None:
    found = nesting.with_nested(read(Document("", b"2*1*x"), 0), read, 0)
    told = [(piece.text, piece.place) for flow in found.flows for piece in flow.pieces]
    assert told == [("2*1*x", "at 0"), ("1*x", "at 1"), ("x", "at 2"), ("1*x", "at 1"), ("x", "at 2")]
    assert not found.cut
    assert found.nested == ()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"1*1*1*1*x", "documents packed too deep were not read", id="deep"),
        pytest.param(b"9999*x", "too much is packed inside: the rest was not read", id="many"),
        pytest.param(
            b"40*" + b"x" * 1024 * 1024, "too much is packed inside: the rest was not read", id="large"
        ),
    ],
)
def test_beyond_the_budget_is_said(body: bytes, why: str) -> None:
    found = nesting.with_nested(read(Document("", body), 0), read, 0)
    assert found.cut
    assert found.notes == (why,)
    assert len(found.flows) <= nesting.DOCUMENTS + 1


def test_a_thousand_riddles_are_a_few_notes() -> None:
    def riddle(document: Document, depth: int) -> Segments:
        return Segments(notes=(f"cannot read riddle {document.body.decode()}",))

    found = nesting.with_nested(
        Segments(nested=tuple(Document("", str(number).encode()) for number in range(400))), riddle, 0
    )
    assert len(found.notes) == 21
