"""PDF files made by hand, object by object, as programs write them (ISO 32000)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

from PIL import Image

Object = str | bytes


def stream(body: bytes, entries: str = "") -> bytes:
    """Return a compressed stream object."""
    packed = zlib.compress(body)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {entries} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def pdf(objects: Sequence[Object], *, root: str = "1 0 R", trailer: str = "") -> bytes:
    """Return a file of these objects, numbered from 1, with a table of where they are."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, thing in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n" % number)
        out.write(thing if isinstance(thing, bytes) else thing.encode("latin-1"))
        out.write(b"\nendobj\n")
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    ending = f"trailer\n<< /Size {len(objects) + 1} /Root {root} {trailer} >>\nstartxref\n{table}\n%%EOF\n"
    out.write(ending.encode())
    return out.getvalue()


def written(lines: Sequence[str]) -> bytes:
    """Return the drawing of lines of text, one below the other."""
    shows = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
    return f"BT /F1 12 Tf 72 720 Td {shows}ET".encode("latin-1")


def page_with(
    *lines: str,
    annotations: Sequence[str] = (),
    catalog: str = "",
    resources: str = "",
    drawing: bytes = b"",
    more: Sequence[Object] = (),
    box: str = "0 0 595 842",
    trailer: str = "",
) -> bytes:
    """Return a file of one page. ``more`` are objects 6 and up."""
    return pdf(
        [
            f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R "
            f"/Resources << /Font << /F1 5 0 R >> {resources} >> /Annots [{' '.join(annotations)}] >>",
            stream(written(lines) + drawing),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ],
        trailer=trailer,
    )


def link(address: str, *, line: int = 0) -> str:
    """Return a link over a line of text."""
    top = 735 - 20 * line
    return (
        f"<< /Type /Annot /Subtype /Link /Rect [72 {top - 20} 300 {top}] /A << /S /URI /URI ({address}) >> >>"
    )


def pictured(picture: Image.Image, *lines: str) -> bytes:
    """Return a file of one page that is a picture, with lines of text on it."""
    grey = picture.convert("L")
    entries = (
        f"/Type /XObject /Subtype /Image /Width {grey.width} /Height {grey.height} "
        "/ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    return page_with(
        *lines,
        resources="/XObject << /P 6 0 R >>",
        drawing=b" q 595 0 0 680 0 0 cm /P Do Q",
        more=[stream(grey.tobytes(), entries)],
    )
