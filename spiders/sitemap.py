"""Read the pages that a sitemap lists, through indexes of sitemaps too."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from scanner.extract.links import feed_links, looks_like_feed
from scanner.model import Document
from spiders import decode
from spiders.addresses import resolve
from spiders.options import PageOptions
from spiders.spider import SourceSpider
from spiders.visit import Visit

NO_SITEMAP = "no sitemap stands there"

_SITEMAP = re.compile(r"sitemap[^/]*\.(?:xml|txt)(?:\.gz)?$", re.IGNORECASE)

_MOST_BYTES = 50 * 1024 * 1024
"""Uncompressed size of the largest sitemap there may be (sitemaps.org protocol)."""


class Options(PageOptions):
    """Which sitemaps to read: XML, also compressed or an index, or plain text with an address a line."""


class Sitemap(SourceSpider):
    """Hand over the pages of a sitemap that belong to its domain, and follow no further."""

    reports_outside = True

    options: Options

    def is_news(self, visit: Visit) -> bool:
        """Read again also what is called like a sitemap: new pages stand in the parts of one."""
        return super().is_news(visit) or _SITEMAP.search(urlsplit(visit.address).path) is not None

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield what a sitemap lists. Pages are told from further sitemaps when they have been read."""
        sitemap = unpacked(document)
        is_feed = looks_like_feed(sitemap)
        listed = feed_links(sitemap) if is_feed else listed_links(sitemap)
        if visit.start and not listed and not is_feed:
            self._fail(visit, NO_SITEMAP)
        for link in listed:
            yield Visit(address=link, depth=visit.depth + 1)


def unpacked(document: Document) -> Document:
    """Return a document that is one gzip file (``sitemap.xml.gz``) unpacked, any other as it is."""
    if not document.body.startswith(b"\x1f\x8b"):
        return document
    body, _ = decode.decode(document.body, "gzip", limit=_MOST_BYTES)
    return replace(document, body=body)


def listed_links(document: Document) -> tuple[str, ...]:
    """Return the lines of a sitemap that is plain text; nothing for a document that is none."""
    body = document.body.removeprefix(codecs.BOM_UTF8)
    if not all(line.startswith((b"http://", b"https://")) for line in body.split(maxsplit=20)[:20]):
        return ()
    lines = (line.decode("utf-8", "replace").strip() for line in body.splitlines())
    return tuple(link for line in lines if (link := resolve("", line)))
