"""Scan a loopback service of every kind with the real command, and keep what it says in docs/sources.md.

    python -m benchmarks.transcripts            # prints them
    python -m benchmarks.transcripts --write    # puts each into its section

The services answer as the real ones do: their shapes are those of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from scanner.actions.workspace import opened
from scanner.actions.zoom_risk import ZoomListener
from spiders import kinds
from tests.e2e.installation import Installation
from tests.internet import Answer, Page, serve
from tests.serve import test_zoom_risk as zoom
from tests.spiders import test_bluesky as bluesky
from tests.spiders import test_brave as brave
from tests.spiders import test_calendar as calendar
from tests.spiders import test_commoncrawl as commoncrawl
from tests.spiders import test_discourse as discourse
from tests.spiders import test_fourchan as fourchan
from tests.spiders import test_hackernews as hackernews
from tests.spiders import test_jetstream as jetstream
from tests.spiders import test_lemmy as lemmy
from tests.spiders import test_mastodon as mastodon
from tests.spiders import test_reddit as reddit
from tests.spiders import test_searxng as searxng
from tests.spiders import test_sitemap as sitemap
from tests.spiders import test_stackexchange as stackexchange
from tests.spiders import test_telegram as telegram
from tests.spiders import test_urlscan as urlscan
from tests.spiders import test_wayback as wayback
from tests.spiders.answering import LEAK, in_json

PAGE = Path(__file__).parents[1] / "docs" / "sources.md"
ROOM = "5551112222"
QUERY = {"queries": ["stmarys.zoom.us"]}
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{}/news"/><title>x</title></entry></feed>'
)

Shape = tuple[Mapping[str, Page], Mapping[str, object]]


def shape(kind: str, url: str) -> Shape:
    """Return what a service of this kind answers at ``url``, and the options of its source."""
    leak = f'<a href="{LEAK}">join</a>'
    api = {"api": url}
    match kind:
        case "site":
            return {"/": '<a href="/minutes">Minutes</a>', "/minutes": leak}, {"start": [f"{url}/"]}
        case "feed":
            feed = Answer(body=ATOM.format(url), type="application/atom+xml")
            return {"/feed": feed, "/news": leak}, {"start": [f"{url}/feed"]}
        case "sitemap":
            listed = Answer(body=sitemap.URLSET.format(origin=url), type="application/xml")
            return {"/sitemap.xml": listed, "/one": leak, "/two?a=1&b=2": "2"}, {
                "start": [f"{url}/sitemap.xml"]
            }
        case "calendar":
            return {"/c.ics": Answer(body=calendar.ICS, type="text/calendar")}, {"start": [f"{url}/c.ics"]}
        case "forum":
            board = '<a href="./viewtopic.php?t=15">Choir</a>'
            pages = {"/viewforum.php?f=2": board, "/viewtopic.php?t=15": leak}
            return pages, {"start": [f"{url}/viewforum.php?f=2"]}
        case "discourse":
            return discourse.forum({"/posts.json": discourse.latest}), {"start": [f"{url}/"]}
        case "mastodon":
            return {mastodon.TAG: in_json([mastodon.status(8)])}, {"start": [f"{url}/tags/choir"]}
        case "lemmy":
            posts = {lemmy.V4.format("post"): in_json({"items": [lemmy.post(9)], "next_page": None})}
            comments = {lemmy.V4.format("comment"): in_json({"items": [], "next_page": None})}
            return posts | comments, {"start": [f"{url}/c/choir@far.example"]}
        case "reddit":
            thread = f"{url}/r/village/comments/aa/fair/"
            return {"/r/village/comments/aa/fair/.rss": reddit.feed((thread, "one"))}, {"start": [thread]}
        case "bluesky":
            item = {"post": bluesky.post("aa", text=f"join {LEAK}")}
            start = {"start": ["https://bsky.app/profile/clerk.village.example"]}
            return {bluesky.FEED: in_json({"feed": [item]})}, start | api
        case "telegram":
            return telegram.PAGES, {"start": [f"{url}/s/villagechoir"]}
        case "fourchan":
            threads = {f"/b/thread/{number}.json": fourchan.thread(number) for number in (11, 12, 13)}
            start = {"start": ["https://boards.4chan.org/b/"]}
            return {"/b/catalog.json": in_json(fourchan.CATALOG)} | threads, start | api
        case "hackernews":
            story = {"objectID": "41", "title": "Open rehearsal", "url": LEAK, "_tags": ["story"]}
            hits = in_json({"hits": [story], "page": 0, "nbPages": 1, "nbHits": 1})
            return {hackernews.SEARCH: hits}, QUERY | api
        case "stackexchange":
            found = {"items": [stackexchange.excerpt("question", 7)], "has_more": False}
            return {stackexchange.SEARCH: stackexchange.zipped(found)}, stackexchange.options(url)
        case "searxng":
            result = {"url": f"{url}/minutes", "title": "Minutes", "content": "x", "engine": "a"}
            pages = {f"{searxng.SEARCH}1": searxng.answer(result), f"{searxng.SEARCH}2": searxng.answer()}
            return pages | {"/minutes": leak}, QUERY | api
        case "brave":
            result = {"url": f"{url}/minutes", "title": "Minutes", "description": "x"}
            return {f"{brave.SEARCH}0": brave.answer(result), "/minutes": leak}, brave.options(
                url, {"env": "BRAVE_KEY"}
            )
        case "wayback":
            rows = [wayback.COLUMNS, wayback.row("20250101000000", "https://stmarys.org/about")]
            copy = {"/web/20250101000000id_/https://stmarys.org/about": leak}
            return {wayback.QUERY: in_json(rows)} | copy, {"hosts": ["stmarys.org"]} | api
        case "commoncrawl":
            line = {"urlkey": "k", "timestamp": "20261001000000", "url": f"{url}/minutes", "status": "200"}
            seen = Answer(body=json.dumps(line), type="text/x-ndjson")
            pages = {"/collinfo.json": in_json(commoncrawl.CRAWLS), "/minutes": leak}
            return pages | {commoncrawl.QUERY.format("stmarys.org"): seen}, {"hosts": ["stmarys.org"]} | api
        case "urlscan":
            results = in_json({"results": [urlscan.scan(1)], "total": 1, "has_more": False})
            return {urlscan.SEARCH: results}, {"hosts": ["stmarys.zoom.us"]} | api
        case "inbox":
            return {}, {"folder": url}
        case "zoom-risk":
            return {"/post": leak}, {"secret": {"env": "ZOOM_SECRET"}}
        case _:
            return {"/post": leak}, {}


@contextmanager
def service(kind: str, folder: Path) -> Iterator[tuple[dict[str, object], str]]:
    """Serve what a source of this kind reads; yield its options and the pair that lets a scan through."""
    if kind == "jetstream":
        with jetstream.streaming([jetstream.commit(6, f"join {LEAK}")]) as stream:
            yield {"api": stream.url, "time": "5s"}, stream.pair
        return
    with serve({}) as site:
        pages, options = shape(kind, site.url(""))
        site.pages |= pages
        if kind == "inbox":
            folder.mkdir(exist_ok=True)
            told = f"From: a@b.c\nTo: d@e.f\nSubject: x\n\n{LEAK} was posted at {site.url('/raid')}\n"
            (folder / "1.eml").write_text(told)
            options = {"folder": str(folder)}
        yield {**options, "delay": "0s"}, site.pair


def prepared(place: Path) -> Path:
    """Make an installation whose choir meets behind the link of the services; return its folder."""
    home = Installation(place / "ready")
    home.set_up()
    room = {"platform": "zoom", "key": ROOM}
    home.register([{"title": "Choir", "starts": "2037-01-07T19:30:00Z", "rooms": [room]}])
    return home.data


def transcript(kind: str, ready: Path) -> str:
    """Scan one source of a kind in a copy of an installation; return the command and what it said."""
    with tempfile.TemporaryDirectory() as place:
        data = shutil.copytree(ready, Path(place) / "data")
        with service(kind, Path(place) / "mails") as (options, pair):
            written = json.dumps({"kind": kind, **options})
            settings = f'version: 1\nsources:\n  example: {written}\nnetwork: {{allow: ["{pair}"]}}\n'
            (data / "schedules.yaml").write_text(settings)
            said = ""
            if kind == "reported":
                said = typed(data, "exposures", "report", f"http://{pair}/post", "--meeting", "1")
            if kind == "zoom-risk":
                said = warned(data, f"http://{pair}/post")
            said += typed(data, "scan", "example")
    said = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8101", said.replace(place, "…"))
    return "\n".join(line.rstrip() for line in said.partition("\nNo.  ")[0].strip().splitlines())


def warned(data: Path, post: str) -> str:
    """Let Zoom's warning about a post come in, as ``lychgate serve`` takes it."""
    body = zoom.event(post, room=ROOM)
    headers = zoom.signed(body, secret=os.environ["ZOOM_SECRET"])
    with opened(os.environ, data) as workspace:
        listener = ZoomListener(lambda: workspace, "example", clock=lambda: datetime.now(UTC))
        heard = listener.hear(
            body, stamp=headers["x-zm-request-timestamp"], signature=headers["x-zm-signature"]
        )
    return (
        f"(Zoom posts its warning to /hooks/zoom/example of `lychgate serve`: {heard.exposures} exposure)\n"
    )


