"""What the kinds share that ask an interface for programs: one answer holds many posts.

Each post becomes a document of its own at the address where people read it, so that a sighting names the
post and not the call. Lists are asked newest first, and no further than to what is known; a known post is
asked for by itself where a sighting stands on it, or where the register has changed since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from html import escape
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from scrapy import Request
from scrapy.http import Response

from scanner.model import Document, Fetched, Known, Unchanged
from spiders import answers
from spiders.addresses import TOO_LONG, resolve, sameness, trap
from spiders.fetch import WHY_CUT
from spiders.spider import SourceSpider
from spiders.visit import Visit

NO_JSON = "no JSON stands there"
BROKEN_JSON = "the JSON is broken or incomplete"
NOT_TAKEN_APART = "searched as a whole, since its shape is not known"
CHANGED = "not in the shape that is known of this service: it may have changed"
IN_PART = "some entries are not in the shape that is known of this service: it may have changed"
TAKEN_DOWN = "the post is not shown there any more"


class Shape(BaseModel):
    """The parts of an entry that are read; a service may send more."""

    model_config = ConfigDict(extra="ignore", frozen=True)


Entry = TypeVar("Entry", bound=Shape)


class NotUnderstood(Exception):
    """An answer came, but it is none of those known of the service."""

    def __init__(self, why: str = CHANGED, *, blocked: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.blocked = blocked


@dataclass(frozen=True, slots=True)
class Post:
    """One post, or one thread that is only shown whole: where people read it, and its HTML."""

    address: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one answer holds. ``older`` is visited only if there is news among the posts.

    ``in_part`` says that some entries could not be understood.
    """

    posts: Sequence[Post] = ()
    onward: Sequence[Visit] = ()
    older: Sequence[Visit] = ()
    in_part: bool = False


class PostSpider(SourceSpider):
    """Read posts. Subclasses give ``begin``, ``look_up`` and ``understand``."""

    def look_up(self, address: str) -> str:
        """Return where to ask for one post, by the address people read it at; empty if it is no post."""
        raise NotImplementedError

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read one answer. Raises NotUnderstood."""
        raise NotImplementedError

    def again(self, known: Known) -> Visit | None:
        """Ask for a post that a sighting stands on or that is to be searched again, and for unread lists."""
        if known.digest and not known.watched:
            return None
        asked = resolve("", self.look_up(known.address))
        if asked:
            return Visit(address=asked, depth=known.depth, about=known.address)
        return None if known.digest else Visit(address=known.address, depth=known.depth)

    def moved(self, visit: Visit, target: str) -> Visit | None:
        """Return None: a list that has moved is not the single post that such a visit would look for."""
        return None

    def has_read(self, address: str) -> bool:
        """Tell whether a post was read by an earlier scan, and need not be searched again."""
        known = self.known(address)
        return known is not None and bool(known.digest)

    def _read(self, response: Response, visit: Visit) -> Iterator[Request]:
        try:
            page = self.understand(response, visit)
        except NotUnderstood as fault:
            self._sink(as_it_came(self._source, response, visit))
            self._fail(visit, fault.why, blocked=fault.blocked)
            return
        depth = max(visit.depth, 1)
        posts = [replace(post, address=_spelled(post, visit)) for post in page.posts]
        shown = {sameness(post.address) for post in posts}
        alone = bool(visit.about) and shown == {sameness(visit.about)}
        news = [self._hand_over(post, depth, response if alone else None) for post in posts]
        if page.in_part:
            self._fail(visit, IN_PART)
        if visit.about and not page.in_part and sameness(visit.about) not in shown:
            self._fail(visit, TAKEN_DOWN, gone=True)
        if not visit.about and (visit.start or visit.known is not None):
            self._hand_over_list(response, visit)
        for onward in page.onward:
            yield from self._ask(onward)
        if any(news):
            for onward in page.older:
                yield from self._ask(onward)

    def _hand_over(self, post: Post, depth: int, response: Response | None) -> bool:
        """Hand a post to be searched, with the validators of an answer that holds nothing else."""
        body = post.html.encode("utf-8", "replace")
        digest = blake2b(body, digest_size=16).hexdigest()
        known = self.known(post.address)
        if known is not None and known.digest == digest:
            self._sink(Unchanged(source=self._source, address=post.address))
            return False
        self._sink(
            Fetched(
                source=self._source,
                document=Document(post.address, body, "text/html", "utf-8"),
                depth=depth,
                etag=answers.etag(response) if response is not None else "",
                last_modified=answers.last_modified(response, datetime.now(UTC))
                if response is not None
                else "",
                digest=digest,
            )
        )
        return True

    def _hand_over_list(self, response: Response, visit: Visit) -> None:
        """Say that a list was read, though it may be empty. Its posts stand for what is in it."""
        self._sink(
            Fetched(
                source=self._source,
                document=Document(visit.address, b"", "text/plain", "utf-8"),
                depth=visit.depth,
                etag=answers.etag(response),
                last_modified=answers.last_modified(response, datetime.now(UTC)),
                digest=blake2b(response.body, digest_size=16).hexdigest(),
            )
        )


def _spelled(post: Post, visit: Visit) -> str:
    """Return a post's address as browsers spell it.

    Parts of it come from the service and may be anything. Where no address can be made of them, it is that
    of the list, with a mark that keeps two such posts apart.
    """
    spelled = resolve("", post.address)
    if spelled and trap(spelled) != TOO_LONG:
        return spelled
    mark = blake2b(post.html.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{visit.shown}#{mark}"


def as_it_came(source: str, response: Response, visit: Visit) -> Fetched:
    """Hand over an answer that cannot be taken apart: a leak may stand in it all the same."""
    media_type, charset = answers.media_type(response)
    return Fetched(
        source=source,
        document=Document(visit.shown, response.body, media_type, charset),
        depth=visit.depth,
        cut=True,
        why_cut=str(response.meta.get(WHY_CUT, "")) or NOT_TAKEN_APART,
    )


def read_json(response: Response) -> Any:
    """Read an answer's JSON. Raises NotUnderstood, with what is the matter in a few words."""
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError):
        looks_like_it = response.body.lstrip()[:1] in (b"{", b"[")
        raise NotUnderstood(BROKEN_JSON if looks_like_it else NO_JSON) from None


def part(answer: object, *steps: str) -> Any:
    """Return what stands at the end of some keys. Raises NotUnderstood if they do not lead there."""
    for step in steps:
        if not isinstance(answer, dict) or step not in answer:
            raise NotUnderstood
        answer = answer[step]
    return answer


def entries(shape: type[Entry], listed: object) -> tuple[list[Entry], bool]:
    """Read a list's entries, and tell whether some are not in the shape. Raises NotUnderstood if none is."""
    if not isinstance(listed, list):
        raise NotUnderstood
    found = []
    for entry in listed:
        try:
            found.append(shape.model_validate(entry))
        except ValidationError:
            continue
    if listed and not found:
        raise NotUnderstood
    return found, len(found) < len(listed)


def text_html(*texts: str | None) -> str:
    """Return HTML of plain texts, a paragraph each."""
    return "".join(f"<p>{escape(text)}</p>" for text in texts if text)


def link_html(address: str | None, text: str | None = "") -> str:
    """Return HTML of a link, an empty string if there is no address."""
    return f'<p><a href="{escape(address)}">{escape(text or "")}</a></p>' if address else ""
