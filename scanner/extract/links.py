"""Where a document leads, and what pictures it shows: the addresses a crawl may follow from it.

Only what a browser or feed reader would follow. Finding meetings is not done here: that looks at far more
places than these. All addresses come back absolute, with http or https, without fragment, each once, those of
one sort of element in order of first appearance, resolved as browsers do (WHATWG).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from io import BytesIO
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import urlsplit

import can_ada
import feedparser  # type: ignore[import-untyped]
import turbohtml
from lxml import etree

from scanner.model import Document

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_ADDRESS_ATTRIBUTE = {
    "link": "href",
    "a": "href",
    "area": "href",
    "iframe": "src",
    "frame": "src",
    "embed": "src",
    "object": "data",
}
_FOLLOWED_RELATIONS = frozenset({"alternate", "canonical", "next", "prev", "previous", "sitemap"})
_FEED_ROOT = re.compile(
    rb"(?:<\?[^>]{0,500}\?>|<!--[^>]{0,2000}-->|<!doctype[^>]{0,500}>|\s++){0,20}+"
    rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]",
    re.IGNORECASE,
)
_BY_CLICK = re.compile(
    r"\b(?:location(?:\.href)?\s{0,9}=|location\.(?:assign|replace)\s{0,9}\(|window\.open\s{0,9}\()"
    r"\s{0,9}['\"]([^'\"]{1,4096})['\"]"
)
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_BYTE_ORDER_MARKS = b"\xef\xbb\xbf\xff\xfe"

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

_LONGEST = 4096
_BROKEN_FEED_BYTES = 256 * 1024
_HEAD_BYTES = 64 * 1024


class Leads(NamedTuple):
    """Where a document leads, and the pictures that it shows."""

    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()


def outlinks(document: Document, *, limit: int = 5000) -> tuple[str, ...]:
    """Return where an HTML page, a feed or a sitemap leads; nothing for other documents.

    From HTML: links, image maps, frames, embedded documents, refreshes, ``<link>`` to alternate, canonical,
    next and previous pages, and where a click leads on what is no link (``data-href``, ``onclick``).
    ``nofollow`` asks search engines not to vouch for a page; it is public all the same. A declared type
    other than HTML is not believed if the bytes begin like HTML.
    """
    return leads(document, limit=limit).links


def leads(document: Document, *, limit: int = 5000) -> Leads:
    """Return where a document leads, as ``outlinks`` does, and the pictures that a page shows.

    Of a picture in several sizes the largest counts, of one that links to a picture that one. Drawings and
    what is declared to be smaller than any code is are left out. At most ``limit`` of either.
    """
    if looks_like_feed(document):
        return Leads(feed_links(document)[:limit])
    if not _is_html(document):
        return Leads()
    page = _parse(document.body, document.charset)
    base = _base(page, document)
    links = dict.fromkeys(_html_links(page))  # the menus of a page say most of them twice
    pictures = dict.fromkeys(_pictures(page))
    return Leads(
        _distinct((_resolve(base, link) for link in links if link), limit=limit),
        _distinct((_resolve(base, source) for source in pictures if source), limit=limit),
    )


def is_picture(address: str) -> bool:
    """Tell an address that by its ending is a picture's."""
    return _PICTURE_FILE.search(urlsplit(address).path) is not None


def refresh_target(document: Document, header: str = "") -> str:
    """Return where a page sends its reader by itself, or an empty string.

    ``header`` is the value of a ``Refresh`` header; otherwise ``<meta http-equiv=refresh>`` is looked for in
    the first 64 KiB of an HTML page. Both have one syntax.
    """
    head = document.body[:_HEAD_BYTES]
    if header:
        page = turbohtml.parse(f'<meta http-equiv=refresh content="{escape(header)}">')
        base = document.address
    elif _is_html(document) and b"refresh" in head.replace(b"\0", b"").lower():
        page = _parse(head, document.charset)
        base = _base(page, document)
    else:
        return ""
    reference = _refresh(page)
    return _resolve(base, reference) if reference else ""


def parse_page(document: Document) -> turbohtml.Document:
    """Parse the HTML of a page, however its charset is declared."""
    return _parse(document.body, document.charset)


def looks_like_feed(document: Document) -> bool:
    """Tell RSS, Atom and sitemaps by how their bytes begin: servers label them as anything."""
    head = document.body[:8192].replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS)
    return _FEED_ROOT.match(head) is not None


