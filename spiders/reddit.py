"""Read Reddit by its Atom feeds: the newest posts and comments of a subreddit, or one thread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy.http import Response

from scanner.extract.links import looks_like_feed
from scanner.extract.posts import posts_in_feed
from scanner.model import Document
from spiders import answers
from spiders.addresses import resolve
from spiders.options import Address, StartOptions
from spiders.posts import NotUnderstood, Page, Post, PostSpider, text_html
from spiders.visit import Visit

NO_FEED = "no feed stands there"

_SUBREDDIT = re.compile(r"/r/(?P<name>[A-Za-z0-9_+]{2,100})(?:/new)?/?")
_PLACE = re.compile(r"/(?:r|user)/[A-Za-z0-9_+-]{2,100}(?:/.*)?")
_THING = re.compile(r"/r/[^/]+/comments/(?P<post>[a-z0-9]+)/(?:[^/]*/(?:(?P<comment>[a-z0-9]+)/?)?)?")


class Options(StartOptions):
    """Which parts of Reddit to read. Reddit asks for hours between two visits and a pause of 2 s."""

    start: tuple[Address, ...] = Field(
        min_length=1,
        description="Subreddits (https://www.reddit.com/r/village/), users or threads, as in a browser.",
    )

    @field_validator("start")
    @classmethod
    def _places(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _PLACE.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError("no_place", "write a place like https://www.reddit.com/r/village/")
        return start


class Reddit(PostSpider):
    """Hand over each entry. Reddit's JSON has been closed since May 2026; its feeds are what is left."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the feeds of the starting addresses; a subreddit has one of posts and one of comments."""
        for start in self.options.start:
            path = urlsplit(start.strip()).path
            subreddit = _SUBREDDIT.fullmatch(path)
            feeds = [f"{path.rstrip('/').removesuffix('.rss')}/.rss"]
            if subreddit is not None:
                feeds = [f"/r/{subreddit['name']}/{what}/.rss?limit=100" for what in ("new", "comments")]
            for feed in feeds:
                yield Visit(address=urljoin(start.strip(), feed), start=True)

    def look_up(self, address: str) -> str:
        """Return the feed of a thread, or of the part of it that begins with a comment."""
        path = urlsplit(address).path
        return urljoin(address, f"{path.rstrip('/')}/.rss") if _THING.fullmatch(path) else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a feed."""
        media_type, charset = answers.media_type(response)
        document = Document(visit.address, response.body, media_type, charset)
        if not looks_like_feed(document):
            raise NotUnderstood(NO_FEED)
        found = [(resolve(visit.address, link), title, html) for link, title, html in posts_in_feed(document)]
        posts = [Post(link, text_html(title) + html) for link, title, html in found if link != visit.address]
        last = _THING.fullmatch(urlsplit(posts[-1].address).path) if posts else None
        if last is not None and "limit=" in visit.address:
            thing = f"t1_{last['comment']}" if last["comment"] else f"t3_{last['post']}"
            plain = visit.address.partition("&after=")[0]
            return Page(posts=posts, older=[Visit(address=f"{plain}&after={thing}", depth=1)])
        return Page(posts=posts)
