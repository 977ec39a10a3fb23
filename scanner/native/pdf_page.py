"""Read one page of a PDF file: its text with the links where they stand, its fields and comments."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import closing

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

from scanner.native.findings import Teller
from scanner.native.pdf_table import table_lines

_LINKS = 2000
_FIELDS = 2000
_LONGEST = 64 * 1024
_NEAR = 4.0
"""Points around the beginning of a link within which its first letter is looked for."""

_HYPHEN_AT_LINE_END = "\ufffe"


def tell_page(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, teller: Teller, *, number: int
) -> tuple[int, list[str]]:
    """Tell a page; return how many letters it shows and the addresses that it links to."""
    with closing(page.get_textpage()) as letters:
        links = sorted(_links(document, page, letters), key=lambda link: link[0])
        at = shown = 0
        for position, address in [*links, (letters.count_chars(), "")]:
            text = letters.get_text_range(at, position - at) if position > at else ""
            text = text.replace(_HYPHEN_AT_LINE_END, "-").replace("\r\n", "\n")
            shown += len(text) - text.count(" ") - text.count("\n")
            if text:
                teller.text(text, page=number, place="text")
            if address:
                teller.address(address, page=number, place="href")
            at = max(at, position)
        for row in table_lines(letters, letters.get_text_range()):
            teller.text(f"\n\n{row}", page=number, place="text")
    teller.text("\n", page=number, place="text")
    for text in _fields(document, page):
        teller.text(f"{text}\n", page=number, place="text")
    return shown, [address for _, address in links]


def _links(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, letters: pypdfium2.PdfTextPage
) -> Iterator[tuple[int, str]]:
    """Yield the links of a page: the index of the letter they begin at, and the address."""
    position = ctypes.c_int(0)
    link = raw.FPDF_LINK()
    last = letters.count_chars()
    for _ in range(_LINKS):
        if not raw.FPDFLink_Enumerate(page, position, link):
            return
        action = raw.FPDFLink_GetAction(link)
        if not action:
            continue
        if raw.FPDFAction_GetType(action) == raw.PDFACTION_URI:
            address = _bytes(raw.FPDFAction_GetURIPath, document, action)
        else:
            address = _bytes(raw.FPDFAction_GetFilePath, action)
        text = address.rstrip(b"\0").decode("utf-8", "replace")
        if text:
            yield _first_letter(link, letters, last), text


def _first_letter(link: object, letters: pypdfium2.PdfTextPage, last: int) -> int:
    area = raw.FS_RECTF()
    if not raw.FPDFLink_GetAnnotRect(link, area):
        return last
    index = letters.get_index(area.left + 1, (area.top + area.bottom) / 2, _NEAR, _NEAR)
    return last if index is None else index


def _fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[str]:
    """Yield what is written in form fields, and comments."""
    form = document.formenv
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _FIELDS)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        texts = [_wide(raw.FPDFAnnot_GetStringValue, note, b"Contents")]
        if form is not None:
            texts.append(_wide(raw.FPDFAnnot_GetFormFieldAlternateName, form, note))
            texts.append(_wide(raw.FPDFAnnot_GetFormFieldValue, form, note))
        raw.FPDFPage_CloseAnnot(note)
        if any(texts):
            yield ": ".join(dict.fromkeys(text for text in texts if text))


def _bytes(ask: Callable[..., int], *about: object) -> bytes:
    """Ask for a value twice, as pdfium wants it: for its length, then for itself."""
    size = min(ask(*about, None, 0), _LONGEST)
    if size <= 1:
        return b""
    buffer = ctypes.create_string_buffer(size)
    ask(*about, buffer, size)
    return buffer.raw


def _wide(ask: Callable[..., int], *about: object) -> str:
    """Ask for a text, which pdfium gives in UTF-16 and measures in bytes."""
    size = min(ask(*about, None, 0), _LONGEST)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    ask(*about, buffer, size)
    return bytes(buffer)[:size].decode("utf-16-le", "replace").rstrip("\0").strip()
