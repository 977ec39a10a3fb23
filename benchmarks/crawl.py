"""Time a whole scan beside a usual Scrapy spider and wget, on the same real pages, in one run.

    python benchmarks/crawl.py [--pages pages.zip] [--sample 400] [--hosts 20] [--rounds 3]
                               [--tiny 3000] [--memory 50000]

Needs nginx; wget if it is there. All contestants read the same pages from the same servers on loopback, each
in a process of its own, and CPU time is what counts: that of nginx is not in it, and neither is the start,
which is measured on as many servers with one page each and taken off (the two nights keep theirs). Fetching
alone takes so little that each page is fetched several times. Tiny pages, with nothing to unpack or to
search, show what the machinery alone costs. Rounds are interleaved, medians are shown: only the ratios of one
run mean anything. The pause between requests is 0 by configuration; nothing else is changed.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from benchmarks.servers import Web, served  # noqa: E402
from scanner.model import Limits, Unit  # noqa: E402
from scanner.scans.wire import unit_to_json  # noqa: E402

PAGES = HERE.parent / "shared" / "corpus" / "pages-public" / "pages.zip"
COMMAND = [sys.executable, "-c", "from scanner.cli import main; main()"]
CHILD = [sys.executable, "-m", "scanner.scans.crawl"]
GIVEN = ("--organisation", "Benchmark", "--timezone", "Europe/London", "--email", "clerk@example.org")
FETCHING = ("Scrapy, fetch only", "Lychgate, fetch only")
FETCHED = 4
"""Times that each page is fetched where nothing more is done with it: a start that takes a twentieth longer
would otherwise show."""
LIMITS = Limits(delay=timedelta(0), pages=100_000, depth=5, time=timedelta(hours=2))

USUAL = """
import re, sys, scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
ROOM = re.compile(r"https?://[a-z0-9.-]*(?:zoom\\.us|teams\\.microsoft\\.com)/[^\\s\\"'<>]+", re.I)
class Usual(scrapy.Spider):
    name = "usual"
    start_urls = sys.argv[2:]
    allowed_domains = ["127.0.0.1"]
    links = LinkExtractor(allow=r"^http://127\\.0\\.0\\.1:")  # and nothing else: no other server may be asked
    def parse(self, response):
        ROOM.findall(" ".join(response.xpath("//text()").getall()))
        for link in self.links.extract_links(response):
            ROOM.findall(link.url)
            yield scrapy.Request(link.url)
class Bare(scrapy.Spider):
    name = "bare"
    start_urls = sys.argv[2:]
    def parse(self, response):
        return None
process = CrawlerProcess({"LOG_LEVEL": "INFO", "TELNETCONSOLE_ENABLED": False})
process.crawl(Usual if sys.argv[1] == "usual" else Bare)
process.start()
"""

BARE = """
import sys
from scanner.scans.wire import unit_from_json
from spiders.crawl import crawl
read = 0
def sink(event):
    global read
    read += 1
crawl([unit_from_json(line) for line in sys.stdin], sink)
"""


def main() -> None:
    options = read_options()
    pages = read_pages(options.pages, options.sample)
    with tempfile.TemporaryDirectory() as folder:
        ways = contestants(Path(folder))
        fetching = {name: ways.pop(name) for name in FETCHING}
        with served(Path(folder) / "few", pages[: options.hosts], options.hosts) as few:
            with served(Path(folder) / "many", pages, options.hosts) as many:
                size = sum(map(len, pages)) / len(pages) / 1024
                print(f"{many.pages} pages of {size:.0f} KiB, {options.hosts} servers\n")
                compare(ways, many, few, options.rounds)
                again(many, Path(folder))
            with served(Path(folder) / "more", pages * FETCHED, options.hosts) as more:
                print(f"\n{more.pages} of these pages\n")
                compare(fetching, more, few, options.rounds)
        if options.tiny:
            page = b"<title>Minutes</title><p>" + b"All agreed that the hall be painted. " * 10
            with (
                served(Path(folder) / "tiny", [page] * options.tiny, options.hosts) as many,
                served(Path(folder) / "tiny-few", [page] * options.hosts, options.hosts) as few,
            ):
                print(f"\n{many.pages} pages of {len(page)} bytes\n")
                compare(fetching, many, few, options.rounds)
        if options.memory:
            with served(
                Path(folder) / "long", [min(pages, key=lambda page: abs(len(page) - 10_000))], 1
            ) as long:
                memory(long, options.memory)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--pages", type=Path, default=PAGES, help="ZIP file with HTML pages, its manifest beside it"
    )
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--tiny", type=int, default=3000, metavar="PAGES", help="so many pages that hold next to nothing"
    )
    parser.add_argument(
        "--memory", type=int, default=0, metavar="PAGES", help="also read so many, for memory"
    )
    options = parser.parse_args()
    if not options.pages.exists():
        parser.exit(2, f"no pages at {options.pages}: name them with --pages\n")
    if shutil.which("nginx") is None:
        parser.exit(2, "nginx is not installed\n")
    return options


def read_pages(source: Path, sample: int) -> list[bytes]:
    """Return a random but repeatable sample of the HTML pages of a ZIP file, one in ten with a room on it.

    A base elsewhere keeps everybody from following links to pages that are not there.
    """
    manifest = map(json.loads, (source.parent / "manifest.jsonl").read_text(encoding="utf-8").splitlines())
    html = [entry for entry in manifest if entry["file"].endswith(".html")]
    chance = random.Random(1)
    found = chance.sample([entry["file"] for entry in html if entry["role"] == "recall"], sample // 10)
    other = [entry["file"] for entry in html if entry["role"] != "recall"]
    chosen = found + chance.sample(other, min(sample - len(found), len(other)))
    chance.shuffle(chosen)
    base = b'<base href="https://elsewhere.invalid/">'
    with zipfile.ZipFile(source) as archive:
        return [base + archive.read(name) for name in chosen]


# --- the contestants ----------------------------------------------------------------------------


def units(web: Web, kind: str, path: str = "") -> str:
    return "\n".join(
        unit_to_json(
            Unit(
                source=pair,
                kind=kind,
                options={"start": [f"http://{pair}/{path}"]}
                | ({"sitemaps": False, "pictures": False} if kind == "site" else {}),
                limits=LIMITS,
                allow=(pair,),
            )
        )
        for pair in web.pairs
    )


def contestants(folder: Path) -> dict[str, Callable[[Web], None]]:
    def run(*command: str, said: str = "", cwd: Path = HERE) -> None:
        subprocess.run(command, input=said.encode(), capture_output=True, cwd=cwd, check=False)

    def all_pages(web: Web) -> list[str]:
        each = (web.pages - len(web.fronts)) // len(web.fronts)
        return [f"{front}p/{number}.html" for front in web.fronts for number in range(max(each, 1))]

    def wget(web: Web) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as saved:
            quiet = ("-q", "-r", "-l", "inf", "-e", "robots=off", "--compression=gzip", "-P", saved)
            for front in web.fronts:
                run("wget", *quiet, front)

    ways: dict[str, Callable[[Web], None]] = {
        "Scrapy, LinkExtractor, //text(), regex": lambda web: run(
            sys.executable, "-c", USUAL, "usual", *web.fronts
        ),
        "Lychgate: fetch, follow, detect": lambda web: run(*CHILD, said=units(web, "site")),
        FETCHING[0]: lambda web: run(sys.executable, "-c", USUAL, "bare", *all_pages(web)),
        FETCHING[1]: lambda web: run(sys.executable, "-c", BARE, said=units(web, "feed", "feed.xml")),
    }
    return ways | ({"wget -r (fetch and save)": wget} if shutil.which("wget") else {})


def compare(ways: Mapping[str, Callable[[Web], None]], many: Web, few: Web, rounds: int) -> None:
    """Print CPU time a page of each contestant, and how many times that of the first it reads."""
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            spent[name].append((cpu(way, many) - cpu(way, few)) / (many.pages - few.pages))
    print(f"{'':42}{'ms/page':>8}{'pages/s/core':>14}{'x first':>9}")
    first = statistics.median(next(iter(spent.values())))
    for name, seconds in spent.items():
        middle = statistics.median(seconds)
        print(f"{name:42}{middle * 1000:8.2f}{1 / middle:14.0f}{first / middle:9.1f}")


def again(web: Web, folder: Path) -> None:
    """Print what a whole ``lychgate scan`` costs the first time and the second, with nothing changed."""
    data = folder / "data"
    lychgate(data, "init", "--yes", *GIVEN)
    lines = ["version: 1", "sources:"]
    lines += [
        f"  s{at}: {{kind: site, start: [{front!r}], depth: 5, pages: 100000, delay: 0s, "
        "sitemaps: false, pictures: false}"
        for at, front in enumerate(web.fronts)
    ]
    lines.append(f"network: {{allow: {json.dumps(web.pairs)}}}")
    (data / "schedules.yaml").write_text("\n".join(lines), encoding="utf-8")
    meeting = {
        "title": "Choir",
        "starts": "2030-01-01T19:00:00+00:00",
        "rooms": [{"platform": "zoom", "key": "86420013579"}],
    }
    (data / "meetings.jsonl").write_text(json.dumps(meeting), encoding="utf-8")
    lychgate(data, "meetings", "import", str(data / "meetings.jsonl"))
    empty = cpu(lychgate, data, "sources", "list")
    print(f"\n{'lychgate scan, all of it':42}{'ms/page':>8}{'body bytes':>14}{'read':>7}{'unchanged':>10}")
    for night in ("first night", "second night, nothing changed"):
        web.log.write_bytes(b"")
        before = spent_so_far()
        sources = json.loads(lychgate(data, "scan", "--json"))["sources"]
        seconds = spent_so_far() - before - empty
        read, unchanged = (sum(source[key] for source in sources) for key in ("read", "unchanged"))
        sent = sum(
            int(size)
            for status, size in (line.split() for line in web.log.read_text().splitlines())
            if status in ("200", "304")
        )
        print(f"{night:42}{seconds / web.pages * 1000:8.2f}{sent:14,}{read:7}{unchanged:10}")


def memory(web: Web, pages: int) -> None:
    """Print the memory of a crawl child as it reads more and more pages of one source."""
    (front,) = web.fronts
    folder = web.log.parent / "0"
    urls = "".join(f"<url><loc>{front}n/{number}</loc></url>" for number in range(pages))
    (folder / "sitemap.xml").write_text(f"<urlset>{urls}</urlset>", encoding="utf-8")
    print(f"\n{'crawl child':>14} pages   MiB")
    marks = {pages // 10, pages // 2, pages - 1}
    with subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HERE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(units(web, "sitemap", "sitemap.xml").encode())
        child.stdin.close()
        for number, _ in enumerate(child.stdout):
            if number in marks:
                resident = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
                print(f"{number:20,} {resident * resource.getpagesize() / 2**20:5.0f}")


def lychgate(data: Path, *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, "--data", str(data), *arguments], capture_output=True, text=True, cwd=HERE, check=False
    )
    if done.returncode not in (0, 3):
        sys.exit(f"lychgate {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def cpu(work: Callable[..., object], *arguments: object) -> float:
    """Return the CPU seconds of the processes that ``work`` starts and waits for."""
    before = spent_so_far()
    work(*arguments)
    return spent_so_far() - before


def spent_so_far() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


if __name__ == "__main__":
    main()
