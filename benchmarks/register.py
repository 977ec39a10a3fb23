"""What the register costs: a scanned page with few and with many meetings, its memory, and filling it.

    python benchmarks/register.py [--import-rows 10000]

A page is searched (`detect`) and each candidate on it fingerprinted and looked up (`match`). The second table
is `match` alone, which grows a little since a large index does not fit the processor's cache.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent.parent))

from scanner.actions.imports import import_meetings
from scanner.detect import detect
from scanner.match.register import Register, RegisterEntry
from scanner.match.verdict import match
from scanner.model import Document, Link
from scanner.secret import KeyRing
from storage.store import create_store

SIZES = (10, 10_000, 1_000_000)
PAGES, CANDIDATES, ROUNDS = 50, 20, 80
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Item = TypeVar("Item")


def entries(size: int) -> Iterator[RegisterEntry]:
    """Yield rooms with a passcode each, as fingerprints that nobody has the key to."""
    for number in range(size):
        yield RegisterEntry(
            fingerprint=secrets.token_bytes(32),
            organisation=number % 50,
            meeting=number,
            passcodes=frozenset({secrets.token_bytes(32)}),
        )


def resident() -> int:
    """Return the memory this process holds, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def page(chance: random.Random) -> Document:
    """Make a page of prose with links into rooms that nobody registered."""
    parts = [
        f"<p>{'The group meets as every week, and newcomers are welcome. ' * 5}"
        f'<a href="https://zoom.us/j/{chance.randrange(80_000_000_000, 90_000_000_000)}">Join</a></p>'
        for _ in range(CANDIDATES)
    ]
    return Document(address="https://forum.example/", body="".join(parts).encode(), media_type="text/html")


def compare(
    title: str,
    work: Callable[[Register, Item], None],
    items: Sequence[Item],
    registers: Mapping[int, Register],
    rounds: int,
) -> None:
    """Print what a page costs by the size of the register.

    Each page is worked on with all registers in turn before the next one, and its times compared with one
    another: that is all that a busy machine leaves comparable.
    """
    chance = random.Random(2)
    times: dict[int, list[list[float]]] = {size: [[] for _ in items] for size in registers}
    for _ in range(rounds):
        for number, item in enumerate(items):
            for size in chance.sample(SIZES, len(SIZES)):
                started = time.perf_counter()
                work(registers[size], item)
                times[size][number].append(time.perf_counter() - started)
    fewest = times[min(SIZES)]
    at_least = {size: statistics.mean(map(min, pages)) for size, pages in times.items()}
    print(title)
    for size, pages in times.items():
        paired = [
            one / other
            for page, least in zip(pages, fewest, strict=True)
            for one, other in zip(page, least, strict=True)
        ]
        print(
            f"{size:>9} meetings: best {at_least[size] * 1e6:8.1f} µs a page "
            f"(ratio {at_least[size] / at_least[min(SIZES)]:.3f}), "
            f"median of the ratios page by page {statistics.median(paired):.3f}"
        )


def look_ups() -> None:
    """Print the price of a page by the size of the register, and the register's memory."""
    keys = KeyRing(secrets.token_bytes(32))
    chance = random.Random(1)
    registers = {}
    for size in SIZES:
        before = resident()
        registers[size] = Register(entries(size))
        if size == max(SIZES):
            print(
                f"memory: {(resident() - before) / size:.0f} bytes a meeting with one room and one passcode"
            )
    documents = [page(chance) for _ in range(PAGES)]
    found = [detect(document).links for document in documents]
    assert all(len(links) == CANDIDATES for links in found)

    def scanned(register: Register, document: Document) -> None:
        for link in detect(document).links:
            match(link, register, keys, now=NOW)

    def matched(register: Register, links: Sequence[Link]) -> None:
        for link in links:
            match(link, register, keys, now=NOW)

    compare(
        f"search a page with {CANDIDATES} rooms and look them up", scanned, documents, registers, ROUNDS // 10
    )
    compare(f"look up {CANDIDATES} rooms", matched, found, registers, ROUNDS)


def table(rows: int, *, rooms: int) -> bytes:
    """Write a table of meetings as a spreadsheet would save it, spread over so many rooms."""
    lines = ["Title,Date,Time,Link,Passcode"]
    for number in range(rows):
        day = NOW + timedelta(hours=number)
        room = 80_000_000_000 + 7_919 * (number % rooms)
        lines.append(
            f"Group {number},{day:%Y-%m-%d},{day:%H:%M},https://zoom.us/j/{room},wren{number % rooms}"
        )
    return "\r\n".join(lines).encode()


def filling(rows: int) -> None:
    """Print how long it takes to register a table in one go, sealed, in a database on disk."""
    for what, rooms in (("with a room each", rows), ("that share ten rooms", 10), ("in one room", 1)):
        with tempfile.TemporaryDirectory() as folder:
            keys = KeyRing.create(Path(folder) / "key")
            with create_store(f"sqlite:///{folder}/lychgate.db", keys) as store:
                with store.begin() as work:
                    club = work.organisations.add(
                        name="Club", timezone="Europe/London", email="a@club.example"
                    )
                content = table(rows, rooms=rooms)
                started, worked = time.perf_counter(), time.process_time()
                done = import_meetings(store, content, organisation=club, now=NOW)
                seconds, worked = time.perf_counter() - started, time.process_time() - worked
        assert done.registered == rows, done
        print(f"import of a table of {rows} meetings {what}: {seconds:.1f} s ({worked:.1f} s CPU)")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--import-rows", type=int, default=10_000)
    arguments = parser.parse_args()
    look_ups()
    filling(arguments.import_rows)
