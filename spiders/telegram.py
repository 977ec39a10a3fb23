"""Read public Telegram channels by their preview on the web (t.me/s/NAME)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from scrapy import Request
from scrapy.http import Response

from scanner.extract.posts import posts_in_page
from scanner.model import Document
from spiders import answers
from spiders.addresses import resolve
from spiders.options import Address, StartOptions
from spiders.posts import NotUnderstood, Page, Post, PostSpider
from spiders.visit import Visit

EMPTIED = "no message is shown where messages were read before"
NO_PREVIEW = "the channel has no preview on the web, so it cannot be read without the app"

_PLACE = re.compile(r"/(?:s/)?(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})/?")
_POST = re.compile(r"/(?P<name>[A-Za-z][A-Za-z0-9_]{3,31})/(?P<id>[0-9]{1,15})")
_MESSAGE = ".tgme_widget_message[data-post]"
_CHANGING = ".tgme_widget_message_footer, .tgme_widget_message_reactions, .tgme_widget_message_user"
"""Views, votes and reactions, which change without the message, and the sender's picture."""


class Options(StartOptions):
    """Which channels to read."""

    start: tuple[Address, ...] = Field(
        min_length=1, description="Addresses of public channels: https://t.me/s/villagechoir."
    )

    @field_validator("start")
    @classmethod
    def _channels(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not _PLACE.fullmatch(urlsplit(address.strip()).path):
                raise PydanticCustomError("no_channel", "write a channel like https://t.me/s/villagechoir")
        return start


class Telegram(PostSpider):
    """Hand over each message. A channel that redirects to its own door cannot be read."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the previews of the channels."""
        for start in self.options.start:
            place = _PLACE.fullmatch(urlsplit(start.strip()).path)
            assert place is not None
            yield Visit(address=urljoin(start.strip(), f"/s/{place['name']}"), start=True)

    def look_up(self, address: str) -> str:
        """Return the part of the preview that ends with a message."""
        found = _POST.fullmatch(urlsplit(address).path)
        return urljoin(address, f"/s/{found['name']}?before={int(found['id']) + 1}") if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read one part of a preview, which holds some twenty messages, the newest last."""
        media_type, charset = answers.media_type(response)
        document = Document(visit.address, response.body, media_type, charset)
        found = posts_in_page(document, _MESSAGE, name="data-post", without=_CHANGING)
        if not found and b"tgme_channel_info" not in response.body:
            raise NotUnderstood(NO_PREVIEW, blocked=True)
        if not found and visit.about:
            raise NotUnderstood  # a part without any message proves nothing about the one looked for
        if not found and visit.start and any(known.digest for known in self.errand.unit.known):
            raise NotUnderstood(EMPTIED)
        numbers = [int(post["id"]) for name, _ in found if (post := _POST.fullmatch(f"/{name}"))]
        first = min(numbers, default=1)
        path = urlsplit(visit.address).path
        return Page(
            posts=[Post(resolve(visit.address, f"/{name}"), html) for name, html in reversed(found)],
            older=[Visit(address=urljoin(visit.address, f"{path}?before={first}"), depth=1)]
            if first > 1
            else (),
        )

    def _redirected(self, visit: Visit, target: str) -> Iterator[Request]:
        if urlsplit(target).path.startswith("/s/"):
            yield from super()._redirected(visit, target)
        else:
            self._fail(visit, NO_PREVIEW, blocked=True)
