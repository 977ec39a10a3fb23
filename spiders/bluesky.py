"""Read the posts of Bluesky accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy.http import Response

from spiders.options import Address, StartOptions
from spiders.posts import Page, Post, PostSpider, Shape, entries, link_html, part, read_json, text_html
from spiders.visit import Visit

_PROFILE = re.compile(r"/profile/(?P<actor>[a-z0-9.:_%-]+)/?", re.IGNORECASE)
_POST = re.compile(r"/profile/(?P<did>did:[a-z]+:[^/]+)/post/(?P<key>[^/]+)")
_URI = re.compile(r"at://(?P<did>did:[a-z]+:[^/?#]+)/app\.bsky\.feed\.post/(?P<key>[A-Za-z0-9._~:-]{1,512})")


class Options(StartOptions):
    """Which accounts to read."""

    start: tuple[Address, ...] = Field(
        min_length=1, description="Accounts: https://bsky.app/profile/clerk.village.example."
    )
    api: Address = Field(
        default="https://public.api.bsky.app", description="Where the network's public interface is."
    )

    @field_validator("start")
    @classmethod
    def _profiles(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _PROFILE.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError(
                    "no_profile", "write an account like https://bsky.app/profile/clerk.village.example"
                )
        return start


class _Feature(Shape):
    uri: str | None = None


class _Facet(Shape):
    features: tuple[_Feature, ...] = ()


class _External(Shape):
    uri: str = ""
    title: str = ""
    description: str = ""


class _Image(Shape):
    alt: str = ""


class _Embed(Shape):
    external: _External | None = None
    media: _Embed | None = None
    images: tuple[_Image, ...] = ()


class Record(Shape):
    """A post as its author's repository holds it (lexicon ``app.bsky.feed.post``)."""

    text: str = ""
    facets: tuple[_Facet, ...] | None = None
    embed: _Embed | None = None


class _Post(Shape):
    uri: str = Field(pattern=f"^{_URI.pattern}$")
    record: Record


class _Item(Shape):
    post: _Post


class Bluesky(PostSpider):
    """Hand over each post, at its address under the account's permanent identifier."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the feeds of the accounts."""
        for start in self.options.start:
            profile = _PROFILE.fullmatch(urlsplit(start.strip()).path)
            assert profile is not None
            address = f"{self._api}.getAuthorFeed?actor={quote(profile['actor'], safe=':%')}&limit=100"
            yield Visit(address=address, start=True)

    def look_up(self, address: str) -> str:
        """Return the call for one post."""
        found = _POST.fullmatch(urlsplit(address).path)
        if found is None:
            return ""
        uri = f"at://{found['did']}/app.bsky.feed.post/{found['key']}"
        return f"{self._api}.getPosts?{urlencode({'uris': uri})}"

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read part of a feed, or single posts."""
        answer = read_json(response)
        if visit.about:
            posts, in_part = entries(_Post, part(answer, "posts"))
            return Page(posts=[_post(post) for post in posts], in_part=in_part)
        items, in_part = entries(_Item, part(answer, "feed"))
        cursor = answer.get("cursor")
        plain = visit.address.partition("&cursor=")[0]
        more = isinstance(cursor, str) and cursor
        return Page(
            posts=[_post(item.post) for item in items],
            older=[Visit(address=f"{plain}&cursor={quote(cursor, safe='')}", depth=1)] if more else (),
            in_part=in_part,
        )

    @property
    def _api(self) -> str:
        return f"{self.options.api.strip().rstrip('/')}/xrpc/app.bsky.feed"


def record_html(record: Record) -> str:
    """Return a post's text and what it links to as HTML."""
    links = [feature.uri for facet in record.facets or () for feature in facet.features]
    html = text_html(record.text) + "".join(link_html(link) for link in links)
    embed = record.embed
    for embedded in (embed, embed.media if embed else None):
        if embedded is not None:
            html += text_html(*(image.alt for image in embedded.images))
            if (external := embedded.external) is not None:
                html += link_html(external.uri, f"{external.title} {external.description}")
    return html


def post_address(did: str, key: str) -> str:
    """Return where people read a post."""
    return f"https://bsky.app/profile/{did}/post/{key}"


def _post(post: _Post) -> Post:
    found = _URI.fullmatch(post.uri)
    assert found is not None
    return Post(post_address(found["did"], found["key"]), record_html(post.record))
