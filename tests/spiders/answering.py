"""Answers in the manner of services' interfaces, and the failures that each of them has."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from tests.internet import Answer, Page, Site, redirect, serve
from tests.spiders.crawls import Crawled, crawl, unit

LEAK = "https://zoom.us/j/5551112222"


def in_json(content: object, **headers: str) -> Answer:
    """A JSON answer."""
    return Answer(body=json.dumps(content), type="application/json; charset=utf-8", headers=headers)


FAILURES: Mapping[str, tuple[Page, str, bool]] = {
    "forbidden": (Answer(status=403, body="<html><h1>Forbidden</h1></html>"), "HTTP 403", True),
    "busy": (Answer(status=429, headers={"Retry-After": "3600"}), "HTTP 429", True),
    "gone": (Answer(status=404, body="<html>Not Found</html>"), "HTTP 404", False),
    "failing": (Answer(status=500), "HTTP 500", False),
    "nothing": (Answer(body="", type="application/json"), "no JSON stands there", False),
    "a page": (Answer(body="<!doctype html><title>Hello</title>"), "no JSON stands there", False),
    "cut": (
        Answer(body='{"items": [{"url": "' + LEAK, type="application/json"),
        "the JSON is broken or incomplete",
        False,
    ),
    "bottomless": (
        Answer(body="[" * 100_000, type="application/json"),
        "the JSON is broken or incomplete",
        False,
    ),
    "changed": (in_json({"error": "x"}), "not in the shape", False),
    "a number": (in_json(7), "not in the shape", False),
    "strange entries": (in_json([[1], None, "x"]), "not in the shape", False),
    "elsewhere": (redirect("https://login.example.org/"), "", True),
    "nowhere": (Answer(status=302), "HTTP 302", False),
}
"""What every service may answer one day: the answer, the reason that begins the event, whether it blocks."""


def crawl_failures(kind: str, options: Callable[[Site], Mapping[str, object]], path: str) -> Crawled:
    """Crawl one source for each failure, each with a server of its own that fails at one path."""
    from contextlib import ExitStack

    with ExitStack() as servers:
        units = []
        for name, (page, _, _) in FAILURES.items():
            site = servers.enter_context(serve({path: page}))
            units.append(unit(source=name, kind=kind, options=dict(options(site)), allow=(site.pair,)))
        return crawl(*units)


def check_failures(crawled: Crawled) -> None:
    """Check that each failure is told as what it is, and as the source's own."""
    for name, (_, why, blocked) in FAILURES.items():
        failed = [event for event in crawled.of("failed", name) if event["start"]]
        assert len(failed) == 1, (name, crawled.events)
        assert failed[0]["why"].startswith(why), (name, failed)
        assert failed[0]["blocked"] == blocked, (name, failed)
        assert not [event for event in crawled.of("fetched", name) if not event["cut"]], name
    assert LEAK in next(iter(crawled.fetched("cut").values()))["text"], "what came is searched"
