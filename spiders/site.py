"""Read a web site: its pages and files, as far as links lead within its registrable domain."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.extract.links import outlinks
from scanner.model import Document
from spiders.options import StartOptions
from spiders.spider import SourceSpider
from spiders.visit import Visit


class Options(StartOptions):
    """Where a web site begins. How far to go is in the Unit's limits."""


class Site(SourceSpider):
    """Follow every link that stays within the registrable domain, or the server, of a starting address."""

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield all links of a page, one step deeper."""
        for link in outlinks(document):
            yield Visit(address=link, depth=visit.depth + 1)
