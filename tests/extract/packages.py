"""Office files made by hand, part by part, as the programs write them."""

from __future__ import annotations

import io
import zipfile

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NAMES = f'xmlns:w="{_W}" xmlns:r="{_R}" xmlns:a="{_A}" xmlns:p="{_P}"'
CONTENTS = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
)
OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def package(parts: dict[str, str | bytes]) -> bytes:
    """Return a ZIP of these parts in order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, part, compress_type=stored)
    return out.getvalue()


def ooxml(parts: dict[str, str | bytes]) -> bytes:
    """Return a Word, Excel or PowerPoint file of these parts."""
    return package({"[Content_Types].xml": CONTENTS, **parts})


def relations(**targets: str) -> str:
    """Return a part that gives addresses to identifiers."""
    entries = "".join(
        f'<Relationship Id="{name}" Type="{_R}/hyperlink" Target="{target}" TargetMode="External"/>'
        for name, target in targets.items()
    )
    names = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<?xml version="1.0"?><Relationships xmlns="{names}">{entries}</Relationships>'


def word(body: str, **parts: str | bytes) -> bytes:
    """Return a Word file with this body, and other parts by name (``_`` for ``/``, ``.xml`` added)."""
    named = {
        f"word/{name}.xml" if isinstance(part, str) else f"word/media/{name}": part
        for name, part in parts.items()
        if name != "rels"
    }
    rels = {"word/_rels/document.xml.rels": parts["rels"]} if "rels" in parts else {}
    document = f"<w:document {NAMES}><w:body>{body}</w:body></w:document>"
    return ooxml({"word/document.xml": document, **rels, **named})


def paragraph(*runs: str) -> str:
    """Return a Word paragraph of these runs."""
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def sheet(rows: str, links: str = "") -> str:
    """Return a worksheet."""
    return (
        f'<worksheet xmlns="{_S}" xmlns:r="{_R}"><sheetData>{rows}</sheetData>'
        f"{f'<hyperlinks>{links}</hyperlinks>' if links else ''}</worksheet>"
    )


def shared_strings(*texts: str) -> str:
    """Return the texts that the cells of a workbook share."""
    return f'<sst xmlns="{_S}">' + "".join(f"<si><t>{text}</t></si>" for text in texts) + "</sst>"


def opendocument(kind: str, content: str, **parts: str | bytes) -> bytes:
    """Return an OpenDocument file: ``text``, ``spreadsheet`` or ``presentation``, with this body."""
    return package(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {OPEN}><office:body>{content}</office:body>"
            "</office:document-content>",
            **{f"{name}.xml": part for name, part in parts.items()},
        }
    )


def ods(*rows: tuple[str, ...]) -> bytes:
    """Return an OpenDocument spreadsheet of these cells; a cell that begins with ``<`` is markup."""
    return opendocument("spreadsheet", f"<table:table>{''.join(map(_ods_row, rows))}</table:table>")


def _ods_row(cells: tuple[str, ...]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(text: str) -> str:
    if text.startswith("<table:"):
        return text
    if text.isdigit():
        value = f'office:value-type="float" office:value="{text}"'
        return f"<table:table-cell {value}><text:p>{float(text):.2E}</text:p></table:table-cell>"
    return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"


def xlsx(rows: str, *strings: str) -> bytes:
    """Return an Excel file of one sheet."""
    return ooxml({"xl/sharedStrings.xml": shared_strings(*strings), "xl/worksheets/sheet1.xml": sheet(rows)})


def inline(text: str) -> str:
    """Return an Excel cell that holds its own text."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
