"""Search sites of the Stack Exchange network for hosts and names: questions and answers, newest first."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from pydantic import Field
from scrapy.http import Response

from spiders.addresses import host_key
from spiders.options import Address, QueryOptions
from spiders.posts import Page, Post, PostSpider, Shape, entries, part, read_json, text_html
from spiders.visit import Visit

_POST = re.compile(r"/(?P<kind>[qa])/(?P<id>[0-9]+)")


class Options(QueryOptions):
    """What to search for, and on which sites."""

    sites: tuple[str, ...] = Field(
        default=("stackoverflow.com",),
        min_length=1,
        description="Sites of the network, by their domain: [superuser.com, webapps.stackexchange.com].",
    )
    api: Address = Field(default="https://api.stackexchange.com", description="Where the search is.")


class _Excerpt(Shape):
    item_type: str
    question_id: int | None = None
    answer_id: int | None = None
    title: str = ""
    body: str = ""
    excerpt: str = ""


class _Whole(Shape):
    post_id: int
    post_type: str = "question"
    title: str = ""
    body: str = ""


class StackExchange(PostSpider):
    """Hand over each question and answer that the search finds, and pause for as long as it asks for."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the first page of each search on each site."""
        for site in self.options.sites:
            for query in self.options.queries:
                address = (
                    f"{self._api}/search/excerpts?q={quote(query, safe='')}&site={quote(site, safe='')}"
                    "&order=desc&sort=creation&pagesize=100"
                )
                yield Visit(address=address, start=True)

    def look_up(self, address: str) -> str:
        """Return the call for one question or answer."""
        parts = urlsplit(address)
        found = _POST.fullmatch(parts.path)
        if found is None:
            return ""
        return f"{self._api}/posts/{found['id']}?site={quote(parts.netloc, safe='')}&filter=withbody"

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a page of excerpts, or one post; learn how long to wait before the next request."""
        answer = read_json(response)
        listed = part(answer, "items")
        pause = answer.get("backoff")
        if isinstance(pause, int) and pause > 0:
            until = asyncio.get_running_loop().time() + min(pause, 86_400)
            self.errand.turns.close(host_key(visit.address), until)
        if visit.about:
            whole, in_part = entries(_Whole, listed)
            return Page(
                posts=[
                    Post(visit.about, post.body) for post in whole if visit.about.endswith(f"/{post.post_id}")
                ],
                in_part=in_part,
            )
        site = re.findall(r"[?&]site=([^&]+)", visit.address)[0]
        excerpts, in_part = entries(_Excerpt, listed)
        older = []
        if answer.get("has_more") is True:
            page = re.search(r"&page=([0-9]{1,4})", visit.address)
            plain = re.sub(r"&page=[0-9]+", "", visit.address)
            older = [Visit(address=f"{plain}&page={int(page[1]) + 1 if page else 2}", depth=1)]
        return Page(posts=[_post(entry, site) for entry in excerpts], older=older, in_part=in_part)

    @property
    def _api(self) -> str:
        return f"{self.options.api.strip().rstrip('/')}/2.3"


def _post(entry: _Excerpt, site: str) -> Post:
    kind, number = ("a", entry.answer_id) if entry.item_type == "answer" else ("q", entry.question_id)
    return Post(
        f"https://{site}/{kind}/{number}", text_html(entry.title, entry.body) + f"<p>{entry.excerpt}</p>"
    )
