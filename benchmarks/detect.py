"""Time detection side by side with simpler ways on the same real pages, in one run.

    python benchmarks/detect.py --pages pages.zip --sample 60 --rounds 3 [--without-rooms]

Rounds of all contestants are interleaved, and medians of CPU time are shown: only the ratios of one run
mean anything. ``ripgrep`` needs the program ``rg``.
"""

from __future__ import annotations

import argparse
import platform
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bs4 import BeautifulSoup

from scanner.detect import Detector
from scanner.detect.database import is_installed
from scanner.detect.gate import Gate
from scanner.detect.screen import Screen
from scanner.extract import segments
from scanner.extract.decode import decode
from scanner.model import Document
from scanner.platforms import BUILT_IN

PAGES = Path(__file__).parent.parent.parent / "shared" / "corpus" / "pages-public" / "pages.zip"
URL = re.compile(r"https?://[^\s\"'<>]+")
BARE_URL = re.compile(r"(?:https?://)?(?:[\w\-]+\.)+[a-z]{2,}/[^\s\"'<>]+", re.IGNORECASE)
"""Sees ``zoom.us/j/84512367890`` too, as people write it."""
LITERALS = [host.encode() for host in BUILT_IN.host_names][:90]


def read_pages(source: Path, sample: int) -> list[bytes]:
    """Return the HTML pages of a folder or a ZIP file, a random but repeatable sample of them."""
    if source.is_dir():
        pages = [path.read_bytes() for path in sorted(source.rglob("*.html"))]
    else:
        with zipfile.ZipFile(source) as archive:
            pages = [archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".html")]
    return random.Random(1).sample(pages, min(sample, len(pages)))


def soup(body: bytes, expression: re.Pattern[str]) -> None:
    """Take text by BeautifulSoup and look for addresses in it and in the page."""
    expression.findall(BeautifulSoup(body, "lxml").get_text(" "))
    expression.findall(body.decode("utf-8", "replace"))


def ripgrep(folder: Path) -> Callable[[], None]:
    """Return a search of all pages for 90 literals by ripgrep."""
    (folder / "literals").write_bytes(b"\n".join(LITERALS))
    command = ["rg", "-F", "-i", "-c", "-j1", "-f", str(folder / "literals"), str(folder / "pages")]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=False) and None


def _text(body: bytes) -> str:
    return decode(body, "").text


def cpu() -> float:
    """Return the CPU seconds of this process and of those it waited for."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder or ZIP file with HTML pages")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--without-rooms",
        action="store_true",
        help="leave out pages with a room in them, as nearly all pages are",
    )
    options = parser.parse_args()
    pages = read_pages(options.pages, options.sample)
    detector, plain = Detector(BUILT_IN), Gate(BUILT_IN, fast=False)
    if options.without_rooms:
        pages = [body for body in pages if not detector.detect(Document("", body, "text/html")).links]
    documents = [Document("", body, "text/html") for body in pages]
    size = sum(map(len, pages)) / 1e6
    gates = {"gate, standard library": plain}
    if is_installed():
        gates["gate, Hyperscan"] = Gate(BUILT_IN)

    contestants: dict[str, Callable[[], None]] = {
        "bytes.find, one literal": lambda: [body.find(b"zoom.us/j/") for body in pages] and None,
        "bs4(lxml) + page + one regex": lambda: [soup(body, URL) for body in pages] and None,
        "the same, https:// may be missing": lambda: [soup(body, BARE_URL) for body in pages] and None,
        "detect": lambda: [detector.detect(document) for document in documents] and None,
        "detect, no gate before reading": lambda: (
            [detector._detect(segments(document), bare=False) for document in documents] and None
        ),
    }
    if is_installed():
        screen = Screen(BUILT_IN)
        contestants["screen alone"] = lambda: [screen.seen(text) for text in map(_text, pages)] and None
    for name, gate in gates.items():
        contestants[name] = lambda gate=gate: [gate.opens(document) for document in documents] and None  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as place:
        if shutil.which("rg"):
            (Path(place) / "pages").mkdir()
            for number, body in enumerate(pages):
                (Path(place) / "pages" / str(number)).write_bytes(body)
            contestants["ripgrep, 90 literals"] = ripgrep(Path(place))
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _ in range(options.rounds):
            for name, run in contestants.items():
                start = cpu()
                run()
                times[name].append(cpu() - start)

    versions = ", ".join(
        f"{name} {metadata.version(name)}" for name in ("beautifulsoup4", "lxml", "turbohtml")
    )
    print(f"{platform.machine()}, Python {platform.python_version()}, {versions}")
    print(f"{len(pages)} pages, {size:.1f} MB; medians of {options.rounds} interleaved rounds")
    soups = statistics.median(times["bs4(lxml) + page + one regex"])
    for name, taken in sorted(times.items(), key=lambda item: statistics.median(item[1])):
        median = statistics.median(taken)
        print(f"{name:34} {1000 * median / size:9.2f} ms/MB {soups / median:8.2f} x as fast as bs4")
    opened = [document for document in documents if plain.opens(document)]
    share = sum(len(document.body) for document in opened) / 1e6 / size
    print(f"the gate opens for {len(opened) / len(pages):.0%} of pages, {share:.0%} of bytes")


if __name__ == "__main__":
    main()
