"""Read a web site: its pages and files, as far as links lead within its registrable domain."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from scanner.extract.links import Leads, leads
from scanner.extract.pictures import is_picture
from scanner.model import Document, Known
from spiders.addresses import origin_of, resolve
from spiders.feed import is_json_feed, json_feed_links
from spiders.frontier import MOST_ADDRESSES
from spiders.options import PageOptions
from spiders.sitemap import listed_links, unpacked
from spiders.spider import SourceSpider
from spiders.visit import Visit

_BESIDES = re.compile(r"/wp-json/|/oembed[/.?]|[?&]rest_route=|[?&]share=(?:[a-z]+-)?[a-z]{1,12}(?:&nb=|\Z)")
"""What blogs offer with each page: the same for programs, and buttons that lead to social networks."""


class Options(PageOptions):
    """Where a web site begins. How far to go is in the Unit's limits."""

    sitemaps: bool = Field(
        default=True,
        description="Whether to read also the pages that the site's sitemaps name: those its robots.txt "
        "lists, or /sitemap.xml.",
    )
    pictures: bool = Field(
        default=True,
        description="Whether to look also at the pictures that pages show, behind all pages and at most as "
        "many: a poster may have the code or the number on it.",
    )


class Site(SourceSpider):
    """Follow every link that stays within the registrable domain, or the server, of a starting address.

    The pictures that its pages show are read too, as far as they stand there.
    """

    options: Options
    roams = True

    def again(self, known: Known) -> Visit:
        """Return the visit that reads a known address anew: a picture as one."""
        return Visit(address=known.address, depth=known.depth, picture=is_picture(known.address))

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield all links of a page, one step deeper, and from a starting page the site's sitemaps.

        The pictures of a page are as deep as the page: nobody has to click to see them.
        """
        found = _leads(unpacked(document))
        for link in filter(self._scope.holds, found.links):
            if not _BESIDES.search(link):
                yield Visit(address=link, depth=visit.depth + 1)
        for source in filter(self._scope.holds, found.pictures if self.options.pictures else ()):
            yield Visit(address=source, depth=max(1, visit.depth), follow=False, picture=True)
        if visit.start and self.options.sitemaps:
            origin = origin_of(visit.address)
            for sitemap in self.errand.sitemaps.get(origin, ()):
                yield Visit(address=resolve(origin, sitemap))
            if not self.errand.sitemaps.get(origin):
                yield Visit(address=f"{origin}sitemap.xml", guessed=True)


def _leads(document: Document) -> Leads:
    listed = json_feed_links(document) if is_json_feed(document) else listed_links(document)
    # No other limit than that of the frontier, which says what it leaves out.
    return Leads(listed) if listed else leads(document, limit=MOST_ADDRESSES)
