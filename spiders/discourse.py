"""Read a Discourse forum: the newest posts of all of it, of a category, of a tag or of one topic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import Field
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
    part,
    read_json,
    text_html,
)
from spiders.visit import Visit

_PLACE = re.compile(r"(?P<base>.*?)/(?P<place>(?:c|tag|tags|t|latest)(?:/.*)?)")
_POST = re.compile(r"(?P<base>.*?)/t/[^/]+/(?P<topic>[0-9]+)/(?P<number>[0-9]+)")
_TOPIC = re.compile(r"t/(?:[^/]+/)?(?P<id>[0-9]+)(?:/.*)?")
_AT_ONCE = 20
"""Posts that Discourse sends in one part of a topic."""


class Options(StartOptions):
    """Which forums, or parts of them, to read."""

    start: tuple[Address, ...] = Field(
        min_length=1,
        description="Addresses of forums, categories (/c/…), tags (/tag/…) or topics (/t/…).",
    )


class _LinkCount(Shape):
    url: str = ""
    title: str | None = None


class _PostEntry(Shape):
    topic_id: int
    post_number: int
    id: int
    cooked: str = ""
    raw: str | None = None
    topic_slug: str | None = None
    topic_title: str | None = None
    link_counts: tuple[_LinkCount, ...] | None = None


class _TopicEntry(Shape):
    id: int
    slug: str = "-"
    highest_post_number: int = 1


class Discourse(PostSpider):
    """Hand over each post. A forum that does not show its newest posts is read topic by topic."""

    options: Options

    def begin(self) -> Iterator[Visit]:
        """Yield the lists that the starting addresses stand for."""
        for start in self.options.start:
            base, place = _split(start.strip())
            topic = _TOPIC.fullmatch(place)
            if topic is not None:
                called = f"t/{topic['id']}.json"
            elif place.startswith("c/"):
                called = f"{place.partition('/l/')[0]}/l/latest.json"
            elif place:
                called = f"{place}.json"
            else:
                called = "posts.json"
            yield Visit(address=f"{base}/{called}", start=True)

    def instead(self, visit: Visit, status: int) -> Visit | None:
        """Read the latest topics where the list of posts is closed or too old to exist."""
        base, _, called = visit.address.rpartition("/")
        if visit.start and called == "posts.json" and status in (403, 404):
            return Visit(address=f"{base}/latest.json", start=True)
        return None

    def look_up(self, address: str) -> str:
        """Return the call for one post by its number in the topic."""
        found = _POST.fullmatch(address)
        return f"{found['base']}/posts/by_number/{found['topic']}/{found['number']}.json" if found else ""

    def understand(self, response: Response, visit: Visit) -> Page:
        """Read a list of posts, a list of topics, a topic or part of one, or a single post."""
        answer = read_json(response)
        if not isinstance(answer, dict):
            raise NotUnderstood
        base = re.split(r"/(?:posts|latest|c|tag|tags|t)(?=[/.])", visit.address, maxsplit=1)[0]
        if "latest_posts" in answer:
            return _latest_posts(answer, base)
        if "topic_list" in answer:
            return self._topics(answer, base)
        if "post_stream" in answer:
            return _topic(answer, base)
        found, _ = entries(_PostEntry, [answer])
        return Page(posts=[_post(entry, base) for entry in found])

    def _topics(self, answer: object, base: str) -> Page:
        found, in_part = entries(_TopicEntry, part(answer, "topic_list", "topics"))
        changed = [
            topic
            for topic in found
            if not self.has_read(f"{base}/t/{topic.slug}/{topic.id}/{topic.highest_post_number}")
        ]
        onward = [Visit(address=f"{base}/t/{topic.id}.json", depth=1) for topic in changed]
        more = part(answer, "topic_list").get("more_topics_url")
        if changed and isinstance(more, str):
            path, _, query = more.partition("?")
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))
            onward.append(Visit(address=f"{origin}{path.removesuffix('.json')}.json?{query}", depth=1))
        return Page(onward=onward, in_part=in_part)


def _split(start: str) -> tuple[str, str]:
    """Return the address of the forum, which may lie in a folder, and the place in it."""
    address = start.partition("?")[0].partition("#")[0].rstrip("/").removesuffix(".json")
    found = _PLACE.fullmatch(address)
    return (found["base"], found["place"]) if found else (address, "")


def _latest_posts(answer: object, base: str) -> Page:
    found, in_part = entries(_PostEntry, part(answer, "latest_posts"))
    before = min((entry.id for entry in found), default=1) - 1
    older = [Visit(address=f"{base}/posts.json?before={before}", depth=1)] if before > 0 else []
    return Page(posts=[_post(entry, base) for entry in found], older=older, in_part=in_part)


def _topic(answer: dict[str, object], base: str) -> Page:
    stream = part(answer, "post_stream")
    found, in_part = entries(_PostEntry, part(stream, "posts"))
    slug, title = answer.get("slug"), answer.get("title")
    posts = [_post(entry, base, slug=slug if isinstance(slug, str) else "", title=title) for entry in found]
    here = {entry.id for entry in found}
    listed = stream.get("stream")
    rest = [number for number in listed if isinstance(number, int)] if isinstance(listed, list) else []
    rest = sorted(set(rest) - here, reverse=True)
    parts = [rest[at : at + _AT_ONCE] for at in range(0, len(rest), _AT_ONCE)]
    topic = next((entry.topic_id for entry in found), 0)
    onward = [
        Visit(
            address=f"{base}/t/{topic}/posts.json?{'&'.join(f'post_ids[]={number}' for number in numbers)}",
            depth=1,
        )
        for numbers in parts
    ]
    return Page(posts=posts, onward=onward, in_part=in_part)


def _post(entry: _PostEntry, base: str, *, slug: str = "", title: object = None) -> Post:
    links = "".join(link_html(link.url, link.title) for link in entry.link_counts or ())
    heading = entry.topic_title or (title if isinstance(title, str) else "")
    return Post(
        f"{base}/t/{entry.topic_slug or slug or '-'}/{entry.topic_id}/{entry.post_number}",
        text_html(heading) + (entry.cooked or text_html(entry.raw)) + links,
    )
