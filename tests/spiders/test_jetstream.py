"""The stream is listened to for as long as the Unit lasts, and the next one goes on where it ended."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aiohttp import WSMsgType, web

from scanner.model import Known
from tests.spiders.answering import LEAK
from tests.spiders.crawls import QUICK, Crawled, crawl, unit

METHOD = "/xrpc/network.bsky.jetstream.subscribeEvents"
DID = "did:plc:abcdefghijklmnop"
SHORT = replace(QUICK, time=timedelta(seconds=5))


def commit(seq: int, text: str = "", **more: object) -> dict[str, object]:
    """One message as the stream sends it."""
    payload = {
        "$type": "network.bsky.jetstream.subscribeEvents#commit",
        "seq": seq,
        "did": DID,
        "time": "2026-11-22T10:00:00Z",
        "rev": "3abc",
        "operation": "create",
        "collection": "app.bsky.feed.post",
        "rkey": f"k{seq}",
        "record": {"$type": "app.bsky.feed.post", "text": text},
    } | more
    return {"$type": "message", "payload": payload}


@dataclass
class Stream:
    """A running stream and the queries it was asked with."""

    url: str
    pair: str
    asked: list[str] = field(default_factory=list)
    protocols: list[str] = field(default_factory=list)


@contextmanager
def streaming(messages: Sequence[object], *, ends: bool = False, status: int = 0) -> Iterator[Stream]:
    """Serve messages over a WebSocket on loopback; then stay silent, or end."""
    loop = asyncio.new_event_loop()
    stream = Stream("", "")

    async def listen(request: web.Request) -> web.StreamResponse:
        stream.asked.append(request.path_qs)
        if status:
            return web.Response(status=status)
        stream.protocols.append(request.headers.get("Sec-WebSocket-Protocol", ""))
        socket = web.WebSocketResponse(protocols=("xrpc.v1.json",))
        await socket.prepare(request)
        for message in messages:
            await socket.send_str(message if isinstance(message, str) else json.dumps(message))
        if not ends:
            while (await socket.receive()).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
                pass
        return socket

    async def begin() -> web.AppRunner:
        app = web.Application()
        app.router.add_get(METHOD, listen)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        stream.url, stream.pair = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
        return runner

    runner = loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield stream
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def listen(stream: Stream, **more: object) -> Crawled:
    fields = {"limits": SHORT, "allow": (stream.pair,)} | more
    return crawl(unit(kind="jetstream", options={"api": stream.url}, **fields))


def address(key: str) -> str:
    return f"https://bsky.app/profile/{DID}/post/{key}"


def test_posts_with_meetings_are_handed_over_and_the_next_scan_goes_on() -> None:
    messages = [
        commit(5, "lovely weather"),
        commit(6, f"join {LEAK}"),
        commit(7, "x", operation="delete", record=None),
    ]
    with streaming(messages, ends=True) as stream:
        known = (Known(address=address("k7"), digest="0", watched=True),)
        first = listen(stream, known=known)
        (cursor,) = [event for event in first.of("fetched") if event["etag"]]
        assert (cursor["document"]["address"], cursor["etag"]) == (f"{stream.url}{METHOD}", "7")
        second = listen(stream, known=(Known(address=cursor["document"]["address"], etag="7", digest="7"),))
    assert stream.asked[0] == f"{METHOD}?collections=app.bsky.feed.post&kinds=commit"
    assert stream.asked[1] == f"{METHOD}?collections=app.bsky.feed.post&kinds=commit&cursor=7"
    assert stream.protocols == ["xrpc.v1.json"] * 2
    assert set(first.fetched()) == {address("k6"), f"{stream.url}{METHOD}"}
    (gone,) = first.of("failed")
    assert (gone["address"], gone["gone"]) == (address("k7"), True)
    assert list(second.why("failed").values()) == ["the stream said nothing"], "nothing newer than 7 came"


def test_messages_that_are_not_understood_cost_the_others_nothing() -> None:
    messages = ["[" * 50_000, "7", "{}", commit(5, did="<script>"), commit(6, f"join {LEAK}")]
    with streaming(messages, ends=True) as stream:
        crawled = listen(stream)
    assert address("k6") in crawled.fetched()
    assert [why.startswith("some entries") for why in crawled.why("failed").values()] == [True]


FAILURES: dict[str, tuple[Callable[[], object], str]] = {
    "closed": (lambda: streaming([], status=403), "HTTP 403"),
    "silent": (lambda: streaming([], ends=True), "the stream said nothing"),
    "changed": (lambda: streaming([commit(5, did="x")], ends=True), "not in the shape"),
    "error": (
        lambda: streaming([commit(5), {"$type": "error", "error": "ConsumerTooSlow", "message": ""}]),
        "the stream ended with an error",
    ),
}


def test_failures_are_told_and_the_cursor_is_not_forgotten() -> None:
    for name, (serve_stream, why) in FAILURES.items():
        with serve_stream() as stream:  # type: ignore[attr-defined]
            crawled = listen(stream)
        (failed,) = crawled.of("failed")
        assert failed["why"].startswith(why), name
        assert failed["start"], name
        assert failed["blocked"] == (name == "closed"), name
        assert failed["address"] != f"{stream.url}{METHOD}", "a fault must not overwrite the cursor"


def test_listening_ends_when_the_time_of_the_unit_does() -> None:
    with streaming([commit(5, f"join {LEAK}")]) as stream:
        crawled = listen(stream)
    assert [event["etag"] for event in crawled.of("fetched")] == ["", "5"]


def test_what_was_missed_is_said() -> None:
    info = {
        "$type": "message",
        "payload": {"$type": f"{METHOD[6:]}#info", "name": "OutdatedCursor", "message": ""},
    }
    with streaming([info, commit(9)], ends=True) as stream:
        crawled = listen(stream, known=(Known(address=f"{stream.url}{METHOD}", etag="2", digest="2"),))
    assert [why.startswith("the stream does not reach back") for why in crawled.why("failed").values()] == [
        True
    ]


def test_the_guards_stand_before_the_stream_too() -> None:
    with streaming([commit(5)], ends=True) as stream:
        refused = listen(stream, allow=())
        meeting = crawl(unit(kind="jetstream", options={"api": "https://zoom.us"}, limits=SHORT))
        named = crawl(
            unit(kind="jetstream", options={"api": "https://stream.village.org"}, limits=SHORT),
            names={"stream.village.org": ["10.0.0.7"]},
        )
    assert not stream.asked
    for crawled in (refused, meeting, named):
        assert len(crawled.of("failed")) == 1
        assert not [address for address in crawled.opened if not address.startswith("127.0.0.1:0")]
    assert list(refused.why("failed").values()) == ["refused by the network guard: private address"]
