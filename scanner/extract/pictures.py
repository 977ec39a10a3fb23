"""Which pictures a page shows, each in its largest size: a poster may hold a code or a line of print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from urllib.parse import urlsplit

import turbohtml

_SOURCES = ("data-src", "data-lazy-src", "data-original", "src")
"""Where the address of a picture stands, that of the real one before that of what is shown until it comes."""
_PICTURED = re.compile(r"og:image(?::(?:secure_)?url)?|twitter:image(?::src)?")
_BETWEEN_SIZES = re.compile(r",\s+|(?<=[0-9][wx]),")
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,4})?)[wx]")
_MOST_SIZES = 30
_SMALLEST_PICTURE = 64
"""Pixels at a side from which on a picture may hold a code or a line of print."""
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|tiff?)\Z", re.IGNORECASE)
_DRAWING_FILE = re.compile(r"\.(?:svgz?|ico)\Z", re.IGNORECASE)


def pictures(page: turbohtml.Document) -> Iterator[str]:
    """Yield where a page's pictures stand, but drawings and what is smaller than any code."""
    for meta in page.find_all("meta"):
        if _PICTURED.fullmatch((meta.attr("property") or meta.attr("name") or "").lower()):
            yield meta.attr("content") or ""
    for video in page.find_all("video"):
        yield video.attr("poster") or ""
    for image in page.find_all("img"):
        source = _source(image)
        if _DRAWING_FILE.search(source.partition("?")[0]) or _is_small(image) or _links_to_picture(image):
            continue
        yield source


def is_picture(address: str) -> bool:
    """Tell an address that by its ending is a picture's."""
    return _PICTURE_FILE.search(urlsplit(address).path) is not None


def _source(image: turbohtml.Element) -> str:
    """Return the address of a picture in its largest size."""
    for name in ("data-srcset", "srcset"):
        if sizes := list(_sizes(image.attr(name) or "")):
            return max(sizes, key=itemgetter(0))[1]
    return next((source for name in _SOURCES if (source := image.attr(name) or "")), "")


def _sizes(candidates: str) -> Iterator[tuple[float, str]]:
    """Yield the sizes of a ``srcset`` and where the picture stands in each (HTML Standard, section 4.8.4)."""
    for candidate in _BETWEEN_SIZES.split(candidates, maxsplit=_MOST_SIZES):
        source, _, told = candidate.strip(" ,\t\n\r\f").partition(" ")
        size = _SIZE.fullmatch(told.strip())
        if source:
            yield float(size[1]) if size else 1, source


def _is_small(image: turbohtml.Element) -> bool:
    sides = (image.attr(name) or "" for name in ("width", "height"))
    return any(side.isdecimal() and int(side) < _SMALLEST_PICTURE for side in sides)


def _links_to_picture(image: turbohtml.Element) -> bool:
    around = image.closest("a")
    return around is not None and is_picture(around.attr("href") or "")
