"""Search the web through a SearXNG instance of one's own, and read the pages it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field
from scrapy.http import Response

from spiders.options import Address, QueryOptions
from spiders.posts import Shape, entries, part, read_json, text_html
from spiders.searching import Result, Results, SearchSpider, in_quotes
from spiders.visit import Visit

SILENT_ENGINES = "search engines behind the instance that did not answer"


class Options(QueryOptions):
    """What to search for, and where."""

    api: Address = Field(
        description="The instance: https://search.example. Its settings must allow the format json."
    )
    within: Literal["day", "week", "month", "year", "any"] = Field(
        default="any", description="How old pages may be: day, week, month, year or any."
    )


class _Result(Shape):
    url: str
    title: str | None = None
    content: str | None = None


class Searxng(SearchSpider):
    """Read what the instance finds. An engine that is silent behind it is a gap, and said."""

    options: Options

    @property
    def service(self) -> str:
        """The beginning of the address of every call."""
        return f"{self.options.api.strip().rstrip('/')}/search?"

    def begin(self) -> Iterator[Visit]:
        """Yield the first page of each search."""
        within = "" if self.options.within == "any" else f"&time_range={self.options.within}"
        for query in self.options.queries:
            asked = f"q={in_quotes(query)}&format=json{within}&pageno=1"
            yield Visit(address=self.service + asked, start=True)

    def results(self, response: Response, visit: Visit) -> Results:
        """Read a page of results."""
        answer = read_json(response)
        found, in_part = entries(_Result, part(answer, "results"))
        if answer.get("unresponsive_engines"):
            self._fail(Visit(address=visit.address), SILENT_ENGINES)
        page = int(re.findall(r"&pageno=([0-9]+)$", visit.address)[0])
        older = f"{visit.address.rpartition('=')[0]}={page + 1}"
        return Results(
            found=[Result(result.url, text_html(result.title, result.content)) for result in found],
            older=[Visit(address=older, depth=1)] if found else (),
            in_part=in_part,
        )
