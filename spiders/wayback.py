"""Look up what the Wayback Machine keeps of one's own hosts, and read the copies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from pydantic import Field
from scrapy.http import Response

from scanner.platforms import is_meeting_address
from spiders.options import Address, HostOptions
from spiders.posts import NotUnderstood, read_json
from spiders.searching import Result, Results, SearchSpider
from spiders.visit import Visit

_COLUMNS = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
_MOST = 10_000
_PAUSE = timedelta(seconds=2.5)
"""The archive allows 24 requests a minute (since June 2026)."""


class Options(HostOptions):
    """Whose copies to look up."""

    since: int = Field(
        default=2020, ge=1996, le=2100, description="The year from which copies are of interest."
    )
    api: Address = Field(default="https://web.archive.org", description="Where the archive is.")


class Wayback(SearchSpider):
    """Read the newest copies of pages; meetings that were themselves archived are found in the list."""

    unchanging = True

    options: Options

    @property
    def service(self) -> str:
        """The beginning of the address of every call."""
        return f"{self._archive}/cdx/search/cdx?"

    def begin(self) -> Iterator[Visit]:
        """Yield one look-up a host."""
        for host in self.options.hosts:
            self.errand.turns.stretch(self._archive.partition("://")[2], _PAUSE)
            yield Visit(
                address=f"{self.service}url={quote(host, safe='')}/*&output=json&filter=statuscode:200"
                f"&collapse=digest&from={self.options.since}&limit=-{_MOST}",
                start=True,
            )

    def results(self, response: Response, visit: Visit) -> Results:
        """Read the rows, the newest first. A host without copies has none at all."""
        rows = read_json(response)
        if not isinstance(rows, list) or (rows and rows[0] != _COLUMNS):
            raise NotUnderstood
        whole = [row for row in rows[1:] if isinstance(row, list) and len(row) == len(_COLUMNS)]
        whole = [
            row for row in whole if isinstance(row[1], str) and row[1].isdigit() and isinstance(row[2], str)
        ]
        whole.sort(key=lambda row: row[1], reverse=True)
        found = [
            Result(row[2] if is_meeting_address(row[2]) else f"{self._archive}/web/{row[1]}id_/{row[2]}")
            for row in whole
        ]
        return Results(found=found, in_part=len(whole) < len(rows[1:]))

    @property
    def _archive(self) -> str:
        return self.options.api.strip().rstrip("/")
