"""Scan a site on loopback twice, and print what the second scan of unchanged pages costs.

    python benchmarks/rescan.py [--pages 10000] [--bytes 20000]

The site is served once with entity tags and once without anything to ask by. Uses the `lychgate` command as a
person would, in a temporary data folder, without a pause between requests; beside it a usual Scrapy spider
with Scrapy's defaults follows all links and looks for one pattern, as it would have to every night. Prints
pages, bytes of bodies, the CPU time of a page in all processes together, start included, and the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from benchmarks.crawl import USUAL  # noqa: E402

COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
GIVEN = ("--organisation", "Benchmark", "--timezone", "UTC", "--email", "clerk@example.org")
LISTED = 1000
"""Links of one list."""
TEXT = "the parish council met on thursday in the hall and talked about trees bells and the fair"


@dataclass
class Site:
    """Pages made from their numbers, and what was asked of them."""

    pages: int
    length: int
    tags: bool
    port: int = 0
    bodies: int = 0
    asked: int = 0
    unchanged: int = 0

    def answer(self, path: str, condition: str) -> bytes:
        """Return a whole response."""
        self.asked += 1
        number = path.strip("/")
        if path == "/":
            body = "".join(
                f'<a href="/list-{first}">more</a>' for first in range(0, self.pages, LISTED)
            ).encode()
        elif number.startswith("list-"):
            first = int(number.removeprefix("list-"))
            last = min(first + LISTED, self.pages)
            body = "".join(f'<a href="/{page}">{page}</a>\n' for page in range(first, last)).encode()
        elif number.isdigit() and int(number) < self.pages:
            body = self._page(int(number))
        else:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        tag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if self.tags and condition == tag:
            self.unchanged += 1
            return f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode()
        self.bodies += len(body)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        return (head + (f"ETag: {tag}\r\n" if self.tags else "") + "\r\n").encode() + body

    def _page(self, number: int) -> bytes:
        line = f"{TEXT[number % 60 :]} {TEXT} {TEXT[: number % 60]}"
        paragraphs = f"<p>{line} <a href='/{number // 2}'>before</a></p>\n" * (self.length // 220)
        return f"<html><title>Minutes {number}</title><body>{paragraphs}</body></html>".encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="What a second scan of unchanged pages costs.")
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--bytes", type=int, default=20_000, help="of one page")
    options = parser.parse_args()
    print(f"{'site':<16}{'scan':<8}{'read':>8}{'unchanged':>11}{'304':>8}{'bytes':>14}{'CPU ms/page':>13}")
    for name, tags in (("entity tags", True), ("no validators", False)):
        with tempfile.TemporaryDirectory() as folder:
            site = Site(options.pages, options.bytes, tags)
            with served(site):
                compare(name, site, Path(folder) / "data")


PAGES_ALONE = "sitemaps: false, pictures: false"


def compare(name: str, site: Site, data: Path) -> None:
    lychgate(data, "init", "--yes", *GIVEN)
    address = f"127.0.0.1:{site.port}"
    (data / "schedules.yaml").write_text(
        f"""version: 1
sources:
  site: {{kind: site, start: ["http://{address}/"], pages: 100000, time: 3h, delay: 0s, {PAGES_ALONE}}}
network: {{allow: ["{address}"]}}
"""
    )
    seconds: dict[str, float] = {}
    moved: dict[str, int] = {}
    for scan in ("first", "second"):
        site.bodies = site.unchanged = 0
        before = spent_so_far()
        report: dict[str, Any] = json.loads(lychgate(data, "scan", "--json"))
        seconds[scan], moved[scan] = spent_so_far() - before, site.bodies
        (source,) = report["sources"]
        tell(name, scan, site, seconds[scan], read=source["read"], unchanged=source["unchanged"])
    site.bodies = site.unchanged = site.asked = 0
    before = spent_so_far()
    subprocess.run(
        [sys.executable, "-c", USUAL, "usual", f"http://{address}/"], capture_output=True, check=True
    )
    seconds["Scrapy"] = spent_so_far() - before
    tell(name, "Scrapy", site, seconds["Scrapy"], read=site.asked, unchanged=0)
    print(
        f"{'':<16}the second is {seconds['first'] / seconds['second']:.1f} times as fast as the first and "
        f"{seconds['Scrapy'] / seconds['second']:.1f} times as fast as Scrapy's defaults, "
        f"and moves {moved['second'] / moved['first']:.4f} of the bytes"
    )


def tell(name: str, scan: str, site: Site, seconds: float, *, read: int, unchanged: int) -> None:
    print(
        f"{name:<16}{scan:<8}{read:>8}{unchanged:>11}{site.unchanged:>8}{site.bodies:>14,}"
        f"{seconds / site.pages * 1000:>13.2f}",
        flush=True,
    )


def spent_so_far() -> float:
    """Return the CPU seconds of the processes that this one has started and waited for."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextmanager
def served(site: Site) -> Iterator[None]:
    """Serve the site on a free port of this machine, from a thread of its own."""
    loop = asyncio.new_event_loop()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            path = head.split(" ", 2)[1]
            lines = (line.partition(": ") for line in head.split("\r\n")[1:])
            headers = {key.lower(): value for key, _, value in lines}
            writer.write(site.answer(path, headers.get("if-none-match", "")))
            await writer.drain()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = loop.run_until_complete(asyncio.start_server(guarded, "127.0.0.1", 0))
    site.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def lychgate(data: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *arguments],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 3):
        raise SystemExit(f"{arguments}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