def typed(data: Path, *words: str) -> str:
    """Run a command as a person would, and return it with what it printed."""
    program = [sys.executable, "-c", "from scanner.cli import main; main()", "--data", str(data)]
    done = subprocess.run([*program, *words], capture_output=True, text=True, check=False, timeout=300)
    return f"$ lychgate {' '.join(words)}\n{done.stdout}{done.stderr}"


def main() -> None:
    """Print the transcripts, or write them into the page."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kinds", nargs="*")
    arguments.add_argument("--write", action="store_true")
    chosen = arguments.parse_args()
    os.environ |= {"BRAVE_KEY": "made-up", "ZOOM_SECRET": "made-up", "COLUMNS": "100"}
    with tempfile.TemporaryDirectory() as place:
        ready = prepared(Path(place))
        for kind in chosen.kinds or kinds():
            said = transcript(kind, ready)
            print(f"== {kind}\n{said}\n", flush=True)
            if chosen.write:
                write(kind, said)


def write(kind: str, said: str) -> None:
    """Put a transcript into the section of its kind."""
    section = re.compile(rf"(\n### {kind}\n.*?\n```text\n).*?(```)", re.DOTALL)
    page = PAGE.read_text()
    PAGE.write_text(section.sub(lambda found: f"{found[1]}{said}\n{found[2]}", page, count=1))


if __name__ == "__main__":
    main()
