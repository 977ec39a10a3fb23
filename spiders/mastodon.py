"""Read public posts of a Mastodon instance: those with a hashtag, or those of an account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urljoin, urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy.http import Response

from spiders.answers import next_link
from spiders.options import Address, StartOptions
from spiders.posts import (
    NotUnderstood,
    Page,
    Post,
    PostSpider,
    Shape,
    entries,
    link_html,
    part,
    read_json,
    text_html,
)
from spiders.visit import Visit

CLOSED = "the instance shows its posts only to people who are logged in"

_PLACE = re.compile(r"/tags/(?P<tag>[^/]+)/?|/(?:web/)?@(?P<account>[^/]+)/?")
_STATUS = re.compile(r"/(?:web/)?@[^/]+/(?P<id>[0-9]+)")
_LIMIT = 40
"""Posts in one answer, the most that Mastodon gives."""


class Options(StartOptions):
    """Which hashtags and accounts to read."""

    start: tuple[Address, ...] = Field(
        min_length=1,
        description="Hashtags and accounts as an instance shows them in a browser: "
        "https://mastodon.example/tags/choir, https://mastodon.example/@clerk.",
    )

    @field_validator("start")
    @classmethod
    def _places(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _PLACE.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError(
                    "no_timeline",
                    "write a hashtag like https://mastodon.example/tags/choir "
                    "or an account like https://mastodon.example/@clerk",
                )
        return start


class _Card(Shape):
    url: str = ""
    title: str = ""
    description: str = ""


class _Attachment(Shape):
    url: str | None = None
    description: str | None = None


class _Choice(Shape):
    title: str = ""


class _Poll(Shape):
    options: tuple[_Choice, ...] = ()


class _Account(Shape):
    acct: str


class _Status(Shape):
    id: str
    url: str | None = None
    account: _Account
    content: str = ""
    spoiler_text: str = ""
    card: _Card | None = None
    poll: _Poll | None = None
    media_attachments: tuple[_Attachment, ...] = ()
    reblog: _Status | None = None


class Mastodon(PostSpider):
    """Hand over each post. An instance that answers with nothing is asked whether it is closed."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the timelines of tags, and the look-up of accounts."""
        for start in self.options.start:
            parts = urlsplit(start.strip())
            place = _PLACE.fullmatch(parts.path)
            assert place is not None
            api = f"{parts.scheme}://{parts.netloc}/api/v1"
            if place["tag"]:
                yield Visit(address=f"{api}/timelines/tag/{place['tag']}?limit={_LIMIT}", start=True)
            else:
                account = quote(place["account"], safe="@.")
                yield Visit(address=f"{api}/accounts/lookup?acct={account}", start=True)

    def look_up(self, address: str) -> str:
        """Return the call for one post."""
        found = _STATUS.fullmatch(urlsplit(address).path)
        return urljoin(address, f"/api/v1/statuses/{found['id']}") if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a timeline, one post, an account, or what the instance says of itself."""
        answer = read_json(response)
        origin = urljoin(visit.address, "/").rstrip("/")
        path = urlsplit(visit.address).path
        if path == "/api/v2/instance":
            _raise_if_closed(answer)
            return Page()
        if path == "/api/v1/accounts/lookup":
            number = part(answer, "id")
            if not isinstance(number, str) or not number.isdigit():
                raise NotUnderstood
            address = f"{origin}/api/v1/accounts/{number}/statuses?limit={_LIMIT}"
            return Page(onward=[Visit(address=address, start=True)])
        if path.startswith("/api/v1/statuses/"):
            answer = [answer]
        found, in_part = entries(_Status, answer)
        onward = []
        if not found and visit.start and path.startswith("/api/v1/timelines/tag/"):
            onward.append(Visit(address=f"{origin}/api/v2/instance", start=True))
        older = next_link(response)
        return Page(
            posts=[_post(status, origin) for status in found],
            onward=onward,
            older=[Visit(address=older, depth=1)] if older else (),
            in_part=in_part,
        )


def _raise_if_closed(answer: object) -> None:
    """Raise NotUnderstood if an instance (4.5 and later) says that its feeds are not for everybody."""
    try:
        access = part(answer, "configuration", "timelines_access")
    except NotUnderstood:
        return  # older instances do not say, and close their feeds with an error
    feeds: Iterable[object] = access.get("hashtag_feeds", {}).values() if isinstance(access, dict) else ()
    if not all(feed == "public" for feed in feeds):
        raise NotUnderstood(CLOSED, blocked=True)


def _post(status: _Status, origin: str) -> Post:
    """Take a post as this instance shows it: a post from elsewhere has its page here too."""
    shown = status.reblog or status
    address = f"{origin}/@{status.account.acct}/{status.id}"
    card = shown.card or _Card()
    parts = [
        text_html(shown.spoiler_text),
        shown.content,
        link_html(card.url, f"{card.title} {card.description}"),
        text_html(*(choice.title for choice in shown.poll.options)) if shown.poll else "",
        text_html(*(attachment.description for attachment in shown.media_attachments)),
    ]
    return Post(address, "".join(parts))
