"""Listen to all public posts of the Bluesky network as they are written (Jetstream)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from hashlib import blake2b
from typing import ClassVar

from pydantic import Field, ValidationError
from scrapy import Request

from scanner.model import Document, Fetched, Known
from spiders import options
from spiders.addresses import Scope
from spiders.bluesky import Record, post_address, record_html
from spiders.fetch import NotRead
from spiders.posts import CHANGED, IN_PART, TAKEN_DOWN, Shape
from spiders.spider import SourceSpider
from spiders.stream import messages
from spiders.visit import Visit

ENDED = "the stream ended with an error"
SILENT = "the stream said nothing"
MISSED = "the stream does not reach back to where the last scan ended: posts in between were missed"

_METHOD = "network.bsky.jetstream.subscribeEvents"
_POSTS = "app.bsky.feed.post"


class Options(options.Options):
    """Where to listen. How long is the time limit of the source; the next scan goes on where it ended."""

    is_stream: ClassVar[bool] = True

    api: options.Address = Field(
        default="https://jetstream.us-east.bsky.network", description="Where the stream is, with https."
    )


class _Commit(Shape):
    seq: int = Field(ge=0, lt=2**63)
    did: str = Field(pattern=r"^did:[a-z]+:[A-Za-z0-9._:%-]{1,512}$")
    rkey: str = Field(pattern=r"^[A-Za-z0-9._~:-]{1,512}$")
    operation: str
    collection: str
    record: Record | None = None


class Jetstream(SourceSpider):
    """Hand over the posts that hold a meeting, whosever: there are a hundred others a second."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the stream."""
        yield Visit(address=f"{self.options.api.strip().rstrip('/')}/xrpc/{_METHOD}", start=True)

    def scope(self) -> Scope:
        """Return the scope of no page: nothing is read but the stream."""
        return Scope(frozenset())

    async def start(self) -> AsyncIterator[Request]:
        """Listen until the time is up, and remember where that was."""
        for visit in self.begin():
            # Faults have an address of their own, so that none makes the next scan forget where to go on.
            call = Visit(address=f"{visit.address}?collections={_POSTS}&kinds=commit", start=True)
            try:
                await self._listen(visit, call)
            except NotRead as fault:
                self._fail(call, fault.why, blocked=fault.blocked)
        nothing: tuple[Request, ...] = ()  # a spider's start is a generator, also of no requests
        for request in nothing:
            yield request

    async def _listen(self, stream: Visit, call: Visit) -> None:
        known = self.known(stream.address) or Known(address=stream.address)
        cursor = int(known.etag) if known.etag.isascii() and known.etag.isdigit() else 0
        asked = f"{call.address}&cursor={cursor}" if cursor else call.address
        last, odd = cursor, 0
        async with aclosing(messages(self.errand, asked, protocol="xrpc.v1.json")) as texts:
            async for text in texts:
                message = _read(text)
                if message.get("name") == "OutdatedCursor":
                    self._fail(Visit(address=call.address), MISSED)
                elif message.get("$type") == "error":
                    self._fail(call, ENDED)
                    break
                elif message.get("$type") == f"{_METHOD}#commit":
                    try:
                        commit = _Commit.model_validate(message)
                    except ValidationError:
                        odd += 1
                        continue
                    last = max(last, commit.seq)
                    self._hand_over(commit)
        if last == cursor:
            self._fail(call, CHANGED if odd else SILENT)
            return
        if odd:
            self._fail(Visit(address=call.address), IN_PART)
        self._sink(
            Fetched(
                source=self._source,
                document=Document(stream.address, b"", "text/plain", "utf-8"),
                depth=0,
                etag=str(last),
                digest=str(last),
            )
        )

    def _hand_over(self, commit: _Commit) -> None:
        address = post_address(commit.did, commit.rkey)
        if commit.operation == "delete" and self.known(address) is not None:
            self._fail(Visit(address=address), TAKEN_DOWN, gone=True)
        if commit.record is None or commit.collection != _POSTS:
            return
        body = record_html(commit.record).encode("utf-8", "replace")
        document = Document(address, body, "text/html", "utf-8")
        if self.errand.detector.detect(document).links:
            self._sink(
                Fetched(
                    source=self._source,
                    document=document,
                    depth=1,
                    digest=blake2b(body, digest_size=16).hexdigest(),
                )
            )


def _read(text: str) -> dict[str, object]:
    """Return what a message carries, or an empty one if it is no message."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(message, dict):
        return {}
    carried = message.get("payload", message)
    return carried if isinstance(carried, dict) else {}
