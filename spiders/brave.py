"""Search the web through Brave's interface, with a key, and read the pages it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field
from scrapy.http import Response

from spiders.key import KeyPlace, NoKey
from spiders.options import Address, QueryOptions
from spiders.posts import Shape, entries, part, read_json
from spiders.searching import Result, Results, SearchSpider, in_quotes
from spiders.visit import Visit

_COUNT = 20
_LAST_OFFSET = 9
"""Brave gives ten pages of at most twenty results."""
_WITHIN = {"day": "pd", "week": "pw", "month": "pm", "year": "py"}


class Options(QueryOptions):
    """What to search for, and with which key. A search costs money after the first thousand a month."""

    key: KeyPlace = Field(description="Where the key is kept: {env: NAME} or {file: /PATH}.")
    within: Literal["day", "week", "month", "year", "any"] = Field(
        default="any", description="How old pages may be: day, week, month, year or any."
    )
    api: Address = Field(default="https://api.search.brave.com", description="Where the search is.")


class _Result(Shape):
    url: str
    title: str = ""
    description: str = ""
    extra_snippets: tuple[str, ...] | None = None


class Brave(SearchSpider):
    """Read what the search finds. Without its key nothing is asked."""

    options: Options

    @property
    def service(self) -> str:
        """The beginning of the address of every call."""
        return f"{self.options.api.strip().rstrip('/')}/res/v1/web/search?"

    def begin(self) -> Iterator[Visit]:
        """Yield the first page of each search."""
        self._key = ""
        within = f"&freshness={_WITHIN[self.options.within]}" if self.options.within != "any" else ""
        visits = [
            Visit(
                address=f"{self.service}q={in_quotes(query)}&count={_COUNT}{within}&offset=0",
                start=True,
            )
            for query in self.options.queries
        ]
        try:
            self._key = self.options.key.read()
        except NoKey as fault:
            for visit in visits:
                self._fail(visit, str(fault))
        else:
            yield from visits

    def headers(self, visit: Visit) -> Mapping[str, str]:
        """Show the key to the service, and to nobody else."""
        if not visit.address.startswith(self.service):
            return {}
        return {"Accept": "application/json", "X-Subscription-Token": self._key}

    def results(self, response: Response, visit: Visit) -> Results:
        """Read a page of results; an answer without any has no ``web`` in it."""
        answer = read_json(response)
        query = part(answer, "query")
        listed = part(answer, "web", "results") if "web" in answer else []
        found, in_part = entries(_Result, listed)
        offset = int(re.findall(r"&offset=([0-9]+)$", visit.address)[0])
        more = isinstance(query, dict) and query.get("more_results_available") is True
        older = Visit(address=f"{visit.address.rpartition('=')[0]}={offset + 1}", depth=1)
        return Results(
            found=[Result(result.url, _html(result)) for result in found],
            older=[older] if more and offset < _LAST_OFFSET else (),
            in_part=in_part,
        )


def _html(result: _Result) -> str:
    """Join what is shown, which is HTML already (matches stand in <strong>)."""
    return "".join(
        f"<p>{text}</p>" for text in (result.title, result.description, *(result.extra_snippets or ()))
    )
