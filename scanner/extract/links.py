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
from typing import NamedTuple

import can_ada
import feedparser  # type: ignore[import-untyped]
import turbohtml
from lxml import etree

from scanner.extract.pictures import pictures
from scanner.model import Document

_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_ADDRESS_ATTRIBUTES = {
    "link": ("href",),
    "a": ("href",),
    "area": ("href",),
    "iframe": ("src", "data-src", "data-lazy-src", "data-litespeed-src"),
    "frame": ("src",),
    "embed": ("src",),
    "object": ("data",),
}
"""Where elements say an address: of frames also what a script puts there when they come into view."""
_FOLLOWED_RELATIONS = frozenset({"alternate", "canonical", "next", "prev", "previous", "sitemap"})
_BEFORE_ROOT = rb"<\?[^>]{0,500}\?>|<!--[^>]{0,2000}-->|\s++"
_FEED_ROOT = re.compile(
    rb"(?:" + _BEFORE_ROOT + rb"|<!doctype[^>]{0,500}>){0,20}+"
    rb"<(?:\w{1,20}:)?(?:rss|feed|rdf|urlset|sitemapindex)[\s>]",
    re.IGNORECASE,
)
_HTML_ROOT = re.compile(
    rb"(?:" + _BEFORE_ROOT + rb"){0,20}+<(?:!doctype html|html|head|body)\b", re.IGNORECASE
)
_BY_CLICK = re.compile(
    r"\b(?:location(?:\.href)?\s{0,9}=|location\.(?:assign|replace)\s{0,9}\(|window\.open\s{0,9}\()"
    r"\s{0,9}['\"]([^'\"]{1,4096})['\"]"
)
_SCRIPT = "javascript:"
_CHOSEN = re.compile(r"https?://|/(?![*/])")
"""How an entry of a menu begins that leads to a page when it is chosen."""
_OEMBED = re.compile(r"(?:application/json|text/xml)\+oembed")
_ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
_NEXT_PARTS = frozenset({"next", "prev-archive"})
"""Relations of a feed to its older entries (RFC 5005)."""
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_BYTE_ORDER_MARKS = b"\xef\xbb\xbf\xff\xfe"

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
    next and previous pages, entries of menus that are addresses, and where a click leads on what is no link
    (``data-href``, ``onclick``).
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
    shown = dict.fromkeys(pictures(page))
    return Leads(
        _distinct((_resolve(base, link) for link in links if link), limit=limit),
        _distinct((_resolve(base, source) for source in shown if source), limit=limit),
    )


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
    return _FEED_ROOT.match(_head(document)) is not None


def feed_links(document: Document) -> tuple[str, ...]:
    """Return the pages that a feed's entries or a sitemap's lines point to, and the next part of a feed.

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
    for link in root.iter(_ATOM_LINK):
        if link.get("rel") in _NEXT_PARTS:
            yield _based(around, link), link.get("href") or ""


def _based(base: str, element: etree._Element) -> str:
    own = element.get(_XML_BASE)
    return (_resolve(base, own) if own else "") or base


def _is_html(document: Document) -> bool:
    if document.media_type in _HTML_TYPES:
        return True
    return _HTML_ROOT.match(_head(document)) is not None


def _head(document: Document) -> bytes:
    """Return how a document begins, in one byte a letter."""
    return document.body[:8192].replace(b"\0", b"").lstrip(_BYTE_ORDER_MARKS)


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
    yield from _links_in(page)
    for element in page.find_all("noframes"):
        yield from _links_in(turbohtml.parse(element.text))


def _links_in(page: turbohtml.Document) -> Iterator[str]:
    for tag, attributes in _ADDRESS_ATTRIBUTES.items():
        for element in page.find_all(tag):
            if tag == "link" and not _is_followed(element):
                continue
            for link in filter(None, map(element.attr, attributes)):
                yield from _by_click(link) if link.startswith(_SCRIPT) else (link,)
    for element in page.find_all("option"):
        value = (element.attr("value") or "").strip()
        if _CHOSEN.match(value):
            yield value
    for element in page.select("[data-href], [onclick]"):
        yield (element.attr("data-href") or "").strip()
        yield from _by_click(element.attr("onclick") or "")


def _is_followed(link: turbohtml.Element) -> bool:
    """Tell a ``<link>`` that leads to what people read from one that describes the page to machines."""
    if _OEMBED.fullmatch((link.attr("type") or "").strip().lower()):
        return False
    return not _FOLLOWED_RELATIONS.isdisjoint(link.attrs.get("rel") or ())


def _by_click(script: str) -> Iterator[str]:
    return (found[1] for found in _BY_CLICK.finditer(script))


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
