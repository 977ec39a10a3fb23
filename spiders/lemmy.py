"""Read a Lemmy instance or single communities of it: posts and comments, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urljoin, urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy.http import Response

from spiders.options import Address, StartOptions
from spiders.posts import (
    NotUnderstood,
    Page,
    Post,
    PostSpider,
    Shape,
    entries,
    link_html,
    read_json,
    text_html,
)
from spiders.visit import Visit

_PLACE = re.compile(r"/?|/c/(?P<community>[^/]+)/?")
_POST = re.compile(r"/(?P<kind>post|comment)/(?P<id>[0-9]+)")
_CALL = re.compile(r"/api/v(?P<version>[34])/(?P<kind>post|comment)(?P<list>/list)?")


class Options(StartOptions):
    """Which instances or communities to read."""

    start: tuple[Address, ...] = Field(
        min_length=1,
        description="Instances or communities: https://lemmy.example/ or https://lemmy.example/c/village.",
    )

    @field_validator("start")
    @classmethod
    def _places(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _PLACE.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError(
                    "no_community", "write an instance or a community like https://lemmy.example/c/village"
                )
        return start


class _Content(Shape):
    id: int
    name: str = ""
    url: str | None = None
    body: str | None = None
    content: str | None = None
    embed_title: str | None = None
    embed_description: str | None = None
    alt_text: str | None = None
    deleted: bool = False
    removed: bool = False


class _PostView(Shape):
    post: _Content


class _CommentView(Shape):
    comment: _Content


class Lemmy(PostSpider):
    """Hand over each post and each comment. Version 4 of the interface is tried first, then version 3."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the lists of posts and of comments."""
        for start in self.options.start:
            place = _PLACE.fullmatch(urlsplit(start.strip()).path)
            assert place is not None
            where = {"community_name": place["community"]} if place["community"] else {"type_": "all"}
            for kind in ("post", "comment"):
                query = urlencode(where | {"sort": "new", "limit": "50"}, quote_via=quote, safe="@")
                address = urljoin(start.strip(), f"/api/v4/{kind}/list?{query}")
                yield Visit(address=address, start=True)

    def instead(self, visit: Visit, status: int) -> Visit | None:
        """Ask an older instance as it understands it: version 3 spells its words with capitals."""
        if status not in (400, 404) or "/api/v4/" not in visit.address:
            return None
        older = visit.address.replace("/api/v4/", "/api/v3/").replace("sort=new", "sort=New")
        return Visit(address=older.replace("type_=all", "type_=All"), start=visit.start, about=visit.about)

    def look_up(self, address: str) -> str:
        """Return the call for one post or comment."""
        found = _POST.fullmatch(urlsplit(address).path)
        return urljoin(address, f"/api/v4/{found['kind']}?id={found['id']}") if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a list, or a single post or comment."""
        answer = read_json(response)
        call = _CALL.fullmatch(urlsplit(visit.address).path)
        if call is None or not isinstance(answer, dict):
            raise NotUnderstood
        kind = call["kind"]
        if call["list"]:
            listed = answer.get("items", answer.get(f"{kind}s"))
        else:
            listed = [answer.get(f"{kind}_view", answer)]
        contents: list[_Content]
        if kind == "post":
            posts, in_part = entries(_PostView, listed)
            contents = [view.post for view in posts]
        else:
            comments, in_part = entries(_CommentView, listed)
            contents = [view.comment for view in comments]
        return Page(
            posts=[
                Post(urljoin(visit.address, f"/{kind}/{content.id}"), _html(content))
                for content in contents
                if not (content.deleted or content.removed)
            ],
            older=_older(visit.address, answer.get("next_page"), call["version"]) if contents else (),
            in_part=in_part,
        )


def _older(address: str, cursor: object, version: str) -> list[Visit]:
    """Go on at the cursor; a list of version 3 without one is counted in pages."""
    plain = re.sub(r"&(?:page_cursor|page)=[^&]*", "", address)
    if isinstance(cursor, str) and cursor:
        return [Visit(address=f"{plain}&page_cursor={quote(cursor)}", depth=1)]
    if version == "4":
        return []
    page = re.search(r"&page=([0-9]{1,6})\b", address)
    return [Visit(address=f"{plain}&page={int(page[1]) + 1 if page else 2}", depth=1)]


def _html(content: _Content) -> str:
    texts = (content.name, content.body, content.content, content.alt_text)
    return text_html(*texts) + link_html(
        content.url, f"{content.embed_title or ''} {content.embed_description or ''}"
    )
