"""Pages that only a browser makes are searched as people see them, by a browser that reaches nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from scanner.model import Known, Limits
from spiders.browser import what_is_missing
from tests.internet import Answer, Hit, Page, redirect, serve
from tests.spiders.crawls import Crawled, crawl, unit

needs_browser = pytest.mark.skipif(bool(what_is_missing()), reason=what_is_missing())

LEAK = "https://us02web.zoom.us/j/8220555{:04}"
PATIENT = Limits(
    delay=timedelta(0), time=timedelta(minutes=5), response_time=timedelta(minutes=1), pages=30, depth=1
)


def script(code: str) -> Answer:
    return Answer(body=code, type="text/javascript")


def shell(code: str) -> str:
    """A page that is empty until its script has run."""
    return f"<!doctype html><title>x</title><div id=root></div><script>{code}</script>"


def show(number: int) -> str:
    return f"""document.getElementById("root").innerHTML = '<a href="{LEAK.format(number)}">join</a>';"""


@dataclass
class Trap:
    """A server that nothing may speak to, on TCP and UDP, and how often something did."""

    port: int
    touched: list[str] = field(default_factory=list)


@contextmanager
def trap() -> Iterator[Trap]:
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", tcp.getsockname()[1]))
    found = Trap(tcp.getsockname()[1])

    def listen(name: str, take: object) -> None:
        while True:
            try:
                take()  # type: ignore[operator]
            except OSError:
                return
            found.touched.append(name)

    threads = [
        threading.Thread(target=listen, args=("tcp", lambda: tcp.accept()[0].close()), daemon=True),
        threading.Thread(target=listen, args=("udp", lambda: udp.recv(10)), daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        socket.create_connection(("127.0.0.1", found.port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"x", ("127.0.0.1", found.port))
        end = threading.Event()
        for _ in range(600):
            if len(found.touched) == 2 or end.wait(0.1):
                break
        assert sorted(found.touched) == ["tcp", "udp"], "the trap itself works"
        found.touched.clear()
        yield found
    finally:
        for door in (tcp, udp):
            door.shutdown(socket.SHUT_RDWR) if door is tcp else door.close()
            door.close()


def ways_out(port: int) -> str:
    """Every way by which a page speaks to a server, towards one it may not speak to."""
    there = f"127.0.0.1:{port}"
    return f"""<!doctype html>
