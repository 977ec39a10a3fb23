"""Search Hacker News for hosts and names: stories and comments, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import Field
from scrapy.http import Response

from spiders.options import Address, QueryOptions
from spiders.posts import Page, Post, PostSpider, Shape, entries, link_html, part, read_json, text_html
from spiders.searching import in_quotes
from spiders.visit import Visit

_ITEM = "https://news.ycombinator.com/item?id="


class Options(QueryOptions):
    """What to search for."""

    api: Address = Field(default="https://hn.algolia.com", description="Where the search is.")


class _Hit(Shape):
    objectID: str
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None


class _Item(Shape):
    id: int
    title: str | None = None
    url: str | None = None
    text: str | None = None


class HackerNews(PostSpider):
    """Hand over each story and comment that the search finds."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the first page of each search, in quotes so that hosts are taken as they are."""
        search = f"{self.options.api.strip().rstrip('/')}/api/v1/search_by_date?tags=(story,comment)"
        for query in self.options.queries:
            yield Visit(address=f"{search}&hitsPerPage=100&query={in_quotes(query)}", start=True)

    def look_up(self, address: str) -> str:
        """Return the call for one item."""
        number = address.removeprefix(_ITEM)
        return f"{self.options.api.strip().rstrip('/')}/api/v1/items/{number}" if number.isdigit() else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a page of hits, or one item."""
        answer = read_json(response)
        if urlsplit(visit.address).path.startswith("/api/v1/items/"):
            items, _ = entries(_Item, [answer])
            return Page(posts=[_post(item.id, item.title, item.url, item.text) for item in items])
        hits, in_part = entries(_Hit, part(answer, "hits"))
        posts = [
            _post(hit.objectID, hit.title, hit.url, hit.story_text, hit.comment_text)
            for hit in hits
            if hit.objectID.isdigit()
        ]
        number = part(answer, "page")
        last = part(answer, "nbPages")
        older = []
        if isinstance(number, int) and isinstance(last, int) and number + 1 < last:
            plain = re.sub(r"&page=[0-9]+", "", visit.address)
            older = [Visit(address=f"{plain}&page={number + 1}", depth=1)]
        return Page(posts=posts, older=older, in_part=in_part)


def _post(number: int | str, title: str | None, url: str | None, *texts: str | None) -> Post:
    """Make a post; the texts are HTML already."""
    return Post(f"{_ITEM}{number}", text_html(title) + link_html(url) + "".join(text or "" for text in texts))
