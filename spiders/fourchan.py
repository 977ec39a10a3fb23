"""Read boards of 4chan, or of a board with the same interface for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy.http import Response

from spiders.options import Address, StartOptions
from spiders.posts import Page, Post, PostSpider, Shape, entries, part, read_json, text_html
from spiders.visit import Visit

_BOARD = re.compile(r"/(?P<board>[a-z0-9]{1,10})(?:/(?:catalog)?)?")
_THREAD = re.compile(r"(?P<board>/[a-z0-9]{1,10})/thread/(?P<number>[0-9]+)")


class Options(StartOptions):
    """Which boards to read."""

    start: tuple[Address, ...] = Field(
        min_length=1, description="Addresses of boards: https://boards.4chan.org/b/."
    )
    api: Address = Field(
        default="https://a.4cdn.org", description="Where the boards' interface for programs is."
    )

    @field_validator("start")
    @classmethod
    def _boards(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _BOARD.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError("no_board", "write a board like https://boards.4chan.org/b/")
        return start


class _Post(Shape):
    no: int
    sub: str = ""
    com: str = ""
    name: str = ""


class _Thread(Shape):
    no: int
    last_modified: int = 0


class _CatalogPage(Shape):
    threads: tuple[object, ...]


class Fourchan(PostSpider):
    """Hand over each thread as one document, those with the newest posts first."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the catalogs of the boards."""
        for start in self.options.start:
            board = _BOARD.fullmatch(urlsplit(start.strip()).path)
            assert board is not None
            yield Visit(address=f"{self._api}/{board['board']}/catalog.json", start=True)

    def look_up(self, address: str) -> str:
        """Return the call for one thread."""
        found = _THREAD.fullmatch(urlsplit(address).path)
        return f"{self._api}{found['board']}/thread/{found['number']}.json" if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a catalog, or a thread with all its posts."""
        answer = read_json(response)
        if visit.about:
            posts, in_part = entries(_Post, part(answer, "posts"))
            html = "".join(
                f"<article>{post.sub} {text_html(post.name)}{post.com}</article>" for post in posts
            )
            return Page(posts=[Post(visit.about, html)], in_part=in_part)
        board = urlsplit(visit.address).path.split("/")[1]
        pages, in_part = entries(_CatalogPage, answer)
        threads: list[_Thread] = []
        for page in pages:
            found, some = entries(_Thread, list(page.threads))
            threads += found
            in_part = in_part or some
        threads.sort(key=lambda thread: thread.last_modified, reverse=True)
        return Page(onward=list(self._changed(threads, board)), in_part=in_part)

    def _changed(self, threads: list[_Thread], board: str) -> Iterator[Visit]:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.options.start[0].strip()))
        for thread in threads:
            address = f"{origin}/{board}/thread/{thread.no}"
            known = self.known(address)
            if known is None or not known.digest or known.last_modified != _http_date(thread.last_modified):
                yield Visit(address=self.look_up(address), depth=1, about=address)

    @property
    def _api(self) -> str:
        return self.options.api.strip().rstrip("/")


def _http_date(seconds: int) -> str:
    try:
        return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
    except (ValueError, OverflowError, OSError):
        return ""
