"""Read RSS, Atom and JSON feeds, and the pages that their entries link to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from scanner.extract.links import feed_links, looks_like_feed
from scanner.model import Document
from spiders.addresses import Scope, resolve
from spiders.options import PageOptions
from spiders.spider import SourceSpider
from spiders.visit import Visit

NO_FEED = "no feed stands there"

_HEAD_BYTES = 8192
_DOMAIN = r"^[^\s/:@.]+(\.[^\s/:@.]+)+$"


class Options(PageOptions):
    """Which feeds to read, and which domains besides theirs their entries may lead to."""

    also: tuple[Annotated[str, Field(pattern=_DOMAIN)], ...] = Field(
        default=(), description="Further domains that entries may link to."
    )


class Feed(SourceSpider):
    """Hand over the feed itself and the pages of its entries, and follow no further."""

    reports_outside = True

    options: Options

    def scope(self) -> Scope:
        """Return the feeds' own domains and those named besides."""
        return Scope.around(self.options.start, self.options.also)

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield the pages of a feed's entries."""
        if visit.depth > 0:  # a feed that has moved is known by its new address, and not as a start
            return
        links = json_feed_links(document) if is_json_feed(document) else feed_links(document)
        if not links and not looks_like_feed(document) and not is_json_feed(document):
            self._fail(visit, NO_FEED)
        for link in links:
            yield Visit(address=link, depth=visit.depth + 1, follow=False)


def is_json_feed(document: Document) -> bool:
    """Tell a JSON Feed by the version it has to name (jsonfeed.org/version/1.1)."""
    head = document.body[:_HEAD_BYTES]
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b"jsonfeed.org" in head


def json_feed_links(document: Document) -> tuple[str, ...]:
    """Return the pages and files that the items of a JSON Feed point to, and its next part."""
    try:
        feed = json.loads(document.body)
    except (ValueError, RecursionError):
        return ()
    found = [feed.get("next_url")]
    for item in _objects(feed.get("items")):
        found += [item.get("url"), item.get("external_url")]
        found += [attachment.get("url") for attachment in _objects(item.get("attachments"))]
    addresses = (resolve(document.address, link) for link in found if isinstance(link, str) and link)
    return tuple(dict.fromkeys(address for address in addresses if address))


def _objects(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
