"""Read a web site: its pages and files, as far as links lead within its registrable domain."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from scanner.extract.links import outlinks
from scanner.model import Document
from spiders.addresses import origin_of, resolve
from spiders.feed import is_json_feed, json_feed_links
from spiders.options import PageOptions
from spiders.sitemap import unpacked
from spiders.spider import SourceSpider
from spiders.visit import Visit


class Options(PageOptions):
    """Where a web site begins. How far to go is in the Unit's limits."""

    sitemaps: bool = Field(
        default=True,
        description="Whether to read also the pages that the site's sitemaps name: those its robots.txt "
        "lists, or /sitemap.xml.",
    )


class Site(SourceSpider):
    """Follow every link that stays within the registrable domain, or the server, of a starting address."""

    options: Options
    roams = True

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield all links of a page, one step deeper, and from a starting page the site's sitemaps."""
        links = json_feed_links(document) if is_json_feed(document) else outlinks(unpacked(document))
        for link in filter(self._scope.holds, links):
            yield Visit(address=link, depth=visit.depth + 1)
        if visit.start and self.options.sitemaps:
            origin = origin_of(visit.address)
            for sitemap in self.errand.sitemaps.get(origin, ()):
                yield Visit(address=resolve(origin, sitemap))
            if not self.errand.sitemaps.get(origin):
                yield Visit(address=f"{origin}sitemap.xml", guessed=True)
