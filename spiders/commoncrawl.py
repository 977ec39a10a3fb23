"""Look up which pages of one's own hosts the newest Common Crawl has seen, and read them where they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field, ValidationError
from scrapy import Request
from scrapy.http import Response

from spiders.options import Address, HostOptions
from spiders.posts import NotUnderstood, Shape, entries, read_json
from spiders.searching import Result, Results, SearchSpider
from spiders.visit import Visit

_NOTHING = b"No Captures found"


class Options(HostOptions):
    """Whose pages to look up. The crawl is monthly: good for what was forgotten, not for tonight."""

    api: Address = Field(default="https://index.commoncrawl.org", description="Where the index is.")


class _Crawl(Shape):
    id: str = Field(pattern=r"^CC-MAIN-[0-9]{4}-[0-9]{2}$")


class _Capture(Shape):
    url: str
    status: str = "200"


class CommonCrawl(SearchSpider):
    """Read the pages that the index names; meetings that were themselves crawled are found in the list."""

    options: Options

    @property
    def service(self) -> str:
        """The beginning of the address of every call."""
        return f"{self.options.api.strip().rstrip('/')}/"

    def begin(self) -> Iterator[Visit]:
        """Yield the list of crawls: only the newest one is asked."""
        yield Visit(address=f"{self.service}collinfo.json", start=True)

    def results(self, response: Response, visit: Visit) -> Results:
        """Read the list of crawls, or the captures of a host: one JSON object a line."""
        if visit.address.endswith("/collinfo.json"):
            crawls, _ = entries(_Crawl, read_json(response))
            if not crawls:
                raise NotUnderstood
            index = f"{self.service}{crawls[0].id}-index?output=json&url="
            return Results(
                onward=[
                    Visit(address=f"{index}{quote(host, safe='')}/*", start=True)
                    for host in self.options.hosts
                ]
            )
        captures, odd = [], 0
        for line in response.body.splitlines():
            try:
                captures.append(_Capture.model_validate(json.loads(line)))
            except (ValidationError, ValueError, RecursionError):
                odd += 1
        if odd and not captures:
            raise NotUnderstood
        addresses = dict.fromkeys(capture.url for capture in captures if capture.status == "200")
        return Results(found=[Result(address) for address in addresses], in_part=odd > 0)

    def _taken(self, response: Response, visit: Visit) -> Iterator[Request]:
        # A host that the index does not know is answered with 404, which is an answer here and no failure.
        if response.status == 404 and _NOTHING in response.body and visit.address.startswith(self.service):
            response = response.replace(status=200, body=b"")
        yield from super()._taken(response, visit)