<link rel=preconnect href="http://{there}/"><link rel=dns-prefetch href="//prefetched.org/">
<link rel=prefetch href="http://{there}/a"><link rel=preload as=font href="http://{there}/b" crossorigin>
<link rel=stylesheet href="http://{there}/c"><link rel=manifest href="http://{there}/d">
<link rel=icon href="http://{there}/e"><style>@import url(http://{there}/f);
b {{ background: url(http://{there}/g) }}
</style><b>x</b><img src="http://{there}/h"><video src="http://{there}/i"></video><object data="http://{there}/j">
</object><embed src="http://{there}/k"><iframe src="http://{there}/l"></iframe>
<audio src="http://{there}/m"></audio>
<form id=form method=post action="http://{there}/n"></form><script src="http://{there}/o"></script>
<a id=ping ping="http://{there}/p" href="#x">x</a><a id=get download href="http://{there}/q">x</a>
<div id=root></div>
<script>
const tries = [
  () => fetch("http://{there}/r"), () => fetch("http://{there}/s", {{method: "POST", mode: "no-cors"}}),
  () => fetch("https://unknown.org/"), () => {{ const x = new XMLHttpRequest(); x.open("GET", "http://{there}/t");
  x.send() }}, () => new WebSocket("ws://{there}/u"), () => new EventSource("http://{there}/v"),
  () => navigator.sendBeacon("http://{there}/w", "x"), () => import("http://{there}/x"),
  () => new Worker(URL.createObjectURL(new Blob(["fetch('http://{there}/y');new WebSocket('ws://{there}/y')"]))),
  () => new SharedWorker("http://{there}/z"), () => navigator.serviceWorker.register("/sw.js"),
  () => window.open("http://{there}/1"), () => document.getElementById("ping").click(),
  () => document.getElementById("get").click(), () => document.getElementById("form").submit(),
  () => {{ location.href = "http://{there}/2" }}, () => new Image().src = "http://{there}/3",
  () => new WebTransport("https://{there}/4"), () => alert("x"), () => confirm("x"), () => prompt("x"),
  () => {{ const frame = document.createElement("iframe"); document.body.append(frame);
    frame.contentWindow.eval("new WebSocket('ws://{there}/5'); new RTCPeerConnection({{iceServers:"
     + "[{{urls: 'stun:{there}'}}]}}).createDataChannel('x')"); }},
  async () => {{ const c = new RTCPeerConnection({{iceServers: [{{urls: "stun:{there}"}},
    {{urls: "turn:{there}?transport=tcp", username: "x", credential: "x"}}]}}); c.createDataChannel("x");
    await c.setLocalDescription(await c.createOffer()); }},
];
for (const one of tries) {{ try {{ Promise.resolve(one()).catch(() => 0) }} catch (error) {{ }} }}
{show(9)}
</script>"""


LINKED = ("app", "shadow", "frame", "away", "popup", "greedy", "old", "hides", "bus.png")
PAGES: dict[str, Page] = {
    "/": "".join(f'<a href="/{name}">more</a>' for name in LINKED),
    "/app": "<!doctype html><div id=root></div><script src=/moved.js></script>",
    "/moved.js": redirect("/app.js"),
    "/app.js": script(
        f"fetch('/api').then(a => a.json()).then(a => {{ {show(1)} document.title = a.title }})"
    ),
    "/api": Answer(body='{"title": "loaded"}', type="application/json"),
    "/shadow": shell(
        "document.getElementById('root').attachShadow({mode: 'closed'}).innerHTML = "
        f"""'<a href="{LEAK.format(2)}">join</a>';"""
    ),
    "/frame": "<iframe src=/inner></iframe>",
    "/inner": shell(show(3)),
    "/away": shell(f"location.href = '{LEAK.format(4)}'"),
    "/popup": shell(f"window.open('{LEAK.format(5)}')"),
    "/greedy": shell("for (let n = 0; n < 500; n++) fetch('/n?' + n);" + show(6)),
    "/old": Answer(
        body="<meta charset=windows-1251><div id=root></div><script>" + show(7) + "</script>",
        type="text/html; charset=windows-1251",
        headers={"ETag": '"same"'},
    ),
    "/hides": shell(
        show(8) + "Element.prototype.getHTML = () => ''; XMLSerializer = JSON.stringify = undefined;"
    ),
    "/bus.png": Answer(body=b"\x89PNG\r\n", type="image/png"),
}


@needs_browser
@pytest.mark.timeout(300)
def test_pages_are_searched_as_people_see_them_and_the_browser_reaches_nothing() -> None:
    def endless(hit: Hit) -> str:
        return shell("for (;;) document.title += 'x'") + LEAK.format(77)

    with (
        trap() as trapped,
        serve(PAGES) as site,
        serve({"/": ways_out(trapped.port)}) as raider,
        serve({"/": endless}) as hanging,
    ):
        known = (Known(address=site.url("/old"), etag='"same"', digest="0"),)
        crawled = crawl(
            unit(
                site.url(),
                source="club",
                options={"render": True},
                allow=(site.pair,),
                limits=PATIENT,
                known=known,
            ),
            unit(
                raider.url(), source="raider", options={"render": True}, allow=(raider.pair,), limits=PATIENT
            ),
            unit(
                hanging.url(),
                source="hanging",
                options={"render": True},
                allow=(hanging.pair,),
                limits=Limits(delay=timedelta(0), response_time=timedelta(seconds=3)),
            ),
            shown=1_000_000,
            seconds=280,
        )
        hits = [*site.hits, *raider.hits, *hanging.hits]
    pages = crawled.fetched("club")
    for number, name in enumerate(LINKED[:-1], 1):
        event = pages[site.url(f"/{name}")]
        assert LEAK.format(number) in event["text"], (name, event["text"][:2000])
        assert not event["cut"], (name, event["why_cut"])
    assert not crawled.of("failed"), crawled.of("failed")
    assert pages[site.url("/old")]["etag"] == "", "that a shell is unchanged says nothing"
    asked = [path for path in site.paths if path.startswith("/n?")]
    assert 10 < len(asked) <= 60
    assert site.paths.count("/app.js") == 1
    assert LEAK.format(9) in crawled.fetched("raider")[raider.url()]["text"]
    assert trapped.touched == []
    assert not [hit for hit in hits if "sec-fetch-mode" in hit.headers], "only our own fetch asks"
    assert set(crawled.asked) <= {"unknown.org"}, "names are looked up by our resolver"
    (slow,) = crawled.fetched("hanging").values()
    assert slow["cut"]
    assert slow["why_cut"] == "not rendered, so its scripts' part was not seen: it was not done in time"
    assert LEAK.format(77) in slow["text"], "what came is searched"


def without_chromium(pages: dict[str, Page], **more: object) -> Crawled:
    with serve(pages) as site:
        return crawl(
            unit(site.url(), options={"render": True}, allow=(site.pair,), **more), env={"PATH": "/nowhere"}
        )


def test_without_a_browser_pages_are_searched_as_they_came_and_it_is_said() -> None:
    (page,) = without_chromium({"/": f"{LEAK.format(1)} {shell('')}"}).of("fetched")
    assert LEAK.format(1) in page["text"]
    assert page["cut"]
    assert page["why_cut"].startswith("not rendered, so its scripts' part was not seen: th")


def test_what_is_no_web_page_needs_no_browser() -> None:
    (page,) = without_chromium({"/": Answer(body=LEAK.format(1), type="text/plain")}).of("fetched")
    assert not page["cut"]
