"""Take pages and feeds with many posts apart, so that each can be searched as what it is."""

from __future__ import annotations

from io import BytesIO

import feedparser  # type: ignore[import-untyped]

from scanner.extract.links import parse_page
from scanner.model import Document

_MOST_POSTS = 1000
_FEED_BYTES = 1024 * 1024
_CHANGING_ATTRIBUTES = ("style", "src", "srcset", "class", "id")


def posts_in_page(document: Document, each: str, *, name: str, without: str) -> list[tuple[str, str]]:
    """Return the posts of an HTML page: the value of one attribute and the HTML of each.

    ``each`` is the CSS selector of a post, ``without`` that of the parts that change by themselves, such as
    counters. What only looks is left out too, so that a post that stays the same reads the same.
    """
    found = []
    for post in parse_page(document).select(each)[:_MOST_POSTS]:
        for part in post.select(without):
            part.decompose()
        for element in post.find_all():
            for attribute in _CHANGING_ATTRIBUTES:
                if attribute in element.attrs:
                    del element.attrs[attribute]
        found.append((str(post.attrs.get(name, "")), post.inner_html))
    return found


def posts_in_feed(document: Document) -> list[tuple[str, str, str]]:
    """Return the entries of a feed, broken or not: address, title and HTML of each; of 1 MiB at most."""
    stream = BytesIO(document.body[:_FEED_BYTES])
    feed = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)
    found = []
    for entry in feed.entries[:_MOST_POSTS]:
        contents = [str(content.get("value", "")) for content in entry.get("content", ())]
        html = "".join(contents) or str(entry.get("summary", ""))
        found.append((str(entry.get("link", "")), str(entry.get("title", "")), html))
    return found
