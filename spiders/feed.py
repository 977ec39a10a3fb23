"""Read RSS and Atom feeds, and the pages that their entries link to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from scanner.extract.links import feed_links, looks_like_feed
from scanner.model import Document
from spiders.addresses import Scope
from spiders.options import PageOptions
from spiders.spider import SourceSpider
from spiders.visit import Visit

NO_FEED = "no feed stands there"

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
        links = feed_links(document)
        if not links and not looks_like_feed(document):
            self._fail(visit, NO_FEED)
        for link in links:
            yield Visit(address=link, depth=visit.depth + 1, follow=False)
