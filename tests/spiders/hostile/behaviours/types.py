"""Pages that lie about what they are or how they are written."""

from __future__ import annotations

from tests.spiders.hostile.trap import HALL, JOIN, LEAK, Trap, hostile, raw
from tests.spiders.hostile.web import answer

PAGE = f"<!doctype html><html><head><title>Caf\xe9</title></head><body>{HALL}{JOIN}</body></html>"


def typed(type: str, body: bytes | str = PAGE, said: str = "read", **more: object) -> Trap:
    return hostile(answer(body, type=type), said, **more)


def pdf() -> bytes:
    """A PDF whose only page links to the meeting."""
    action = f"<< /S /URI /URI (https://us02web.zoom.us/j/{LEAK}) >>"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Annots [4 0 R] >>",
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {action} >>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    xref = f"xref\n0 5\n0000000000 65535 f \n{table}"
    return body + f"{xref}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF".encode()


def deep(tag: str, times: int) -> str:
    return f"<{tag}>" * times + JOIN


TRAPS = {
    "no type": typed(""),
    "HTML as an image": typed("image/png"),
    "HTML as a PDF": typed("application/pdf"),
    "HTML as a ZIP file": typed("application/zip"),
    "HTML as JSON": typed("application/json"),
    "HTML as plain text": typed("text/plain"),
    "HTML as unknown bytes": typed("application/octet-stream"),
    "HTML as a script": typed("text/javascript"),
    "HTML as a video": typed("video/mp4"),
    "a type that is none": typed("\\o/"),
    "a type of 30 kB": typed("text/html; x=" + "x" * 30_000),
    "a PDF as HTML": typed("text/html", pdf()),
    "a PDF as text": typed("text/plain", pdf()),
    "a PDF without a type": typed("", pdf()),
    "charset of nonsense": typed("text/html; charset=klingon"),
    "charset rot13": typed("text/html; charset=rot13"),
    "charset that packs": typed("text/html; charset=zlib_codec"),
    "charset empty": typed("text/html; charset="),
    "charset twice": typed("text/html; charset=utf-16; charset=utf-8"),
    "charset UTF-16 for plain bytes": typed("text/html; charset=utf-16"),
    "charset UTF-16LE for plain bytes": typed("text/html; charset=utf-16le"),
    "charset UTF-32 for plain bytes": typed("text/html; charset=utf-32"),
    "charset UTF-7": typed("text/html; charset=utf-7"),
    "charset EBCDIC for plain bytes": typed("text/html; charset=cp037"),
    "UTF-16LE without a mark": typed("text/html", PAGE.encode("utf-16-le")),
    "UTF-16BE without a mark": typed("text/html", PAGE.encode("utf-16-be")),
    "UTF-16 labelled UTF-8": typed("text/html; charset=utf-8", PAGE.encode("utf-16")),
    "UTF-32 with a mark": typed("text/html", PAGE.encode("utf-32")),
    "UTF-8 that is broken": typed("text/html; charset=utf-8", b"\xff\xfe\xfd\xc3(" * 99 + PAGE.encode()),
    "UTF-8 labelled Shift JIS": typed("text/html; charset=shift_jis"),
    "three charsets in the page": typed(
        "text/html; charset=big5", f'<meta charset=utf-16><meta charset="x-user-defined">{PAGE}'
    ),
    "NUL between the letters": typed("text/html", PAGE.replace("<p>", "<\0p>")),
    "NUL a hundred thousand times, then the page": typed("text/html", b"\0" * 100_000 + PAGE.encode()),
    "a stream of replaced pages": typed(
        "multipart/x-mixed-replace; boundary=b", f"--b\r\nContent-Type: text/html\r\n\r\n{PAGE}\r\n--b--\r\n"
    ),
    "an archived page": typed(
        "multipart/related; boundary=b",
        f"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\n"
        f"Content-Type: text/html\r\n\r\n{PAGE}\r\n--b--\r\n",
    ),
    "meeting in a comment": typed("text/html", f"<!-- {JOIN} -->{HALL}"),
    "meeting in a script": typed("text/html", f"<script>var x = {{'a': '{JOIN}'}}</script>"),
    "meeting in an attribute": typed("text/html", f'<div data-room="https://us02web.zoom.us/j/{LEAK}">'),
    "meeting in a noscript": typed("text/html", f"<noscript>{JOIN}</noscript>"),
    "meeting in a template": typed("text/html", f"<template>{JOIN}</template>"),
    "meeting behind </html>": typed("text/html", f"<html>{HALL}</html>{JOIN}"),
    "meeting in a header": hostile(
        raw(f"HTTP/1.1 200 OK\nContent-Type: text/html\nX-Room: https://us02web.zoom.us/j/{LEAK}", HALL),
        "read",
        leak=False,
    ),
    "nested 40,000 deep": typed("text/html", deep("div", 40_000)),
    "nested 40,000 deep, by tables": typed("text/html", deep("table", 30_000)),
    "nested 40,000 deep, by italics": typed("text/html", deep("i", 40_000)),
    "40,000 attributes": typed(
        "text/html", "<div " + " ".join(f"a{n}=x" for n in range(30_000)) + f">{JOIN}"
    ),
    "one attribute of 200 kB": typed("text/html", f"<div a='{'x' * 200_000}'>{JOIN}"),
    "never closed": typed("text/html", f"{JOIN}<a href='"),
    "40,000 entities": typed("text/html", "&" * 40_000 + "&amp;" * 20_000 + JOIN),
    "a select of 30,000 options": typed("text/html", "<select>" + "<option>" * 30_000 + JOIN),
    "doctype bomb": typed("text/html", "<!DOCTYPE html [" + "<!ENTITY a 'b'>" * 9000 + f"]>{JOIN}"),
}
