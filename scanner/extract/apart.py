"""Have a document read by a process of its own, and take what it told until it ended or was ended.

Pictures and PDF files are read by C++ libraries. A stranger's file can crash them, hold them for ever or make
them eat all memory; that must cost this one document and not the crawl around it
(docs/decisions/0007-native-readers-apart.md).
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from importlib.util import find_spec

from scanner.extract.flow import Flow, Segments
from scanner.model import Document
from scanner.native import nursery
from scanner.native.findings import heard

TIME = timedelta(seconds=25)
"""How long one document may take."""


def read_apart(reader: str, document: Document, *, media_type: str, time: timedelta = TIME) -> Segments:
    """Return what a module of ``scanner.native`` finds in a document.

    The process gets the document and nothing else: no environment, no file, no register.
    """
    told = nursery.read(reader, document.body, tesseract=shutil.which("tesseract") or "", time=time)
    findings = heard(told.lines)
    why = "it took too long" if told.late else "its reader broke down"
    reasons = findings.notes if findings.ended else (*findings.notes, why)
    unread = f"all of {media_type}" if findings.pieces else media_type
    return Segments(
        flows=(Flow(findings.pieces),),
        media_type=media_type,
        cut=findings.cut or not findings.ended,
        notes=tuple(f"cannot read {unread}: {reason}" for reason in dict.fromkeys(reasons)),
        nested=tuple(Document("", body) for body in findings.inner),
    )


def pictures_are_read() -> bool:
    """Tell whether the libraries that open pictures and read QR codes are installed."""
    return find_spec("PIL") is not None and find_spec("zxingcpp") is not None


def print_is_read() -> bool:
    """Tell whether the program that reads printed text is installed."""
    return shutil.which("tesseract") is not None


def missing_parts() -> tuple[str, ...]:
    """Return a sentence for each optional part that is missing: what is not read, and what to install."""
    missing: list[str] = []
    if not pictures_are_read():
        missing.append("QR codes and pictures are not read: install Pillow and zxing-cpp")
    if not print_is_read():
        missing.append("Printed text in pictures is not read: install tesseract (Debian: tesseract-ocr)")
    return tuple(missing)
