"""Read a PDF file on standard input: ``python -m scanner.native.pdf [TESSERACT]``.

Text, links, form fields and attached files of all pages come first, pictures last: those cost most, and a
process that is ended while it draws a page has told everything else.
"""

from __future__ import annotations

import ctypes
import re
import sys
from contextlib import closing
from datetime import timedelta
from importlib.util import find_spec
from itertools import islice
from time import monotonic

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from scanner.native.addresses import addresses
from scanner.native.findings import Teller, begin
from scanner.native.pdf_page import tell_page
from scanner.native.torn import mended

PAGES = 2000
PICTURED_PAGES = 20
"""Pages whose pictures are read."""

_TEXT_TIME = timedelta(seconds=10)
_PICTURE_TIME = timedelta(seconds=20)
_LITTLE_TEXT = 100
_OBJECTS_LOOKED_AT = 300
_BITMAP = _OBJECTS_LOOKED_AT + 1
_MANY_PATHS = 40
"""Lines and areas that a page of text has without being the drawing of a QR code."""

_DOTS_PER_INCH = 200
_LONGEST_SIDE = 2600
_WRITTEN_PROPERTIES = frozenset({"Title", "Subject", "Keywords"})
"""What people write of a file, and not programs."""
_BOOKMARKS = 1000
_DESCRIPTION = re.compile(rb"<x:xmpmeta\b.{0,65536}?</x:xmpmeta>", re.DOTALL)
_DESCRIPTIONS = 5
_ATTACHMENTS = 50
_ATTACHMENT_BYTES = 16 * 1024 * 1024


def main() -> None:
    """Tell what is in a PDF file. What cannot be opened is searched for addresses in its bytes."""
    body, teller = begin()
    document = _opened(body, teller)
    if document is None:
        _tell_addresses(body, set(), teller)
    else:
        told, shown = _tell_pages(document, teller)
        _tell_properties(document, teller)
        _tell_addresses(body, told, teller)
        _tell_attachments(document, teller)
        _tell_descriptions(body, teller)
        if find_spec("zxingcpp") and find_spec("PIL"):
            _tell_pictures(document, shown, teller, sys.argv[1] if len(sys.argv) > 1 else "")
        elif any(letters < _LITTLE_TEXT for letters in shown):
            teller.note("pages without text need Pillow and zxing-cpp")
    teller.end()


def _opened(body: bytes, teller: Teller) -> pypdfium2.PdfDocument | None:
    """Open a document, mended if it is torn; say what is wrong with it."""
    for mend in (bytes, mended):
        try:
            document = pypdfium2.PdfDocument(mend(body))
            document.init_forms()
        except pypdfium2.PdfiumError as error:
            encrypted = error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
            teller.note("encrypted" if encrypted else "broken")
            teller.cut()
        else:
            return document
    return None


def _tell_pages(document: pypdfium2.PdfDocument, teller: Teller) -> tuple[set[str], list[int]]:
    """Tell all pages; return the addresses told and how many letters each page shows."""
    told: set[str] = set()
    shown: list[int] = []
    started = monotonic()
    for number in range(len(document)):
        if number == PAGES or monotonic() - started > _TEXT_TIME.total_seconds():
            teller.cut()
            break
        try:
            with closing(document.get_page(number)) as page:
                letters, links = tell_page(document, page, teller, number=number)
        except pypdfium2.PdfiumError:
            teller.note("a broken page")
            letters, links = _LITTLE_TEXT, []
        told.update(links)
        shown.append(letters)
    return told, shown


def _tell_properties(document: pypdfium2.PdfDocument, teller: Teller) -> None:
    for name, value in document.get_metadata_dict(skip_empty=True).items():
        if name in _WRITTEN_PROPERTIES or "/" in value:
            teller.text(f"\n{value[:4096]}\n", page=PAGES, place="properties")
    for bookmark in islice(document.get_toc(), _BOOKMARKS):
        teller.text(f"\n{bookmark.get_title()[:4096]}\n", page=PAGES, place="properties")


def _tell_descriptions(body: bytes, teller: Teller) -> None:
    """Tell what is said of a file in XMP, which lies in it uncompressed (ISO 16684-1)."""
    for found in islice(_DESCRIPTION.finditer(body), _DESCRIPTIONS):
        teller.inner(b'<?xml version="1.0"?>' + found[0])


def _tell_addresses(body: bytes, told: set[str], teller: Teller) -> None:
    for address in addresses(body):
        if address not in told:
            told.add(address)
            teller.address(address, page=PAGES, place="href")


def _tell_attachments(document: pypdfium2.PdfDocument, teller: Teller) -> None:
    """Tell attached files, and the data of forms in XML (XFA)."""
    left = _ATTACHMENT_BYTES
    count = document.count_attachments()
    if count > _ATTACHMENTS:
        teller.cut()
    for number in range(min(count, _ATTACHMENTS)):
        size = ctypes.c_ulong()
        attachment = document.get_attachment(number)
        raw.FPDFAttachment_GetFile(attachment, None, 0, size)
        left -= size.value
        if left < 0:
            teller.cut()
            return
        if size.value:
            teller.inner(bytes(attachment.get_data()))
    for number in range(min(raw.FPDF_GetXFAPacketCount(document), _ATTACHMENTS)):
        size = ctypes.c_ulong()
        raw.FPDF_GetXFAPacketContent(document, number, None, 0, size)
        left -= size.value
        if size.value and left >= 0:
            buffer = ctypes.create_string_buffer(size.value)
            raw.FPDF_GetXFAPacketContent(document, number, buffer, size.value, size)
            teller.inner(buffer.raw)


def _tell_pictures(document: pypdfium2.PdfDocument, shown: list[int], teller: Teller, tesseract: str) -> None:
    """Draw pages that hold pictures and read their codes, and the print of pages that are scans.

    Print is not read where letters are: tesseract would read some of them again, and wrongly.
    """
    from scanner.native.picture import grey, tell_codes, tell_print  # only where there is a picture

    started = monotonic()
    drawn = 0
    for number, letters in enumerate(shown):
        with closing(document.get_page(number)) as page:
            drawing = _drawing(page)
            printed = drawing == _BITMAP if 0 < letters < _LITTLE_TEXT else not letters and drawing > 0
            if not printed and drawing <= _MANY_PATHS:
                continue
            drawn += 1
            if drawn > PICTURED_PAGES or monotonic() - started > _PICTURE_TIME.total_seconds():
                teller.note("too many pages with pictures")
                teller.cut()
                return
            width, height = page.get_size()
            scale = min(_DOTS_PER_INCH / 72, _LONGEST_SIDE / max(width, height, 1))
            picture = grey(page.render(scale=scale, grayscale=True).to_pil())
        if tell_codes(picture, teller, page=number) and printed:
            tell_print(picture, teller, page=number, tesseract=tesseract)


def _drawing(page: pypdfium2.PdfPage) -> int:
    """Return how much is drawn on a page besides letters: a bitmap counts more than any lines."""
    paths = 0
    for thing in islice(page.get_objects(max_depth=3), _OBJECTS_LOOKED_AT):
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            return _BITMAP
        paths += thing.type != raw.FPDF_PAGEOBJ_TEXT
    return paths


if __name__ == "__main__":
    main()