def feed_links(document: Document) -> tuple[str, ...]:
    """Return the pages that the entries of a feed, or the lines of a sitemap, point to.

    Of a feed that is not well-formed, the first 256 KiB are given to feedparser, which is made for such but
    takes a second for as much: the newest entries stand there.
    """
    try:
        # Without entities, DTD or network: a feed is a stranger's XML.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        found = list(_entry_links(etree.fromstring(document.body, parser), document.address))
    except (etree.XMLSyntaxError, ValueError):
        # As a stream: bytes would be tried as the name of a file and as an address first.
        stream = BytesIO(document.body[:_BROKEN_FEED_BYTES])
        feed = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
        links = (link for entry in feed.entries for link in entry.get("links", ()))
        found = [(document.address, str(link.get("href", ""))) for link in links]
    return _distinct((_resolve(base, link) for base, link in found if link), limit=len(found))


def _entry_links(root: etree._Element, address: str) -> Iterator[tuple[str, str]]:
    """Yield each link behind the address it is relative to: that of the feed, or what ``xml:base`` says."""
    around = _based(address, root)
    for element in root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap"):
        for child in element.iterchildren("{*}link", "{*}guid", "{*}enclosure", "{*}loc"):
            name = etree.QName(child).localname
            if name == "guid" and child.get("isPermaLink") == "false":
                continue
            link = child.get("href") or child.get("url") or (child.text or "").strip()
            yield _based(_based(around, element), child), link


def _based(base: str, element: etree._Element) -> str:
    own = element.get(_XML_BASE)
    return (_resolve(base, own) if own else "") or base


def _is_html(document: Document) -> bool:
    if document.media_type in _HTML_TYPES:
        return True
    head = document.body[:1024].replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS + b" \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def _parse(body: bytes, charset: str) -> turbohtml.Document:
    """Parse, in the charset of the header only if it is one that web pages can have and fits the bytes.

    Labels like ``rot13`` or a UTF-16 label on plain bytes would blank the page.
    """
    head = body[:256]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        charset = ""
    elif b"\0" in head:
        charset = "utf-16le" if head[1:2] == b"\0" else "utf-16be"
    elif charset.startswith(("utf-16", "utf-32", "ucs-")):
        charset = ""
    try:
        return turbohtml.parse(body, encoding=charset or None, positions=False)
    except LookupError:
        return turbohtml.parse(body, positions=False)


def _base(page: turbohtml.Document, document: Document) -> str:
    for element in page.find_all("base"):
        if "href" in element.attrs:
            return _resolve(document.address, str(element.attrs["href"])) or document.address
    return document.address


def _refresh(page: turbohtml.Document) -> str:
    # Of one name alone turbohtml keeps a list; all else goes through the whole tree.
    if not any("refresh" in (meta.attr("http-equiv") or "").lower() for meta in page.find_all("meta")):
        return ""
    try:
        refresh = page.meta_refresh()
    except ValueError:  # turbohtml reads "." as a number
        return ""
    return refresh[1] if refresh else ""


def _html_links(page: turbohtml.Document) -> Iterator[str]:
    yield _refresh(page)
    for tag, attribute in _ADDRESS_ATTRIBUTE.items():
        for element in page.find_all(tag):
            if tag == "link" and not _FOLLOWED_RELATIONS.intersection(element.attrs.get("rel") or ()):
                continue
            link = element.attr(attribute)
            if link:
                yield link
    for element in page.select("[data-href], [onclick]"):
        yield (element.attr("data-href") or "").strip()
        for found in _BY_CLICK.finditer(element.attr("onclick") or ""):
            yield found[1]


def _pictures(page: turbohtml.Document) -> Iterator[str]:
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


def _resolve(base: str, reference: str) -> str:
    """Return the absolute http or https address of a reference, without fragment, or an empty string."""
    if len(reference) > _LONGEST:
        return ""
    try:
        address = (_parsed(base) + reference).href
    except ValueError:
        return ""
    return address.partition("#")[0] if address.startswith(("http://", "https://")) else ""


@lru_cache(maxsize=16)
def _parsed(base: str) -> can_ada.URL:
    return can_ada.parse(base)


def _distinct(addresses: Iterable[str], *, limit: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for address in addresses:
        if address:
            found[address] = None
            if len(found) >= limit:
                break
    return tuple(found)
