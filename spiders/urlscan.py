"""Look up public scans of one's own hosts at urlscan.io: a meeting link scanned there is public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import Field
from scrapy.http import Response

from spiders.options import Address, HostOptions
from spiders.posts import Page, Post, PostSpider, Shape, entries, link_html, part, read_json
from spiders.visit import Visit

_RESULT = re.compile(r"https://urlscan\.io/result/(?P<id>[0-9a-f-]{36})/")
_SIZE = 100


class Options(HostOptions):
    """Whose scans to look up. Nothing is ever submitted for scanning."""

    api: Address = Field(default="https://urlscan.io", description="Where the search is.")


class _Place(Shape):
    url: str = ""
    title: str | None = None


class _Scan(Shape):
    id: str = Field(alias="_id", pattern=r"^[0-9a-f-]{36}$")
    task: _Place = _Place()
    page: _Place = _Place()
    sort: tuple[int | str, ...] = ()


class Urlscan(PostSpider):
    """Hand over each scan as the addresses that it shows, at the public page of its result."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield one search a host."""
        for host in self.options.hosts:
            yield Visit(address=f"{self._search}page.domain:{quote(host, safe='')}&size={_SIZE}", start=True)

    def look_up(self, address: str) -> str:
        """Return the search for one scan."""
        found = _RESULT.fullmatch(address)
        return f"{self._search}_id:{found['id']}" if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a page of scans."""
        answer = read_json(response)
        scans, in_part = entries(_Scan, part(answer, "results"))
        older = []
        if answer.get("has_more") is True and scans and scans[-1].sort:
            after = quote(",".join(str(key) for key in scans[-1].sort), safe="")
            plain = visit.address.partition("&search_after=")[0]
            older = [Visit(address=f"{plain}&search_after={after}", depth=1)]
        return Page(posts=[_post(scan) for scan in scans], older=older, in_part=in_part)

    @property
    def _search(self) -> str:
        return f"{self.options.api.strip().rstrip('/')}/api/v1/search/?q="


def _post(scan: _Scan) -> Post:
    html = link_html(scan.task.url) + link_html(scan.page.url, scan.page.title)
    return Post(f"https://urlscan.io/result/{scan.id}/", html)
