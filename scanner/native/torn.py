"""Put a PDF file that broke off into a state in which readers open it: with a catalog of its pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_OBJECT = re.compile(rb"(?:\A|(?<=[\r\n\0 ]))([0-9]{1,9})[ \r\n]{1,3}([0-9]{1,5})[ \r\n]{1,3}obj\b")
_PAGE = re.compile(rb"/Type\s{0,9}/Page(?![A-Za-z])")
_OBJECTS = 100_000
_PAGES = 2000
_LONGEST_PAGE = 8192
_NUMBER = 4_000_000
"""A number that hardly any object has, and the highest that readers believe is not far off."""


def mended(body: bytes) -> bytes:
    """Return a file with a new end that names the pages in it (ISO 32000-2, 7.5.5 and 7.7), or nothing.

    Programs write the catalog last, or the table of where everything is: both are missing from a file that
    broke off. Readers rebuild the table by themselves.
    """
    pages = [b"%d %d R" % page for page in islice(_pages(body), _PAGES)]
    if not pages:
        return b""
    return b"".join(
        (
            body,
            b"\nendstream\nendobj\n%d 0 obj\n<< /Type /Pages /Count %d " % (_NUMBER, len(pages)),
            b"/Kids [ %s ] >>\nendobj\n" % b" ".join(pages),
            b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n" % (_NUMBER + 1, _NUMBER),
            b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n0\n%%%%EOF\n" % (_NUMBER + 2, _NUMBER + 1),
        )
    )


def _pages(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield number and generation of each object that is a page."""
    for found in islice(_OBJECT.finditer(body), _OBJECTS):
        end = body.find(b"endobj", found.end(), found.end() + _LONGEST_PAGE)
        dictionary = body[found.end() : end if end >= 0 else found.end()]
        if _PAGE.search(dictionary.partition(b"stream")[0]):
            yield int(found[1]), int(found[2])
