"""Read again the pages that people reported (`lychgate exposures report`)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import ClassVar

from scrapy import Request

from scanner.model import Document, Fetched, Known
from spiders import options
from spiders.addresses import Scope
from spiders.spider import SourceSpider
from spiders.visit import Visit


class Options(options.Options):
    """There is nothing to choose: the pages are those that were reported."""


class ReportedPages(SourceSpider):
    """Read each page that was reported to this source, and follow nothing on it."""

    notebook: ClassVar[str] = "reported:"
    """Stands in events for the list of what was reported, which can be empty and is no page."""

    def scope(self) -> Scope:
        """Return the places of the pages that were reported."""
        return Scope.around(known.address for known in self.errand.unit.known if _is_page(known))

    def begin(self) -> Iterator[Visit]:
        """Yield nothing: every page is known already."""
        yield from ()

    def again(self, known: Known) -> Visit | None:
        """Return the visit of a page; messages that were read are known too, and are no pages."""
        return Visit(address=known.address, follow=False) if _is_page(known) else None

    def follow(self, document: Document, visit: Visit) -> Iterator[Visit]:
        """Yield nothing."""
        yield from ()

    async def start(self) -> AsyncIterator[Request]:
        """Say that the list was looked through, and ask for its pages."""
        self._sink(Fetched(source=self._source, document=Document(self.notebook, b"", "text/plain"), depth=0))
        async for request in super().start():
            yield request


class Reported(ReportedPages):
    """The pages that people reported."""


def _is_page(known: Known) -> bool:
    return known.address.startswith(("http://", "https://"))
